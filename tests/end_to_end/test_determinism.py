"""Same scenario, same seed, same notifications: the same outcome, however things interleave.

Eight providers at once on real sockets are played three times; for the twenty that a release
wants, `FAKEAPNS_TEST_RUNS=20 pytest tests/end_to_end/test_determinism.py`.
"""

from __future__ import annotations

import hashlib
import os
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import msgspec
import trio
from trio.testing import MockClock

from fakeapns import AfterNotifications, Drop, FakeAPNs, On, Reject, Scenario, Shutdown, Step
from fakeapns.ledger.entries import ConnectionOpened
from fakeapns.provider.sender import Outgoing, open_tls, send

from ..processes import PATIENCE

RUNS = int(os.environ.get("FAKEAPNS_TEST_RUNS", "3"))
TOPICS = [f"com.example.app{number}" for number in range(8)]
EACH = 625
INTENDED = len(TOPICS) * EACH

STORY = Scenario(
    about="Now and then something goes wrong, and who is hit is left to chance.",
    seed=41,
    gateway={"error_delay": "0ms..5ms"},
    step=(
        Step(Reject("processing-error", delay=AfterNotifications(5)), On(chance=0.004)),
        Step(Drop(), On(chance=0.002)),
        Step(Reject("invalid-token"), On(chance=0.004)),
        Step(Shutdown(), On(chance=0.002)),
    ),
)

#: Token, payload, identifier, and how often this same notification was judged before.
Judged = tuple[bytes, bytes, int | None, int]
Outcomes = dict[Judged, tuple[str, str | None]]


def meant_for(topic: str) -> list[Outgoing]:
    return [
        Outgoing(hashlib.sha256(f"{topic} {number}".encode()).digest(), b'{"aps":{"badge":1}}')
        for number in range(EACH)
    ]


async def over_sockets(apns: FakeAPNs, topic: str) -> None:
    """Send everything of one topic."""
    address = (apns.gateway.host, apns.gateway.port)
    connect = partial(open_tls, *address, apns.ssl_context(topic), "localhost")
    await send(connect, meant_for(topic), settle=PATIENCE, confirm=True, tries=20)


async def over_memory(apns: FakeAPNs, topic: str) -> None:
    """The same where time is virtual."""
    await send(partial(apns.connect, topic), meant_for(topic), confirm=True, tries=20)


async def play(provide: Callable[[FakeAPNs, str], Awaitable[None]], seed: int = 41) -> FakeAPNs:
    """All providers at once; the server with what it has recorded."""
    async with FakeAPNs(scenario=STORY, topics=TOPICS, seed=seed) as apns:
        with trio.fail_after(PATIENCE):
            async with trio.open_nursery() as nursery:
                for topic in TOPICS:
                    nursery.start_soon(provide, apns, topic)
        intended = [each for topic in TOPICS for each in meant_for(topic)]
        audit = apns.audit([(each.token, each.payload) for each in intended])
        assert (len(intended), audit.lost) == (INTENDED, ())
    return apns


def judged(apns: FakeAPNs) -> Outcomes:
    """What became of every judged notification."""
    found: Outcomes = {}
    before: Counter[tuple[bytes, bytes, int | None]] = Counter()
    for each in apns.notifications:
        if each.outcome != "discarded":
            same = (each.token_bytes, each.payload_bytes, each.identifier)
            found[*same, before[same]] = (each.outcome, each.status)
            before[same] += 1
    return found


def first_time(outcomes: Outcomes) -> Outcomes:
    """Only what was judged for the first time, as everything is sooner or later."""
    return {key: outcome for key, outcome in outcomes.items() if key[3] == 0 and key[0]}


def in_common(outcomes: Outcomes, others: Outcomes) -> Outcomes:
    """Where a close names nobody it depends on timing how much a provider sends again."""
    return {key: outcome for key, outcome in outcomes.items() if key in others}


async def test_every_judged_notification_has_the_same_outcome_in_every_run() -> None:
    expected = judged(await play(over_sockets))
    statuses = {status for _, status in first_time(expected).values()}
    assert statuses == {None, "processing-error", "invalid-token"}
    assert len(first_time(expected)) == INTENDED
    for _ in range(RUNS - 1):
        found = judged(await play(over_sockets))
        assert first_time(found) == first_time(expected)
        assert in_common(found, expected) == in_common(expected, found)
        # Nearly all that is judged again is the same, too.
        assert len(in_common(found, expected)) > INTENDED


async def test_another_seed_hits_others() -> None:
    one, other = [first_time(judged(await play(over_sockets, seed))) for seed in (41, 42)]
    assert one.keys() == other.keys()
    assert one != other


def ledger(apns: FakeAPNs) -> list[dict[str, Any]]:
    """The ledger without what cannot be the same: the run's id and the wall clock."""
    return [
        {
            "kind": entry.__struct_config__.tag,
            **{
                name: value
                for name, value in msgspec.structs.asdict(entry).items()
                if name not in ("run", "wall")
            },
        }
        for entry in apns.ledger
    ]


def stories(apns: FakeAPNs) -> dict[str, list[dict[str, Any]]]:
    """The ledger of each topic, without the numbers that say in which order they took turns."""
    topics = {each.connection: str(each.topic) for each in apns.ledger.of(ConnectionOpened)}
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for entry in ledger(apns):
        if "connection" in entry:
            turns = {name: entry.pop(name, None) for name in ("seq", "connection", "cause")}
            found[topics[turns["connection"]]].append(entry)
    return found


def test_in_virtual_time_two_runs_have_the_same_ledger() -> None:
    async def one_provider() -> list[dict[str, Any]]:
        async with FakeAPNs(scenario=STORY, topics=TOPICS) as apns:
            await over_memory(apns, TOPICS[0])
        return ledger(apns)

    first, second = (
        trio.run(one_provider, clock=MockClock(autojump_threshold=0)) for _ in range(2)
    )
    assert {"fault", "response", "connection.closed"} <= {entry["kind"] for entry in first}
    assert first == second


def test_in_virtual_time_nobody_s_story_depends_on_whose_turn_it_is() -> None:
    # Trio throws dice for whose turn it is, so only the order over all of them may differ.
    first, second = (
        stories(trio.run(play, over_memory, clock=MockClock(autojump_threshold=0)))
        for _ in range(2)
    )
    assert sorted(first) == sorted(TOPICS)
    assert first == second
