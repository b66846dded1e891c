"""What is left of the record when the server is killed, or told to stop, under load."""

from __future__ import annotations

import json
import signal
import ssl
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
import trio

from tests.processes import Server, read_ledger, serving

from .wire import Link, pack

PROVIDERS = 4
BATCH = 10
#: Every so many notifications there is one without a token, which is refused.
BAD = 90
#: Errors that all providers together have met when the server's end comes.
MET = 12

Line = dict[str, Any]


class Load:
    """Providers that write and reconnect until the server is gone; the first meets no errors."""

    def __init__(self, server: Server, enough: Callable[[], None]) -> None:
        self._address = server.address()
        self._context: ssl.SSLContext = server.context()
        self._enough = enough
        self._met = 0
        self.links: list[Link] = []
        self.steady: Link | None = None

    async def run(self) -> None:
        with trio.fail_after(60):
            async with trio.open_nursery() as nursery:
                nursery.start_soon(self._provide, None)
                for _ in range(PROVIDERS - 1):
                    nursery.start_soon(self._provide, BAD)

    async def _provide(self, bad: int | None) -> None:
        numbers = count(1)
        while True:
            try:
                link = await Link.open(self._address, self._context)
            except (OSError, trio.BrokenResourceError):
                return
            self.links.append(link)
            if bad is None:
                self.steady = link
            async with trio.open_nursery() as nursery:
                nursery.start_soon(link.listen)
                nursery.start_soon(self._count, link)
                while not (link.broken or link.answered or link.ended.is_set()):
                    await link.write(dict(frame(next(numbers), bad) for _ in range(BATCH)))
                await link.hang_up()
                nursery.cancel_scope.cancel()
            await link.close()
            if not link.answered:
                return

    async def _count(self, link: Link) -> None:
        # At once, so that the end comes while the answer is all that the server has said.
        await link.told.wait()
        self._met += 1
        if self._met == MET:
            self._enough()


def frame(number: int, bad: int | None) -> tuple[int, bytes]:
    """A notification by its number; every so many of them, one without a token."""
    token = b"" if bad and number % bad == 0 else number.to_bytes(32, "big")
    return number, pack(token, b'{"aps":{"alert":"Hi"}}', number)


def lines_of(ledger: list[Line], link: Link) -> list[Line]:
    """The lines about this connection; empty if the ledger has never heard of it."""
    numbers = [each["connection"] for each in ledger if each.get("peer") == link.name]
    return [each for each in ledger if numbers and each.get("connection") == numbers[-1]]


def check_answered(lines: list[Line], link: Link) -> None:
    """All that the answer on this connection relied on has a line."""
    told = [each for each in lines if each["kind"] == "notification"]
    assert [each["identifier"] for each in told] == link.written[: len(told)]
    assert [each["ordinal"] for each in told] == list(range(1, len(told) + 1))
    named = [each["identifier"] for each in told].index(link.refused)
    assert {each["outcome"] for each in told[:named]} <= {"accepted"}
    assert (told[named]["outcome"], told[named]["status"]) == ("rejected", "missing-token")
    assert {each["outcome"] for each in told[named + 1 :]} <= {"discarded"}
    [response] = [each for each in lines if each["kind"] == "response"]
    assert (response["bytes_hex"], response["identifier"]) == (link.packet.hex(), link.refused)


async def test_a_killed_server_leaves_all_that_its_answers_relied_on(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    with serving(tmp_path, "--quiet", "--ledger", path, "--set", "error_delay=20ms") as server:
        load = Load(server, server.process.kill)
        await load.run()
        server.process.wait()

    whole = path.read_bytes().split(b"\n")[:-1]
    ledger = [json.loads(line) for line in whole]
    assert [each["seq"] for each in ledger] == list(range(1, len(ledger) + 1))
    answered = [link for link in load.links if link.answered]
    assert len(answered) >= MET
    for link in answered:
        check_answered(lines_of(ledger, link), link)
    # It did die in the middle of something.
    assert load.steady is not None
    steady = lines_of(ledger, load.steady)
    assert [each["kind"] for each in steady[:2]] == ["connection.opened", "notification"]
    assert steady[-1]["kind"] == "notification"


def test_a_start_on_the_same_file_closes_the_torn_line_and_begins_a_new_run(
    tmp_path: Path,
) -> None:
    path = tmp_path / "ledger.jsonl"
    with serving(tmp_path, "--ledger", path) as server:
        server.dial().close()
        server.end()
    torn = path.read_bytes()[:-10]
    path.write_bytes(torn)
    with serving(tmp_path, "--ledger", path) as server:
        assert server.end() == 0
    first, second = json.loads(torn.splitlines()[0]), path.read_bytes().removeprefix(torn)
    assert second.startswith(b"\n")
    started = json.loads(second.splitlines()[1])
    assert (started["kind"], started["seq"]) == ("server.started", 1)
    assert started["run"] != first["run"]


def test_a_start_on_a_whole_file_adds_no_empty_line(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    for _ in range(2):
        with serving(tmp_path, "--ledger", path) as server:
            assert server.end() == 0
    assert [(each["kind"], each["seq"]) for each in read_ledger(path)] == [
        ("server.started", 1)
    ] * 2


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda each: each.name)
async def test_a_server_told_to_stop_under_load_completes_its_ledger(
    tmp_path: Path, number: signal.Signals
) -> None:
    path, ready = tmp_path / "ledger.jsonl", tmp_path / "ready.json"
    options = ("--quiet", "--ledger", path, "--ready-file", ready, "--set", "error_delay=20ms")
    with serving(tmp_path, *options) as server:
        assert ready.exists()
        load = Load(server, lambda: server.process.send_signal(number))
        await load.run()
        with trio.fail_after(60):
            assert await trio.to_thread.run_sync(server.process.wait) == 0
        assert not ready.exists()
        assert server.log == ""

    ledger = read_ledger(path)
    opened = [each["connection"] for each in ledger if each["kind"] == "connection.opened"]
    closed = [each for each in ledger if each["kind"] == "connection.closed"]
    assert sorted(each["connection"] for each in closed) == sorted(opened)
    stopped = [each for each in closed if each["reason"] == "stopped"]
    assert {(each["by"], each["how"]) for each in stopped} == {("server", "graceful")}
    for each in closed:
        told = [
            line["outcome"]
            for line in ledger
            if line["kind"] == "notification" and line["connection"] == each["connection"]
        ]
        outcomes = ("accepted", "rejected", "discarded")
        assert [each[outcome] for outcome in outcomes] == list(map(told.count, outcomes))
    for link in load.links:
        if link.answered:
            check_answered(lines_of(ledger, link), link)


def test_a_signal_stops_a_server_that_nobody_ever_talked_to(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        assert server.end(signal.SIGINT) == 0
        assert server.rest() == ""


def test_a_push_is_in_the_file_before_its_answer_leaves(tmp_path: Path) -> None:
    """What a test in any language relies on that reads the file behind its sender's answer."""
    path = tmp_path / "ledger.jsonl"
    with serving(tmp_path, "--quiet", "--ledger", path) as server:
        host, port = server.address("api")
        to = f"https://{host}:{port}/3/device/{'ab' * 32}"
        with httpx.Client(http2=True, verify=server.context()) as client:
            for number in range(50):
                answer = client.post(to, json={"aps": {"badge": number}})
                *_, last = path.read_bytes().splitlines()
                kept = json.loads(last)
                assert kept["apns_id"] == answer.headers["apns-id"]
                assert kept["payload"] == {"aps": {"badge": number}}
