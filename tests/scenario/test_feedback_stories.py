"""Stories of the feedback list, in either order: who reads first heeds it, or is found out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import pytest
import trio
from trio.testing import MockClock

from fakeapns import FakeAPNs, load_scenario
from fakeapns.ledger.audit import Audit
from fakeapns.ledger.entries import FaultFired
from fakeapns.provider.sender import Outgoing, connect_again, read_feedback, send
from fakeapns.scenario.toml import scenario_names

from ..frames import numbered

STORIES = [
    name for name in scenario_names() if name.startswith("feedback-") and load_scenario(name).device
]
#: Seconds for which a list is read that never ends.
PATIENCE = 5.0
ENTRY = 38
HELLO = b'{"aps":{"alert":"Hi"}}'
#: That believing every entry is wrong for.
STALE = "feedback-with-stale-entries"

#: Reads the list; the tokens that it takes from it.
Reader = Callable[[FakeAPNs], Awaitable[set[bytes]]]


async def heedful(apns: FakeAPNs) -> set[bytes]:
    """The reference reader."""
    connect = partial(connect_again, partial(apns.connect, service="feedback"), 20)
    return {each.token for each in await read_feedback(connect, PATIENCE)}


async def takes_a_read_for_an_entry(apns: FakeAPNs) -> set[bytes]:
    """As one that was only ever tried with a list that comes whole."""
    stream = await connect_again(partial(apns.connect, service="feedback"), 20)
    found = set()
    with trio.move_on_after(PATIENCE):
        while data := bytes(await stream.receive_some()):
            entries = [data[at : at + ENTRY] for at in range(0, len(data), ENTRY)]
            found |= {entry[6:] for entry in entries if len(entry) == ENTRY}
    return found


async def gives_up(apns: FakeAPNs) -> set[bytes]:
    """Asks once."""
    try:
        return {
            each.token
            for each in await read_feedback(partial(apns.connect, service="feedback"), PATIENCE)
        }
    except trio.BrokenResourceError:
        return set()


async def careless(apns: FakeAPNs) -> set[bytes]:
    """Reads, and forgets it."""
    await heedful(apns)
    return set()


def play(name: str, read: Reader) -> tuple[Audit, list[str]]:
    """What a provider that reads first comes to, and which faults it met."""

    async def main() -> tuple[Audit, list[str]]:
        async with FakeAPNs(scenario=name) as apns:
            tokens = [each.token_bytes for each in apns.devices] + [numbered(9)]
            gone = await read(apns)
            rest = [Outgoing(token, HELLO) for token in tokens if token not in gone]
            await send(apns.connect, rest)
            meant: list[dict[str, Any]] = [{"token": each, "payload": HELLO} for each in tokens]
            for item, device in zip(meant, apns.devices, strict=False):
                item["registered"] = device.registered
            return apns.audit(meant), [each.fault for each in apns.ledger.of(FaultFired)]

    return trio.run(main, clock=MockClock(autojump_threshold=0))


@pytest.mark.parametrize("name", sorted({*STORIES} - {STALE}))
def test_who_reads_first_and_heeds_it_has_met_the_story_and_lost_nothing(name: str) -> None:
    audit, met = play(name, heedful)
    assert audit.shortfalls == ()
    assert len(audit.withheld) == audit.intended - audit.delivered > 0
    assert set(met) == {step.fault.name for step in load_scenario(name).step}


@pytest.mark.parametrize("name", STORIES)
def test_who_reads_first_and_sends_to_all_the_same_is_found(name: str) -> None:
    audit, _ = play(name, careless)
    assert [each.split(" to tokens")[0] for each in audit.shortfalls] == [
        f"sent {audit.sent_after_feedback}"
    ]


def test_who_believes_a_stale_list_is_found() -> None:
    audit, _ = play(STALE, heedful)
    assert [each.kind for each in audit.findings] == ["lost", "live_tokens_kept"]
    assert len(audit.pruned) == len(audit.withheld) == 1


def test_who_takes_a_read_for_an_entry_is_found_by_a_list_in_pieces_alone() -> None:
    found = {name: play(name, takes_a_read_for_an_entry)[0].ok for name in STORIES}
    assert {name for name, ok in found.items() if not ok} == {"feedback-in-pieces", STALE}


def test_who_asks_once_is_found_where_the_first_are_turned_away() -> None:
    found = {name: play(name, gives_up)[0].ok for name in STORIES}
    assert {name for name, ok in found.items() if not ok} == {"feedback-turned-away", STALE}


async def minds_the_times(apns: FakeAPNs) -> set[bytes]:
    """Forgets only devices that are gone since they registered: a day ago, all of them."""
    found = await read_feedback(partial(apns.connect, service="feedback"), PATIENCE)
    return {each.token for each in found if each.timestamp > apns.devices.now() - 86_400}


def test_who_minds_the_times_of_a_stale_list_may_send_to_who_is_there() -> None:
    audit, met = play(STALE, minds_the_times)
    assert (audit.shortfalls, audit.sent_after_feedback, met) == ((), 0, ["feedback_stale"])
    assert len(audit.withheld) == 1
