"""Callers in event loops of their own: which kind it is."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Literal

import trio


def running_loop() -> Literal["asyncio", "trio"] | None:
    """The kind of event loop in which the caller runs, if any."""
    with contextlib.suppress(RuntimeError):
        trio.lowlevel.current_trio_token()
        return "trio"
    with contextlib.suppress(RuntimeError):
        asyncio.get_running_loop()
        return "asyncio"
    return None
