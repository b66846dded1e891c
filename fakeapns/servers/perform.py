"""The only code that acts on a connection for a session: values in, I/O out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from ..fronts.actions import Action, Close, Reset, Send, ShutWrite
from .tls import TLSStream


async def perform(stream: TLSStream, actions: Iterable[Action]) -> None:
    """Do what a session decided. Raises what the stream raises when the peer is gone."""
    for action in actions:
        match action:
            case Send(data):
                await stream.send_all(data)
            case ShutWrite(close_notify):
                await stream.send_eof(close_notify=close_notify)
            case Close():
                await stream.aclose()
            case Reset():
                await stream.reset()
            case _:
                assert_never(action)
