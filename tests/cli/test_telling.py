"""What the log tells: everything while a person can follow, and how many where nobody can."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import trio
from hypothesis import given, settings
from hypothesis import strategies as st
from trio.testing import MockClock

from fakeapns.cli import telling
from fakeapns.cli.telling import SINGLY, WINDOW, Telling
from fakeapns.protocol import Frames
from fakeapns.push.documented import ALERT

from ..frames import TOPIC, framed, numbered
from ..fronts.gateway.worlds import rows
from ..ledger.booked import Book
from ..processes import FREE_PORTS, PATIENCE, Server

ODD = b'{"aps":{"alert":"Hi","badge":"3"}}'
BOTH = pytest.mark.parametrize("by_bundles", [True, False], ids=["bundled", "one-by-one"])


class Told:
    """A ledger, what is told of it, and a clock that goes when it is told to."""

    def __init__(
        self,
        *,
        by_bundles: bool = True,
        as_json: bool = False,
        verbose: bool = False,
        clock: Callable[[], float] | None = None,
    ) -> None:
        self.lines: list[str] = []
        self.now = 0.0
        self.book = Book(by_bundles=by_bundles)
        self.telling = Telling(
            self.lines.append, as_json=as_json, verbose=verbose, clock=clock or (lambda: self.now)
        )
        self.book.ledger.follow(self.telling.news)

    def come(self, count: int, connection: int = 1, odd: Sequence[int] = ()) -> None:
        """So many notifications, in one read; some are odd."""
        bodies = [ODD if each in odd else b'{"aps":{"alert":"Hi"}}' for each in range(count)]
        wire = b"".join(framed(1, numbered(0xFF00 + at), body) for at, body in enumerate(bodies))
        for row in rows(wire):
            assert isinstance(row, Frames)
            self.book.take(connection, row, TOPIC, self.now)

    @property
    def runs(self) -> list[str]:
        """What was told of many in one line."""
        return [line.split("notification ")[1] for line in self.lines if " on conn" in line]


@BOTH
def test_while_a_person_can_follow_each_has_its_line(by_bundles: bool) -> None:
    it = Told(by_bundles=by_bundles)
    for _ in range(3):
        it.come(SINGLY)
        it.now += WINDOW
    it.telling.flush()
    assert len(it.lines) == 3 * SINGLY
    assert it.runs == []


@BOTH
def test_of_a_flood_the_first_few_have_lines_and_the_others_one(by_bundles: bool) -> None:
    it = Told(by_bundles=by_bundles)
    it.come(1300)
    it.come(1030)
    assert len(it.lines) == SINGLY
    it.telling.flush()
    assert it.lines[SINGLY:] == ["    0.000s notification 2,310 accepted on connection 1"]
    it.telling.flush()
    assert len(it.lines) == SINGLY + 1


def test_a_flood_that_goes_on_is_told_of_every_second() -> None:
    it = Told()
    for _ in range(4):
        it.come(120)
        it.now += WINDOW
    assert it.runs == ["100 accepted on connection 1"] * 3
    it.telling.flush()
    assert it.runs == ["100 accepted on connection 1"] * 4
    assert len(it.lines) == 4 * (SINGLY + 1)


def test_each_connection_has_a_line_of_its_own() -> None:
    it = Told()
    it.come(50)
    it.come(50, connection=2)
    it.come(50)
    it.telling.flush()
    assert it.runs == ["49 accepted on connection 2", "80 accepted on connection 1"]


def test_what_came_before_an_event_of_its_connection_is_told_before_it() -> None:
    it = Told()
    it.come(50)
    it.come(50, connection=2)
    it.book.fail(0)
    before, event = it.lines[-2:]
    assert before.endswith("30 accepted on connection 1")
    assert " fault connection=1 " in event
    it.come(50)
    it.telling.flush()
    assert it.runs[1:] == ["49 accepted on connection 2", "50 accepted on connection 1"]


def test_an_odd_one_in_a_flood_is_told_with_what_is_odd() -> None:
    it = Told()
    it.come(500, odd=[400])
    it.telling.flush()
    [line] = [line for line in it.lines if "aps.badge is not a number" in line]
    assert "#401 accepted" in line
    assert it.runs == ["380 accepted on connection 1", "99 accepted on connection 1"]


def test_more_than_a_look_is_worth_are_counted_and_the_line_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(telling, "LOOKED_INTO", 700)
    it = Told()
    it.come(200, odd=[150])
    it.come(200, odd=[150])
    it.come(200, odd=[150])
    it.telling.flush()
    assert it.runs == [
        "130 accepted on connection 1",
        "449 accepted on connection 1 (188 looked into)",
    ]
    assert sum("aps.badge" in line for line in it.lines) == 1
    it.come(200, odd=[150])
    assert sum("aps.badge" in line for line in it.lines) == 2


def test_as_json_too_a_line_says_how_many_were_looked_into(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(telling, "LOOKED_INTO", 100)
    it = Told(as_json=True)
    it.come(120)
    it.come(120)
    it.telling.flush()
    run = json.loads(it.lines[-1])
    assert (run["count"], run["looked_into"]) == (220, 100)


def test_a_flood_of_odd_ones_is_a_run_with_its_reason() -> None:
    it = Told()
    it.come(300, odd=range(300))
    it.telling.flush()
    assert it.runs == ["280 accepted on connection 1 (aps.badge is not a number)"]


def test_whoever_wants_every_single_one_gets_them() -> None:
    it = Told(verbose=True)
    it.come(500)
    assert len(it.lines) == 500
    it.telling.flush()
    assert len(it.lines) == 500


def test_as_json_a_run_has_a_count() -> None:
    it = Told(as_json=True)
    it.come(500)
    it.telling.flush()
    *singly, run = map(json.loads, it.lines)
    assert [each["seq"] for each in singly] == list(range(1, SINGLY + 1))
    assert (run["kind"], run["count"], run["seq"]) == ("notification", 480, 500)


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(1, 40),
            st.integers(1, 3),
            st.lists(st.integers(0, 40), max_size=3),
            st.sampled_from([0.0, 0.4, 2.0]),
        ),
        max_size=8,
    )
)
def test_none_is_left_out_and_none_told_twice(
    reads: list[tuple[int, int, list[int], float]],
) -> None:
    it = Told(as_json=True)
    for count, connection, odd, seconds in reads:
        it.come(count, connection, odd)
        it.now += seconds
    it.telling.flush()
    told = map(json.loads, it.lines)
    assert sum(each.get("count", 1) for each in told) == sum(each[0] for each in reads)


def test_nothing_is_said_of_many_because_of_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "LOOKED_INTO", 100)
    it = Told()
    it.come(120)
    it.come(120, odd=[119])
    it.telling.flush()
    assert it.runs == ["220 accepted on connection 1 (100 looked into)"]


def test_mistakes_that_differ_in_a_value_are_one_run() -> None:
    it = Told()
    wires = [framed(1, bytes([each, 255 - each] * 8).hex().encode()) for each in range(60)]
    for row in rows(b"".join(wires)):
        assert isinstance(row, Frames)
        it.book.take(1, row, TOPIC, it.now)
    it.telling.flush()
    assert it.runs == [
        "40 accepted on connection 1 (the token's bytes are the text …: decode the hex first "
        "(a part of it is missing))"
    ]


def test_there_are_not_more_sorts_than_a_person_can_tell_apart(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(telling, "SORTS", 2)
    it = Told(as_json=True)
    for key in ALERT:
        body = b'{"aps":{"alert":"Hi","%b":3}}' % key.encode()
        for row in rows(framed(1, numbered(0xFF00), body) * 30):
            assert isinstance(row, Frames)
            it.book.take(1, row, TOPIC, it.now)
    it.telling.flush()
    told = [json.loads(line) for line in it.lines]
    runs = [each for each in told if "count" in each]
    assert sum(each.get("count", 1) for each in told) == 30 * len(ALERT)
    assert len(runs) <= 3
    assert [each["looked_into"] for each in runs if "looked_into" in each] == [0]


def test_what_comes_one_by_one_is_looked_into_however_many_there_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(telling, "LOOKED_INTO", 10)
    it = Told(as_json=True)
    it.come(3000)
    for _ in range(5):
        [row] = rows(b"".join(framed(each) for each in range(20)))
        assert isinstance(row, Frames)
        it.book.refuse(1, row, TOPIC, it.now)
    it.telling.flush()
    refused = [json.loads(line) for line in it.lines if '"rejected"' in line]
    assert sum(each.get("count", 1) for each in refused) == 100
    assert not any("looked_into" in each for each in refused)


async def test_what_waits_is_told_though_nothing_more_comes(autojump_clock: MockClock) -> None:
    it = Told(clock=trio.current_time)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(it.telling.keep_up)
        await trio.testing.wait_all_tasks_blocked()
        for times in range(1, 3):
            it.come(SINGLY + 10)
            await trio.sleep(WINDOW / 2)
            assert len(it.runs) == times - 1
            await trio.sleep(WINDOW)
            assert len(it.runs) == times
        nursery.cancel_scope.cancel()


@pytest.mark.parametrize(
    ("options", "lines", "run"),
    [
        # One of the first lines was of the connection itself.
        ((), SINGLY, r"notification 481 accepted on connection 1$"),
        (("--log-format", "json"), SINGLY, r'"count":481}$'),
        (("--verbose",), 500, None),
        (("--quiet",), 0, None),
    ],
    ids=lambda value: "-".join(value).strip("-") if isinstance(value, tuple) else "",
)
def test_serve_tells_of_a_flood(
    tmp_path: Path, options: tuple[str, ...], lines: int, run: str | None
) -> None:
    with Server(tmp_path, *FREE_PORTS, *options) as server:
        server.wait()
        with server.dial() as connection:
            connection.settimeout(PATIENCE)
            connection.sendall(b"".join(framed(each) for each in range(500)) + framed(7, b""))
            assert connection.recv(6) == bytes([8, 2, 0, 0, 0, 7])
        assert server.end() == 0
    told = [line for line in server.log.splitlines() if re.search("notification.*accepted", line)]
    assert len(told) == lines
    assert run is None or re.search(run, told[-1])
