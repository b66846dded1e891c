"""The ready file: how another program finds a running server and its certificates."""

from __future__ import annotations

import contextlib
import os
from os.path import abspath
from pathlib import Path

import msgspec

from ..certificates import PASSWORD, CertificateFolder
from ..errors import StartError
from ..fake.both_forms import Surface
from .endpoint import Address


class ClientFiles(msgspec.Struct, frozen=True):
    """Where the client certificate of one topic is."""

    certificate: str
    key: str
    pem: str
    pkcs12: str


class ReadyFile(msgspec.Struct, frozen=True):
    """What a running server tells. Unknown keys may come later."""

    pid: int
    gateway: Address
    feedback: Address
    ca: str
    ca_bundle: str
    truststore: str
    password: str
    clients: dict[str, ClientFiles]

    @classmethod
    def of(cls, apns: Surface) -> ReadyFile:
        """The ready file of a running server."""
        return cls.describe(apns.folder, apns.topics, apns.gateway, apns.feedback)

    @classmethod
    def describe(
        cls, folder: CertificateFolder, topics: tuple[str, ...], gateway: Address, feedback: Address
    ) -> ReadyFile:
        """What a server with this folder tells."""
        clients = {}
        for topic in topics:
            client = folder.client(topic)
            clients[topic] = ClientFiles(
                abspath(client.certificate_file),
                abspath(client.key_file),
                abspath(client.pem_file),
                abspath(client.pkcs12_file),
            )
        return cls(
            os.getpid(),
            gateway,
            feedback,
            # Absolute, since whoever reads this may be in another folder.
            abspath(folder.ca_file),
            abspath(folder.bundle_file),
            abspath(folder.truststore_file),
            PASSWORD,
            clients,
        )

    @classmethod
    def read(cls, path: Path) -> ReadyFile:
        """The file's content. Raises `StartError` where there is no server behind it."""
        try:
            found = msgspec.json.decode(path.read_bytes(), type=cls)
        except OSError as wrong:
            raise StartError(
                f"cannot read the ready file {path}: {wrong.strerror}; "
                "start `fakeapns serve --ready-file` with this path first"
            ) from None
        except msgspec.MsgspecError as wrong:
            raise StartError(f"{path} is no ready file of fakeapns: {wrong}; delete it") from None
        try:
            os.kill(found.pid, 0)
        except (ProcessLookupError, OverflowError):
            raise StartError(
                f"{path} is left over: process {found.pid} is gone; start the server again"
            ) from None
        except PermissionError:
            # Somebody else's process, so it is there.
            pass
        return found

    def write(self, path: Path) -> None:
        """Write the file so that a reader never sees half of it. Raises `StartError`."""
        try:
            beside = path.with_name(f".{path.name}.{os.getpid()}")
        except ValueError:
            raise StartError(f"{path} is no file name: choose another for the ready file") from None
        try:
            beside.write_bytes(msgspec.json.format(msgspec.json.encode(self), indent=2) + b"\n")
            os.replace(beside, path)
        except OSError as wrong:
            with contextlib.suppress(OSError):
                beside.unlink()
            raise StartError(
                f"cannot write the ready file {path}: {wrong.strerror}; choose another path"
            ) from None
