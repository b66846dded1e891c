"""A server in a thread of its own: started, stopped, and asked to do something in its loop."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from types import TracebackType
from typing import NoReturn, Self, TypeVar

import trio

from ..errors import UsageError
from .both_forms import Surface
from .in_trio import FakeAPNs

T = TypeVar("T")

NOT_RUNNING = "the server is not running: enter it with `with` first"

#: The servers that were started and not stopped. Our pytest plugin stops what a test leaves.
RUNNING: set[Running] = set()


class Running(Surface):
    """A `FakeAPNs` in a thread, from `start` to `stop`, as often as needed."""

    def __init__(self, apns: FakeAPNs) -> None:
        super().__init__(apns._emulator)
        self._apns = apns
        self._thread: threading.Thread | None = None
        self._started: Future[None] = Future()
        self._token: trio.lowlevel.TrioToken | None = None
        self._nursery: trio.Nursery | None = None
        self._stop: trio.Event | None = None
        self._failure: BaseException | None = None
        self._abandoned = False
        #: Whether the loop has ended, and whether it is only to come back.
        self._over = self._restarting = False
        self._changing = threading.RLock()
        #: Where it was started first: the test, as pytest names it, or whoever keeps it.
        self.started_in: str | None = None

    # ---- running ----------------------------------------------------------------------

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        failure: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self.stop()
        except Exception as ours:
            if failure is None:
                raise
            # The body's own failure is the one worth seeing, and this may be why.
            failure.add_note(f"the server had failed: {ours!r}")

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
        if self._thread is not None:
            raise UsageError(
                "this FakeAPNs is running already, as those of the fixtures are: use it, without "
                "`with`, or make another one"
            )
        self._over = False
        self._thread = threading.Thread(target=self._run, name="fakeapns", daemon=True)
        if self.started_in is None:
            self.started_in = os.environ.get("PYTEST_CURRENT_TEST", "")
        RUNNING.add(self)
        try:
            self._thread.start()
            self._started.result()
        except BaseException:
            # It failed, or somebody pressed Ctrl-C: in that case it must not serve on.
            self._abandoned = True
            self._tell_to_stop()
            self._end()
            raise

    def restart(self) -> None:
        """Stop, and come back on the same ports. Providers find their connections closed."""
        with self._changing:
            self._restarting = True
            try:
                self.stop()
                self.start()
            finally:
                self._restarting = False

    def renew(self) -> None:
        """Be as new, at the same addresses: see `FakeAPNs.renew`. If stopped, start again."""
        with self._changing:
            if self._thread is None:
                self.start()
            self._submit(self._apns.renew).result()

    def stop(self) -> None:
        """Stop and wait for the end. Raises what went wrong in the server meanwhile."""
        with self._changing:
            if self._thread is None:
                return
            self._tell_to_stop()
            self._end()
        if self._failure is not None:
            failure, self._failure = self._failure, None
            raise failure

    def _end(self) -> None:
        """Wait for the thread's end, and be ready for another start."""
        assert self._thread is not None
        if self._thread.ident is not None:
            self._thread.join()
        self._thread = None
        RUNNING.discard(self)
        self._started, self._abandoned = Future(), False

    def _tell_to_stop(self) -> None:
        if self._token is not None and self._stop is not None:
            with contextlib.suppress(trio.RunFinishedError):
                self._token.run_sync_soon(self._stop.set)

    def _run(self) -> None:
        try:
            trio.run(self._main)
        except BaseException as failure:
            if self._started.done():
                self._failure = failure
            else:
                self._started.set_exception(failure)
        finally:
            self._over = True
            # Who waits for more shall know.
            self._emulator.ledger.wake()

    async def _main(self) -> None:
        async with self._apns:
            self._stop = trio.Event()
            self._token = trio.lowlevel.current_trio_token()
            if self._abandoned:
                return
            async with trio.open_nursery() as self._nursery:
                self._started.set_result(None)
                await self._stop.wait()
                self._nursery.cancel_scope.cancel()

    # ---- calling into the server's loop -------------------------------------------------

    def _submit(self, work: Callable[[], Awaitable[T]]) -> Future[T]:
        """Let the server's loop do something; the future of its result."""
        if self._token is None or self._nursery is None:
            raise UsageError(NOT_RUNNING)
        future: Future[T] = Future()
        try:
            self._token.run_sync_soon(self._spawn, work, future)
        except trio.RunFinishedError:
            raise self._gone() from None
        return future

    def _spawn(self, work: Callable[[], Awaitable[T]], future: Future[T]) -> None:
        assert self._nursery is not None
        if not future.set_running_or_notify_cancel():
            # An asyncio caller has given up already; from now on it can no longer cancel.
            return
        try:
            self._nursery.start_soon(self._fulfil, work, future)
        except RuntimeError:
            future.set_exception(self._gone())

    async def _fulfil(self, work: Callable[[], Awaitable[T]], future: Future[T]) -> None:
        try:
            result = await work()
        except trio.Cancelled:
            future.set_exception(self._gone())
            raise
        except BaseException as failure:
            future.set_exception(failure)
        else:
            future.set_result(result)

    def _gone(self) -> UsageError:
        """What to tell somebody who wants something of a server that is no more."""
        failure = self._emulator.failure
        if failure is not None:
            return UsageError(f"the server has failed: {failure!r}")
        return UsageError("the server was stopped: start it again, or do this before it ends")

    def _check(self) -> None:
        """Raise `UsageError` if nothing more will come."""
        if self._token is None:
            raise UsageError(NOT_RUNNING)
        if self._over and not self._restarting:
            raise self._gone()

    def catch_up(self) -> None:
        """Block until the server's loop is done with what it had begun by now.

        Raises `UsageError` if it is not running, or ended meanwhile.
        """
        self._submit(trio.lowlevel.checkpoint).result()

    def reset(self) -> None:
        """Forget what was recorded. Devices, faults and open connections stay."""

        async def in_its_own_loop() -> None:
            self._apns.reset()

        self._submit(in_its_own_loop).result()
