"""Tokens of providers: a JWT as Apple wants it, read from a header, and its signature.

RFC 7515 is its form, RFC 7518 (3.4) what ES256 is, and "Establishing a token-based connection to
APNs" what stands in it. Nothing that is said of a token has any of its text but ids and numbers:
whoever has one may send with it for an hour.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode
from hashlib import sha256
from typing import Any

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.hashes import SHA256

from ....text import shown

#: A scheme is compared without regard to case (RFC 9110, 11.1), whatever Apple's page writes.
_BEARER = re.compile(rb"bearer(?: +|$)", re.IGNORECASE)
_SCHEME = re.compile(rb"([A-Za-z]{1,20}) ")
_BASE64URL = re.compile(rb"[A-Za-z0-9_-]*")
_NUMBER = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,18})?")
#: How the text of a .p8 begins: its first line, or where somebody left that out, the base64 of what
#: every PKCS8 key on P-256 begins with.
_KEY = (b"-----BEGIN", b"MIGHAgEA", b"MIGTAgEA")
#: Bytes of each of the two numbers that are a signature.
_HALF = 32
#: Digits of a digest. Its signature alone has 256 random bits, so none can be guessed from it.
_DIGEST = 16
#: Epoch seconds of the year 5138: what is above was counted in milliseconds.
_TOO_LARGE = 100_000_000_000

PublicKey = ec.EllipticCurvePublicKey
_ECDSA = ec.ECDSA(SHA256())


class Token(msgspec.Struct, frozen=True, gc=False):
    """What a token says. `wrong` is what is wrong with it, whoever has signed it and whatever the
    time, in words; None where nothing is. What could not be read is None or empty.

    `issued_at` is epoch seconds, `signature` in DER, and over `signed`. `digest` is of its text: 16
    digits of hex, of which nobody makes a token.
    """

    key_id: str | None = None
    team_id: str | None = None
    issued_at: float = 0.0
    signed: bytes = b""
    signature: bytes = b""
    digest: str | None = None
    wrong: str | None = None
    warnings: tuple[str, ...] = ()


class _Wrong(Exception):
    """In words."""


def read_token(authorization: bytes) -> Token:
    """The token in a header `authorization`. Never raises."""
    try:
        token = _token_in(authorization)
        header, claims, signature = _parts(token)
    except _Wrong as wrong:
        return Token(wrong=str(wrong))
    found = Token(
        key_id=_text(header.get("kid")),
        team_id=_text(claims.get("iss")),
        signed=token.rpartition(b".")[0],
        digest=sha256(token).hexdigest()[:_DIGEST],
    )
    try:
        _check_names(header, claims)
        issued_at, of_time = _issued_at(claims)
        der, of_form = _in_der(signature)
    except _Wrong as wrong:
        return msgspec.structs.replace(found, wrong=str(wrong))
    return msgspec.structs.replace(
        found, issued_at=issued_at, signature=der, warnings=of_time + of_form
    )


def is_signed_by(token: Token, key: PublicKey) -> bool:
    """Whether this key has signed it."""
    try:
        key.verify(token.signature, token.signed, _ECDSA)
    except InvalidSignature:
        return False
    return True


# ---- its form -------------------------------------------------------------------------------


def _token_in(authorization: bytes) -> bytes:
    """What stands behind `bearer`."""
    value = authorization.strip(b" \t")
    scheme = _BEARER.match(value)
    token = value[scheme.end() :] if scheme else value
    if token.startswith(_KEY):
        raise _Wrong(
            "the header authorization has the text of a .p8 file: that key stays with the "
            "provider, which signs tokens with it and sends those"
        )
    if scheme is None:
        other = _SCHEME.match(value)
        what = f"begins with {other[1].decode()}" if other else "does not begin with bearer"
        raise _Wrong(f"the header authorization {what}: write `bearer`, a blank and the token")
    if not token:
        raise _Wrong("the header authorization has no token behind `bearer`: write it there")
    return token


def _parts(token: bytes) -> tuple[dict[str, Any], dict[str, Any], bytes]:
    """Header, claims and signature."""
    parts = token.split(b".")
    if len(parts) != 3:
        pieces = "1 part" if len(parts) == 1 else f"{len(parts)} parts"
        raise _Wrong(
            f"the token has {pieces}, and should have three with dots between: "
            "header, claim set and signature"
        )
    return (
        _object("header", parts[0]),
        _object("claim set", parts[1]),
        _decoded("signature", parts[2]),
    )


def _object(what: str, text: bytes) -> dict[str, Any]:
    data = _decoded(what, text)
    try:
        found = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError):
        found = None
    if not isinstance(found, dict):
        raise _Wrong(f"the {what} of the token is no JSON object: write one, then base64url")
    return found


def _decoded(what: str, text: bytes) -> bytes:
    if not _BASE64URL.fullmatch(text) or len(text) % 4 == 1:
        how = "has blanks" if re.search(rb"\s", text) else "is no base64url"
        if re.fullmatch(rb"[A-Za-z0-9+/_-]*=*", text) and len(text.rstrip(b"=")) % 4 != 1:
            how = "is base64 and not base64url"
        raise _Wrong(f"the {what} of the token {how}: write - for +, _ for / and no = behind it")
    return urlsafe_b64decode(text + b"=" * (-len(text) % 4))


# ---- what it says ---------------------------------------------------------------------------


def _text(value: object) -> str | None:
    """A name for the record, if it is one."""
    return value[:200] if isinstance(value, str) else None


def _check_names(header: dict[str, Any], claims: dict[str, Any]) -> None:
    algorithm = header.get("alg")
    if algorithm != "ES256":
        what = "no alg" if algorithm is None else f"the alg {shown(algorithm)}"
        raise _Wrong(f"the header of the token has {what}: sign with ES256, and write that there")
    for values, where, name, meaning in (
        (header, "header", "kid", "the id of the key, ten characters"),
        (claims, "claim set", "iss", "the id of the team, ten characters"),
    ):
        value = values.get(name)
        if not isinstance(value, str):
            what = f"no {name}" if value is None else f"{shown(value)} as {name}"
            raise _Wrong(f"the {where} of the token has {what}: write {meaning}")


def _issued_at(claims: dict[str, Any]) -> tuple[float, tuple[str, ...]]:
    """The claim `iat` as a number, and what is to be said of how it was written."""
    given = claims.get("iat")
    if given is None:
        raise _Wrong("the claim set of the token has no iat: write when it was made, epoch seconds")
    number: float | None = None
    warnings: tuple[str, ...] = ()
    if isinstance(given, str) and _NUMBER.fullmatch(given):
        number = float(given)
        warnings = ("the iat of the token is a string: write a number, which is what it should be",)
    elif isinstance(given, float):
        number = given
        warnings = ("the iat of the token is no whole number: write seconds without a fraction",)
    elif isinstance(given, int) and not isinstance(given, bool):
        number = float(max(-1, min(given, _TOO_LARGE)))
    if number is None:
        raise _Wrong(f"the iat of the token is {shown(given)}: write a number of epoch seconds")
    if number >= _TOO_LARGE:
        raise _Wrong(f"the iat of the token is {shown(given)}: write seconds, not milliseconds")
    return number, warnings


def _in_der(signature: bytes) -> tuple[bytes, tuple[str, ...]]:
    """The signature in DER, and what is to be said of how it came."""
    if len(signature) == 2 * _HALF:
        numbers = (signature[:_HALF], signature[_HALF:])
        return encode_dss_signature(*(int.from_bytes(each, "big") for each in numbers)), ()
    try:
        decode_dss_signature(signature)
    except ValueError:
        size = "no bytes" if not signature else f"{len(signature)} bytes"
        raise _Wrong(
            f"the signature of the token has {size}: write R and S behind each other, 64 bytes"
        ) from None
    # pushy and apnotic do that, and it works (pushy #437 and their code).
    return signature, (
        "the signature of the token is in DER: RFC 7518 (3.4) has R and S behind each other",
    )
