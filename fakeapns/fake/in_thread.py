"""`FakeAPNs` in a thread of its own: the same names, blocking where trio's form awaits.

The caller may be a plain test, or run inside an asyncio or trio loop: what is waited for is
looked for on the caller's side, and the server's loop only wakes them.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Unpack

from ..ledger.criteria import Criteria
from ..ledger.entries import FeedbackSent, Notification, Outcome
from .server_thread import Running
from .waits import Quiet, Time, for_feedback, for_notifications, handed_out
from .wakeups import running_loop


class ThreadedAPNs(Running):
    """A running `FakeAPNs` for programs that do not run on trio. Use it with `with`."""

    def wait_for(
        self,
        count: int = 1,
        *,
        outcome: Outcome | None = "accepted",
        timeout: Time = 5,
        **criteria: Unpack[Criteria],
    ) -> list[Notification]:
        """Block until at least `count` such notifications were recorded since the last reset.

        See `FakeAPNs.wait_for` for the criteria. Inside an event loop this blocks the loop:
        there, await `wait_for_async`.
        """
        __tracebackhide__ = True
        wait = for_notifications(self, count, outcome, timeout, criteria)
        with _hint_at_loop("wait_for"):
            return wait.here(self._check)

    async def wait_for_async(
        self,
        count: int = 1,
        *,
        outcome: Outcome | None = "accepted",
        timeout: Time = 5,
        **criteria: Unpack[Criteria],
    ) -> list[Notification]:
        """`wait_for` for callers in an asyncio or trio loop."""
        __tracebackhide__ = True
        wait = for_notifications(self, count, outcome, timeout, criteria)
        return await wait.anywhere(self._check)

    def wait_for_feedback_read(
        self, topic: str | None = None, *, timeout: Time = 5
    ) -> list[FeedbackSent]:
        """Block until feedback has been read: see `FakeAPNs.wait_for_feedback_read`."""
        __tracebackhide__ = True
        wait = for_feedback(self, topic, timeout)
        with _hint_at_loop("wait_for_feedback_read"):
            return handed_out(self, wait.here(self._check))

    async def wait_for_feedback_read_async(
        self, topic: str | None = None, *, timeout: Time = 5
    ) -> list[FeedbackSent]:
        """`wait_for_feedback_read` for callers in an asyncio or trio loop."""
        __tracebackhide__ = True
        wait = for_feedback(self, topic, timeout)
        return handed_out(self, await wait.anywhere(self._check))

    def wait_until_quiet(self, seconds: Time, *, timeout: Time | None = None) -> None:
        """Block until nothing has been recorded for `seconds`: see `FakeAPNs`."""
        __tracebackhide__ = True
        self._check()
        with _hint_at_loop("wait_until_quiet"):
            Quiet(self, seconds, timeout).here()

    async def wait_until_quiet_async(self, seconds: Time, *, timeout: Time | None = None) -> None:
        """`wait_until_quiet` for callers in an asyncio or trio loop."""
        __tracebackhide__ = True
        self._check()
        await Quiet(self, seconds, timeout).anywhere()


@contextlib.contextmanager
def _hint_at_loop(name: str) -> Iterator[None]:
    """Where a blocking wait fails in a caller's loop, that may be the reason."""
    __tracebackhide__ = True
    try:
        yield
    except AssertionError as failure:
        loop = running_loop()
        if loop is None:
            raise
        raise AssertionError(
            f"{failure}\nThis blocking wait stood still the {loop} loop that called it, and "
            f"whatever was to send in that loop: await apns.{name}_async(…) instead."
        ) from None
