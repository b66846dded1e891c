"""Where a server is, what to present there and whom to trust: the values of it.

Whatever tells of a server works with them: a running one, a ready file, a folder of
certificates, the variables of an environment, command line options. All paths are absolute,
since whoever is told may be in another folder.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from os.path import abspath, isfile
from pathlib import Path

import msgspec

from ..certificates import (
    BUNDLE,
    CA,
    P8,
    PASSWORD,
    TRUSTSTORE,
    CertificateFolder,
    ClientCertificate,
    KeyFacts,
    ProviderKey,
    ProviderKeys,
    Scope,
    client_names,
    read_keys,
    topics_in,
)
from ..errors import StartError, UsageError
from ..protocol import app_of
from ..scenario import TOPIC
from .addresses import Address, ApiAddress, ProxyAddress


class ClientFiles(msgspec.Struct, frozen=True):
    """The files of one topic's client certificate, as absolute paths.

    `pem` has certificate and key, `pkcs12` the CA too, under the password `fakeapns`.
    """

    certificate: str
    key: str
    pem: str
    pkcs12: str

    def __post_init__(self) -> None:
        _make_absolute(self, *self.__struct_fields__)

    @classmethod
    def of(cls, client: ClientCertificate) -> ClientFiles:
        """The files of a certificate, written."""
        return cls(client.certificate_file, client.key_file, client.pem_file, client.pkcs12_file)

    @classmethod
    def in_folder(cls, directory: Path, topic: str) -> ClientFiles:
        """Where they are if the folder has them."""
        return cls(*(str(directory / name) for name in client_names(topic)))


class KeyFile(msgspec.Struct, frozen=True):
    """A key that Apple takes tokens of, and its file, as an absolute path.

    `topics` is None where it is for every one of its team.
    """

    key_id: str
    team_id: str
    p8: str
    topics: tuple[str, ...] | None = None
    environment: Scope = "both"

    def __post_init__(self) -> None:
        _make_absolute(self, "p8")

    @classmethod
    def of(cls, key: ProviderKey) -> KeyFile:
        """The file of a key, written."""
        return cls._at(key.facts, str(key.p8_file))

    @classmethod
    def in_folder(cls, directory: Path) -> tuple[KeyFile, ...]:
        """Those that a folder has, the one for everything first. Raises `StartError`."""
        known = [facts for facts, _ in read_keys(directory)[0] if facts.state == "known"]
        known.sort(key=lambda facts: not facts.is_for_all)
        return tuple(cls._at(each, str(directory / P8.format(each.key_id))) for each in known)

    @classmethod
    def _at(cls, facts: KeyFacts, path: str) -> KeyFile:
        return cls(facts.key_id, facts.team_id, path, facts.topics, facts.environment)


class Client(msgspec.Struct, frozen=True):
    """A server as one client needs to know it: addresses, CA, its topic, its certificate and key.

    `ca` is a PEM file, as an absolute path. `api` is None where nobody has said where that is.
    """

    gateway: Address
    feedback: Address
    ca: str
    topic: str
    files: ClientFiles
    api: ApiAddress | None = None
    key: KeyFile | None = None

    def __post_init__(self) -> None:
        _make_absolute(self, "ca")

    def for_topic(self, topic: str) -> Client | None:
        """The same client for another topic of its server, or None if there is no such one.

        The files of a server's topics lie side by side, under the names of the topics.
        """
        if topic == self.topic:
            return self
        if not re.fullmatch(TOPIC, topic):
            return None
        folder = Path(self.files.pem).parent
        # A certificate is for the topics of its app's kinds of pushes, too.
        for owner in (topic, app_of(topic)):
            files = ClientFiles.in_folder(folder, owner)
            if isfile(files.pem):
                return msgspec.structs.replace(self, topic=topic, files=files)
        return None

    def check_files(self) -> None:
        """Raise `StartError` if a file that connecting needs is not there."""
        check_files(self.ca, self.files.certificate, self.files.key, self.files.pem)


class Endpoint(msgspec.Struct, frozen=True):
    """A server as anybody may need to know it.

    `ca_bundle` has the system's roots too, `truststore` is a PKCS12 file under `password`,
    `clients` has the files of each topic, and `keys` those that tokens are signed with; of both the
    usual one is first. `plain_api` is None where the API is not offered without TLS, and `proxy`
    where there is none.
    """

    gateway: Address
    feedback: Address
    ca: str
    ca_bundle: str
    truststore: str
    password: str
    clients: dict[str, ClientFiles]
    api: ApiAddress
    plain_api: ApiAddress | None = None
    proxy: ProxyAddress | None = None
    keys: tuple[KeyFile, ...] = ()

    def __post_init__(self) -> None:
        _make_absolute(self, "ca", "ca_bundle", "truststore")

    @classmethod
    def of(
        cls,
        folder: CertificateFolder,
        keys: ProviderKeys,
        topics: Iterable[str],
        *,
        gateway: Address,
        feedback: Address,
        api: ApiAddress,
        plain_api: ApiAddress | None = None,
        proxy: ProxyAddress | None = None,
    ) -> Endpoint:
        """A server with these certificates and keys; the files that are named are written."""
        return cls(
            gateway,
            feedback,
            folder.ca_file,
            folder.bundle_file,
            folder.truststore_file,
            PASSWORD,
            {topic: ClientFiles.of(folder.client(topic)) for topic in topics},
            api,
            plain_api,
            proxy,
            tuple(KeyFile.of(key) for key in keys if key.known and not key.revoked),
        )

    @classmethod
    def in_folder(
        cls,
        directory: Path,
        gateway: Address,
        feedback: Address,
        api: ApiAddress,
        plain_api: ApiAddress | None = None,
        proxy: ProxyAddress | None = None,
    ) -> Endpoint:
        """A server that keeps its certificates in this folder, which is only looked at."""
        return cls(
            gateway,
            feedback,
            str(directory / CA),
            str(directory / BUNDLE),
            str(directory / TRUSTSTORE),
            PASSWORD,
            {topic: ClientFiles.in_folder(directory, topic) for topic in topics_in(directory)},
            api,
            plain_api,
            proxy,
            KeyFile.in_folder(directory),
        )

    def client(self, topic: str | None = None) -> Client:
        """The client of a topic, by default of the first.

        Raises `UsageError` for a topic that is not there, and `StartError` if none is.
        """
        if not self.clients:
            raise StartError("the server has no client certificates: start it again")
        topic = topic or next(iter(self.clients))
        if topic not in self.clients:
            known = ", ".join(sorted(self.clients))
            raise UsageError(
                f"the server has no client certificate for {topic}: use one of {known}, "
                f"or start it with --topic {topic}"
            )
        files = self.clients[topic]
        key = self.keys[0] if self.keys else None
        return Client(self.gateway, self.feedback, self.ca, topic, files, self.api, key)


def check_files(*paths: str) -> None:
    """Raise `StartError` for the first that is not there."""
    for path in paths:
        if not isfile(path):
            raise StartError(
                f"{path} is not there: call this where the server was started, or name "
                "the folder with --certs"
            )


def _make_absolute(value: msgspec.Struct, *names: str) -> None:
    for name in names:
        msgspec.structs.force_setattr(value, name, abspath(getattr(value, name)))
