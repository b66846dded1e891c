"""A front of its own, for a protocol nobody speaks, plays a scenario like any other."""

from __future__ import annotations

import json
from pathlib import Path

import trio
from trio.testing import MockClock

from fakeapns.ledger.entries import ConnectionClosed, FaultFired, Notification, ServerStarted
from fakeapns.ledger.file import LedgerFile
from fakeapns.ledger.ledger import Ledger
from fakeapns.ledger.reader import RecordedLedger
from fakeapns.push.devices import Devices
from fakeapns.push.judge import Judge
from fakeapns.push.triggers import Triggers
from fakeapns.scenario.settings import Settings
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
        devices.add(device.topic, device.full_token, device.state, since=0.0)
    for step in STORY.step:
        triggers.add(step)
    judge = Judge(Settings.of(STORY.gateway), devices, triggers)
    client, server = await tls_pair()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(drive, server, line_front(judge, ledger), ledger)
        await client.send_all(line(b"\x1b" * 32, "one") + line(b"\x1b" * 32, "two"))
        await client.send_all(line(numbered(9), "three") + line(b"\x1c" * 32, "four")[:-1])
        await client.send_all(b"\n" + line(b"\x1b" * 32, "last"))
        answers = (await read_to_end(client)).decode().splitlines()
    assert answers == ["ok", "no fault processing-error", "no token_unknown", "ok", "ok"]
    assert [(each.outcome, each.status) for each in ledger.of(Notification)] == [
        ("accepted", None),
        ("rejected", "fault processing-error"),
        ("rejected", "token_unknown"),
        ("accepted", None),
        ("accepted", None),
    ]
    assert [each.fault for each in ledger.of(FaultFired)] == ["drop"]
    [end] = ledger.of(ConnectionClosed)
    assert (end.by, end.reason, end.received, end.accepted) == ("server", "fault", 5, 3)
    # A send to a removed app is noticed, whoever it came through.
    assert [entry.token for _, entry in devices.feedback([TOPIC])] == [b"\x1c" * 32]


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
