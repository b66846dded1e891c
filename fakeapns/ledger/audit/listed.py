"""Whether notifications came as they stand in a work list, around token and payload."""

from __future__ import annotations

from typing import Any

from ..entries import Notification
from .intention import Intention

#: What a list may say of one, and of that what only the provider API has.
_SAID = ("expiration", "priority")
_OVER_THE_API = ("push_type", "collapse_id")
#: Seconds: some libraries take how long a push is good for, and count from when they send it.
_SLACK = 60


class AsListed:
    """Compares them, where that is `wanted`: a list in a file is read anew for each."""

    def __init__(self, intention: Intention, *, wanted: bool) -> None:
        self._intention = intention
        self._wanted = wanted
        #: How one is altered, as a clause, by position.
        self.altered: dict[int, str] = {}

    def take(self, position: int, seen: Notification) -> None:
        """One was accepted."""
        if not self._wanted or position in self.altered:
            return
        for name in _SAID if seen.service == "gateway" else _SAID + _OVER_THE_API:
            said, came = self._intention.said(position, name), getattr(seen, name)
            if said is not None and not _alike(name, said, came):
                way = "without one" if came is None else f"with {came}"
                what = f"is listed with {name.replace('_', ' ')} {said}, and came {way}"
                self.altered[position] = what
                return


def _alike(name: str, said: Any, came: Any) -> bool:
    if name == "expiration" and said and came:
        return bool(abs(said - came) <= _SLACK)
    if name == "priority" and came is None:
        # What says none has 10 (Sending notification requests to APNs).
        came = 10
    return bool(said == came)
