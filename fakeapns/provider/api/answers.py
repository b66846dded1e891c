"""What an answer of the provider API means for the push that it answers."""

from __future__ import annotations

from enum import Enum

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


class Fate(Enum):
    """What becomes of a push that was answered."""

    ACCEPTED = "accepted"
    #: It would be refused again: it, or who sends it, has to be mended first.
    REFUSED = "refused"
    #: The same push may get through some time later.
    LATER = "later"
    #: The same push may get through with a new token.
    RENEW = "renew"


class _Told(msgspec.Struct):
    reason: str | None = None


def reason_in(body: bytes) -> str | None:
    """The reason that an answer or the debug data of a GOAWAY names, or None.

    The real service was seen to write text and nothing, too (forum 54407, pushy #878).
    """
    try:
        return msgspec.json.decode(body, type=_Told).reason
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def judge(status: int, reason: str | None) -> Fate:
    """What an answer means ("Handling notification responses from APNs").

    Of 4xx only TooManyRequests passes by itself. A 429 that gives no reason is one.
    """
    if 200 <= status < 300:
        return Fate.ACCEPTED
    if status >= 500 or (status == 429 and reason in (None, "TooManyRequests")):
        return Fate.LATER
    if (status, reason) == (403, EXPIRED):
        return Fate.RENEW
    return Fate.REFUSED
