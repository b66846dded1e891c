"""A front of its own, for a protocol nobody speaks, plays a scenario like any other."""

from __future__ import annotations

import json
from pathlib import Path

import trio
from trio.testing import MockClock

from fakeapns.ledger import (
    ConnectionClosed,
    FaultFired,
    Ledger,
    LedgerFile,
    Notification,
    RecordedLedger,
    ServerStarted,
)
from fakeapns.push import Devices, Judge, Triggers
from fakeapns.scenario import On, Settings, Step
from fakeapns.scenario.faults import Drop
from fakeapns.scenario.toml import parse_scenario

from ..frames import TOPIC, numbered
from ..moments import at
from ..servers.driven import drive
from ..servers.streams import read_to_end, tls_pair
from .lines import line_front

STORY = parse_scenario(
    f"""
    about = "One is refused by a step, one by its token, and behind the last the line is cut."
    [gateway]
    tokens = "registered"
    [[device]]
    topic = "{TOPIC}"
    token = "1b"
    [[device]]
    topic = "{TOPIC}"
    token = "1c"
    state = "uninstalled"
    since = "-2h"
    [[step]]
    on = {{ notification = 2 }}
    fault = "reject"
    status = "processing-error"
    [[step]]
    on = {{ payload = {{ "aps.alert" = "last" }} }}
    fault = "drop"
    """
)


def line(token: bytes, alert: str) -> bytes:
    """A push as this protocol has it."""
    given = {"token": token.hex(), "topic": TOPIC, "payload": {"aps": {"alert": alert}}}
    return json.dumps(given).encode() + b"\n"


async def test_a_front_that_nobody_foresaw_plays_a_scenario(autojump_clock: MockClock) -> None:
    devices, triggers, ledger = Devices(lambda: 7200.0), Triggers(), Ledger()
    for device in STORY.device:
        devices.add(device.topic, device.full_token, device.state, since=device.since)
    for step in STORY.step:
        triggers.add(step)
    judge = Judge(Settings.of(STORY.gateway), devices, triggers)
    client, server = await tls_pair()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(drive, server, line_front(judge, ledger), ledger)
        await client.send_all(line(b"\x1b" * 32, "one") + line(b"\x1b" * 32, "two"))
        await client.send_all(line(numbered(9), "three") + line(b"\x1c" * 32, "four")[:-1])
        # What stands behind the cut in the same write is never judged.
        await client.send_all(b"\n" + line(b"\x1b" * 32, "last") + line(b"\x1b" * 32, "late"))
        answers = (await read_to_end(client)).decode().splitlines()
    assert answers == ["ok", "no fault processing-error", "no token_unknown", "ok", "ok"]
    assert [(each.outcome, each.status) for each in ledger.of(Notification)] == [
        ("accepted", None),
        ("rejected", "fault processing-error"),
        ("rejected", "token_unknown"),
        ("accepted", None),
        ("accepted", None),
    ]
    assert [each.fault for each in ledger.of(FaultFired)] == ["reject", "drop"]
    [end] = ledger.of(ConnectionClosed)
    assert (end.by, end.reason, end.received, end.accepted) == ("server", "fault", 5, 3)
    assert end.unread_bytes == len(line(b"\x1b" * 32, "late"))
    # A send to a removed app is noticed, whoever it came through.
    assert [entry.token for _, entry in devices.feedback([TOPIC])] == [b"\x1c" * 32]


async def test_its_triggers_count_from_the_opening_of_a_connection(
    autojump_clock: MockClock,
) -> None:
    triggers, ledger = Triggers(), Ledger()
    triggers.add(Step(fault=Drop(), on=On(after="5s", notification="1..")))
    judge = Judge(Settings.of({}), Devices(lambda: 0.0), triggers)
    client, server = await tls_pair()
    async with trio.open_nursery() as nursery:
        await trio.sleep(10)
        nursery.start_soon(drive, server, line_front(judge, ledger), ledger)
        await client.send_all(line(numbered(1), "one"))
        assert await client.receive_some() == b"ok\n"
        await trio.sleep(5)
        await client.send_all(line(numbered(2), "two"))
        assert await read_to_end(client) == b"ok\n"
    assert [each.fault for each in ledger.of(FaultFired)] == ["drop"]


async def test_what_it_recorded_can_be_read_back_from_a_file(
    autojump_clock: MockClock, tmp_path: Path
) -> None:
    # Its pushes have no command and no identifier, as those of other services.
    path = tmp_path / "ledger.jsonl"
    file = LedgerFile(path)
    ledger = Ledger(sink=file)
    facts = {"run": "x", "version": "1", "scenario": None, "seed": None}
    ledger.record(ServerStarted, at(0), **facts)
    judge = Judge(Settings.of({}), Devices(lambda: 0.0), Triggers())
    client, server = await tls_pair()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(drive, server, line_front(judge, ledger), ledger)
        await client.send_all(line(numbered(1), "one"))
        assert await client.receive_some() == b"ok\n"
        await client.send_eof()
    file.close()
    [found] = RecordedLedger(path).notifications()
    assert (found.command, found.identifier, found.outcome) == (None, None, "accepted")
