"""On which terms a connection speaks HTTP/2: its SETTINGS, and what of it a fault leaves out."""

from __future__ import annotations

import math
from collections.abc import Mapping

from ...ledger import Moment, SettingsSeen
from ...protocol.http2 import SETTINGS, Omitted, Setting, Wire
from ..unseen import Unseen
from .recorder import ApiRecorder

#: "APNs allows only one stream for each connection until you post a push notification message with
#: a valid authentication token" (Sending notification requests to APNs).
UNTIL_SIGNED = {**SETTINGS, Setting.MAX_CONCURRENT_STREAMS: 1}


class Terms:
    """Those of one connection. `usual` are the SETTINGS that it begins with.

    `due` is when the usual ones come back, in seconds since the start.
    """

    def __init__(self, wire: Wire, recorder: ApiRecorder, usual: Mapping[int, int]) -> None:
        self._wire = wire
        self._recorder = recorder
        self._usual = usual
        self._changed: Mapping[int, int] = {}
        self.due = math.inf
        #: Whether the usual ones come back with the next push that is accepted.
        self.await_success = False
        self._left_out: dict[Omitted, Unseen] = {}
        #: Behind how many bytes no credit is given any more, and why.
        self._credit: tuple[int, Unseen] | None = None
        self._taken = 0

    # ---- SETTINGS ---------------------------------------------------------------------------

    def note(self, now: Moment) -> None:
        """Put on record what SETTINGS are said, if they are."""
        if Omitted.SETTINGS in self._left_out:
            return
        values = {**self._usual, **self._changed}
        self._recorder.note(SettingsSeen, now, by="server", values=values)

    def raise_limit(self, now: Moment) -> None:
        """The first request was signed: there may be more at a time from now on."""
        self._usual = SETTINGS
        if Setting.MAX_CONCURRENT_STREAMS not in self._changed:
            self._advertise(now)

    def change(
        self, values: Mapping[int, int], until: float, now: Moment, *, until_success: bool
    ) -> None:
        """Say these in place of the usual ones, until then."""
        self._changed = {**self._changed, **values}
        self.due, self.await_success = until, until_success
        self._advertise(now)

    def succeeded(self, now: Moment) -> None:
        """A push is accepted."""
        if self.await_success:
            self._usual_again(now)

    def wake(self, now: Moment) -> None:
        """Do what is due."""
        if self.due <= now.t:
            self._usual_again(now)

    def _usual_again(self, now: Moment) -> None:
        self._changed, self.due, self.await_success = {}, math.inf, False
        self._advertise(now)

    def _advertise(self, now: Moment) -> None:
        self._wire.update_settings({**self._usual, **self._changed})
        self.note(now)

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
        self.came(0)

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
