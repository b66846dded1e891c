"""What a fault can do: the small face that a front, or the reception, turns to it.

A face implements these without naming a fault, and a fault uses one of them without knowing
whose it is. So either can be added without touching the other: a fault's `services` say which
faces have what it calls. Whoever has the face puts on
record that the fault acted, in the words that a call gives as its `detail`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, Protocol

from ..changes import Change
from .values import CloseKind, Delay


class Accepting(Protocol):
    """A connection that TCP has accepted."""

    def refuse(self, how: Literal["reset", "close", "before-handshake"]) -> None:
        """End it: at once with a RST or in order, or in order once the client has spoken."""


#: What may be wrong with a server's certificate.
BadServer = Literal["expired", "untrusted", "wrong-host", "old-chain"]


class Handshaking(Protocol):
    """A connection that is about to shake hands. Times are in seconds, a `detail` in words."""

    def wait(self, seconds: float, detail: str) -> None:
        """Do nothing for so long, then shake hands."""

    def alert(self, number: int | None, detail: str) -> None:
        """Answer the client's first bytes with a fatal TLS alert, or with None by leaving."""

    def present(self, how: BadServer) -> None:
        """Present a certificate that the client should refuse, and discard what it sends."""


class Open(Protocol):
    """A connection that stands, whatever is said on it."""

    def end(
        self, detail: str, *, close: CloseKind = "graceful", delay: Delay = "0ms", say: bytes = b""
    ) -> None:
        """End the connection behind what has come, after a `delay`; `say` is written first."""


class Conversation(Open, Protocol):
    """A connection that has shaken hands, at one push or between two. Times are in seconds.

    The `detail` of a call is what goes on record, in words.
    """

    @property
    def identifier(self) -> int | None:
        """What the push at hand is called by an answer; None if there is no push or it has none."""

    def refuse(
        self,
        status: str | int,
        *,
        delay: Delay | None,
        identifier: Literal["own", "zero", "last-accepted"] | int,
        close: CloseKind,
        split: bool,
        next_connection: bool,
    ) -> None:
        """Refuse the push at hand with this status, by name or by number, as it was written.

        Without a `delay` the answer takes as long as any other. With `split` it comes in two
        pieces, and with `next_connection` it greets the next connection of the topic.
        """

    def stop_reading(self, seconds: float, detail: str) -> None:
        """Leave what comes unread for so long, then go on."""

    def read_slowly(self, rate: int) -> None:
        """Read at most so many bytes a second from now on."""

    def swallow(self, seconds: float, detail: str) -> None:
        """After so long take all that comes, and neither judge nor answer nor close."""

    def change_device(self, change: Change, token: bytes | None) -> None:
        """Let something happen behind the push at hand to the device that has, or had, this token;
        to its own without one.
        """


class Frames(Conversation, Protocol):
    """A connection of the binary gateway."""

    def acknowledge(self) -> None:
        """Say that the push at hand was taken, where the service has words for it."""

    def go_away(self, delay: Delay | None) -> None:
        """End it as for maintenance, naming the last push that was accepted."""


#: The last stream that a GOAWAY says was processed; what becomes of the connection behind it.
Last = Literal["this", "previous", "zero", "all"] | int
Then = Literal["close", "keep", "silent"]


class Exchange(Conversation, Protocol):
    """A connection of the provider API, at one request or between two. Codes are HTTP/2's."""

    def cut_answer(self, size: int, close: CloseKind) -> None:
        """End the connection behind so many bytes of the answer to the push at hand."""

    def go_away_at(
        self, last: Last, code: int, debug: str, seconds: float, then: Then, *, twice: bool
    ) -> None:
        """Process no stream above the last one, and say so by GOAWAY after so many seconds."""

    def reset_stream(self, code: int, *, processed: bool, twice: bool) -> None:
        """End the stream at hand, not processed or behind the headers of its answer."""

    def never_answer(self, *, accepted: bool) -> None:
        """Say nothing on the stream at hand, whether it was accepted or never processed."""

    def answer_late(self, delay: Delay) -> None:
        """Accept the push at hand, and say so when the delay is over."""

    def answer_in_part(self, *, half_a_body: bool) -> None:
        """Begin its answer and never end it: the headers of a 200, or half of a 500's body."""

    def change_settings(
        self, values: Mapping[int, int], seconds: float | None, *, until_success: bool
    ) -> None:
        """Say these SETTINGS, and the old ones again after so long, or behind a success."""

    def give_no_credit(self, after: int) -> None:
        """Say no WINDOW_UPDATE any more, once so many bytes have come."""

    def say_no_settings(self, *, goaway: bool) -> None:
        """Leave out the SETTINGS that it would begin with, or say GOAWAY in their place."""

    def ignore_pings(self) -> None:
        """Acknowledge no PING any more."""

    def refuse_everything(self, reason: str) -> None:
        """Refuse the push at hand and all that comes behind it on its connection."""


class Listing(Open, Protocol):
    """The list of the feedback service, about to be handed out."""

    def wait(self, seconds: float) -> None:
        """Say nothing for so long."""

    def cut(self, after_tuples: int, after_bytes: int, close: CloseKind) -> None:
        """End behind so many tuples and so many bytes of the next one."""

    def split(self, sizes: Sequence[int], pause: float) -> None:
        """Hand it out in pieces of so many bytes, these sizes over and over, and pause between."""

    def repeat(self) -> None:
        """Hand the whole list out twice."""

    def list_present(self, age: float) -> None:
        """List the devices that are there as well, as gone for so many seconds."""

    def stay_open(self) -> None:
        """Never close."""
