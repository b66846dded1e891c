"""The variables that tell a client where the server is, what to present and whom to trust.

`fakeapns env` prints them, `fakeapns chaos` gives them to the command that it runs, and
`fakeapns send` reads them. The APNS_ variables are for programs to read; the others are what
a runtime's TLS library reads by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from os.path import abspath

from ..certificates import PASSWORD
from ..errors import UsageError, unknown_name
from ..fake.both_forms import Surface
from .endpoint import Client, Trust, Variables


def client_environment(
    apns: Surface, topic: str | None = None, runtime: str | None = None
) -> Variables:
    """The variables for a client of this running server, in this or whichever runtime.

    The certificate is the one for `topic`, by default the first of the server; those of its
    other topics lie beside it. Raises `UsageError` if the server is not running, or there is
    no such runtime.
    """
    if runtime is not None and runtime not in RUNTIMES:
        raise UsageError(unknown_name("runtime", runtime, RUNTIMES))
    for each in apns.topics:
        apns.client_certificate(each).write_all()
    chosen = topic or apns.topics[0]
    files = apns.client_certificate(chosen)
    client = Client(
        apns.gateway,
        apns.feedback,
        abspath(apns.ca_file),
        abspath(files.certificate_file),
        abspath(files.key_file),
        abspath(files.pem_file),
        abspath(files.pkcs12_file),
        chosen,
    )
    folder = apns.folder
    bundle, truststore = abspath(folder.bundle_file), abspath(folder.truststore_file)
    return variables(client, Trust(client.ca, bundle, truststore, PASSWORD), runtime)


def variables(client: Client, trust: Trust, runtime: str | None = None) -> Variables:
    """The variables for a client in this runtime, one of `RUNTIMES`, or for whichever one."""
    return {**client.variables(), **(RUNTIMES[runtime] if runtime else _any)(client, trust)}


def _replaced_bundle(client: Client, trust: Trust) -> Variables:
    # The variable replaces the default list, so the file has the system's roots as well.
    return {"SSL_CERT_FILE": trust.ca_bundle}


def _node(client: Client, trust: Trust) -> Variables:
    # Adds to the built-in list; read once, when the process starts.
    return {"NODE_EXTRA_CA_CERTS": trust.ca}


def _ruby(client: Client, trust: Trust) -> Variables:
    return {
        **_replaced_bundle(client, trust),
        # houston reads these two.
        "APN_GATEWAY_URI": f"apn://{client.gateway.host}:{client.gateway.port}",
        "APN_FEEDBACK_URI": f"apn://{client.feedback.host}:{client.feedback.port}",
    }


def _java(client: Client, trust: Trust) -> Variables:
    options = (
        # The JVM splits the variable at spaces, unless they are in quotes of its own.
        f'-Djavax.net.ssl.trustStore="{trust.truststore}"',
        f"-Djavax.net.ssl.trustStorePassword={trust.password}",
        "-Djavax.net.ssl.trustStoreType=PKCS12",
    )
    return {"JAVA_TOOL_OPTIONS": " ".join(options)}


def _curl(client: Client, trust: Trust) -> Variables:
    return {"CURL_CA_BUNDLE": trust.ca_bundle}


def _any(client: Client, trust: Trust) -> Variables:
    return {**_replaced_bundle(client, trust), **_node(client, trust)}


#: What each runtime's TLS library reads by itself.
RUNTIMES: dict[str, Callable[[Client, Trust], Variables]] = {
    "python": _replaced_bundle,
    "node": _node,
    "go": _replaced_bundle,
    "ruby": _ruby,
    "java": _java,
    "php": _replaced_bundle,
    "curl": _curl,
}
