"""Callers of the thread form: in a loop of their own, or in none."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
import trio

from fakeapns import ThreadedAPNs

from ..providers import dial

Runner = Callable[[Callable[[], Coroutine[Any, Any, None]]], object]


def in_asyncio(main: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(main())


RUNNERS = pytest.mark.parametrize(
    ("loop", "run"), [("asyncio", in_asyncio), ("trio", trio.run)], ids=["asyncio", "trio"]
)


def send(apns: ThreadedAPNs, *frames: bytes, topic: str | None = None) -> None:
    """Send and leave, as a provider in the caller's thread."""
    with dial(apns, apns.ssl_context(topic)) as connection:
        connection.sendall(b"".join(frames))
