"""What is asked of one device, as a value: see `judgements`."""

from __future__ import annotations

from ..errors import UsageError
from ..ledger import Delivery, DeliveryCriteria, Ledger, WantedDelivery
from ..push import Fate
from ..text import shown
from .asked import Asked
from .device_explanation import DELIVERED, SHOWN, Kind, explain_deliveries
from .judgements import Arriving
from .search import is_count


class Landed:
    """Whether there are `count` deliveries of a kind, or at least one. `name` is the method."""

    def __init__(
        self, asked: Asked, name: str, kind: Kind, count: int | None, criteria: DeliveryCriteria
    ) -> None:
        self._asked = asked
        self._kind = kind
        self._wanted = WantedDelivery.of(**criteria)
        self._count = count if count is None else number_in(count)
        self.name = f"phone.{name}"
        self.lacks = False

    def holds(self) -> bool:
        """One is enough where no number is given, and no number is certain before the end."""
        return self._count is None and bool(self._found())

    def conclude(self, arriving: Arriving) -> list[Delivery]:
        """Those that are wanted, in order. Raises `AssertionError` for another number."""
        __tracebackhide__ = True
        found, count = self._found(), self._count
        if len(found) == count if count is not None else found:
            return found
        # Where there are too many, these are what is to be seen, and nothing nearest.
        self.lacks = count is None or len(found) < count
        number = "at least 1" if count is None else f"exactly {count}" if count else "nothing"
        expected = f"expected {number} {self._kind.on} {self._asked}{self._wanted}"
        text = f"{expected}, found {len(found)}"
        wanted = self._wanted if self.lacks else None
        raise AssertionError(
            explain_deliveries(self._asked, text, self._kind, wanted, found, arriving())
        )

    def _found(self) -> list[Delivery]:
        there = [each for each in self._asked.deliveries() if self._kind.is_so(each)]
        return self._wanted.find(there, self._asked.record.ledger)


class Badge:
    """Whether the number on the icon is this one."""

    name, lacks = "phone.assert_badge", True

    def __init__(self, asked: Asked, number: float) -> None:
        self._asked = asked
        self._wanted = WantedDelivery.of(badge=number)
        if number is None:
            raise UsageError("None is no badge: write a number, 0 for none")
        self._number = number

    def holds(self) -> bool:
        """What is still on its way may change it."""
        return False

    def conclude(self, arriving: Arriving) -> None:
        """Raises `AssertionError` for another one."""
        __tracebackhide__ = True
        there = self._asked.held.badge
        if there == self._number:
            return
        text = (
            f"expected badge {self._number:g} on {self._asked}, is {there:g}{self._set_by(there)}"
        )
        raise AssertionError(
            explain_deliveries(self._asked, text, SHOWN, self._wanted, (), arriving())
        )

    def _set_by(self, there: float) -> str:
        """Which notification has set it last, as a clause; empty if none has."""
        said = (
            f", set by number {each.notification}"
            if each.shown.badge == there
            else f", and was {each.shown.badge:g} behind number {each.notification}"
            for each in reversed(self._asked.deliveries())
            if each.shown is not None and each.shown.badge is not None
        )
        return next(said, "")


class Finding:
    """Finds the deliveries to a device that are waited for; a `fate` of None means any."""

    def __init__(self, asked: Asked, fate: Fate | None, wanted: WantedDelivery) -> None:
        self._asked = asked
        self._fate = fate
        self._wanted = wanted

    def __call__(self, ledger: Ledger, *, since: int) -> list[Delivery]:
        """Those from `since` on."""
        new = self._asked.deliveries(since=since)
        there = [each for each in new if self._fate in (None, each.fate)]
        return self._wanted.find(there, ledger)


def number_in(count: int) -> int:
    """How many are meant. Raises `UsageError` for what is no number of deliveries."""
    if not is_count(count):
        raise UsageError(
            f"{shown(count)} is no number of deliveries: write one, or name what you mean, as in "
            "alert=…"
        )
    return count


def kind_of(fate: Fate | None) -> Kind:
    """What a delivery with this fate is."""
    if fate == "delivered":
        return DELIVERED
    if fate is None:
        return Kind("deliveries to", lambda _: True)
    return Kind(f"{fate} for", lambda each: each.fate == fate)
