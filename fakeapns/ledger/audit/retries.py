"""How that came again which may be sent again: under which apns-id, and how soon.

Who keeps the id of a push (apns-id, a UUID) can tell its answers together, and whoever is asked
about it later finds all tries. Behind 429 and 5xx Apple wants a pause ("Handling notification
responses from APNs"). What is meant several times is not followed: nobody knows which is which.
"""

from __future__ import annotations

import msgspec

from ..api_entries import ApiNotification, ApiResponse
from ..entries import Notification
from .intention import Intention
from .refusal import asks_for_a_pause

#: Seconds behind an answer within which nobody has paused: a sender that did is never so quick.
AT_ONCE = 0.1


class Retry(msgspec.Struct):
    """One that came again, on `again`, behind what had become of it on `connection`: `status`, if
    it was refused. `times` counts how often it did so.
    """

    connection: int
    again: int
    status: str | None = None
    times: int = 0


class _Owed(msgspec.Struct):
    """What was not accepted, or not answered: the ids under which it came, and the last refusal
    that asks for a pause, with the moment when that was told.
    """

    connection: int
    ids: set[str]
    status: str | None = None
    told: float | None = None


class Retries:
    """Takes notifications by position, in order, and answers: only the provider API has both."""

    def __init__(self, intention: Intention) -> None:
        self._intention = intention
        self.renamed: dict[int, Retry] = {}
        self.hasty: dict[int, Retry] = {}
        self._owed: dict[int, _Owed] = {}
        self._refused: dict[tuple[int, int], _Owed] = {}

    def came(self, position: int, seen: Notification) -> None:
        """A push has come, whatever becomes of it."""
        owed = self._owed.get(position)
        if owed is None or not isinstance(seen, ApiNotification):
            return
        if _id_of(seen) not in owed.ids:
            retry = Retry(owed.connection, seen.connection)
            self.renamed.setdefault(position, retry).times += 1
        if owed.told is not None and owed.connection == seen.connection:
            if seen.t - owed.told < AT_ONCE:
                retry = Retry(owed.connection, seen.connection, owed.status)
                self.hasty.setdefault(position, retry).times += 1
            owed.told = None

    def is_owed(self, position: int, seen: Notification) -> None:
        """It was not accepted, for no fault of its own, or no answer has left that says so."""
        if not isinstance(seen, ApiNotification) or self._intention.times[position] > 1:
            return
        owed = self._owed.setdefault(position, _Owed(seen.connection, set()))
        owed.ids.add(_id_of(seen))
        owed.connection = seen.connection
        if asks_for_a_pause(seen):
            owed.status = f"{seen.http_status} {seen.status}"
            self._refused[seen.connection, seen.stream] = owed

    def answered(self, response: ApiResponse) -> None:
        """An answer has left."""
        owed = self._refused.pop((response.connection, response.stream), None)
        if owed is not None:
            owed.told = response.t


def _id_of(seen: ApiNotification) -> str:
    return (seen.apns_id or "").lower()
