"""Broadcasts: how a request that is a push to a channel is read."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from ...ledger import Moment
from ...protocol import PUSH_TYPES
from ...protocol.http2 import Request, Shape, shown
from ...push import Flaw, Refusal
from .apps import AppReader, capability, look_up
from .manner import Manner
from .routes import Route
from .senders import Sender, Signed, look
from .sent import Sent, as_push
from .shared import Api

_PUSH_TYPE = "liveactivity"


def manner_of_broadcast(shape: Shape, app: bytes) -> Manner:
    """What this shape says of a broadcast to this app, and what is wrong with that."""
    said = AppReader(shape, app)
    channel, push_type = said.channel(), _push_type(said)
    priority, expiration = said.priority(), said.expiration()
    if b"apns-expiration" not in said.first:
        # Measured (kontourai/station).
        why = "apns-expiration is missing: write 0 to have it not stored, or epoch seconds"
        said.add(Refusal.EXPIRATION, why)
    return msgspec.structs.replace(
        said.manner(channel),
        warnings=tuple(_warnings(said)),
        push_type=push_type,
        priority=priority,
        expiration=expiration,
    )


def _push_type(said: AppReader) -> str | None:
    name = said.text(b"apns-push-type")
    if name is None:
        said.add(Refusal.MISSING_PUSH_TYPE, f"apns-push-type is missing: write {_PUSH_TYPE}")
    elif name != _PUSH_TYPE:
        value = said.first[b"apns-push-type"]
        why = f"apns-push-type is {shown(value)}, and that of a broadcast is {_PUSH_TYPE}"
        said.add(Refusal.PUSH_TYPE, why)
    return name


def _warnings(said: AppReader) -> Iterator[str]:
    """What is taken, and may not be meant so."""
    # "Required" on Apple's page, which says not what becomes of one without (node-apn #172).
    if b"apns-priority" not in said.first:
        yield "apns-priority is missing: Apple's page asks for it, write 10, 5 or 1"
    # The path says which app it is for, and without apns-topic all was well (kontourai/station): so
    # it decides nothing, but it may show that the wrong app is in the path.
    topic = said.first.get(b"apns-topic")
    meant = (said.app, said.app + PUSH_TYPES[_PUSH_TYPE])
    if topic is not None and topic.decode("latin-1") not in meant:
        yield f"apns-topic is {shown(topic)}, and the path names {said.app}, which counts"


class BroadcastReader:
    """Reads those of the connection `number`."""

    def __init__(self, api: Api, number: int, sender: Sender) -> None:
        self._api = api
        self._number = number
        self._sender = sender

    def read(self, request: Request, route: Route, ordinal: int, now: Moment) -> Sent:
        """A request that names an app, or what is to be one, as a push to a channel of it."""
        manner = self._api.manner_of_app(request.shape, route.whose, manner_of_broadcast)
        signed = look(self._sender, request, manner, now)
        # Without a topic nobody has looked at its headers, since there are too many.
        looked_at = signed.topic is not None and not route.flaws
        flaws, warnings = self._of_its_channel(route.app, manner) if looked_at else ((), ())
        signed = _together(signed, request, warnings)
        asked = self._api.asked(request)
        push = as_push(
            request,
            manner,
            asked.id,
            connection=self._number,
            ordinal=ordinal,
            topic=route.app,
            flaws=route.flaws + signed.flaws + flaws,
        )
        return Sent(push, signed, self._api.broadcast_rules, asked)

    def _of_its_channel(
        self, topic: str, manner: Manner
    ) -> tuple[tuple[Flaw, ...], tuple[str, ...]]:
        """What is wrong with sending to this channel now, and what is to be warned of."""
        id, channels = manner.channel, self._api.judge.channels
        flaws = tuple(capability(channels, topic))
        if id is None:
            return flaws, ()
        channel = look_up(channels, topic, id)
        if isinstance(channel, Flaw):
            return (*flaws, channel), ()
        if not manner.expiration or channel.storage_policy:
            return flaws, ()
        why = f"apns-expiration is {manner.expiration} on a channel that stores nothing"
        if self._api.settings.strict_channel_expiration:
            why = f"{why}, which strict_channel_expiration refuses: write 0"
            return (*flaws, Flaw(Refusal.EXPIRATION, why)), ()
        return flaws, (f"{why}: Apple's page says that is rejected, write 0",)


def _together(signed: Signed, request: Request, warnings: tuple[str, ...]) -> Signed:
    """With what this one has of its own, which is not much."""
    if request.apns_id is not None:
        # Its place in a record is taken: the answer is told from others by another one.
        told = request.apns_id.decode("utf-8", "replace")
        headers = {**signed.envelope.headers, "apns-id": told}
        envelope = msgspec.structs.replace(signed.envelope, headers=headers)
        signed = msgspec.structs.replace(signed, envelope=envelope)
    if not warnings:
        return signed
    return msgspec.structs.replace(signed, warnings=(*signed.warnings, *warnings))
