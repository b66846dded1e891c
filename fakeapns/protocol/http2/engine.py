"""What is asked of a library that speaks HTTP/2."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from .limits import Limits
from .shapes import Header
from .streams import Streams


class Engine(Protocol):
    """The server's side of one connection, as far as the library's own.

    It tells what it hears to the `Streams` that it was made with, and is asked for nothing once
    these are over. What is sent on a stream gives back whether the stream was there. `receive_data`
    raises `ConnectionFailed` if the library gives up on the connection without a GOAWAY of its own.
    """

    def start(self, settings: Mapping[int, int]) -> None:
        """Say the server's preface, which is its SETTINGS."""
        ...

    def receive_data(self, data: bytes) -> None:
        """Take bytes of the client's."""
        ...

    def data_to_send(self) -> bytes:
        """All that is to be sent now: whole frames."""
        ...

    @property
    def wants_to_send(self) -> bool:
        """Whether what came is to be answered, if only by an acknowledgement."""
        ...

    @property
    def held_back(self) -> int:
        """Bytes of bodies for which the client has given no credit."""
        ...

    def held_back_on(self, stream: int) -> int:
        """Those of one stream; 0 where there is none."""
        ...

    def send_headers(self, stream: int, headers: Iterable[Header], *, end: bool) -> bool:
        """Begin an answer."""
        ...

    def send_data(self, stream: int, data: bytes, *, end: bool) -> bool:
        """Send a piece of an answer's body, as soon as the client gives credit for it."""
        ...

    def reset(self, stream: int, code: int) -> bool:
        """End a stream with RST_STREAM."""
        ...

    def update_settings(self, values: Mapping[int, int]) -> None:
        """Send SETTINGS."""
        ...

    def ping(self, data: bytes) -> None:
        """Send PING with eight bytes."""
        ...


MakeEngine = Callable[[Streams, Limits], Engine]
