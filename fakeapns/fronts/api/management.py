"""What manages channels: they are made, shown, listed and deleted.

Such a request is no push: there is no judge, and no fault acts on it.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from ...ledger import Moment
from ...protocol.http2 import Request, Shape
from ...push import Channel, Flaw, Refusal
from .apps import AppReader, capability, look_up
from .description import read_description, written
from .manner import Manner, flaws_of_own
from .reasons import OF_CREDENTIALS, RANK, Answer, answer_to
from .routes import Route, method_of
from .senders import Sender, look
from .shared import Api


class Managed(msgspec.Struct, frozen=True):
    """What came of such a request: what it is answered, and which channel that is about. `detail`
    says in words why it is refused, or what is odd about it, and `signed` is whether it was signed
    as it should be.
    """

    answer: Answer
    channel: str | None = None
    detail: str | None = None
    signed: bool = True


def _manner_of_app(shape: Shape, app: bytes) -> Manner:
    return AppReader(shape, app).manner()


def _manner_of_channel(shape: Shape, app: bytes) -> Manner:
    said = AppReader(shape, app)
    channel = said.channel()
    return said.manner(channel)


class Management:
    """Manages channels for one connection, as far as its `sender` may."""

    def __init__(self, api: Api, sender: Sender) -> None:
        self._api = api
        self._channels = api.judge.channels
        self._sender = sender

    def take(self, request: Request, route: Route, now: Moment) -> Managed:
        """Do what a request asks that came to this place, by a method that is for it."""
        if route.place == "all-channels":
            return self._list(request, route, now)
        if method_of(request) == b"POST":
            return self._create(request, route, now)
        return self._show_or_delete(request, route, now)

    def _list(self, request: Request, route: Route, now: Moment) -> Managed:
        manner = self._api.manner_of_app(request.shape, route.whose, _manner_of_app)
        flaws = self._flaws(request, route, manner, now)
        if flaws:
            return _refused(flaws)
        ids = [channel.id for channel in self._channels.of(route.app)]
        return Managed(Answer(200, content=msgspec.json.encode({"channels": ids})))

    def _create(self, request: Request, route: Route, now: Moment) -> Managed:
        manner = self._api.manner_of_app(request.shape, route.whose, _manner_of_app)
        wanted = read_description(request.body)
        flaws = [*self._flaws(request, route, manner, now), *wanted.flaws]
        channel = None if flaws else self._channels.create(route.app, wanted.policy)
        if channel is None:
            return _refused(flaws or [self._too_many(route.app)])
        named = (b"apns-channel-id", channel.id.encode())
        return Managed(Answer(201, headers=(named,)), channel.id, wanted.odd)

    def _show_or_delete(self, request: Request, route: Route, now: Moment) -> Managed:
        manner = self._api.manner_of_app(request.shape, route.whose, _manner_of_channel)
        flaws, id = self._flaws(request, route, manner, now), manner.channel
        channel = None if id is None else look_up(self._channels, route.app, id)
        if isinstance(channel, Flaw):
            flaws.append(Flaw(Refusal.NO_CHANNEL, channel.why))
        if flaws or not isinstance(channel, Channel):
            return _refused(flaws, id)
        if method_of(request) == b"GET":
            return Managed(Answer(200, content=written(channel.storage_policy)), id)
        channel.delete()
        return Managed(Answer(204), id)

    def _flaws(self, request: Request, route: Route, manner: Manner, now: Moment) -> list[Flaw]:
        """What is wrong whatever is asked for."""
        return [
            *route.flaws,
            *look(self._sender, request, manner, now).flaws,
            *capability(self._channels, route.app),
            *flaws_of_own(request, manner),
        ]

    def _too_many(self, topic: str) -> Flaw:
        why = f"{topic} has {self._channels.most:,} channels, and max_channels are no more"
        return Flaw(Refusal.TOO_MANY_CHANNELS, f"{why}: delete some")


def _refused(flaws: Sequence[Flaw], channel: str | None = None) -> Managed:
    first = min(flaws, key=lambda flaw: RANK[flaw.refusal])
    signed = OF_CREDENTIALS.isdisjoint(flaw.refusal for flaw in flaws)
    return Managed(answer_to(first.refusal), channel, first.why, signed)
