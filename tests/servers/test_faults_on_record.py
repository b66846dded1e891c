"""A fault is in the ledger's file before anybody can see that it acts, and while it lasts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import trio
from trio.testing import MockClock, memory_stream_pair

from fakeapns import (
    AcceptThenClose,
    Acknowledge,
    BadCertificate,
    Blackhole,
    Drop,
    FakeAPNs,
    FeedbackSilent,
    FeedbackStale,
    Garbage,
    Refuse,
    Shutdown,
    SlowHandshake,
    Stall,
)
from fakeapns.fake.both_forms import emulator_of
from fakeapns.ledger.entries import FaultFired
from fakeapns.scenario.faults import Alert, Fault, Service
from fakeapns.servers.tls import TLSStream

from ..frames import framed
from .played import HOUR, playing, recorded, step
from .streams import Recording, Transport, hello


def on_file(path: Path) -> list[str]:
    """The faults that the ledger's file tells of."""
    lines: list[dict[str, Any]] = [json.loads(line) for line in path.read_bytes().splitlines()]
    return [each["fault"] for each in lines if each["kind"] == "fault"]


class Overheard(Recording):
    """The server's side of a connection: what the file told whenever something was sent."""

    def __init__(self, inner: Transport, path: Path) -> None:
        super().__init__(inner)
        self.told: list[list[str]] = []
        self._path = path

    async def send_all(self, data: bytes | bytearray | memoryview) -> None:
        self.told.append(on_file(self._path))
        await super().send_all(data)

    async def send_eof(self) -> None:
        self.told.append(on_file(self._path))
        await super().send_eof()

    async def aclose(self) -> None:
        self.told.append(on_file(self._path))
        await super().aclose()


def come_in(apns: FakeAPNs, path: Path, service: Service) -> tuple[TLSStream, Overheard]:
    """A client before its handshake, and the server's side of its connection."""
    server = emulator_of(apns).server
    assert server is not None
    ours, theirs = memory_stream_pair()
    overheard = Overheard(ours, path)
    server.take(service, overheard)
    return TLSStream(theirs, apns.ssl_context(), server_hostname="localhost"), overheard


@pytest.mark.parametrize(
    "fault",
    [BadCertificate(), Alert(), Refuse("close"), Refuse("before-handshake"), SlowHandshake(1)],
    ids=lambda fault: fault.name,
)
async def test_what_a_client_sees_of_a_fault_comes_behind_its_record(
    autojump_clock: MockClock, tmp_path: Path, fault: Fault
) -> None:
    path = tmp_path / "ledger.jsonl"
    async with playing(step(fault), ledger=path) as apns:
        client, overheard = come_in(apns, path, "gateway")
        await client.transport.send_all(hello(apns.ssl_context()))
        await trio.sleep(2)
        assert overheard.told[0] == [fault.name]


@pytest.mark.parametrize(
    "fault",
    [Drop(), Drop("reset"), Garbage("08"), Shutdown(), Acknowledge(), AcceptThenClose()],
    ids=lambda fault: fault.name,
)
async def test_what_a_provider_sees_of_a_fault_comes_behind_its_record(
    autojump_clock: MockClock, tmp_path: Path, fault: Fault
) -> None:
    path = tmp_path / "ledger.jsonl"
    async with playing(step(fault), ledger=path) as apns:
        client, overheard = come_in(apns, path, "gateway")
        await client.do_handshake()
        await client.send_all(framed(1))
        await trio.sleep(1)
        # In front of it there are two flights of the handshake, and nothing else.
        assert overheard.told[:3] == [[], [], [fault.name]]


@pytest.mark.parametrize(
    ("fault", "service"),
    [
        (SlowHandshake("1h"), "gateway"),
        (AcceptThenClose("1h"), "gateway"),
        (Stall("1h"), "gateway"),
        (Blackhole(), "gateway"),
        (Blackhole("1h"), "gateway"),
        (FeedbackSilent(), "feedback"),
    ],
    ids=lambda each: each.name if isinstance(each, Fault) else each,
)
async def test_a_fault_that_lasts_is_on_record_while_it_does(
    autojump_clock: MockClock, tmp_path: Path, fault: Fault, service: Service
) -> None:
    path = tmp_path / "ledger.jsonl"
    playing_on = playing(step(fault), ledger=path, handshake_timeout="2h")
    async with playing_on as apns, trio.open_nursery() as nursery:
        nursery.start_soon(take_part, apns, service)
        await recorded(apns, FaultFired)
        await trio.sleep(HOUR / 2)
        assert on_file(path) == [fault.name]
        nursery.cancel_scope.cancel()


async def take_part(apns: FakeAPNs, service: Service) -> None:
    """Do what a client does, as far as it gets."""
    stream = await apns.connect(service=service)
    while True:
        if service == "gateway":
            await stream.send_all(framed(1))
        await trio.sleep(HOUR / 4)


async def test_a_list_that_a_fault_makes_up_is_on_record_before_it_is_read(
    autojump_clock: MockClock, tmp_path: Path
) -> None:
    path = tmp_path / "ledger.jsonl"
    async with playing(step(FeedbackStale()), ledger=path) as apns:
        apns.devices.add("com.example.app")
        client, overheard = come_in(apns, path, "feedback")
        await client.do_handshake()
        assert len(await client.receive_some()) == 38
        assert overheard.told[:3] == [[], [], ["feedback_stale"]]
