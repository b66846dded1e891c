"""Where a server is, what to present there and whom to trust."""

from __future__ import annotations

import re
from collections.abc import Mapping
from os.path import abspath, isfile
from pathlib import Path

import msgspec

from ..errors import StartError, UsageError
from ..scenario.steps import TOPIC


class Address(msgspec.Struct, frozen=True):
    """Where a service listens."""

    host: str
    port: int


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
