"""`FakeAPNs` in a thread of its own: the same names, blocking where trio's form awaits.

The caller may be a plain test, or run inside an asyncio or trio loop: nothing here needs
anything of the caller's side but `run_sync_soon` and a future.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from functools import partial
from types import TracebackType
from typing import Any, Literal, TypeVar

import trio

from .errors import UsageError
from .fake import FakeAPNs
from .notification import Notification
from .surface import Surface

T = TypeVar("T")


class ThreadedAPNs(Surface):
    """A running `FakeAPNs` for programs that do not run on trio. Use it with `with`."""

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

    # ---- running ----------------------------------------------------------------------

    def __enter__(self) -> ThreadedAPNs:
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

    def start(self) -> None:
        """Start, and return once it listens. Raises what starting raises."""
        if self._thread is not None:
            raise UsageError("this FakeAPNs has been started already: make another one")
        self._thread = threading.Thread(target=self._run, name="fakeapns", daemon=True)
        self._thread.start()
        try:
            self._started.result()
        except BaseException:
            # It failed, or somebody pressed Ctrl-C: in that case it must not serve on.
            self._abandoned = True
            self._tell_to_stop()
            self._thread.join()
            raise

    def stop(self) -> None:
        """Stop and wait for the end. Raises what went wrong in the server meanwhile."""
        if self._thread is None:
            return
        self._tell_to_stop()
        self._thread.join()
        if self._failure is not None:
            failure, self._failure = self._failure, None
            raise failure

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
            raise UsageError("the server is not running: enter it with `with` first")
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
        return UsageError("the server was stopped: do this before it ends")

    # ---- what blocks -------------------------------------------------------------------

    def wait_for(self, count: int = 1, **criteria: Any) -> list[Notification]:
        """Block until at least `count` such notifications were recorded since the last reset.

        See `FakeAPNs.wait_for` for the criteria. Inside an event loop this blocks the loop:
        there, await `wait_for_async`.
        """
        loop = _running_loop()
        try:
            return self._submit(partial(self._apns.wait_for, count, **criteria)).result()
        except AssertionError as failure:
            if loop is None:
                raise
            raise AssertionError(
                f"{failure}\nThis blocking wait stood still the {loop} loop that called it, and "
                "whatever was to send in that loop: await apns.wait_for_async(…) instead."
            ) from None

    async def wait_for_async(self, count: int = 1, **criteria: Any) -> list[Notification]:
        """`wait_for` for callers in an asyncio or trio loop."""
        return await _awaited(self._submit(partial(self._apns.wait_for, count, **criteria)))

    def wait_until_quiet(self, seconds: float) -> None:
        """Block until nothing has been recorded for `seconds`."""
        self._submit(partial(self._apns.wait_until_quiet, seconds)).result()

    async def wait_until_quiet_async(self, seconds: float) -> None:
        """`wait_until_quiet` for callers in an asyncio or trio loop."""
        await _awaited(self._submit(partial(self._apns.wait_until_quiet, seconds)))

    def reset(self) -> None:
        """Forget what was recorded. Devices, faults and open connections stay."""

        async def in_its_own_loop() -> None:
            self._apns.reset()

        self._submit(in_its_own_loop).result()


def _running_loop() -> Literal["asyncio", "trio"] | None:
    """The kind of event loop in which the caller runs, if any."""
    with contextlib.suppress(RuntimeError):
        trio.lowlevel.current_trio_token()
        return "trio"
    with contextlib.suppress(RuntimeError):
        asyncio.get_running_loop()
        return "asyncio"
    return None


async def _awaited(future: Future[T]) -> T:
    """The future's result, for a caller in any loop."""
    if _running_loop() != "trio":
        return await asyncio.wrap_future(future)
    done = trio.Event()
    token = trio.lowlevel.current_trio_token()

    def tell(_: Future[T]) -> None:
        # The caller may have given up, and its loop be over.
        with contextlib.suppress(trio.RunFinishedError):
            token.run_sync_soon(done.set)

    future.add_done_callback(tell)
    await done.wait()
    return future.result()
