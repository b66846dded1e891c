"""Faults that make no sound by themselves, and count only once a provider has met them."""

from __future__ import annotations

from ..ledger import Moment
from ..push import Chosen, Triggers
from .recorder import Recorder


class Unseen:
    """A fault at work that nobody may ever notice: a stall while nothing is sent is none.

    It is on record once somebody could notice, and otherwise its step has not fired.
    """

    __slots__ = ("_chosen", "_connection", "_detail", "_recorder", "_seq", "_triggers")

    def __init__(
        self, chosen: Chosen, detail: str, connection: int, recorder: Recorder, triggers: Triggers
    ) -> None:
        self._chosen = chosen
        self._detail = detail
        self._connection = connection
        self._recorder = recorder
        self._triggers = triggers
        self._seq: int | None = None

    def __str__(self) -> str:
        """As in "stall for 10s"."""
        return f"{self._chosen.fault.name} {self._detail}"

    def seen(self, now: Moment) -> int:
        """The provider could notice it now; the `seq` of the entry that says so."""
        if self._seq is None:
            self._seq = self._recorder.fault(self._chosen, self._detail, now)
        return self._seq

    def over(self) -> None:
        """It acts no more."""
        if self._seq is None:
            self._triggers.take_back(self._chosen, self._connection)
