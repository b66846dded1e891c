"""A device as tests in trio hold it."""

from __future__ import annotations

from typing import Unpack

from ..ledger import Delivery, DeliveryCriteria
from ..push import Fate
from .device import Device
from .device_waits import for_deliveries
from .waits import Time


class TrioDevice(Device):
    """A device of a server in the caller's own trio loop: see `Device`."""

    __slots__ = ()

    async def wait_for_delivery(
        self,
        count: int = 1,
        *,
        fate: Fate | None = "delivered",
        timeout: Time = 5,
        **criteria: Unpack[DeliveryCriteria],
    ) -> list[Delivery]:
        """Wait until this became of at least `count` such notifications since the last reset.

        Returns the entries, at once if they are there already. `fate` is what is to have become of
        them, None for anything. Raises `AssertionError` with what there was instead after
        `timeout` (seconds, or text such as "250ms").
        """
        __tracebackhide__ = True
        wait = for_deliveries(self._house, self._asked, count, fate, timeout, criteria)
        return await wait.anywhere(self._house.check)
