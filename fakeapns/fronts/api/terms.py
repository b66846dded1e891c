"""On which terms a connection speaks HTTP/2: its SETTINGS, and what of it a fault leaves out."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import msgspec

from ...ledger import Moment, SettingsSeen
from ...protocol.http2 import SETTINGS, Omitted, Setting, Wire
from ..unseen import Unseen
from .recorder import ApiRecorder

#: "APNs allows only one stream for each connection until you post a push notification message with
#: a valid authentication token" (Sending notification requests to APNs).
UNTIL_SIGNED = {**SETTINGS, Setting.MAX_CONCURRENT_STREAMS: 1}


class Changed(msgspec.Struct, frozen=True):
    """What a setting is instead, until a moment or the next push that is accepted."""

    value: int
    until: float
    until_success: bool


class Terms:
    """Those of one connection. `usual` are the SETTINGS that it begins with."""

    def __init__(self, wire: Wire, recorder: ApiRecorder, usual: Mapping[int, int]) -> None:
        self._wire = wire
        self._recorder = recorder
        self._usual = usual
        #: Each by itself: one fault may change this and another one that, for as long.
        self._changed: dict[int, Changed] = {}
        #: What was said before HTTP/2 is spoken, and leaves only then; None from then on.
        self._untold: list[Mapping[int, int]] | None = [usual]
        self._left_out: dict[Omitted, Unseen] = {}
        #: Behind how many bytes no credit is given any more, and why.
        self._credit: tuple[int, Unseen] | None = None
        self._taken = 0

    # ---- SETTINGS ---------------------------------------------------------------------------

    def begin(self, now: Moment) -> None:
        """HTTP/2 is spoken from now on: put on record what SETTINGS are said by now."""
        untold, self._untold = self._untold or [], None
        for values in untold:
            self._note(values, now)

    def _note(self, values: Mapping[int, int], now: Moment) -> None:
        if self._untold is not None:
            self._untold.append(values)
        elif Omitted.SETTINGS not in self._left_out:
            self._recorder.note(SettingsSeen, now, by="server", values=values)

    @property
    def _values(self) -> dict[int, int]:
        return {**self._usual, **{key: each.value for key, each in self._changed.items()}}

    @property
    def due(self) -> float:
        """When a usual one comes back, in seconds since the start."""
        return min((each.until for each in self._changed.values()), default=math.inf)

    @property
    def await_success(self) -> bool:
        """Whether a usual one comes back with the next push that is accepted."""
        return any(each.until_success for each in self._changed.values())

    def raise_limit(self, now: Moment) -> None:
        """The first request was signed: there may be more at a time from now on."""
        self._usual = SETTINGS
        if Setting.MAX_CONCURRENT_STREAMS not in self._changed:
            self._advertise(now)

    def change(self, changes: Mapping[int, Changed], because: Unseen, now: Moment) -> None:
        """Say these in place of the usual ones. Nobody sees it where no SETTINGS leave any more."""
        before, self._changed = self._changed, {**self._changed, **changes}
        if self._say():
            because.seen(now)
            self._note(self._values, now)
        else:
            self._changed = before
            because.over()

    def succeeded(self, now: Moment) -> None:
        """A push is accepted."""
        self._usual_again(lambda each: each.until_success, now)

    def wake(self, now: Moment) -> None:
        """Do what is due."""
        self._usual_again(lambda each: each.until <= now.t, now)

    def _usual_again(self, is_over: Callable[[Changed], bool], now: Moment) -> None:
        over = [key for key, each in self._changed.items() if is_over(each)]
        for key in over:
            del self._changed[key]
        if over:
            self._advertise(now)

    def _advertise(self, now: Moment) -> None:
        if self._say():
            self._note(self._values, now)

    def _say(self) -> bool:
        """Say what holds now; whether it leaves."""
        said = self._wire.update_settings(self._values)
        return said and Omitted.SETTINGS not in self._left_out

    # ---- what is left out -------------------------------------------------------------------

    def leave_out(self, kind: Omitted, because: Unseen) -> None:
        """Say such frames no more, which is seen once one was to be said."""
        self._wire.omit(kind)
        if self._left_out.setdefault(kind, because) is not because:
            because.over()

    def give_no_credit(self, after: int, because: Unseen) -> None:
        """Say no WINDOW_UPDATE any more, once so many bytes have come."""
        if self._credit is not None or Omitted.WINDOW_UPDATE in self._left_out:
            because.over()
            return
        self._credit = after, because

    def came(self, size: int) -> None:
        """So many bytes are about to be looked at."""
        self._taken += size
        if self._credit is not None and self._taken >= self._credit[0]:
            because, self._credit = self._credit[1], None
            self.leave_out(Omitted.WINDOW_UPDATE, because)

    def looked_at(self, now: Moment) -> None:
        """What came has been looked at: something may have been left out for that."""
        for kind, because in self._left_out.items():
            if kind in self._wire.left_out:
                because.seen(now)

    def over(self) -> None:
        """The connection is over."""
        for because in self._left_out.values():
            because.over()
        if self._credit is not None:
            self._credit[1].over()
