"""Certificates as files: a folder that is kept, or a temporary one for tests."""

from __future__ import annotations

import contextlib
import os
import shutil
import ssl
import tempfile
import weakref
from pathlib import Path

from ..errors import StartError
from ..files import replace_file
from .apple import Kind, Scope
from .authority import Authority, Credentials, Validity
from .names import BUNDLE, CA, TRUSTSTORE, check_topic, client_names, stem_of

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
        """The certificate, PEM."""
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
        name = self._names.pkcs12
        if self._folder.is_current(name, self._names.certificate):
            return self._folder.path(name)
        data = self.credentials.pkcs12(self._folder.authority.ca_pem)
        return self._folder.write(name, data, private=True)

    def write_all(self) -> None:
        """Write all four files."""
        for name in ("certificate_file", "key_file", "pem_file", "pkcs12_file"):
            getattr(self, name)


class CertificateFolder:
    """What an authority has issued, as files in one folder.

    Without a `directory` they go to a temporary one, made when the first file is asked for
    and removed with this object or at the end of the process. What ends in `_file` is a path, and
    written when it is asked for; that raises `StartError` where it cannot be.
    """

    def __init__(self, authority: Authority, directory: Path | None = None) -> None:
        self.authority = authority
        self._directory = directory
        self._written: dict[str, bytes] = {}

    @property
    def ca_file(self) -> str:
        """The CA alone, PEM."""
        return self.write(CA, self.authority.ca_pem)

    @property
    def bundle_file(self) -> str:
        """The system's roots and the CA, for variables that replace the default bundle."""
        # SSL_CERT_FILE does (ironclaw #7764): with our CA alone, the application would lose every
        # other host. NODE_EXTRA_CA_CERTS adds, and wants `ca_file`.
        return self.write(BUNDLE, _system_roots() + self.authority.ca_pem)

    @property
    def truststore_file(self) -> str:
        """A PKCS12 trust store for Java; the password is `fakeapns`."""
        if self.is_current(TRUSTSTORE, CA):
            return self.path(TRUSTSTORE)
        return self.write(TRUSTSTORE, self.authority.java_truststore)

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
        """Write what belongs to the authority itself, its private keys too."""
        self.write("ca.key", self.authority.ca_key_pem, private=True)
        self.write("server.crt", self.authority.server.certificate_pem)
        self.write("server.key", self.authority.server.key_pem, private=True)
        for name in ("ca_file", "bundle_file", "truststore_file"):
            getattr(self, name)

    def path(self, name: str) -> str:
        """Where a file of that name is, or would be."""
        if self._directory is None:
            self._directory = _temporary(self)
        return str(self._directory / name)

    def is_current(self, name: str, source: str) -> bool:
        """Whether a file is there that was made from `source` as it is now."""
        try:
            made = os.stat(self.path(name)).st_mtime_ns
            return made >= os.stat(self.path(source)).st_mtime_ns
        except OSError:
            return False

    def write(self, name: str, data: bytes, *, private: bool = False) -> str:
        """Write a file unless it holds this already; its path. Raises `StartError`."""
        path = self.path(name)
        if self._written.get(name) != data:
            _write(Path(path), data, 0o600 if private else 0o644)
            self._written[name] = data
        return path


def _temporary(owner: object) -> Path:
    directory = tempfile.mkdtemp(prefix="fakeapns-")
    pid = os.getpid()

    def remove() -> None:
        # A forked child that ends must not take away what its parent still uses.
        if os.getpid() == pid:
            shutil.rmtree(directory, ignore_errors=True)

    weakref.finalize(owner, remove)
    return Path(directory)


def _write(path: Path, data: bytes, permissions: int) -> None:
    with contextlib.suppress(OSError):
        if path.read_bytes() == data and path.stat().st_mode & 0o777 == permissions:
            return
    try:
        replace_file(path, data, permissions)
    except OSError as wrong:
        raise StartError(f"cannot write {path}: {wrong.strerror}; choose another folder") from None


def _system_roots() -> bytes:
    # Not the path that SSL_CERT_FILE gives: that may be our own bundle of an earlier run.
    for path in (ssl.get_default_verify_paths().openssl_cafile, *_ROOTS):
        with contextlib.suppress(OSError):
            roots = Path(path).read_bytes()
            if b"BEGIN CERTIFICATE" in roots:
                return roots.rstrip() + b"\n"
    return b""
