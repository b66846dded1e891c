"""What a device has received, to look at and to assert: both forms share it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Self, TypeVar, Unpack

from ..errors import UsageError
from ..ledger import Delivery, DeliveryCriteria, Notification
from ..push import Card, Installation, Landing, change_device
from ..scenario import Change
from ..text import shown
from .asked import Asked
from .device_explanation import DELIVERED, SHOWN, WOKEN
from .device_judgements import Badge, Landed
from .house import House

R = TypeVar("R")


class Wake(NamedTuple):
    """When an app was woken, in epoch seconds, and for how many seconds at most."""

    at: float
    seconds: float


class Received:
    """Properties tell what is there. Assertions judge that in the trio form, where
    `await apns.settle()` first takes in what is on its way; in the thread form they do so
    themselves.

    The criteria are the same everywhere: those of a notification, as `Criteria` describes them, and
    what it says: `alert`, `badge` and `sound`, see `DeliveryCriteria`.
    """

    __slots__ = ("_house", "_installation")

    def __init__(self, house: House, installation: Installation) -> None:
        self._house = house
        self._installation = installation

    # ---- what is there --------------------------------------------------------------------------

    @property
    def inbox(self) -> Sequence[Delivery]:
        """What was delivered since the last reset of the record, oldest first."""
        return [each for each in self.deliveries if each.fate == "delivered"]

    @property
    def deliveries(self) -> Sequence[Delivery]:
        """All that is on record of what it was sent, whatever became of it, oldest first."""
        return self._asked.deliveries()

    @property
    def notification_center(self) -> Sequence[Card]:
        """What is on the screen now, oldest first; of very many the newest 1,000."""
        return tuple(self._there.screen.cards)

    @property
    def badge(self) -> int | float:
        """The number on the icon, 0 for none."""
        return self._there.badge

    @property
    def wakes(self) -> Sequence[Wake]:
        """When pushes have woken the app, and for how long; of very many the last 1,000."""
        return [Wake(*each) for each in self._there.wakes]

    # ---- what its user does with it -------------------------------------------------------------

    def tap(self, entry: Delivery | Card) -> None:
        """The user taps a notification: it is gone, and the app is in the foreground. Raises
        `UsageError` for one that is not on the screen.
        """
        self.dismiss(entry)
        self._change("launch")

    def dismiss(self, entry: Delivery | Card) -> None:
        """The user dismisses a notification. Raises as `tap` does."""
        seq, screen = _seq_in(entry), self._there.screen

        def act() -> list[Landing]:
            if not screen.remove(seq):
                raise UsageError(
                    f"number {seq} is not on the screen: see notification_center, or inbox for "
                    "what was delivered without being shown"
                )
            return []

        self._house.change(act)

    def read(self) -> None:
        """The user opens the app and reads everything: the screen and the badge are empty."""
        self._change("read")

    # ---- what the app does with it --------------------------------------------------------------

    def on_wake(
        self, function: Callable[[Self, Notification], R]
    ) -> Callable[[Self, Notification], R]:
        """Have this called with the device and the notification whenever a push wakes the app, and
        for each that it is handed while it is in the foreground. Usable as a decorator.

        Those of one server are called one at a time: in a thread of their own, which holds up
        nothing, or in the trio form in a task of the server's loop, where they may be async.
        `settle` and all that settles wait for them. What one raises fails the test: see `reraise`.
        With the server they end, and with `renew` they are forgotten.
        """
        if not callable(function):
            raise UsageError(
                f"{shown(function)} is no function: write one of the device and the notification, "
                "as in phone.on_wake(lambda phone, push: …)"
            )

        def react(push: Notification) -> object:
            __tracebackhide__ = True
            return function(self, push)

        self._house.reactions.add(self._there, react)
        return function

    # ---- assertions -----------------------------------------------------------------------------

    def assert_delivered(
        self, count: int | None = None, **criteria: Unpack[DeliveryCriteria]
    ) -> list[Delivery]:
        """Fail unless exactly `count` such notifications were delivered, or at least one, whether
        or not they were shown. Returns the entries.
        """
        __tracebackhide__ = True
        return self._house.judge(
            Landed(self._asked, "assert_delivered", DELIVERED, count, criteria)
        )

    def assert_shown(
        self, count: int | None = None, **criteria: Unpack[DeliveryCriteria]
    ) -> list[Delivery]:
        """Fail unless exactly `count` such notifications were shown, or at least one. Returns the
        entries.

        What was shown once is no longer in `notification_center` when its user has read it, or a
        newer one has replaced it.
        """
        __tracebackhide__ = True
        return self._house.judge(Landed(self._asked, "assert_shown", SHOWN, count, criteria))

    def assert_not_shown(self, **criteria: Unpack[DeliveryCriteria]) -> None:
        """Fail if any such notification was shown."""
        __tracebackhide__ = True
        self._house.judge(Landed(self._asked, "assert_not_shown", SHOWN, 0, criteria))

    def assert_woken(
        self, count: int | None = None, **criteria: Unpack[DeliveryCriteria]
    ) -> list[Delivery]:
        """Fail unless exactly `count` such notifications have woken the app, or at least one.
        Returns the entries.
        """
        __tracebackhide__ = True
        return self._house.judge(Landed(self._asked, "assert_woken", WOKEN, count, criteria))

    def assert_badge(self, number: float) -> None:
        """Fail unless the number on the icon is this one, 0 for none."""
        __tracebackhide__ = True
        self._house.judge(Badge(self._asked, number))

    # ---- inside -----------------------------------------------------------------------------

    @property
    def _there(self) -> Installation:
        """What is behind it, as long as the server knows it."""
        return self._house.known(self._installation)

    @property
    def _asked(self) -> Asked:
        there = self._there
        # What waited may be over by now.
        self._house.change(there.look_again)
        return Asked(self._house.records, self._house.model, there)

    def _change(self, change: Change, **beside: Any) -> None:
        there = self._there
        self._house.change(lambda: change_device(self._house.model, there, change, **beside))


def _seq_in(entry: Delivery | Card) -> int:
    if isinstance(entry, Delivery):
        return entry.notification
    if isinstance(entry, Card):
        return entry.seq
    raise UsageError(
        f"{shown(entry)} is nothing that a phone was sent: give one of its notification_center, or "
        "of its inbox"
    )
