"""What is asked of a server in a thread: each question first takes in what is on its way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, TypeVar, Unpack

from ..errors import UsageError
from ..ledger import Criteria, Notification, Outcome
from ..ledger.audit import Audit, Key
from .both_forms import Surface
from .device_in_thread import ThreadedDevice
from .devices import HeldDevices
from .emulator import Emulator
from .house import ThreadHouse
from .judgements import AuditAssertion, Auditing, Counting, Judgement, Nothing, Selecting
from .loop_hint import LoopHint
from .server_thread import ServerThread
from .settling import ANSWER, Settled, Settling

T = TypeVar("T")


class SettledRecords(Surface):
    """Queries and assertions of the thread form, blocking, and a twin of each to await.

    One without a number returns as soon as it holds, `assert_audit` as soon as it is fine. All
    others wait until everything is dealt with that was sent before, which takes a millisecond where
    nothing is on its way. At the latest after the setting `settle` they judge what is there; a
    failure says what was not dealt with. A server that is stopped has taken in all that it will.
    """

    def __init__(self, emulator: Emulator) -> None:
        super().__init__(emulator)
        self._thread = ServerThread(emulator)

    @property
    def devices(self) -> HeldDevices[ThreadedDevice]:
        """The devices that exist."""
        house = self._house
        return HeldDevices(house, partial(ThreadedDevice, house))

    @property
    def _house(self) -> ThreadHouse:
        return ThreadHouse(
            self._emulator,
            self,
            within=self._within,
            judge=self._judge,
            judge_async=self._judge_async,
            arriving=self._arriving,
            check=self._thread.check,
        )

    def _within(self, act: Callable[[], object]) -> object:
        return self._thread.within(act)

    def settle(self) -> None:
        """Block until all is dealt with that was sent before, as long as the setting `settle` has
        it.
        """
        self._judge(Settled())

    async def settle_async(self) -> None:
        """`settle` for callers in an asyncio or trio loop."""
        await self._judge_async(Settled())

    async def find_async(
        self, outcome: Outcome | None = None, **criteria: Unpack[Criteria]
    ) -> list[Notification]:
        """`find` for callers in an asyncio or trio loop."""
        return await self._judge_async(Selecting(self, outcome, criteria))

    async def audit_async(self, intended: Iterable[Any], *, key: Key | None = None) -> Audit:
        """`audit` for callers in an asyncio or trio loop."""
        return await self._judge_async(Auditing(self, intended, key))

    async def assert_accepted_async(
        self, count: int | None = None, **criteria: Unpack[Criteria]
    ) -> list[Notification]:
        """`assert_accepted` for callers in an asyncio or trio loop."""
        __tracebackhide__ = True
        return await self._judge_async(Counting(self, "accepted", count, criteria))

    async def assert_rejected_async(
        self, count: int | None = None, **criteria: Unpack[Criteria]
    ) -> list[Notification]:
        """`assert_rejected` for callers in an asyncio or trio loop."""
        __tracebackhide__ = True
        return await self._judge_async(Counting(self, "rejected", count, criteria))

    async def assert_discarded_async(
        self, count: int | None = None, **criteria: Unpack[Criteria]
    ) -> list[Notification]:
        """`assert_discarded` for callers in an asyncio or trio loop."""
        __tracebackhide__ = True
        return await self._judge_async(Counting(self, "discarded", count, criteria))

    async def assert_nothing_accepted_async(self) -> None:
        """`assert_nothing_accepted` for callers in an asyncio or trio loop."""
        __tracebackhide__ = True
        await self._judge_async(Nothing(self))

    async def assert_audit_async(self, intended: Iterable[Any], *, key: Key | None = None) -> Audit:
        """`assert_audit` for callers in an asyncio or trio loop."""
        __tracebackhide__ = True
        return await self._judge_async(AuditAssertion(self, intended, key))

    def _arriving(self) -> Sequence[str]:
        """What may still come to be recorded, and what keeps it, a sentence for each."""
        if self._thread.is_here:
            return self._emulator.arriving()

        async def in_its_own_loop() -> list[str]:
            return self._emulator.arriving()

        try:
            return self._thread.submit(in_its_own_loop).result(ANSWER)
        except (UsageError, TimeoutError):
            return ()

    def _judge(self, judgement: Judgement[T]) -> T:
        """Block until it can be answered."""
        __tracebackhide__ = True
        with LoopHint(judgement.name, lambda: judgement.lacks):
            return Settling(self._thread, self._emulator, judgement).here()

    async def _judge_async(self, judgement: Judgement[T]) -> T:
        __tracebackhide__ = True
        return await Settling(self._thread, self._emulator, judgement).anywhere()
