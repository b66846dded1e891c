"""What an answer of the provider API means for the push that it answers."""

from __future__ import annotations

from enum import Enum
from math import inf

import msgspec

#: A GOAWAY that says one of these would be said to the next connection, too. Not so
#: ExpiredProviderToken, which a new token mends, and UnrelatedKeyIdInToken, which is of what a
#: connection had begun with.
HOPELESS = frozenset(
    (
        *("BadCertificate", "BadCertificateEnvironment", "Forbidden", "InvalidProviderToken"),
        *("MissingProviderToken", "BadEnvironmentKeyIdInToken", "BadEnvironmentKeyInToken"),
    )
)
EXPIRED = "ExpiredProviderToken"
#: Said of a channel, and not of one broadcast: another would be told so, too.
_NO_CHANNEL = frozenset(("ChannelNotRegistered", "BroadcastFeatureNotEnabled", "FeatureNotEnabled"))


class Fate(Enum):
    """What becomes of a push that was answered."""

    ACCEPTED = "accepted"
    #: It would be refused again: it, or who sends it, has to be mended first.
    REFUSED = "refused"
    #: So would be all else that is for the same device or channel.
    GONE = "gone"
    #: The same push may get through some time later.
    LATER = "later"
    #: The same push may get through with a new token.
    RENEW = "renew"


class Told(msgspec.Struct, frozen=True):
    """What is said beside a status: a reason, and since when a device is gone, in milliseconds."""

    reason: str | None = None
    timestamp: float | None = None

    @property
    def since(self) -> float:
        """Since when, in epoch seconds; infinity where that is not said."""
        return inf if self.timestamp is None else self.timestamp / 1000


def told_in(body: bytes) -> Told:
    """What an answer or the debug data of a GOAWAY says.

    The real service was seen to write text and nothing, too (forum 54407, pushy #878).
    """
    try:
        return msgspec.json.decode(body, type=Told)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return Told()


def judge(status: int, reason: str | None) -> Fate:
    """What an answer means ("Handling notification responses from APNs").

    Of 4xx only TooManyRequests passes by itself, and IdleTimeout, which is about the connection.
    A 429 that gives no reason is the former.
    """
    if 200 <= status < 300:
        return Fate.ACCEPTED
    if status >= 500 or (status, reason) == (400, "IdleTimeout"):
        return Fate.LATER
    if status == 429 and reason in (None, "TooManyRequests"):
        return Fate.LATER
    if (status, reason) == (403, EXPIRED):
        return Fate.RENEW
    return Fate.GONE if status == 410 or reason in _NO_CHANNEL else Fate.REFUSED
