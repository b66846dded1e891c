"""The gateway on memory streams, in virtual time: what a provider sees, and when."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import trio
from trio.testing import MockClock

from fakeapns import AfterNotifications, Drop, FakeAPNs, Reject, Stall
from fakeapns.ledger.entries import ConnectionOpened, Response, ServerStarted
from fakeapns.protocol import decode_error

from ..frames import PAYLOAD, TOKEN, TOPIC, enhanced, framed, numbered, simple
from .streams import read_to_end

BAD = framed(1, token=b"")


async def test_a_notification_arrives_as_it_was_sent(autojump_clock: MockClock) -> None:
    async with FakeAPNs() as apns:
        provider = await apns.connect(TOPIC)
        await provider.send_all(framed(7, expiration=1, priority=10))
        [notification] = await apns.wait_for()
        assert (notification.token_bytes, notification.payload_bytes) == (TOKEN, PAYLOAD)
        assert notification.topic == TOPIC


async def test_an_opened_connection_says_who_came(autojump_clock: MockClock) -> None:
    async with FakeAPNs() as apns:
        await apns.connect(TOPIC)
        await apns.connect("com.example.other")
        first, second = apns.ledger.of(ConnectionOpened)
        assert (first.connection, second.connection) == (1, 2)
        assert (first.service, first.peer, first.tls) == ("gateway", "memory", "TLSv1.2")
        assert (first.topic, second.topic) == (TOPIC, "com.example.other")
        assert f"CN=Apple Push Services: {TOPIC}" in (first.certificate or "")


async def test_the_three_commands_may_be_mixed_and_split_anywhere(
    autojump_clock: MockClock,
) -> None:
    async with FakeAPNs() as apns:
        provider = await apns.connect(TOPIC)
        for byte in simple() + enhanced() + framed():
            await provider.send_all(bytes([byte]))
        found = await apns.wait_for(3)
        assert [each.command for each in found] == [0, 1, 2]


async def test_an_error_takes_as_long_as_the_setting_says(autojump_clock: MockClock) -> None:
    async with FakeAPNs(error_delay="30s") as apns:
        provider = await apns.connect(TOPIC)
        await provider.send_all(BAD + framed(2))
        begin = trio.current_time()
        await trio.sleep(29)
        await provider.send_all(framed(3))
        assert decode_error(bytes(await provider.receive_some())).identifier == 1
        assert trio.current_time() == pytest.approx(begin + 30)
        assert [each.outcome for each in apns.notifications] == [
            "rejected",
            "discarded",
            "discarded",
        ]
        [response] = apns.ledger.of(Response)
        assert (response.delayed_by, response.delayed_ms) == ("time", 30_000)


async def test_an_error_counts_notifications_whatever_the_clock_does(
    autojump_clock: MockClock,
) -> None:
    async with FakeAPNs() as apns:
        apns.inject(Reject(delay=AfterNotifications(40)), notification=150)
        provider = await apns.connect(TOPIC)
        for number in range(1, 301):
            await provider.send_all(framed(number, numbered(number)))
        assert decode_error(bytes(await provider.receive_some())).identifier == 150
        await apns.wait_for(150, outcome="discarded")
        assert len(apns.accepted) == 149
        [response] = apns.ledger.of(Response)
        behind = [each for each in apns.discarded if each.seq < response.seq]
        assert len(behind) == 40
        assert response.delayed_by == "notifications"


async def test_an_answer_is_in_the_ledger_file_before_it_is_sent(
    autojump_clock: MockClock, tmp_path: Path
) -> None:
    path = tmp_path / "ledger.jsonl"
    async with FakeAPNs(ledger=path) as apns:
        provider = await apns.connect(TOPIC)
        await provider.send_all(framed(1) + framed(2, token=b"") + framed(3))
        await provider.receive_some()
        kinds = [json.loads(line)["kind"] for line in path.read_text().splitlines()]
    assert kinds[:5] == [
        "server.started",
        "connection.opened",
        "notification",
        "notification",
        "response",
    ]


async def test_a_stalled_connection_holds_up_nobody_else(autojump_clock: MockClock) -> None:
    async with FakeAPNs() as apns:
        apns.inject(Stall("60s"), connection=1, times=1)
        slow, quick = await apns.connect(TOPIC), await apns.connect(TOPIC)
        begin = trio.current_time()
        await slow.send_all(framed(1))
        await apns.wait_for(1)
        await slow.send_all(framed(2))
        await quick.send_all(framed(3))
        await apns.wait_for(2)
        assert trio.current_time() == begin
        assert [each.identifier for each in apns.accepted] == [1, 3]
        await apns.wait_for(3, timeout=100)
        assert trio.current_time() == pytest.approx(begin + 60)


async def test_many_connections_are_kept_apart(autojump_clock: MockClock) -> None:
    async def send(first: int) -> None:
        provider = await apns.connect(TOPIC)
        for number in range(first, first + 20):
            await provider.send_all(framed(number, numbered(number)))
        await provider.aclose()

    async with FakeAPNs() as apns:
        async with trio.open_nursery() as nursery:
            for first in range(0, 1000, 20):
                nursery.start_soon(send, first)
        await apns.wait_for(1000)
        for connection in range(1, 51):
            mine = [each for each in apns.accepted if each.connection == connection]
            assert [each.ordinal for each in mine] == list(range(1, 21))
            identifiers = [each.identifier or 0 for each in mine]
            assert identifiers == list(range(identifiers[0], identifiers[0] + 20))


async def tell_a_story() -> list[object]:
    """A server with chance, faults and three connections; what its ledger says."""
    async with FakeAPNs(error_delay="75ms..500ms", seed=7) as apns:
        apns.inject(Reject("processing-error"), token="00*05")
        apns.inject(Drop(), token="00*19")
        for _ in range(3):
            provider = await apns.connect(TOPIC)
            for number in range(30):
                await provider.send_all(framed(number, numbered(number)))
            await read_to_end(provider)
            await provider.aclose()
            await apns.wait_until_quiet(5)
        return [
            {name: getattr(entry, name) for name in entry.__struct_fields__ if name != "wall"}
            for entry in apns.ledger
            if not isinstance(entry, ServerStarted)
        ]


async def test_the_same_story_gives_the_same_ledger(autojump_clock: MockClock) -> None:
    begin = trio.current_time()
    first = await tell_a_story()
    assert trio.current_time() > begin
    second = await tell_a_story()
    assert [rounded(entry) for entry in first] == [rounded(entry) for entry in second]


def rounded(entry: object) -> object:
    """The entry without what floating point makes of another start."""
    assert isinstance(entry, dict)
    return {**entry, "t": round(entry["t"], 6)}
