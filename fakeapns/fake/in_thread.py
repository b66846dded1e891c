"""`FakeAPNs` in a thread of its own: the same names, blocking where trio's form awaits.

The caller may be a plain test, or run inside an asyncio or trio loop: what is waited for is
looked for on the caller's side, and the server's loop only wakes them.

A thread, since a server in the test's own loop stops answering as soon as the test makes a blocking
call. One for each test: to start and stop it takes 2 ms (`python -m benchmarks`), and what one test
leaves behind cannot land in the next (pytest-httpserver #352).
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from types import TracebackType
from typing import NoReturn, Self, Unpack

import trio

from ..errors import UsageError
from ..ledger import Criteria, FeedbackSent, Notification, Outcome
from .both_forms import Surface, emulator_of
from .loop_hint import LoopHint
from .settled import SettledRecords
from .waits import Quiet, Time, for_feedback, for_notifications, handed_out

#: The servers that were started and not stopped. Our pytest plugin stops what a test leaves.
RUNNING: set[ThreadedAPNs] = set()


class ThreadedAPNs(SettledRecords):
    """A running `FakeAPNs` for programs that do not run on trio. Use it with `with`.

    Its methods block and may be called from any thread; those that end in `_async` are awaited, in
    asyncio as in trio. All raise `UsageError` where the server has to run and does not.
    """

    def __init__(self, apns: Surface) -> None:
        super().__init__(emulator_of(apns))
        #: Where it was started first: the test, as pytest names it, or whoever keeps it.
        self.started_in: str | None = None

    # ---- from start to stop -------------------------------------------------------------

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        failure: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        __tracebackhide__ = True
        try:
            self._stop()
        except Exception as ours:
            if failure is None:
                raise
            # The body's own failure is the one worth seeing, and this may be why.
            failure.add_note(f"the server had failed: {ours!r}")
        self.reraise(beside=failure)

    async def __aenter__(self) -> NoReturn:
        raise UsageError(
            "this server has a thread of its own: write `with`, without `async`, and nothing at "
            "all for a fixture's, which runs already; the trio form is the fixture apns_trio"
        )

    # Python looks for both before it calls the other one.
    async def __aexit__(self, *_: object) -> None: ...

    def start(self) -> None:
        """Start, and return once it listens. Raises what starting raises.

        After `stop` it comes back on the same ports, with its record, devices and faults.
        """
        if self.started_in is None:
            self.started_in = os.environ.get("PYTEST_CURRENT_TEST", "")
        with self._changing():
            self._thread.start()

    def stop(self) -> None:
        """Stop and wait for the end. Raises what went wrong in the server meanwhile, or in a
        function of yours that it called.
        """
        __tracebackhide__ = True
        self._stop()
        self.reraise()

    def _stop(self) -> None:
        self._let_apps_finish()
        with self._changing():
            self._thread.stop()

    def restart(self) -> None:
        """Stop, and come back on the same ports. Providers find their connections closed."""
        self._let_apps_finish()
        with self._changing():
            self._thread.restart()

    def renew(self) -> None:
        """Be as new, at the same addresses: see `FakeAPNs.renew`. If stopped, start again."""
        with self._changing():
            if not self._thread.running:
                self.start()
            self._thread.submit(self._emulator.renew).result()

    def _let_apps_finish(self) -> None:
        """Give what apps do, woken as they are, the time that the setting `settle` has."""
        # Before anything is held that they may need.
        reactions = self._emulator.reactions
        if reactions.are_done or reactions.is_here or not self._thread.running:
            return
        with contextlib.suppress(UsageError):
            seconds = self.settings.settle_seconds
            self._thread.submit(lambda: reactions.rest(seconds)).result()

    @contextlib.contextmanager
    def _changing(self) -> Iterator[None]:
        """While nobody else starts or stops it. Behind this it is known whether it runs."""
        with self._thread.changing:
            RUNNING.add(self)
            try:
                yield
            finally:
                if not self._thread.running:
                    RUNNING.discard(self)

    # ---- its loop -------------------------------------------------------------------------

    def reset(self) -> None:
        """Forget what was recorded. Devices, channels, faults and open connections stay."""

        async def in_its_own_loop() -> None:
            self.ledger.reset()

        self._thread.submit(in_its_own_loop).result()

    def catch_up(self) -> None:
        """Block until the server's loop is done with what it had begun by now.

        Raises `UsageError` if it is not running, or ended meanwhile.
        """
        self._thread.submit(trio.lowlevel.checkpoint).result()

    def has_failed(self) -> bool:
        """Whether it serves no more, or is about to end, though nobody has stopped it.

        Blocks until the server's loop is done with what it had begun: a provider may see its
        connection gone before the loop knows why.
        """
        if not self._thread.running:
            return False
        try:
            self.catch_up()
        except UsageError:
            return True
        return self.failure is not None

    # ---- waiting --------------------------------------------------------------------------

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
        with LoopHint("apns.wait_for"):
            return wait.here(self._thread.check)

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
        return await wait.anywhere(self._thread.check)

    def wait_for_feedback_read(
        self, topic: str | None = None, *, timeout: Time = 5
    ) -> list[FeedbackSent]:
        """Block until feedback has been read: see `FakeAPNs.wait_for_feedback_read`."""
        __tracebackhide__ = True
        wait = for_feedback(self, topic, timeout)
        with LoopHint("apns.wait_for_feedback_read"):
            return handed_out(self, wait.here(self._thread.check))

    async def wait_for_feedback_read_async(
        self, topic: str | None = None, *, timeout: Time = 5
    ) -> list[FeedbackSent]:
        """`wait_for_feedback_read` for callers in an asyncio or trio loop."""
        __tracebackhide__ = True
        wait = for_feedback(self, topic, timeout)
        return handed_out(self, await wait.anywhere(self._thread.check))

    def wait_until_quiet(self, seconds: Time, *, timeout: Time | None = None) -> None:
        """Block until nothing has been recorded for `seconds`: see `FakeAPNs`."""
        __tracebackhide__ = True
        self._thread.check()
        with LoopHint("apns.wait_until_quiet"):
            Quiet(self, seconds, timeout).here()

    async def wait_until_quiet_async(self, seconds: Time, *, timeout: Time | None = None) -> None:
        """`wait_until_quiet` for callers in an asyncio or trio loop."""
        __tracebackhide__ = True
        self._thread.check()
        await Quiet(self, seconds, timeout).anywhere()
