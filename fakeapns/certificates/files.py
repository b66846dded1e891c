"""Certificates as files: a folder that is kept, or a temporary one for tests."""

from __future__ import annotations

import contextlib
import os
import shutil
import ssl
import threading
import weakref
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import NamedTuple

from cryptography import x509

from ..errors import StartError
from ..files import replace_file
from ..inputs import read_input
from .apple import Kind, Scope
from .authority import Authority, Credentials, Validity
from .locks import FolderLock
from .names import BUNDLE, CA, CA_KEY, SERVER, TRUSTSTORE, check_topic, client_names, stem_of
from .stores import holds
from .temporary import temporary_folder

_ROOTS = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)


class ClientCertificate:
    """A client certificate whose files appear when they are asked for.

    Each of them is a path. Asking raises `StartError` where it cannot be written.
    """

    def __init__(self, folder: CertificateFolder, stem: str, credentials: Credentials) -> None:
        self._folder = folder
        self._names = client_names(stem)
        self.credentials = credentials

    @property
    def certificate_file(self) -> str:
        """The certificate, PEM. Its key is there before it: see `open_folder`."""
        _ = self.key_file
        return self._folder.write(self._names.certificate, self.credentials.certificate_pem)

    @property
    def key_file(self) -> str:
        """The private key, PEM, not encrypted."""
        return self._folder.write(self._names.key, self.credentials.key_pem, private=True)

    @property
    def pem_file(self) -> str:
        """Certificate and key in one PEM file."""
        return self._folder.write(self._names.pem, self.credentials.pem, private=True)

    @property
    def pkcs12_file(self) -> str:
        """Certificate, key and CA as PKCS12; the password is `fakeapns`."""
        ca_pem = self._folder.authority.ca_pem
        return self._folder.write_store(
            self._names.pkcs12,
            (self.credentials.certificate_pem, ca_pem),
            lambda: self.credentials.pkcs12(ca_pem),
            private=True,
        )

    def write_all(self) -> None:
        """Write all four files."""
        for name in ("certificate_file", "pem_file", "pkcs12_file"):
            getattr(self, name)


class CertificateFolder:
    """What an authority has issued, as files in one folder.

    Without a `directory` they go to a temporary one, made when the first file is asked for
    and removed with this object or at the end of the process. What ends in `_file` is a path, and
    written when it is asked for, by any thread; that raises `StartError` where it cannot be. `lock`
    is what the caller keeps others out of the directory with.
    """

    def __init__(
        self, authority: Authority, directory: Path | None = None, lock: FolderLock | None = None
    ) -> None:
        self.authority = authority
        self._directory = directory
        #: The folder, if it is no temporary one.
        self.kept = directory
        # A temporary folder is nobody else's anyway.
        self._lock = lock if lock or directory is None else FolderLock(directory)
        self._written: dict[str, bytes] = {}
        #: One thread at a time writes, or makes the temporary folder: two made two, and looked for
        #: their files in either.
        self._writing = threading.RLock()

    def alone(self) -> contextlib.AbstractContextManager[None]:
        """Keep other programs out of the folder meanwhile. Who has done so may do it again."""
        return contextlib.nullcontext() if self._lock is None else self._lock.taken()

    @property
    def ca_file(self) -> str:
        """The CA alone, PEM."""
        return self.write(CA, self.authority.ca_pem)

    @property
    def bundle_file(self) -> str:
        """The system's roots and the CA, for variables that replace the default bundle."""
        # SSL_CERT_FILE does (ironclaw #7764): with our CA alone, the application would lose every
        # other host. NODE_EXTRA_CA_CERTS adds, and wants `ca_file`.
        ca_pem = self.authority.ca_pem
        # Other roots than this system's are good enough where they cannot be replaced.
        return self.write(BUNDLE, _system_roots() + ca_pem, serves=lambda data: ca_pem in data)

    @property
    def truststore_file(self) -> str:
        """A PKCS12 trust store for Java; the password is `fakeapns`."""
        made_of = (self.authority.ca_pem,)
        return self.write_store(TRUSTSTORE, made_of, lambda: self.authority.java_truststore)

    def client(
        self,
        topic: str,
        *,
        scope: Scope = "both",
        kind: Kind = "app",
        validity: Validity = "valid",
    ) -> ClientCertificate:
        """The client certificate for `topic`; see `Authority.client`. Raises `UsageError`."""
        check_topic(topic)
        credentials = self.authority.client(topic, scope=scope, kind=kind, validity=validity)
        return ClientCertificate(self, stem_of(topic, kind, scope, validity), credentials)

    def write_all(self) -> None:
        """Write what belongs to the authority itself, private keys first: see `open_folder`."""
        self.write(CA_KEY, self.authority.ca_key_pem, private=True)
        self.write(CA, self.authority.ca_pem)
        names, server = client_names(SERVER), self.authority.server
        self.write(names.key, server.key_pem, private=True)
        # What is presented is in memory: where it cannot be written, one of fewer names will do.
        self.write(names.certificate, server.certificate_pem, serves=_is_in_force)
        for name in ("bundle_file", "truststore_file"):
            getattr(self, name)

    def path(self, name: str) -> str:
        """Where a file of that name is, or would be. Raises `StartError`."""
        with self._writing:
            if self._directory is None:
                self._directory = _temporary(self)
            return str(self._directory / name)

    def write(
        self,
        name: str,
        data: bytes,
        *,
        private: bool = False,
        serves: Callable[[bytes], bool] | None = None,
    ) -> str:
        """Write a file unless it holds this already; its path. Raises `StartError`.

        Where nothing can be written, one that is there will do if it `serves`.
        """
        return self._write(name, data, _Content(lambda: data, data.__eq__, serves), private)

    def write_store(
        self, name: str, of: tuple[bytes, ...], make: Callable[[], bytes], *, private: bool = False
    ) -> str:
        """Write a PKCS12 store unless it holds these certificates, PEM, already; its path.

        No two that are made are the same, so one that is there is looked into. Raises `StartError`.
        """
        return self._write(name, b"".join(of), _Content(make, partial(holds, of)), private)

    def _write(self, name: str, made_of: bytes, content: _Content, private: bool) -> str:
        path = self.path(name)
        if self._written.get(name) == made_of:
            return path
        # In this order, since whoever is alone in the folder may go on to write.
        with self.alone(), self._writing:
            if self._written.get(name) != made_of:
                _write(Path(path), content, 0o600 if private else 0o644)
                self._written[name] = made_of
        return path


