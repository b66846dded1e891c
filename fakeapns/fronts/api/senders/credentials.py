"""What a provider signs in by with a token, and what a connection makes of several.

The rules are those of "Establishing a token-based connection to APNs".
"""

from __future__ import annotations

import math
from typing import Literal

import msgspec

from ....push import Flaw, Refusal
from .jwt import PublicKey

#: Seconds: how old a token may be, and how long the one before has to have been in use.
OLDEST, RENEWED_AFTER = 3600, 1200
_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


class KnownKey(msgspec.Struct, frozen=True, eq=False):
    """A key that Apple knows. `topics` is None where it is for all of its team."""

    key_id: str
    team_id: str
    public_key: PublicKey
    topics: frozenset[str] | None = None
    environment: Literal["both", "production", "sandbox"] = "both"
    revoked: bool = False


class Credential(msgspec.Struct, frozen=True, eq=False):
    """One token, and the key that it names, if that is known. `flaw` is what is wrong with it
    whatever the time, and whatever came before; then ids are what it says, or None.

    `iat` is epoch seconds. `digest` tells it from others, and nothing else.
    """

    key: KnownKey | None
    key_id: str | None
    team_id: str | None
    digest: str | None
    iat: float
    flaw: Flaw | None
    warnings: tuple[str, ...]

    @property
    def topics(self) -> frozenset[str] | None:
        """Those of its key; None for all of the team."""
        return None if self.key is None else self.key.topics

    def topic_flaw(self, topic: str, refusal: Refusal) -> Flaw | None:
        """That a push for this topic, signed so, is not allowed, which is this `refusal`."""
        if self.topics is None or topic in self.topics:
            return None
        named = ", ".join(sorted(self.topics)) or "no topic"
        return Flaw(
            refusal,
            f"the key {self.key_id} is for {named}, and not for {topic}: sign with a key for "
            "that topic, or one for all of the team",
        )


class InUse(msgspec.Struct, frozen=True, gc=False):
    """The newest token of a team: when it was issued, and since when it is used, epoch seconds."""

    iat: float
    since: float


class Renewals:
    """The newest tokens of those who count together, in words `whose`, by team."""

    def __init__(self, whose: str) -> None:
        self.whose = whose
        self.newest: dict[str | None, InUse] = {}


class Session:
    """What tokens have done on one connection. `skew` is how many seconds ahead of our clock they
    may be issued, `renewals` those of this connection, or of all that count together.
    """

    def __init__(self, skew: float, renewals: Renewals) -> None:
        self._skew = skew
        self._renewals = renewals
        self._first: Credential | None = None
        self._latest: Credential | None = None
        #: From when and until when nothing can be wrong with that one: the clock may be set back.
        self._good = math.inf, -math.inf

    def check(self, credential: Credential, now: float) -> Flaw | None:
        """What is wrong with a request that is signed so, at this moment (epoch seconds).

        What is refused counts for nothing: it binds no connection, and no token is too soon behind
        it.
        """
        if credential is self._latest and self._good[0] <= now <= self._good[1]:
            return None
        flaw = (
            credential.flaw
            or self._of_other_team(credential)
            or self._out_of_time(credential, now)
            or self._unrelated(credential)
            or self._too_soon(credential, now)
        )
        if flaw is None:
            self._take(credential, now)
        return flaw

    def _take(self, credential: Credential, now: float) -> None:
        self._first = self._first or credential
        self._latest = credential
        self._good = credential.iat - self._skew, credential.iat + OLDEST
        if self._is_newer(credential):
            self._renewals.newest[credential.team_id] = InUse(credential.iat, now)

    def _is_newer(self, credential: Credential) -> bool:
        newest = self._renewals.newest.get(credential.team_id)
        return newest is None or credential.iat > newest.iat

    def _of_other_team(self, credential: Credential) -> Flaw | None:
        first = self._first
        if first is None or first.team_id == credential.team_id:
            return None
        # By that name (pushy #437).
        return Flaw(
            Refusal.CREDENTIALS_INVALID,
            f"the token is of the team {credential.team_id}, and the first push made this a "
            f"connection of {first.team_id}: open one for each team",
        )

    def _out_of_time(self, credential: Credential, now: float) -> Flaw | None:
        iat, age = credential.iat, now - credential.iat
        if age > OLDEST:
            return Flaw(
                Refusal.CREDENTIALS_EXPIRED,
                f"the iat of the token is {iat:.0f}, {_in_words(age)} before now: make a new one "
                "at most every 20 and at least every 60 minutes",
            )
        if age < -self._skew:
            return Flaw(
                Refusal.CREDENTIALS_INVALID,
                f"the iat of the token is {iat:.0f}, {_in_words(-age)} ahead of now: set the "
                "provider's clock, or allow more with the setting jwt_skew",
            )
        return None

    def _unrelated(self, credential: Credential) -> Flaw | None:
        first = self._first
        # Related are those of one kind: keys for all of the team, or for the same topics.
        if first is None or first.topics == credential.topics:
            return None
        return Flaw(
            Refusal.CREDENTIALS_UNRELATED,
            f"the key {credential.key_id} is {_for_what(credential)}, and the first push bound "
            f"this connection to {first.key_id}, which is {_for_what(first)}: open another one",
        )

    def _too_soon(self, credential: Credential, now: float) -> Flaw | None:
        # By when they came, not by when they were issued: a token that was shared by connections,
        # and nearly due when the last of those opened, had its successor refused (pushy #931,
        # mended by #946).
        newest = self._renewals.newest.get(credential.team_id)
        if newest is None or not self._is_newer(credential):
            return None
        used_for = now - newest.since
        # Of one that came later than now, by a clock that was set back, nobody can say how long.
        if not 0 <= used_for < RENEWED_AFTER:
            return None
        return Flaw(
            Refusal.CREDENTIALS_RENEWED_TOO_SOON,
            f"the token is newer than the one that {self._renewals.whose} has begun to use "
            f"{_in_words(used_for)} ago: go on with a token for 20 minutes at least, and for 60 at "
            "most",
        )


def _for_what(credential: Credential) -> str:
    if credential.topics is None:
        return "for all topics of the team"
    return f"for {', '.join(sorted(credential.topics)) or 'no topic'} alone"


def _in_words(seconds: float) -> str:
    """A span of time as the two largest units that it has: `2 h 3 min`."""
    left = max(1, round(seconds))
    parts: list[str] = []
    for size, unit in _UNITS:
        count, left = divmod(left, size)
        if count or parts:
            parts.append(f"{count} {unit}")
    return " ".join(part for part in parts[:2] if part[0] != "0")
