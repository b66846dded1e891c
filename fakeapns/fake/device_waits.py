"""The wait that devices of both forms offer."""

from __future__ import annotations

from typing import get_args

from ..errors import UsageError, unknown_name
from ..ledger import Delivery, DeliveryCriteria, WantedDelivery
from ..push import Fate
from .asked import Asked
from .device_explanation import explain_deliveries
from .device_judgements import Finding, kind_of, number_in
from .house import House
from .search import Search
from .waits import Time, Wait


class _Search(Search[Delivery]):
    """What waits on a device comes to its end by time alone, and nobody else looks."""

    def __init__(self, house: House, asked: Asked, find: Finding, count: int) -> None:
        super().__init__(lambda: house.ledger, find, count)
        self._house = house
        self._held = asked.held

    def look(self) -> bool:
        """Put on record what is over, and look at what is new; whether there is enough."""
        if self.due() <= 0:
            self._house.change(self._house.known(self._held).look_again)
        return super().look()

    def due(self) -> float:
        """In how many seconds something that waits is over."""
        return max(0.0, self._held.until - self._house.clock.wall())


def for_deliveries(
    house: House,
    asked: Asked,
    count: int,
    fate: Fate | None,
    timeout: Time,
    criteria: DeliveryCriteria,
) -> Wait[Delivery]:
    """A wait for `count` deliveries to a device. Raises `UsageError` for what cannot be."""
    if fate is not None and fate not in get_args(Fate):
        raise UsageError(unknown_name("fate", fate, get_args(Fate)))
    wanted, kind = WantedDelivery.of(**criteria), kind_of(fate)

    def explain(text: str, found: int) -> str:
        text = f"{text}, found {found}"
        return explain_deliveries(asked, text, kind, wanted, (), house.arriving())

    search = _Search(house, asked, Finding(asked, fate, wanted), number_in(count))
    what = f"{count} {kind.on} {asked}{wanted}"
    return Wait(house.records, search, timeout, what, explain)
