"""The variables that tell a client where the server is, what to present and whom to trust.

`fakeapns env` prints them, `fakeapns chaos` gives them to the command that it runs, and
`fakeapns send` reads them. The APNS_ variables are for programs to read; the others are what
a runtime's TLS library reads by itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from os.path import abspath, isfile
from pathlib import Path

import msgspec

from .certificates import PASSWORD
from .devices import TOPIC
from .errors import StartError, UsageError, unknown_name
from .surface import Address, Surface

Variables = dict[str, str]


class Client(msgspec.Struct, frozen=True):
    """A client's own affairs: two addresses, its topic, and absolute paths of its files."""

    gateway: Address
    feedback: Address
    ca: str
    certificate: str
    key: str
    pem: str
    pkcs12: str
    topic: str

    def variables(self) -> Variables:
        """The APNS_ variables."""
        return {
            "APNS_GATEWAY_HOST": self.gateway.host,
            "APNS_GATEWAY_PORT": str(self.gateway.port),
            "APNS_FEEDBACK_HOST": self.feedback.host,
            "APNS_FEEDBACK_PORT": str(self.feedback.port),
            "APNS_CA": self.ca,
            "APNS_CERT": self.certificate,
            "APNS_KEY": self.key,
            "APNS_PEM": self.pem,
            "APNS_PKCS12": self.pkcs12,
            "APNS_TOPIC": self.topic,
        }

    @classmethod
    def from_variables(cls, given: Mapping[str, str]) -> Client:
        """What the APNS_ variables say. Raises `UsageError` where one is missing or wrong."""

        def read(name: str) -> str:
            if not given.get(name):
                raise UsageError(
                    f"{name} is not set, though APNS_GATEWAY_HOST is: set all that `fakeapns env` "
                    "prints, or name the server with --ready-file"
                )
            return given[name]

        def address(service: str) -> Address:
            host, port = read(f"APNS_{service}_HOST"), read(f"APNS_{service}_PORT")
            if not re.fullmatch("[0-9]{1,5}", port) or not 1 <= int(port) <= 65_535:
                raise UsageError(f"APNS_{service}_PORT is {port!r}: set it to a port, 1 to 65535")
            return Address(host, int(port))

        return cls(
            address("GATEWAY"),
            address("FEEDBACK"),
            abspath(read("APNS_CA")),
            abspath(read("APNS_CERT")),
            abspath(read("APNS_KEY")),
            abspath(read("APNS_PEM")),
            abspath(read("APNS_PKCS12")),
            read("APNS_TOPIC"),
        )

    def for_topic(self, topic: str) -> Client | None:
        """The same client for another topic of its server, or None if there is no such one.

        The files of a server's topics lie side by side, under the names of the topics.
        """
        if topic == self.topic:
            return self
        if not re.fullmatch(TOPIC, topic):
            return None
        beside = str(Path(self.pem).with_name(topic))
        if not isfile(f"{beside}.pem"):
            return None
        return msgspec.structs.replace(
            self,
            topic=topic,
            certificate=f"{beside}.crt",
            key=f"{beside}.key",
            pem=f"{beside}.pem",
            pkcs12=f"{beside}.p12",
        )

    def check_files(self) -> None:
        """Raise `StartError` if a file is not there."""
        check_files(self.ca, self.certificate, self.key, self.pem)


class Trust(msgspec.Struct, frozen=True):
    """What makes a runtime trust the server: absolute paths, and the trust store's password."""

    ca: str
    ca_bundle: str
    truststore: str
    password: str


def check_files(*paths: str) -> None:
    """Raise `StartError` for the first that is not there."""
    for path in paths:
        if not isfile(path):
            raise StartError(
                f"{path} is not there: call this where the server was started, or name "
                "the folder with --certs"
            )


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