class _Content(NamedTuple):
    """What a file should hold, whether it does, and whether what it holds will do."""

    make: Callable[[], bytes]
    is_current: Callable[[bytes], bool]
    serves: Callable[[bytes], bool] | None = None


def _temporary(owner: object) -> Path:
    try:
        directory = temporary_folder()
    except OSError as wrong:
        raise StartError(f"cannot make a temporary folder: {wrong.strerror}; set TMPDIR") from None
    pid = os.getpid()

    def remove() -> None:
        # A forked child that ends must not take away what its parent still uses.
        if os.getpid() == pid:
            shutil.rmtree(directory, ignore_errors=True)

    weakref.finalize(owner, remove)
    return directory


def _write(path: Path, content: _Content, permissions: int) -> None:
    there = b""
    with contextlib.suppress(OSError, ValueError):
        there = read_input(path)
        if content.is_current(there) and path.stat().st_mode & 0o777 == permissions:
            return
    try:
        replace_file(path, content.make(), permissions)
    except OSError as wrong:
        # A folder that is complete is good, though nobody may write there.
        if not (content.serves or content.is_current)(there):
            raise StartError(
                f"cannot write {path}: {wrong.strerror}; choose another folder"
            ) from None


def read_kept(path: Path) -> bytes | None:
    """What is in a file of a folder; None if there is no such file. Raises `StartError`."""
    try:
        # A link that leads nowhere is somebody's, and not to be replaced.
        return read_input(path) if os.path.lexists(path) else None
    except ValueError as wrong:
        raise StartError(
            f"cannot read {path}: {wrong}, or choose another folder with --certs"
        ) from None
    except OSError as wrong:
        raise StartError(
            f"cannot read {path}: {wrong.strerror}; choose another folder with --certs"
        ) from None


def _is_in_force(certificate_pem: bytes) -> bool:
    try:
        found = x509.load_pem_x509_certificate(certificate_pem)
    except ValueError:
        return False
    return found.not_valid_after_utc > datetime.now(UTC)


def _system_roots() -> bytes:
    # Not the path that SSL_CERT_FILE gives: that may be our own bundle of an earlier run.
    for path in (ssl.get_default_verify_paths().openssl_cafile, *_ROOTS):
        with contextlib.suppress(OSError, ValueError):
            roots = read_input(Path(path))
            if b"BEGIN CERTIFICATE" in roots:
                return roots.rstrip() + b"\n"
    return b""
