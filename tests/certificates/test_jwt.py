"""Tokens of providers, and the keys that sign them."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)

from fakeapns.certificates.jwt import load_p8, sign_token

KEY = ec.generate_private_key(ec.SECP256R1())


def pem(key: Any, how: KeySerializationEncryption | None = None) -> bytes:
    """A key as a file has it."""
    wrapped: bytes = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, how or NoEncryption())
    return wrapped


def part(token: str, index: int) -> bytes:
    """One of the three parts, decoded."""
    text = token.split(".")[index]
    assert "=" not in text
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_a_token_says_who_and_when_and_is_signed() -> None:
    # Often enough that a number with a leading zero is among them.
    for moment in range(300):
        token = sign_token(KEY, "ABCDE12345", "TEAM123456", 1_700_000_000.9 + moment)
        assert json.loads(part(token, 0)) == {"alg": "ES256", "kid": "ABCDE12345"}
        assert json.loads(part(token, 1)) == {"iss": "TEAM123456", "iat": 1_700_000_000 + moment}
        signature = part(token, 2)
        assert len(signature) == 64
        pair = (int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big"))
        signed = token.rpartition(".")[0].encode()
        KEY.public_key().verify(encode_dss_signature(*pair), signed, ec.ECDSA(SHA256()))


def test_a_key_is_read_from_its_file() -> None:
    assert load_p8(pem(KEY)).private_numbers() == KEY.private_numbers()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "it is no private key in PEM"),
        (pem(KEY)[:60] + pem(KEY)[-40:], "no private key"),
        (pem(KEY, BestAvailableEncryption(b"x")), "it is encrypted"),
        (pem(ec.generate_private_key(ec.SECP384R1())), "on the curve secp384r1"),
        (pem(rsa.generate_private_key(65537, 2048)), "no key of an elliptic curve"),
        (pem(ed25519.Ed25519PrivateKey.generate()), "no key of an elliptic curve"),
    ],
    ids=["nothing", "half", "encrypted", "curve", "rsa", "ed25519"],
)
def test_what_is_no_key_of_apple_s_is_told_in_words(content: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        load_p8(content)
