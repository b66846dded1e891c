"""A stand-in for Apple over memory, which does what a test says, whatever that is."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import trio
from trio.testing import memory_stream_pair

from fakeapns.protocol.http2 import Event, Request, Wire, choose_engine
from fakeapns.provider import Report, SendError
from fakeapns.provider.api import ApiPush, Target, Tokens, send_api

TOPIC = "com.example.app"


class Visit:
    """One connection, as the server sees it."""

    def __init__(
        self, number: int, stream: trio.StapledStream[Any, Any], settings: Mapping[int, int]
    ) -> None:
        #: Which connection it is, from 1.
        self.number = number
        self.wire = Wire(choose_engine("h2").make, settings)
        self.events: list[Event] = []
        self.requests: list[Request] = []
        self.stream = stream

    def accept(self, request: Request) -> None:
        """Answer 200."""
        assert self.wire.respond(request.stream, 200, [(b"apns-id", request.apns_id or b"")])

    def refuse(self, request: Request, status: int, reason: str | None) -> None:
        """Answer with a reason, or with none."""
        body = b"" if reason is None else json.dumps({"reason": reason}).encode()
        assert self.wire.respond(request.stream, status, (), body)

    async def say(self) -> None:
        """Write what there is to say."""
        if data := self.wire.data_to_send():
            await self.stream.send_all(data)

    async def leave(self) -> None:
        """Close, behind what there is to say."""
        await self.say()
        await self.stream.aclose()


Behaviour = Callable[[Visit, Request], Any]


def accepting(visit: Visit, request: Request) -> None:
    """What Apple mostly does."""
    visit.accept(request)


class Apple:
    """Takes connections; `behave` deals with each request, `greet` with each connection."""

    def __init__(
        self,
        behave: Behaviour = accepting,
        *,
        settings: Mapping[int, int] | None = None,
        greet: Callable[[Visit], Any] = lambda visit: None,
    ) -> None:
        self.behave = behave
        self.greet = greet
        self.settings = {3: 1000} if settings is None else settings
        self.visits: list[Visit] = []
        self.nursery: trio.Nursery

    @property
    def requests(self) -> list[Request]:
        """All requests, in the order in which they came."""
        return [request for visit in self.visits for request in visit.requests]

    def bodies(self, visit: int | None = None) -> list[bytes]:
        """What was sent, on one connection or on all."""
        seen = self.requests if visit is None else self.visits[visit - 1].requests
        return [request.body for request in seen]

    async def connect(self) -> trio.abc.Stream:
        """A client comes."""
        theirs, ours = memory_stream_pair()
        visit = Visit(len(self.visits) + 1, ours, self.settings)
        self.visits.append(visit)
        self.nursery.start_soon(self._serve, visit)
        return theirs

    async def send(
        self,
        count: int,
        *,
        engine: str = "",
        tokens: Tokens | None = None,
        patience: float = 20.0,
        pushes: list[ApiPush] | None = None,
        **options: Any,
    ) -> Report:
        """Send that many pushes to it."""
        target = Target("localhost", choose_engine(engine).make_client, tokens, patience=patience)
        sent = pushes or [push(number) for number in range(count)]
        async with trio.open_nursery() as self.nursery:
            wrong, report = None, Report(0)
            try:
                report = await send_api(self.connect, sent, target, **options)
            except SendError as error:
                wrong = error
            self.nursery.cancel_scope.cancel()
        if wrong is not None:
            raise wrong
        return report

    async def _serve(self, visit: Visit) -> None:
        try:
            await _maybe(self.greet(visit))
            await visit.say()
            while data := await visit.stream.receive_some():
                for event in visit.wire.receive_data(bytes(data)):
                    visit.events.append(event)
                    if isinstance(event, Request):
                        visit.requests.append(event)
                        await _maybe(self.behave(visit, event))
                await visit.say()
        except (trio.ClosedResourceError, trio.BrokenResourceError):
            pass


async def _maybe(result: Any) -> None:
    if result is not None:
        await result


def push(number: int) -> ApiPush:
    """A push that is like no other."""
    return ApiPush(
        f"{number:064x}", b"%d" % number, f"00000000-0000-4000-8000-{number:012d}", TOPIC
    )


def header(request: Request, name: bytes) -> bytes | None:
    """A header of a request."""
    return dict(request.headers).get(name)


class Minted:
    """Tokens by their number; `moments` has when each was made."""

    def __init__(self) -> None:
        self.moments: list[float] = []
        self.tokens = Tokens(self._sign)

    def _sign(self, now: float) -> str:
        self.moments.append(now)
        return f"token{len(self.moments)}"


async def failing(apple: Apple, count: int = 1, **options: Any) -> str:
    """Why sending is given up."""
    try:
        report = await apple.send(count, **options)
    except SendError as wrong:
        return str(wrong)
    raise AssertionError(report)
