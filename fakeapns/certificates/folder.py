"""A certificate folder that is kept: read it, mint what is missing, never overwrite another's.

Kept, so that a client in another process that was told to trust the CA once goes on trusting it. No
key is ever in a repository: at least nine similar servers ship one, which all their users trust.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

import trustme
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization

from ..errors import StartError
from ..files import make_folder, remove_unfinished
from .authority import HOSTS, Authority, Credentials
from .files import CertificateFolder, read_kept
from .locks import FolderLock
from .names import CA, CA_KEY, SERVER, check_topic, client_names
from .renewal import ca_for, pair_for

log = logging.getLogger("fakeapns")

T = TypeVar("T")

#: A certificate that ends sooner than this is issued again.
RENEW_BEFORE = timedelta(days=1)


def open_folder(directory: Path, topics: tuple[str, ...]) -> CertificateFolder:
    """Read the folder, minting what is missing or about to expire, and write all files.

    A key is written ahead of its certificate, and stays: to one that is alone, as a program that
    was killed leaves it, and to one whose certificate ends, a new certificate is issued. Where
    nothing is missing, nothing is written.

    Raises `UsageError` for a topic that is none, and `StartError` where the folder cannot
    be used: not writable, a key gone, or somebody else's certificates in it.
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
    lock = FolderLock(directory)
    with lock.taken():
        remove_unfinished(directory)
        authority = Authority(_read_ca(directory))
        server = _read_server(directory, authority)
        if server is not None:
            authority.adopt_server(server)
        for topic in topics:
            client = _read_pair(directory, topic, authority, partial(authority.client, topic))
            if client is not None:
                authority.adopt_client(topic, client)
        folder = CertificateFolder(authority, directory, lock)
        folder.write_all()
        for topic in topics:
            folder.client(topic).write_all()
    return folder


def _read_ca(directory: Path) -> trustme.CA | None:
    certificate, key = _read_files(directory / CA, directory / CA_KEY)
    if key is None:
        return None
    if certificate is None:
        return _for_key(directory / CA_KEY, lambda: ca_for(key))
    _check_pair(directory / CA, Credentials(certificate, key))
    return trustme.CA.from_pem(certificate, key)


def _read_server(directory: Path, authority: Authority) -> Credentials | None:
    """The server's pair. A certificate that an older version has minted may lack some names."""
    pair = _read_pair(directory, SERVER, authority, lambda: authority.server)
    if pair is None or not (missing := [each for each in HOSTS if each not in pair.names]):
        return pair
    path = directory / client_names(SERVER).certificate
    also = f" and {len(missing) - 1} more" if missing[1:] else ""
    log.warning("%s is minted anew, since it lacks %s%s; its key stays", path, missing[0], also)
    return pair_for(pair.key_pem, authority.server, authority)


def _read_pair(
    directory: Path, stem: str, authority: Authority, issue: Callable[[], Credentials]
) -> Credentials | None:
    """The pair in the folder, or None if it is missing. What is not there of it, or ends soon, is
    as `issue` makes it.
    """
    names = client_names(stem)
    path = directory / names.certificate
    certificate, key = _read_files(path, directory / names.key)
    if key is None:
        return None
    if certificate is not None:
        pair = Credentials(certificate, key)
        _check_pair(path, pair)
        _check_issuer(path, pair, authority)
        if pair.certificate.not_valid_after_utc - datetime.now(UTC) > RENEW_BEFORE:
            return pair
    return _for_key(directory / names.key, lambda: pair_for(key, issue(), authority))


def _check_issuer(path: Path, pair: Credentials, authority: Authority) -> None:
    ca = x509.load_pem_x509_certificate(authority.ca_pem)
    try:
        pair.certificate.verify_directly_issued_by(ca)
    except (ValueError, TypeError, InvalidSignature):
        raise StartError(
            f"{path} is not from {path.parent / CA}: move it away, "
            "or choose another folder with --certs"
        ) from None


def _read_files(certificate: Path, key: Path) -> tuple[bytes | None, bytes | None]:
    """What is in both files; None for one that is not there, which may only be the certificate."""
    found = read_kept(certificate), read_kept(key)
    if found[0] is not None and found[1] is None:
        raise StartError(
            f"{certificate} is there but {key.name} is not: put it back, "
            f"or delete {certificate} to have both minted anew"
        )
    return found


def _for_key(path: Path, issue: Callable[[], T]) -> T:
    try:
        return issue()
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise StartError(
            f"{path} is no PEM file of ours: delete it to have it minted anew"
        ) from None


def _check_pair(path: Path, pair: Credentials) -> None:
    try:
        key = serialization.load_pem_private_key(pair.key_pem, None)
        public = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        fits = key.public_key().public_bytes(*public) == pair.certificate.public_key().public_bytes(
            *public
        )
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise StartError(
            f"{path} or its .key is no PEM file of ours: delete both to have them minted anew"
        ) from None
    if not fits:
        raise StartError(
            f"{path} and its .key do not belong together: delete both to have them minted anew"
        )
