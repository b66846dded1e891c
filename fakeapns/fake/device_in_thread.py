"""A device as tests hold it whose server has a thread: blocking, and a twin of each to await."""

from __future__ import annotations

from typing import Unpack

from ..ledger import Delivery, DeliveryCriteria
from ..push import Fate, Installation
from .device import Device
from .device_explanation import DELIVERED, SHOWN, WOKEN
from .device_judgements import Badge, Landed
from .device_waits import for_deliveries
from .house import ThreadHouse
from .loop_hint import LoopHint
from .waits import Time


class ThreadedDevice(Device):
    """A device of a server in a thread: see `Device`.

    Assertions settle first, as those of the server do.
    """

    __slots__ = ()
    _house: ThreadHouse

    def __init__(self, house: ThreadHouse, installation: Installation) -> None:
        super().__init__(house, installation)

    async def assert_delivered_async(
        self, count: int | None = None, **criteria: Unpack[DeliveryCriteria]
    ) -> list[Delivery]:
        """`assert_delivered` for callers in an asyncio or trio loop."""
        __tracebackhide__ = True
        return await self._house.judge_async(
            Landed(self._asked, "assert_delivered", DELIVERED, count, criteria)
        )

    async def assert_shown_async(
        self, count: int | None = None, **criteria: Unpack[DeliveryCriteria]
    ) -> list[Delivery]:
        """`assert_shown` for callers in an asyncio or trio loop."""
        __tracebackhide__ = True
        return await self._house.judge_async(
            Landed(self._asked, "assert_shown", SHOWN, count, criteria)
        )

    async def assert_not_shown_async(self, **criteria: Unpack[DeliveryCriteria]) -> None:
        """`assert_not_shown` for callers in an asyncio or trio loop."""
        __tracebackhide__ = True
        await self._house.judge_async(Landed(self._asked, "assert_not_shown", SHOWN, 0, criteria))

    async def assert_woken_async(
        self, count: int | None = None, **criteria: Unpack[DeliveryCriteria]
    ) -> list[Delivery]:
        """`assert_woken` for callers in an asyncio or trio loop."""
        __tracebackhide__ = True
        return await self._house.judge_async(
            Landed(self._asked, "assert_woken", WOKEN, count, criteria)
        )

    async def assert_badge_async(self, number: float) -> None:
        """`assert_badge` for callers in an asyncio or trio loop."""
        __tracebackhide__ = True
        await self._house.judge_async(Badge(self._asked, number))

    def wait_for_delivery(
        self,
        count: int = 1,
        *,
        fate: Fate | None = "delivered",
        timeout: Time = 5,
        **criteria: Unpack[DeliveryCriteria],
    ) -> list[Delivery]:
        """Block until this became of at least `count` such notifications: see `TrioDevice`. Inside
        an event loop this blocks the loop: there, await `wait_for_delivery_async`.
        """
        __tracebackhide__ = True
        wait = for_deliveries(self._house, self._asked, count, fate, timeout, criteria)
        with LoopHint("phone.wait_for_delivery"):
            return wait.here(self._house.check)

    async def wait_for_delivery_async(
        self,
        count: int = 1,
        *,
        fate: Fate | None = "delivered",
        timeout: Time = 5,
        **criteria: Unpack[DeliveryCriteria],
    ) -> list[Delivery]:
        """`wait_for_delivery` for callers in an asyncio or trio loop."""
        __tracebackhide__ = True
        wait = for_deliveries(self._house, self._asked, count, fate, timeout, criteria)
        return await wait.anywhere(self._house.check)
