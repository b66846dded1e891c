"""The demo of the provider API: an app that is gone, and a provider token that has expired."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Sequence
from uuid import uuid4

import msgspec

from ..chaos import Setup, Trial
from ..fake import FakeAPNs, chosen_engine
from ..provider import Report, WorkItem, open_tls
from ..provider.api import ApiPush, Target, Tokens, send_api, usual_type
from ..scenario import On, Scenario, Step
from ..scenario.faults import Reject
from .api_options import PATIENCE
from .demo_story import Provider, Story

#: The number of the push whose app is gone.
GONE = 50


class _OneForEver(Tokens):
    """The token of a provider that takes each refusal for the last word on its push."""

    def renew(self, rejected: str, now: float) -> bool:
        return False


def api_story(setup: Setup) -> Story:
    """Half way, the token with which the first connection has sent is called expired."""
    expired = setup.count // 2 + 1
    scenario = Scenario(
        about="An app is gone, and in full flow the provider's token has expired.",
        advice="Strike a device off for 410 alone. Behind a 403 sign a new token, open a new "
        "connection and send again what was refused.",
        step=(
            Step(on=On(notification=GONE), fault=Reject("Unregistered")),
            Step(
                on=On(service="api", connection=1, notification=f"{expired}.."),
                fault=Reject("ExpiredProviderToken"),
            ),
        ),
    )
    again = ["fakeapns", "demo", "--service", "api", "--count", str(setup.count)]
    return Story(
        speaks="The provider API over HTTP/2, Apple's interface of today. (`fakeapns demo` alone "
        "plays the\nbinary gateway.)",
        trial=Trial(scenario, "", "", 1, 1, ""),
        again=shlex.join(again),
        careless=_provider(_OneForEver),
        correct=_provider(Tokens),
        tell=lambda lost, resent: _told(setup.count, expired, lost, resent),
    )


def _provider(kind: type[Tokens]) -> Provider:
    """The provider that renews its token as this kind does, and is careful in all else."""

    async def provider(
        apns: FakeAPNs, items: Sequence[WorkItem], progress: Callable[[Report], None]
    ) -> int:
        host, port = apns.api.host, apns.api.port
        context, key = apns.ssl_context(certificate=False), apns.provider_key()
        target = Target(
            authority=f"{host}:{port}",
            make=chosen_engine(os.environ).make_client,
            tokens=kind(key.token),
            patience=PATIENCE,
        )
        report = await send_api(
            lambda: open_tls(host, port, context),
            [_push(item) for item in items],
            target,
            progress=progress,
        )
        return report.resent

    return provider


def _push(item: WorkItem) -> ApiPush:
    return ApiPush(
        token=item.device,
        payload=msgspec.json.encode(item.payload),
        apns_id=str(uuid4()),
        topic=item.topic,
        push_type=usual_type(item.payload),
    )


def _told(count: int, expired: int, lost: int, resent: int) -> list[str]:
    return [
        f"Two providers had {count:,} pushes to send, signed with a token (JWT). They posted as\n"
        "   many at a time as SETTINGS allow, and each has an answer of its own.",
        f"Number {GONE} is for a phone from which the app was removed: 410 Unregistered, and\n"
        "   since when. That concerns this phone, and nobody else.",
        f"From number {expired:,} on, whatever came on that connection was answered 403\n"
        "   ExpiredProviderToken. That concerns who sends, and no phone: it is all still owed.",
        f"The careless one took each refusal for the last word: {lost:,} messages are lost, and\n"
        "   whoever strikes off what is refused loses these phones, too. The correct one signed a\n"
        f"   new token, opened a new connection with it and sent {resent:,} again: what was\n"
        "   answered 403, and no other.",
    ]
