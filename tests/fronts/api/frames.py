"""A client of the API that is made of frames, as wrong as one likes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self, TypeVar

from fakeapns.fronts.actions import Send
from fakeapns.fronts.api import ApiConnection
from fakeapns.ledger import (
    ApiNotification,
    ApiRequest,
    ApiResponse,
    Entry,
    GoAwaySeen,
    ResetSeen,
)
from fakeapns.scenario import Step

from ...frames import TOPIC
from ...moments import at
from ...protocol.http2.client import (
    GOAWAY,
    HELLO,
    PING,
    RST_STREAM,
    SETTINGS_ACK,
    Pair,
    Said,
    frame,
    post,
    read,
)
from .dialogue import CERTIFICATE, Dialogue

Some = TypeVar("Some", ApiNotification, ApiRequest, ResetSeen, GoAwaySeen)

#: A push that is accepted.
FINE: tuple[Pair, ...] = (
    (b":method", b"POST"),
    (b":scheme", b"https"),
    (b":path", b"/3/device/" + b"ab" * 32),
    (b":authority", b"api.push.apple.com"),
    (b"apns-topic", TOPIC.encode()),
    (b"apns-push-type", b"alert"),
)


class Frames(Dialogue):
    """A dialogue in which the client's frames are made by hand, `beside` another of one server."""

    def __init__(
        self,
        engine: str = "",
        beside: Dialogue | None = None,
        steps: Iterable[Step] = (),
        **how: Any,
    ) -> None:
        super().__init__(*steps, engine=engine, greet=False, **how)
        self._number = 1
        if beside is not None:
            self._number = 2
            self.api, self.ledger = beside.api, beside.ledger
            self.connection = ApiConnection(2, CERTIFICATE, self.api, at(self.now))

    def greeted(self, hello: bytes = HELLO + SETTINGS_ACK) -> Self:
        """Exchange SETTINGS, and forget that."""
        self.raw(hello)
        self.done.clear()
        return self

    def send(self, *wire: bytes) -> None:
        """Write this, each in a read of its own; nothing to one that has closed."""
        for each in wire:
            if not self.connection.finished:
                self.raw(each)

    def _hear(self, data: bytes) -> None:
        """No library listens, which would have something to say itself."""

    @property
    def said(self) -> list[Said]:
        """The server's frames."""
        return read(b"".join(each.data for each in self.done if isinstance(each, Send)))

    @property
    def is_usable(self) -> bool:
        """Whether a push and a PING get their answers."""
        before = len(self.pushes)
        self.send(post(99_999, FINE), frame(PING, b"are you?"))
        pong = any(each.kind == PING and each.payload == b"are you?" for each in self.said)
        answered = [each.stream for each in self.pushes[before:] if each.answered]
        assert pong is (answered == [99_999])
        return pong

    def codes(self, kind: int) -> list[tuple[int, int]]:
        """The streams that were reset, or the GOAWAY that were said, each with its code."""
        return [(each.stream, each.code) for each in self.said if each.kind == kind]

    @property
    def told(self) -> list[Entry]:
        """All that is on record but answers, behind the exchange of SETTINGS."""
        return [each for each in self.ledger if not isinstance(each, ApiResponse)]

    @property
    def pushes(self) -> list[ApiNotification]:
        return self._of(ApiNotification)

    @property
    def requests(self) -> list[ApiRequest]:
        return self._of(ApiRequest)

    @property
    def resets(self) -> list[ResetSeen]:
        return [each for each in self._of(ResetSeen) if each.by == "server"]

    @property
    def goodbyes(self) -> list[GoAwaySeen]:
        return [each for each in self._of(GoAwaySeen) if each.by == "server"]

    def _of(self, kind: type[Some]) -> list[Some]:
        return [each for each in self.ledger.of(kind) if each.connection == self._number]


__all__ = ["FINE", "GOAWAY", "RST_STREAM", "Frames"]
