"""The thread of a server: started, stopped, and asked to do something in its loop."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from typing import TypeVar

import trio

from ..errors import UsageError
from .emulator import Emulator

T = TypeVar("T")

NOT_RUNNING = "the server is not running: enter it with `with` first"
#: The name of these threads, for people who look at a process that hangs.
NAME = "fakeapns"


class ServerThread:
    """Lets an emulator serve in a trio loop of its own, from `start` to `stop`, as often as
    needed.
    """

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._thread: threading.Thread | None = None
        self._started: Future[None] = Future()
        self._token: trio.lowlevel.TrioToken | None = None
        self._nursery: trio.Nursery | None = None
        self._stop: trio.Event | None = None
        self._failure: BaseException | None = None
        self._abandoned = False
        #: Whether the loop has ended, and whether it is only to come back.
        self._over = self._restarting = False
        #: Held by whoever starts or stops it.
        self.changing = threading.RLock()

    @property
    def running(self) -> bool:
        """Whether it was started and not stopped. Its loop may have failed meanwhile."""
        return self._thread is not None

    @property
    def is_here(self) -> bool:
        """Whether the caller runs in its loop."""
        return self._thread is not None and self._thread.ident == threading.get_ident()

    # ---- from start to stop ---------------------------------------------------------------

    def start(self) -> None:
        """Start, and return once it listens. Raises what starting raises."""
        with self.changing:
            if self._thread is not None:
                raise UsageError(
                    "this FakeAPNs is running already, as those of the fixtures are: use it, "
                    "without `with`, or make another one"
                )
            self._started, self._abandoned, self._over = Future(), False, False
            self._thread = threading.Thread(target=self._run, name=NAME, daemon=True)
            try:
                self._thread.start()
                self._started.result()
            except BaseException:
                # It failed, or somebody pressed Ctrl-C: in that case it must not serve on.
                self._abandoned = True
                self._tell_to_stop()
                self._end()
                raise

    def stop(self) -> None:
        """Stop and wait for the end. Raises what went wrong in the loop meanwhile, once."""
        with self.changing:
            if self._thread is None:
                return
            self._tell_to_stop()
            self._end()
            failure, self._failure = self._failure, None
        if failure is not None:
            raise failure

    def restart(self) -> None:
        """Stop and start. Whoever waits for something goes on waiting."""
        with self.changing:
            self._restarting = True
            try:
                self.stop()
                self.start()
            finally:
                self._restarting = False

    def _tell_to_stop(self) -> None:
        if self._stop is not None:
            self.soon(self._stop.set)

    def _end(self) -> None:
        """Wait for the thread's end, and be ready for another start."""
        assert self._thread is not None
        if self._thread.ident is not None:
            self._thread.join()
        self._thread = None

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
        async with self._emulator.serving(apart=True):
            self._stop = trio.Event()
            self._token = trio.lowlevel.current_trio_token()
            if self._abandoned:
                return
            async with trio.open_nursery() as self._nursery:
                self._started.set_result(None)
                await self._stop.wait()
                self._nursery.cancel_scope.cancel()

    # ---- calling into its loop ------------------------------------------------------------

    def check(self) -> None:
        """Raise `UsageError` if nothing more will come of it."""
        if self._token is None:
            raise UsageError(NOT_RUNNING)
        if self._over and not self._restarting:
            raise self._gone()

    def soon(self, act: Callable[[], object]) -> None:
        """Let the loop call this, if it still runs."""
        if self._token is not None:
            with contextlib.suppress(trio.RunFinishedError):
                self._token.run_sync_soon(act)

    def within(self, act: Callable[[], T]) -> T:
        """Call this in the loop if one runs, or else here, while none can start."""
        if self.is_here:
            # Whoever holds what follows may be waiting for this very loop.
            return act()
        with self.changing:
            if not self.running or self._over:
                return act()

            async def called() -> T:
                return act()

            return self.submit(called).result()

    def submit(self, work: Callable[[], Awaitable[T]]) -> Future[T]:
        """Let the loop do something; the future of its result, or of `UsageError` if it ends.

        Raises `UsageError` if it has ended, or was never started.
        """
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
