"""The demo of the provider API: a server that goes away in full flow."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Sequence
from uuid import uuid4

import msgspec
import trio

from ..chaos import Setup, choose_trials
from ..fake import FakeAPNs, chosen_engine
from ..protocol.http2 import ClientWire, Limits
from ..provider import Connect, Report, WorkItem, open_tls
from ..provider.api import ApiPush, Target, Tokens, send_api, usual_type
from .api_options import PATIENCE
from .demo_story import Story

STORY = "goaway-in-full-flow"
#: The number of the last push that is looked at in that story.
LAST = 120
_READ = 65_536


def api_story(setup: Setup) -> Story:
    """One of the catalogue, so that it can be played to any sender afterwards."""
    [trial] = choose_trials((STORY,), None, 1)
    return Story(
        speaks="The provider API over HTTP/2, Apple's interface of today. (`fakeapns demo` alone "
        "plays the\nbinary gateway.)",
        trial=trial,
        again=setup.rerun(trial),
        careless=_careless,
        correct=_correct,
        tell=lambda lost, resent: _told(setup.count, lost, resent),
    )


async def _careless(
    apns: FakeAPNs, items: Sequence[WorkItem], progress: Callable[[Report], None]
) -> int:
    """Post everything, and take what was posted for sent."""
    target, jwt = _target(apns), apns.provider_key().token()
    wire = ClientWire(target.make, limits=Limits(streams=len(items)))
    todo = deque(map(_push, items))
    stream = await _connecting(apns)()
    try:
        while (todo or wire.unanswered) and not wire.parting:
            while todo and wire.room:
                push = todo.popleft()
                wire.request(push.headers(target.scheme, target.authority, jwt), push.payload)
            await stream.send_all(wire.data_to_send())
            wire.receive_data(bytes(await stream.receive_some(_READ)))
    finally:
        await trio.aclose_forcefully(stream)
    return 0


async def _correct(
    apns: FakeAPNs, items: Sequence[WorkItem], progress: Callable[[Report], None]
) -> int:
    pushes = [_push(item) for item in items]
    report = await send_api(_connecting(apns), pushes, _target(apns), progress=progress)
    return report.resent


def _target(apns: FakeAPNs) -> Target:
    return Target(
        authority=f"{apns.api.host}:{apns.api.port}",
        make=chosen_engine(os.environ).make_client,
        tokens=Tokens(apns.provider_key().token),
        patience=PATIENCE,
    )


def _connecting(apns: FakeAPNs) -> Connect:
    host, port, context = apns.api.host, apns.api.port, apns.ssl_context(certificate=False)
    return lambda: open_tls(host, port, context)


def _push(item: WorkItem) -> ApiPush:
    return ApiPush(
        token=item.device,
        payload=msgspec.json.encode(item.payload),
        apns_id=str(uuid4()),
        topic=item.topic,
        push_type=usual_type(item.payload),
    )


def _told(count: int, lost: int, resent: int) -> list[str]:
    return [
        f"Two providers had {count:,} pushes to send, signed with a token (JWT). They posted as\n"
        "   many at a time as SETTINGS allow, and each has an answer of its own.",
        f"Behind number {LAST} the server went away, which is no error: it said GOAWAY, with the\n"
        "   last stream that it would look at, answered all up to that one, and closed.",
        f"What had been posted behind number {LAST} lay above that stream. Nobody looked at it,\n"
        "   and no answer says so.",
        f"The careless one took what it had posted for sent: {lost:,} messages are lost, and it\n"
        f"   does not know. The correct one opened a new connection and sent {resent:,} again,\n"
        "   with the same apns-id each: what lay above the last stream, and no other.",
    ]
