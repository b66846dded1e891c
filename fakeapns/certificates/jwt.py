"""Tokens of providers: a JWT that an EC key signs, as Apple wants it (ES256, RFC 7515 and 7518)."""

from __future__ import annotations

from base64 import urlsafe_b64encode

import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

#: Bytes of each of the two numbers that make a signature.
_NUMBER = 32


def load_p8(pem: bytes) -> ec.EllipticCurvePrivateKey:
    """The key in a .p8 file of Apple's: PEM, PKCS8, on the curve P-256.

    Raises ValueError, whose text says what the file is instead.
    """
    try:
        key = load_pem_private_key(pem, password=None)
    except TypeError:
        raise ValueError("it is encrypted, and Apple's keys are not") from None
    except (ValueError, UnsupportedAlgorithm):
        raise ValueError("it is no private key in PEM") from None
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError("it is no key of an elliptic curve, as Apple's are")
    if not isinstance(key.curve, ec.SECP256R1):
        raise ValueError(f"it is on the curve {key.curve.name}, and Apple's are on P-256")
    return key


def sign_token(
    private_key: ec.EllipticCurvePrivateKey, key_id: str, team_id: str, issued_at: float
) -> str:
    """A token for the header `authorization`, behind `bearer `. `issued_at` is epoch seconds."""
    header = {"alg": "ES256", "kid": key_id}
    claims = {"iss": team_id, "iat": int(issued_at)}
    signed = b".".join(_base64(msgspec.json.encode(part)) for part in (header, claims))
    # Not DER, which is what the library makes: R and S one behind the other (RFC 7518, 3.4).
    pair = decode_dss_signature(private_key.sign(signed, ec.ECDSA(SHA256())))
    signature = b"".join(number.to_bytes(_NUMBER, "big") for number in pair)
    return (signed + b"." + _base64(signature)).decode()


def _base64(data: bytes) -> bytes:
    return urlsafe_b64encode(data).rstrip(b"=")
