"""The variables that tell a client where the server is, what to present and whom to trust.

`fakeapns env` prints them, `fakeapns chaos` gives them to the command that it runs, and
`fakeapns send` reads them. The APNS_ variables are for programs to read; the others are what
a runtime's TLS library reads by itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from ..errors import UsageError, unknown_name
from .addresses import Address, ApiAddress
from .endpoint import Client, ClientFiles, Endpoint, KeyFile

Variables = dict[str, str]


def variables(
    endpoint: Endpoint,
    topic: str | None = None,
    runtime: str | None = None,
    given: Mapping[str, str] | None = None,
) -> Variables:
    """The variables for a client in this runtime, one of `RUNTIMES`, or for whichever one.

    The certificate is the one for `topic`, by default the first of the server; those of its
    other topics lie beside it. `given` is the environment that they will be added to: what only
    adds to a variable keeps what that has. Raises `UsageError` if there is no such runtime or
    topic.
    """
    check_runtime(runtime)
    client = endpoint.client(topic)
    own = _any if runtime is None else RUNTIMES[runtime]
    found = {**client_variables(client), **_of_proxy(endpoint), **own(endpoint, client)}
    return found | _appended(found, given or {})


# ---- for programs to read -------------------------------------------------------------------


def client_variables(client: Client) -> Variables:
    """The APNS_ variables."""
    return {
        "APNS_GATEWAY_HOST": client.gateway.host,
        "APNS_GATEWAY_PORT": str(client.gateway.port),
        "APNS_FEEDBACK_HOST": client.feedback.host,
        "APNS_FEEDBACK_PORT": str(client.feedback.port),
        **_of_api(client.api),
        "APNS_CA": client.ca,
        "APNS_CERT": client.files.certificate,
        "APNS_KEY": client.files.key,
        "APNS_PEM": client.files.pem,
        "APNS_PKCS12": client.files.pkcs12,
        "APNS_TOPIC": client.topic,
        **_key_variables(client.key),
    }


def _of_api(api: ApiAddress | None) -> Variables:
    if api is None:
        return {}
    return {"APNS_API_URL": api.url, "APNS_API_HOST": api.host, "APNS_API_PORT": str(api.port)}


def _of_proxy(endpoint: Endpoint) -> Variables:
    # Not HTTPS_PROXY itself: that would lead all that the process asks for here, which for other
    # hosts says no.
    return {} if endpoint.proxy is None else {"APNS_PROXY": endpoint.proxy.url}


def _key_variables(key: KeyFile | None) -> Variables:
    if key is None:
        return {}
    return {"APNS_AUTH_KEY": key.p8, "APNS_KEY_ID": key.key_id, "APNS_TEAM_ID": key.team_id}


def names_a_server(given: Mapping[str, str]) -> bool:
    """Whether the APNS_ variables are there; some may be missing all the same."""
    return bool(given.get("APNS_GATEWAY_HOST") and given.get("APNS_GATEWAY_PORT"))


def client_from(given: Mapping[str, str]) -> Client:
    """What the APNS_ variables say. Raises `UsageError` where one is missing or wrong."""
    gateway, feedback = address_from(given, "GATEWAY"), address_from(given, "FEEDBACK")
    api = ApiAddress.of(address_from(given, "API")) if given.get("APNS_API_HOST") else None
    ca = _read(given, "APNS_CA")
    files = ClientFiles(
        *(_read(given, name) for name in ("APNS_CERT", "APNS_KEY", "APNS_PEM", "APNS_PKCS12"))
    )
    topic, key = _read(given, "APNS_TOPIC"), _key_from(given)
    return Client(gateway, feedback, ca, topic, files, api, key)


def _key_from(given: Mapping[str, str]) -> KeyFile | None:
    """The key, for whoever signs with one: an environment may have none."""
    if not given.get("APNS_AUTH_KEY"):
        return None
    p8, key_id, team_id = (
        _read(given, name) for name in ("APNS_AUTH_KEY", "APNS_KEY_ID", "APNS_TEAM_ID")
    )
    return KeyFile(key_id, team_id, p8)


def address_from(given: Mapping[str, str], service: str) -> Address:
    """Where a service is: "GATEWAY", "FEEDBACK", "API". Raises `UsageError`."""
    host, port = _read(given, f"APNS_{service}_HOST"), _read(given, f"APNS_{service}_PORT")
    if not re.fullmatch("[0-9]{1,5}", port) or not 1 <= int(port) <= 65_535:
        raise UsageError(f"APNS_{service}_PORT is {port!r}: set it to a port, 1 to 65535")
    return Address(host, int(port))


def _read(given: Mapping[str, str], name: str) -> str:
    if not given.get(name):
        raise UsageError(
            f"{name} is not set, though APNS_GATEWAY_HOST is: set all that `fakeapns env` "
            "prints, or name the server with --ready-file"
        )
    return given[name]


# ---- for TLS libraries to read --------------------------------------------------------------


def _replaced_bundle(endpoint: Endpoint, _: Client) -> Variables:
    # The variable replaces the default list (ironclaw #7764), so the file has the system's roots as
    # well. CPython, httpx, Go and Ruby heed it; Node, Debian's curl and Java do not (measured).
    return {"SSL_CERT_FILE": endpoint.ca_bundle}


def _node(endpoint: Endpoint, _: Client) -> Variables:
    # Adds to the built-in list; read once, when the process starts (vuetorrent-backend #91).
    # Node does not look at the system's list, which people stumble over (mkcert #78, ddev #4032).
    return {"NODE_EXTRA_CA_CERTS": endpoint.ca}


def _houston(client: Client) -> Variables:
    # What `Houston::Client.new` reads. Its APN_CERTIFICATE_PASSPHRASE is for keys that have one,
    # which ours do not; APN_TIMEOUT is how long it listens for an error, and the sender's affair.
    return {
        "APN_GATEWAY_URI": f"apn://{client.gateway.host}:{client.gateway.port}",
        "APN_FEEDBACK_URI": f"apn://{client.feedback.host}:{client.feedback.port}",
        "APN_CERTIFICATE": client.files.pem,
    }


def _ruby(endpoint: Endpoint, client: Client) -> Variables:
    return {**_replaced_bundle(endpoint, client), **_houston(client)}


def _java(endpoint: Endpoint, _: Client) -> Variables:
    options = (
        # The JVM splits the variable at spaces, unless they are in quotes of its own.
        f'-Djavax.net.ssl.trustStore="{endpoint.truststore}"',
        f"-Djavax.net.ssl.trustStorePassword={endpoint.password}",
        "-Djavax.net.ssl.trustStoreType=PKCS12",
    )
    # The path alone is for programs that load a trust store themselves.
    return {"JAVA_TOOL_OPTIONS": " ".join(options), "APNS_TRUSTSTORE": endpoint.truststore}


def _curl(endpoint: Endpoint, _: Client) -> Variables:
    return {"CURL_CA_BUNDLE": endpoint.ca_bundle}


def _any(endpoint: Endpoint, client: Client) -> Variables:
    # All of them: no two give one variable different values, and nobody knows what a sender is
    # made of.
    return {
        name: value for own in RUNTIMES.values() for name, value in own(endpoint, client).items()
    }


def _appended(found: Variables, given: Mapping[str, str]) -> Variables:
    """Options behind those that are there already: a memory limit, an agent, another proxy."""
    ours, theirs = found.get("JAVA_TOOL_OPTIONS"), given.get("JAVA_TOOL_OPTIONS")
    if ours is None or not theirs:
        return {}
    # Of two values for one property the JVM takes the last.
    return {"JAVA_TOOL_OPTIONS": theirs if theirs.endswith(ours) else f"{theirs} {ours}"}


#: What each runtime's TLS library reads by itself.
RUNTIMES: dict[str, Callable[[Endpoint, Client], Variables]] = {
    "python": _replaced_bundle,
    "node": _node,
    "go": _replaced_bundle,
    "ruby": _ruby,
    "java": _java,
    "php": _replaced_bundle,
    "curl": _curl,
}


def check_runtime(runtime: str | None) -> None:
    """Raise `UsageError` for a runtime that is none of `RUNTIMES`."""
    if runtime is not None and runtime not in RUNTIMES:
        raise UsageError(unknown_name("runtime", runtime, RUNTIMES))
