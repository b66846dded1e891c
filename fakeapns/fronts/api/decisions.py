"""What becomes of each request of one connection: by where it goes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from ...ledger import Moment
from ...protocol.http2 import Event, Request
from ...push import Chosen
from .broadcasts import BroadcastReader
from .devices import DeviceReader
from .management import Management
from .pushes import Pushes
from .reasons import Answer, answer, answer_to
from .routes import Place, Route, method_of, nowhere, route_of
from .senders import Sender
from .sent import Reader
from .shortcut import Shortcut
from .silence import Cut
from .standing import Standing


class Decisions:
    """Decides about the requests of one connection."""

    def __init__(self, standing: Standing, sender: Sender) -> None:
        self._standing = standing
        self._api = standing.api
        self._answers = standing.answers
        self._recorder = standing.recorder
        self._shortcut = Shortcut(standing, sender)
        self._pushes = Pushes(standing, self._shortcut)
        self._readers = self._that_read(sender)
        #: For what is not processed, once something is not.
        self._aside: Mapping[Place, Reader] | None = None
        self._sender = sender
        self._management = Management(self._api, sender)
        self._managed = False

    @property
    def authenticated(self) -> bool:
        """Whether a request has been signed as it should be. Apple's page speaks of "a push
        notification message with a valid authentication token" and is older than channels; who
        manages them has shown a token as good, and would be held at one stream for ever.
        """
        return self._pushes.authenticated or self._managed

    def take_alike(self, events: Sequence[Event], at: int, now: Moment) -> int:
        """Take requests from this one on that are alike, as far as nobody has to decide about them;
        how many.
        """
        return self._shortcut.take(events, at, now)

    def record(self, now: Moment) -> None:
        """Put on record what is not yet: before anything else is, and before an answer leaves."""
        self._shortcut.record(now)

    def take(self, request: Request, now: Moment) -> None:
        """A complete request has come."""
        self._shortcut.record(now)
        self._recorder.requests += 1
        path, method = request.path or b"", method_of(request)
        route = route_of(path)
        wedged = self._standing.wedged
        if wedged is not None and (route is None or not route.is_push(method)):
            self._turn_away(request, answer(wedged.reason), wedged.chosen.reason, now)
        elif route is None:
            self._turn_away(request, answer("BadPath"), nowhere(path), now)
        elif route.is_push(method):
            reader = self._readers[route.place]
            self._pushes.take(reader.read(request, route, self._recorder.requests, now), now)
        elif (why := route.wrong_method(method)) is not None:
            self._turn_away(request, answer("MethodNotAllowed"), why, now)
        elif route.place == "device":
            devices = DeviceReader(self._api, self._standing.number, self._sender)
            flaw = devices.without_token(request, now)
            self._turn_away(request, answer_to(flaw.refusal), flaw.why, now)
        else:
            self._manage(request, route, now)

    def act(self, chosen: Chosen, now: Moment) -> None:
        """Let a fault act between two requests."""
        self._pushes.act(chosen, now)

    def discard(self, request: Request, cut: Cut, now: Moment) -> None:
        """A request has come that nobody looks at, and why."""
        self._recorder.requests += 1
        route = route_of(request.path or b"")
        if route is not None and route.is_push(method_of(request)):
            self._aside = self._aside or self._that_read(self._sender.aside())
            reader = self._aside[route.place]
            sent = reader.read(request, route, self._recorder.requests, now)
            self._pushes.discard(sent, cut, now)
            return
        self._answers.unanswered += 1
        headers, body = request.headers, request.body
        self._recorder.request(headers, now, stream=request.stream, body=body, detail=cut.why)

    def _that_read(self, sender: Sender) -> Mapping[Place, Reader]:
        api, number = self._api, self._standing.number
        return {
            "device": DeviceReader(api, number, sender),
            "broadcast": BroadcastReader(api, number, sender),
        }

    def _manage(self, request: Request, route: Route, now: Moment) -> None:
        managed = self._management.take(request, route, now)
        self._managed = self._managed or managed.signed
        self._tell(request, managed.answer, managed.detail, now, channel=managed.channel)

    def _turn_away(self, request: Request, said: Answer, why: str, now: Moment) -> None:
        """Answer what nothing comes of."""
        if method_of(request) == b"HEAD":
            said = msgspec.structs.replace(said, of_head=True)
        self._tell(request, said, why, now)

    def _tell(
        self,
        request: Request,
        said: Answer,
        why: str | None,
        now: Moment,
        *,
        channel: str | None = None,
    ) -> None:
        """Record what is no push, and answer it."""
        self._recorder.request(
            request.headers,
            now,
            stream=request.stream,
            body=request.body,
            answer=said,
            detail=why,
            channel=channel,
        )
        self._answers.say(self._api.asked(request), said, now)
