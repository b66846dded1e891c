"""Callers in other event loops: which one it is, and how it awaits what our loop does."""

from __future__ import annotations

import asyncio
import contextlib
from concurrent.futures import Future
from typing import Literal, TypeVar

import trio

T = TypeVar("T")


def running_loop() -> Literal["asyncio", "trio"] | None:
    """The kind of event loop in which the caller runs, if any."""
    with contextlib.suppress(RuntimeError):
        trio.lowlevel.current_trio_token()
        return "trio"
    with contextlib.suppress(RuntimeError):
        asyncio.get_running_loop()
        return "asyncio"
    return None


async def awaited(future: Future[T]) -> T:
    """The future's result, for a caller in any loop."""
    if running_loop() != "trio":
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
