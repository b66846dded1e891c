"""What devices ask of the server that they live on."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from ..errors import UsageError
from ..ledger import Ledger, record_landings
from ..push import Devices, Installation, Landing
from ..servers import Clock
from .assertions import Records
from .emulator import Emulator
from .judgements import Arriving, Asking, AskingLater
from .reactions import Reactions
from .search import Check

T = TypeVar("T")
#: Calls something where nothing else happens meanwhile, and gives what that gives.
Within = Callable[[Callable[[], object]], object]


class House:
    """The devices of one server in one form of it.

    They change only `within` its loop, where one runs. It is asked about them by `judge`, and says
    what is `arriving`; `check` raises where nothing more will come.
    """

    def __init__(
        self,
        emulator: Emulator,
        records: Records,
        *,
        within: Within,
        judge: Asking,
        arriving: Arriving,
        check: Check,
    ) -> None:
        self._emulator = emulator
        self.records = records
        self._within = within
        self.judge = judge
        self.arriving = arriving
        self.check = check

    @property
    def model(self) -> Devices:
        """All tokens, and who is behind them."""
        return self._emulator.devices

    @property
    def reactions(self) -> Reactions:
        """What apps do when they are woken."""
        return self._emulator.reactions

    @property
    def clock(self) -> Clock:
        """What they live by."""
        return self._emulator.clock

    @property
    def ledger(self) -> Ledger:
        """The record."""
        return self._emulator.ledger

    def known(self, app: Installation) -> Installation:
        """This one, if it is a device of the server. Raises `UsageError` for one from before
        `renew`, to which nothing will ever be sent, and whose number another one has by now.
        """
        if not self.model.has_made(app):
            raise UsageError(
                f"{app!r} is of before renew(), which has forgotten all devices: look for it in "
                "apns.devices, or add it again"
            )
        return app

    def within(self, act: Callable[[], T]) -> T:
        """What this gives, called where no connection is served meanwhile."""
        found: list[T] = []
        self._within(lambda: found.append(act()))
        return found[0]

    def change(self, act: Callable[[], list[Landing]]) -> None:
        """Let something happen to devices, and put on record what it led to."""

        def recorded() -> None:
            landings = act()
            if landings:
                record_landings(self.ledger, landings, self.clock.now())
                self.ledger.flush()

        self._within(recorded)


class ThreadHouse(House):
    """Those of a server in a thread, which may be asked from any loop as well, `judge_async`."""

    def __init__(
        self,
        emulator: Emulator,
        records: Records,
        *,
        within: Within,
        judge: Asking,
        judge_async: AskingLater,
        arriving: Arriving,
        check: Check,
    ) -> None:
        super().__init__(
            emulator, records, within=within, judge=judge, arriving=arriving, check=check
        )
        self.judge_async = judge_async
