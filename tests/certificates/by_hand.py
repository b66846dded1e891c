"""Certificates that no library would write, signed by our CA all the same."""

from __future__ import annotations

import random
import ssl
from collections.abc import Sequence
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from fakeapns.certificates import Credentials, default_authority
from fakeapns.certificates.der import INTEGER, SEQUENCE, SET, elements, encode

from ..frames import TOPIC

BIT_STRING, OCTET_STRING, UTF8_STRING, PRINTABLE_STRING = 0x03, 0x04, 0x0C, 0x13
_VERSION, _EXTENSIONS = 0xA0, 0xA3
_HOLDS_OTHERS = 0x20
#: Kinds of values, most of them strings.
_TAGS = (1, 2, 3, 4, 5, 6, 12, 18, 19, 20, 22, 23, 24, 26, 28, 30, 48, 49)

#: What is in a name: which attribute, the tag of its value, and its bytes.
Named = tuple[x509.ObjectIdentifier, int, bytes]
Extensions = Sequence[tuple[x509.ObjectIdentifier, bytes]]


def oid(number: x509.ObjectIdentifier) -> bytes:
    """An object identifier as an element."""
    first, second, *rest = map(int, number.dotted_string.split("."))
    content = b""
    for each in (40 * first + second, *rest):
        digits = [each & 0x7F]
        while each := each >> 7:
            digits.insert(0, each & 0x7F | 0x80)
        content += bytes(digits)
    return encode(0x06, content)


def _number(number: int) -> bytes:
    return number.to_bytes(number.bit_length() // 8 + 1, "big")


def name(*named: Named) -> bytes:
    """A distinguished name."""
    parts = (encode(SEQUENCE, oid(which) + encode(tag, value)) for which, tag, value in named)
    return encode(SEQUENCE, b"".join(encode(SET, part) for part in parts))


def to_be_signed(
    *named: Named,
    version: int = 3,
    extensions: Extensions | None = None,
    issuer: bytes | None = None,
) -> bytes:
    """An ordinary client's certificate without its signature, with another name, version, issuer
    or extensions where they are given.
    """
    [whole] = elements(default_authority().client(TOPIC).certificate.tbs_certificate_bytes)
    fields = [each.encoded for each in elements(whole.content)]
    fields[0] = encode(_VERSION, encode(INTEGER, _number(version - 1)))
    if issuer is not None:
        fields[3] = issuer
    if named:
        fields[5] = name(*named)
    if extensions is not None:
        values = (
            encode(SEQUENCE, oid(number) + encode(OCTET_STRING, value))
            for number, value in extensions
        )
        fields[7] = encode(_EXTENSIONS, encode(SEQUENCE, b"".join(values)))
    return encode(SEQUENCE, b"".join(fields))


def signed(content: bytes) -> bytes:
    """These bytes as a certificate of our CA, in DER."""
    signature = _ca_key().sign(content, padding.PKCS1v15(), hashes.SHA256())
    # sha256WithRSAEncryption, and no parameters.
    how = encode(SEQUENCE, oid(x509.ObjectIdentifier("1.2.840.113549.1.1.11")) + encode(0x05, b""))
    return encode(SEQUENCE, content + how + encode(BIT_STRING, b"\0" + signature))


@cache
def _ca_key() -> rsa.RSAPrivateKey:
    key = serialization.load_pem_private_key(default_authority().ca_key_pem, None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key


def write_certificate(
    *named: Named,
    version: int = 3,
    extensions: Extensions | None = None,
) -> bytes:
    """A certificate as `to_be_signed` has it, signed by our CA, in DER."""
    return signed(to_be_signed(*named, version=version, extensions=extensions))


def as_credentials(der: bytes) -> Credentials:
    """A certificate with the key of an ordinary client, whose own it is."""
    pem = ssl.DER_cert_to_PEM_cert(der).encode()
    return Credentials(pem, default_authority().client(TOPIC).key_pem)


def changed(content: bytes, chance: random.Random) -> bytes:
    """The same without its signature, with one thing wrong in it, but for the key."""
    [whole] = elements(content)
    fields = list(elements(whole.content))
    at = chance.choice([0, 1, 2, 3, 4, 5, 5, 5, 7, 7, 7])
    parts = [each.encoded for each in fields]
    parts[at] = _changed(*fields[at], chance)
    return encode(SEQUENCE, b"".join(parts))


def _changed(tag: int, content: bytes, chance: random.Random) -> bytes:
    """An element that holds others, with one of them wrong, missing or doubled; any other with a
    wrong kind or value.
    """
    if tag & _HOLDS_OTHERS and content:
        parts = [each.encoded for each in elements(content)]
        at = chance.randrange(len(parts))
        [inner] = elements(parts[at])
        wrong = [*[_changed(*inner, chance)] * 4, b"", parts[at] * 2]
        return encode(tag, b"".join([*parts[:at], chance.choice(wrong), *parts[at + 1 :]]))
    at = chance.randrange(len(content) + 1)
    byte = bytes([chance.randrange(256)])
    return chance.choice(
        [
            encode(chance.choice(_TAGS), content),
            encode(tag, content[:at] + byte + content[at + 1 :]),
            encode(tag, content[:at]),
            encode(tag, content * 30),
        ]
    )
