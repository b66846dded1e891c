"""What a client asks of a library that speaks HTTP/2."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from .answers import Answers
from .limits import Limits
from .shapes import Headers


class ClientEngine(Protocol):
    """The client's side of one connection, as far as the library's own.

    It tells what it hears to the `Answers` that it was made with, and is asked for nothing once
    these are over. `receive_data` raises `ConnectionFailed` as that of an `Engine` does.
    """

    def start(self, settings: Mapping[int, int]) -> None:
        """Say the client's preface, with these SETTINGS."""
        ...

    def receive_data(self, data: bytes) -> None:
        """Take bytes of the server's."""
        ...

    def data_to_send(self) -> bytes:
        """All that is to be sent now: whole frames, of bodies what the server gave credit for."""
        ...

    @property
    def held_back(self) -> int:
        """Bytes of bodies for which the server has given no credit."""
        ...

    def unsent(self, stream: int) -> bool:
        """Whether the request on this stream is still to be sent, in part."""
        ...

    def request(self, headers: Headers, body: bytes) -> int:
        """Open a stream with a request; its number."""
        ...

    def reset(self, stream: int, code: int) -> bool:
        """End a stream with RST_STREAM; whether it was there."""
        ...

    def ping(self, data: bytes) -> None:
        """Send PING with eight bytes."""
        ...


MakeClientEngine = Callable[[Answers, Limits], ClientEngine]
