"""What may be wrong with any request, and how two of such things are put together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Any

import msgspec

from ...moments import WALL
from .dialogue import Dialogue, signed
from .senders.signing import OTHER_KEY, OTHER_TEAM


class Wrong(msgspec.Struct, frozen=True):
    """What is to be changed in a sound request for one reason, and what that is in words."""

    reason: str
    how: dict[str, Any]
    why: str
    prepare: Callable[[Dialogue], object] | None = None
    #: What cannot be wrong at the same time.
    about: str = ""


REPEATED = Wrong(
    "DuplicateHeaders",
    {"twice": ("x-trace", "1")},
    "the header 'x-trace' comes more than once",
    about="twice",
)
#: Of who sends, in the order of the checks.
OF_TOKENS = [
    Wrong(
        "BadEnvironmentKeyInToken",
        {"signed": signed(OTHER_KEY, iss=OTHER_TEAM)},
        f"the key {OTHER_KEY} is for sandbox, and this is production: sign with a key for it, or "
        "for both",
        about="token",
    ),
    Wrong(
        "MissingProviderToken",
        {"signed": None},
        "the client has no certificate, and the request no header authorization: present a "
        "certificate, or write `bearer` there and a token (JWT) signed with a key of this server, "
        "in a test `apns.provider_key().token()`, for others the .p8 of APNS_AUTH_KEY",
        about="token",
    ),
    Wrong(
        "InvalidProviderToken",
        {"signed": "a.b"},
        "the token has 2 parts, and should have three with dots between: header, claim set and "
        "signature",
        about="token",
    ),
    Wrong(
        "ExpiredProviderToken",
        {"signed": signed(issued=-3601)},
        f"the iat of the token is {WALL - 3601:.0f}, 1 h before now: make a new one at most every "
        "20 and at least every 60 minutes",
        about="token",
    ),
]


def too_new(before: Callable[[Dialogue], object]) -> Wrong:
    """That a token is newer than that of a request `before` on its connection. That one has to be
    sound, so the app may broadcast.
    """
    return Wrong(
        "TooManyProviderTokenUpdates",
        {"signed": signed(issued=0)},
        "the token is newer than the one that this connection has begun to use 1 s ago: go on with "
        "a token for 20 minutes at least, and for 60 at most",
        before,
        about="token and capability",
    )


def pairs(wrongs: Sequence[Wrong]) -> list[tuple[Wrong, Wrong]]:
    """All two that can be wrong at the same time."""
    return [
        (first, second)
        for first, second in combinations(wrongs, 2)
        if not set(first.about.split(" and ")) & set(second.about.split(" and ")) - {""}
    ]
