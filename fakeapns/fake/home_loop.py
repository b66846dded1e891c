"""The trio loop that a server runs in, as threads beside it reach it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

import trio

T = TypeVar("T")


class HomeLoop:
    """The loop at hand."""

    def __init__(self) -> None:
        self._token = trio.lowlevel.current_trio_token()
        self._thread = threading.get_ident()

    def call(self, act: Callable[[], T]) -> T:
        """What this gives, called in the loop, or here if that has ended. Other threads block."""
        if threading.get_ident() == self._thread:
            return act()
        future: Future[T] = Future()

        def called() -> None:
            try:
                future.set_result(act())
            except BaseException as failure:
                future.set_exception(failure)

        try:
            self._token.run_sync_soon(called)
        except trio.RunFinishedError:
            return act()
        return future.result()
