"""Certificates for keys that are there already.

A key that is in a folder stays: what is missing or has ended is its certificate, and that is one
file, which is there or is not. So a pair is whole whenever a program was killed, and what trusts or
knows the key goes on doing so.
"""

from __future__ import annotations

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes

from .authority import Authority, Credentials

_Signing = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


def ca_for(key_pem: bytes) -> trustme.CA:
    """An authority with this key: named as ours are, so that what it has issued stays good.

    Raises `ValueError` or `TypeError` for what is no key of an authority.
    """
    key = _load(key_pem)
    pattern = x509.load_pem_x509_certificate(Authority().ca_pem)
    return trustme.CA.from_pem(_like(pattern, key.public_key(), key), key_pem)


def pair_for(key_pem: bytes, pattern: Credentials, authority: Authority) -> Credentials:
    """A certificate like that of `pattern`, from this authority, and this key with it.

    Raises `ValueError` or `TypeError` for what is no key.
    """
    public, signing = _load(key_pem).public_key(), _load(authority.ca_key_pem)
    return Credentials(_like(pattern.certificate, public, signing), key_pem)


def _load(key_pem: bytes) -> _Signing:
    key = serialization.load_pem_private_key(key_pem, None)
    if not isinstance(key, _Signing):
        raise ValueError("neither RSA nor an elliptic curve")
    return key


def _like(pattern: x509.Certificate, public: CertificatePublicKeyTypes, signing: _Signing) -> bytes:
    builder = x509.CertificateBuilder(
        issuer_name=pattern.issuer,
        subject_name=pattern.subject,
        public_key=public,
        serial_number=x509.random_serial_number(),
        not_valid_before=pattern.not_valid_before_utc,
        not_valid_after=pattern.not_valid_after_utc,
    )
    for each in pattern.extensions:
        value = each.value
        if isinstance(value, x509.SubjectKeyIdentifier):
            value = x509.SubjectKeyIdentifier.from_public_key(public)
        builder = builder.add_extension(value, critical=each.critical)
    signed = builder.sign(signing, hashes.SHA256())
    return signed.public_bytes(serialization.Encoding.PEM)
