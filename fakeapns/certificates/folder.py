"""A certificate folder that is kept: read it, mint what is missing, never overwrite another's.

Kept, so that a client in another process that was told to trust the CA once goes on trusting it. No
key is ever in a repository: at least nine similar servers ship one, which all their users trust.
"""

from __future__ import annotations

import contextlib
import fcntl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import trustme
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization

from ..errors import StartError
from ..files import make_folder
from .authority import Authority, Credentials
from .files import CertificateFolder
from .names import CA, check_topic, client_names

#: A certificate that ends sooner than this is issued again.
RENEW_BEFORE = timedelta(days=1)


def open_folder(directory: Path, topics: tuple[str, ...]) -> CertificateFolder:
    """Read the folder, minting what is missing or about to expire, and write all files.

    Raises `UsageError` for a topic that is none, and `StartError` where the folder cannot
    be used: not writable, half of a pair gone, or somebody else's certificates in it.
    """
    for topic in topics:
        check_topic(topic)
    try:
        make_folder(directory)
    except OSError as wrong:
        raise StartError(
            f"cannot make the certificate folder {directory}: {wrong.strerror}; "
            "choose another with --certs"
        ) from None
    with _locked(directory):
        authority = Authority(_read_ca(directory))
        server = _read_pair(directory, "server", authority)
        if server is not None:
            authority.adopt_server(server)
        for topic in topics:
            client = _read_pair(directory, topic, authority)
            if client is not None:
                authority.adopt_client(topic, client)
        folder = CertificateFolder(authority, directory)
        folder.write_all()
        for topic in topics:
            folder.client(topic).write_all()
    return folder


@contextlib.contextmanager
def _locked(directory: Path) -> Iterator[None]:
    """Keep a second server from minting into the same folder at the same time."""
    try:
        lock = (directory / ".lock").open("w")
    except OSError as wrong:
        raise StartError(
            f"cannot write to the certificate folder {directory}: {wrong.strerror}; "
            "choose another with --certs"
        ) from None
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _read_ca(directory: Path) -> trustme.CA | None:
    pair = _read_files(directory / CA, directory / "ca.key")
    if pair is None:
        return None
    _check_pair(directory / CA, pair)
    return trustme.CA.from_pem(pair.certificate_pem, pair.key_pem)


def _read_pair(directory: Path, stem: str, authority: Authority) -> Credentials | None:
    """The pair in the folder, or None if it is missing or ends soon."""
    names = client_names(stem)
    path = directory / names.certificate
    pair = _read_files(path, directory / names.key)
    if pair is None:
        return None
    _check_pair(path, pair)
    ca = x509.load_pem_x509_certificate(authority.ca_pem)
    try:
        pair.certificate.verify_directly_issued_by(ca)
    except (ValueError, TypeError, InvalidSignature):
        raise StartError(
            f"{path} is not from {directory / CA}: move it away, "
            "or choose another folder with --certs"
        ) from None
    ends = pair.certificate.not_valid_after_utc
    return pair if ends - datetime.now(UTC) > RENEW_BEFORE else None


def _read_files(certificate: Path, key: Path) -> Credentials | None:
    there = [path for path in (certificate, key) if path.exists()]
    if not there:
        return None
    if len(there) == 1:
        gone = key if there == [certificate] else certificate
        raise StartError(
            f"{there[0]} is there but {gone.name} is not: put it back, "
            f"or delete {there[0]} to have both minted anew"
        )
    try:
        return Credentials(certificate.read_bytes(), key.read_bytes())
    except OSError as wrong:
        raise StartError(
            f"cannot read {wrong.filename}: {wrong.strerror}; choose another folder with --certs"
        ) from None


def _check_pair(path: Path, pair: Credentials) -> None:
    try:
        key = serialization.load_pem_private_key(pair.key_pem, None)
        public = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        fits = key.public_key().public_bytes(*public) == pair.certificate.public_key().public_bytes(
            *public
        )
    except (ValueError, TypeError):
        raise StartError(
            f"{path} or its .key is no PEM file of ours: delete both to have them minted anew"
        ) from None
    if not fits:
        raise StartError(
            f"{path} and its .key do not belong together: delete both to have them minted anew"
        )
