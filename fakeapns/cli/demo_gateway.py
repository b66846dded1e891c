"""The demo of the binary gateway: one bad token, and an error that comes late."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence

import msgspec
import trio

from ..chaos import Setup, choose_trials
from ..fake import FakeAPNs
from ..provider import Connect, Outgoing, Report, WorkItem, open_tls, send
from .demo_story import Story

STORY = "bad-token-in-a-burst"
#: The number of the notification whose token is bad in that story.
BAD = 100
#: Seconds for which errors are awaited behind the last notification.
SETTLE = 0.5


def gateway_story(setup: Setup) -> Story:
    """One of the catalogue, so that it can be played to any sender afterwards."""
    [trial] = choose_trials((STORY,), None, 1)
    return Story(
        speaks="The binary gateway over TLS, Apple's interface until 2021. "
        "(`fakeapns demo --service api`\nplays the provider API over HTTP/2, that of today.)",
        trial=trial,
        again=setup.rerun(trial),
        careless=_careless,
        correct=_correct,
        tell=lambda lost, resent: _told(setup.count, lost, resent),
    )


async def _careless(
    apns: FakeAPNs, items: Sequence[WorkItem], progress: Callable[[Report], None]
) -> int:
    """Write everything, look at nothing."""
    stream = await _connecting(apns)()
    frames = (each.encode(2, number) for number, each in enumerate(_outgoing(items), start=1))
    with contextlib.suppress(trio.BrokenResourceError):
        await stream.send_all(b"".join(frames))
    await trio.sleep(SETTLE)
    await trio.aclose_forcefully(stream)
    return 0


async def _correct(
    apns: FakeAPNs, items: Sequence[WorkItem], progress: Callable[[Report], None]
) -> int:
    report = await send(_connecting(apns), _outgoing(items), settle=SETTLE, progress=progress)
    return report.resent


def _outgoing(items: Sequence[WorkItem]) -> list[Outgoing]:
    return [
        Outgoing(bytes.fromhex(item.device), msgspec.json.encode(item.payload)) for item in items
    ]


def _connecting(apns: FakeAPNs) -> Connect:
    host, port, context = apns.gateway.host, apns.gateway.port, apns.ssl_context()
    return lambda: open_tls(host, port, context)


def _told(count: int, lost: int, resent: int) -> list[str]:
    return [
        f"Two providers had {count:,} notifications to send, and wrote them to the gateway.",
        f"Number {BAD} has a token that Apple does not know. The gateway saw that at once and\n"
        "   said nothing yet: it went on taking what they wrote.",
        f"Then came the error, six bytes that name number {BAD}, and the connection was closed.\n"
        f"   What had been written behind number {BAD} was dropped, without a word.",
        f"The careless one took silence for success: {lost:,} messages are lost, and it does not\n"
        f"   know. The correct one opened a new connection and sent {resent:,} again: what\n"
        "   it had written behind the bad one, and no other.",
    ]
