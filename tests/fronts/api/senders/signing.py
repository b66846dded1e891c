"""Keys and tokens for tests, made by other hands than ours: PyJWT, and by part."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from functools import lru_cache
from typing import Any, Literal

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from fakeapns.fronts.api.senders.credentials import KnownKey
from fakeapns.fronts.api.senders.keyring import Keyring
from fakeapns.scenario.settings import Settings

#: As in Apple's examples, and when they were written.
KEY, TEAM, NOW = "ABC123DEFG", "DEF123GHIJ", 1_577_836_800
OTHER_KEY, OTHER_TEAM = "KLM456NOPQ", "RST456UVWX"

Environment = Literal["both", "production", "sandbox"]


@lru_cache
def private_key(key_id: str) -> ec.EllipticCurvePrivateKey:
    """The key of this id: the same in all tests of a run."""
    return ec.generate_private_key(ec.SECP256R1())


def known(
    key_id: str = KEY,
    team_id: str = TEAM,
    *,
    topics: tuple[str, ...] | None = None,
    environment: Environment = "both",
    revoked: bool = False,
) -> KnownKey:
    """A key that the service knows."""
    of = None if topics is None else frozenset(topics)
    return KnownKey(key_id, team_id, private_key(key_id).public_key(), of, environment, revoked)


def keyring(*keys: KnownKey, **settings: Any) -> Keyring:
    """One with these keys, by default the usual one."""
    by_id = {each.key_id: each for each in keys or (known(),)}
    return Keyring(by_id, Settings.of(settings))


def token(key_id: str = KEY, team_id: str = TEAM, iat: object = NOW, **claims: object) -> str:
    """A token as PyJWT makes them."""
    payload = {"iss": team_id, "iat": iat, **claims}
    # It would refuse to write an odd iat, and is not asked to look.
    return jwt.PyJWS().encode(
        json.dumps(payload).encode(), private_key(key_id), "ES256", headers={"kid": key_id}
    )


def header(text: str | bytes, scheme: bytes = b"bearer ") -> bytes:
    """The header `authorization` with this token."""
    return scheme + (text.encode() if isinstance(text, str) else text)


def part(value: object) -> bytes:
    """A header or claims as they stand in a token; bytes as they are."""
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return urlsafe_b64encode(data).rstrip(b"=")


def by_hand(
    head: object, claims: object, signature: bytes | None = None, key_id: str = KEY
) -> bytes:
    """The header `authorization` with a token of these parts; unless given the signature is made,
    in DER, as pushy and apnotic send it.
    """
    signed = part(head) + b"." + part(claims)
    if signature is None:
        signature = private_key(key_id).sign(signed, ec.ECDSA(SHA256()))
    return b"bearer " + signed + b"." + part(signature)
