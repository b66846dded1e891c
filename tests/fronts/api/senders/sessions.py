"""A server with keys of all kinds, tokens of theirs, and connections to it."""

from __future__ import annotations

from typing import Any

from fakeapns.fronts.api.senders.credentials import Credential, Session
from fakeapns.fronts.api.senders.keyring import Keyring
from fakeapns.push import Flaw, Refusal

from .signing import KEY, NOW, OTHER_KEY, OTHER_TEAM, TEAM, header, keyring, known, token

INVALID = Refusal.CREDENTIALS_INVALID
EXPIRED = Refusal.CREDENTIALS_EXPIRED
TOO_SOON = Refusal.CREDENTIALS_RENEWED_TOO_SOON
UNRELATED = Refusal.CREDENTIALS_UNRELATED
HOUR, MINUTE = 3600, 60
#: A team's keys, one of another team, and some for single topics.
APP, NEWS = "com.example.app", "com.example.news"
RING = (
    known(),
    known(OTHER_KEY),
    known("FORAPP0001", topics=(APP,)),
    known("FORAPP0002", topics=(APP,)),
    known("FORNEWS001", topics=(NEWS,)),
    known("OTHERTEAM1", OTHER_TEAM),
    known("REVOKED001", revoked=True),
)


def ring(**settings: Any) -> Keyring:
    """A server's, with all of those keys."""
    return keyring(*RING, **settings)


def signed(iat: float = NOW, key_id: str = KEY, team_id: str = TEAM) -> Credential:
    """A token."""
    return ring().read(header(token(key_id, team_id, iat)))


def session(**settings: Any) -> Session:
    """A new connection of its own."""
    return ring(**settings).session("127.0.0.1")


def refusal(found: Flaw | None) -> Refusal | None:
    """For what a request is refused."""
    return None if found is None else found.refusal
