"""Every story for senders to the API, played: the reference passes, and a bad provider does not.

Played on memory streams in virtual time, as those of the gateway are.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from functools import partial
from uuid import uuid4

import msgspec
import pytest
import trio
from trio.testing import MockClock

from fakeapns import FakeAPNs
from fakeapns.ledger import FaultFired
from fakeapns.ledger.audit import Audit
from fakeapns.protocol.http2 import choose_engine
from fakeapns.provider import SendItem
from fakeapns.provider.api import ApiPush, Target, Tokens, send_api, usual_priority, usual_type
from fakeapns.scenario.toml import load_scenario, scenario_names

from ..careless_over_http2 import (
    ALONE,
    CROWDS,
    DROPS,
    FORGETS,
    HAMMERS,
    HASTES,
    HURRIES,
    KEEPS,
    MINTS,
    PRUNES,
    RENAMES,
    REPEATS,
    ROAMS,
    RUSHES,
    SKIPS,
    WAITS,
    Habits,
    send_carelessly,
)
from .test_catalogue import EXEMPT, comment, work_of

NAMES = [name for name in scenario_names() if "api" in load_scenario(name).services]
#: One for senders that ask for Apple's own name, by a proxy or by their hosts file.
BY_NAME = "tunnel-to-one-host-is-dead"
#: Sends everything to a server.
Provider = Callable[[FakeAPNs, list[ApiPush]], Awaitable[object]]


async def connect_to(apns: FakeAPNs) -> trio.abc.Stream:
    """A stream to the API, asked for by the name that the story is about."""
    host = "api.push.apple.com" if apns.scenario.name == BY_NAME else "localhost"
    return await apns.connect(service="api", certificate=False, host=host)


async def well(apns: FakeAPNs, pushes: list[ApiPush]) -> None:
    """The reference provider."""
    connect = partial(connect_to, apns)
    tokens = Tokens(apns.provider_key().token)
    target = Target("localhost", choose_engine("").make_client, tokens)
    await send_api(connect, pushes, target, tries=20)


def badly(habits: Habits) -> Provider:
    """A bad one."""

    async def provider(apns: FakeAPNs, pushes: list[ApiPush]) -> None:
        connect = partial(connect_to, apns)
        with trio.move_on_after(24 * 3600):
            await send_carelessly(connect, pushes, apns.provider_key().token, habits)

    return provider


def as_pushes(items: Sequence[SendItem]) -> Iterator[ApiPush]:
    """What a sender makes of them."""
    for item in items:
        broadcast = item.channel is not None
        kind = item.push_type or usual_type(item.payload)
        yield ApiPush(
            token=item.token or "",
            payload=msgspec.json.encode(item.payload),
            apns_id=str(uuid4()),
            topic=item.topic,
            push_type=kind,
            priority=item.priority or usual_priority(kind),
            # A broadcast cannot be without one.
            expiration=item.expiration or 0 if broadcast else item.expiration,
            collapse_id=item.collapse_id,
            channel=item.channel,
            registered=item.registered,
        )


def play(name: str, provider: Provider) -> tuple[Audit, list[str]]:
    """What an audit says of a provider in a story, and which faults fired."""

    async def main() -> tuple[Audit, list[str]]:
        async with FakeAPNs(scenario=name) as apns:
            items = work_of(apns)
            await provider(apns, list(as_pushes(items)))
            fired = sorted({entry.fault for entry in apns.ledger.of(FaultFired)})
            return apns.audit(items), fired

    return trio.run(main, clock=MockClock(autojump_threshold=0))


#: Which bad provider each story finds out, and by which expectation.
FOUND_OUT = {
    "answer-never-comes": (WAITS, "lost"),
    "answers-slower-than-patience": (REPEATS, "duplicated"),
    "background-at-priority-10": (HURRIES, "min_accepted"),
    "body-stalls-for-credit": (WAITS, "lost"),
    "broadcast-without-capability": (REPEATS, "resent_after_refusal"),
    "channel-keeps-the-newest": (HASTES, "fates"),
    "channel-deleted-under-way": (REPEATS, "resent_after_refusal"),
    "clock-an-hour-ahead": (MINTS, "max_provider_tokens"),
    "cut-between-request-and-answer": (DROPS, "lost"),
    "dead-idle-connection": (WAITS, "lost"),
    "every-task-mints-a-token": (MINTS, "max_provider_tokens"),
    "everything-at-once-over-http2": (DROPS, "lost"),
    "first-frame-never-comes": (RUSHES, "lost"),
    "goaway-and-the-session-stays": (DROPS, "lost"),
    "goaway-before-anything": (DROPS, "lost"),
    "goaway-in-full-flow": (DROPS, "lost"),
    "gone-before-and-behind-the-registration": (PRUNES, "lost"),
    "goaway-then-silence": (DROPS, "lost"),
    "half-an-answer": (REPEATS, "duplicated"),
    "half-of-the-devices-in-the-other-environment": (REPEATS, "resent_after_refusal"),
    "limit-falls-to-one": (CROWDS, "max_streams_refused"),
    "live-activity-from-start-to-end": (HURRIES, "sent_as_listed"),
    "more-streams-than-allowed": (CROWDS, "max_streams_refused"),
    "payload-too-large-after-localisation": (PRUNES, "lost"),
    "offer-that-expired": (FORGETS, "fates"),
    "one-badge-on-two-devices": (SKIPS, "stale_badges"),
    "one-score-on-the-screen": (FORGETS, "sent_as_listed"),
    "phone-that-was-off": (FORGETS, "sent_as_listed"),
    "refused-stream-in-a-burst": (DROPS, "lost"),
    "removed-and-registered-again": (PRUNES, "live_tokens_kept"),
    "removed-under-way": (REPEATS, "resent_after_refusal"),
    "reset-behind-idling": (REPEATS, "resent_unanswered"),
    "service-unavailable": (DROPS, "lost"),
    "silent-pushes-over-the-budget": (HURRIES, "sent_as_listed"),
    "spurious-invalid-token": (REPEATS, "resent_after_refusal"),
    "storm-of-reconnects": (DROPS, "lost"),
    "stuck-500-until-reconnected": (DROPS, "lost"),
    "token-expires-in-full-flow": (PRUNES, "lost"),
    "too-many-requests-for-one-device": (PRUNES, "lost"),
    "two-goaways": (REPEATS, "duplicated"),
}
#: Stories in which nobody fails that tries again at all.
HARMLESS = {"chain-changes", "handshake-ends-without-a-word", BY_NAME}


def test_the_catalogue_has_at_least_26_stories_for_senders_to_the_api() -> None:
    assert len(NAMES) >= 26
    assert {*FOUND_OUT, *HARMLESS} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_the_reference_reaches_what_is_expected_and_meets_what_goes_wrong(name: str) -> None:
    audit, fired = play(name, well)
    assert audit.shortfalls == ()
    steps = load_scenario(name).step
    meant = {step.fault.name for step in steps if "api" in step.fault.services}
    assert set(fired) == meant


@pytest.mark.parametrize("name", FOUND_OUT)
def test_a_bad_provider_is_found_out(name: str) -> None:
    habits, kind = FOUND_OUT[name]
    audit, _ = play(name, badly(habits))
    found = {finding.kind: finding for finding in audit.findings}
    assert kind in found, audit.shortfalls
    assert all(found[kind].advice)


#: What a story says in numbers of how to send again, and whether at all, and who ignores that.
MANNERS = {
    "max_connections": ROAMS,
    "resent_with_new_id": RENAMES,
    "resent_at_once": HAMMERS,
    "sent_after_gone": KEEPS,
}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        (name, kind)
        for name in NAMES
        for kind in MANNERS
        if getattr(load_scenario(name).expect, kind) is not None
    ],
)
def test_who_is_right_but_for_his_manners_is_found_out(name: str, kind: str) -> None:
    audit, _ = play(name, badly(MANNERS[kind]))
    found = {finding.kind: finding for finding in audit.findings}
    assert kind in found, audit.shortfalls
    assert all(found[kind].advice)


@pytest.mark.parametrize(
    "name", ["answer-never-comes", "cut-between-request-and-answer", "goaway-before-anything"]
)
def test_one_push_at_a_time_is_found_out_too_where_one_without_an_answer_is_forgotten(
    name: str,
) -> None:
    audit, _ = play(name, badly(ALONE))
    assert "lost" in {finding.kind for finding in audit.findings}, audit.shortfalls


def test_bodies_stall_where_no_credit_is_given_and_nowhere_else() -> None:
    """Of two connections side by side it is the first one, whichever takes the first push."""

    async def provider(apns: FakeAPNs, pushes: list[ApiPush]) -> None:
        async with await connect_to(apns):
            await well(apns, pushes)

    audit, fired = play("body-stalls-for-credit", provider)
    assert audit.ok
    assert fired == []


def test_each_bad_provider_is_found_out_somewhere() -> None:
    assert {habits for habits, _ in FOUND_OUT.values()} == {
        *(DROPS, REPEATS, PRUNES, MINTS, CROWDS, WAITS, HURRIES, RUSHES, FORGETS, SKIPS, HASTES)
    }


@pytest.mark.parametrize("name", sorted(HARMLESS))
@pytest.mark.parametrize("habits", [DROPS, REPEATS, PRUNES])
def test_where_no_bad_provider_fails_the_comment_says_so(name: str, habits: Habits) -> None:
    audit, _ = play(name, badly(habits))
    assert audit.ok, audit.shortfalls
    assert EXEMPT in comment(name)
