"""Runs: what continues one, what ends it, and what can be had of one."""

from __future__ import annotations

from typing import Any

import pytest

from fakeapns.fronts.gateway.frames import MOST, Run
from fakeapns.ledger.json_lines import encode_line, encode_run
from fakeapns.ledger.ledger import Ledger
from fakeapns.protocol import Frames

from ...frames import TOPIC, enhanced, framed, numbered, simple
from ...ledger.booked import Book, row


def frames(*identifiers: int) -> Frames:
    """A row with these identifiers, to tokens of the same number."""
    return row([framed(each, numbered(each)) for each in identifiers])


def run(*identifiers: int, **facts: Any) -> Run:
    """A run that begins at entry 10, frame 3."""
    return Run(**(FIRST | facts), frames=frames(*identifiers))


FIRST: dict[str, Any] = {
    "seq": 10,
    "connection": 1,
    "ordinal": 3,
    "topic": TOPIC,
    "t": 1.5,
    "wall": 5000.0,
}


def test_a_run_makes_notifications_when_they_are_looked_at() -> None:
    first, second = run(7, 8)
    assert (first.seq, first.ordinal, first.identifier) == (10, 3, 7)
    assert (second.seq, second.ordinal, second.identifier) == (11, 4, 8)
    assert {(each.connection, each.topic, each.t, each.wall) for each in (first, second)} == {
        (1, TOPIC, 1.5, 5000.0)
    }
    assert (first.outcome, first.status, first.warnings) == ("accepted", None, ())


def test_a_run_goes_on_with_what_comes_later_and_keeps_both_moments() -> None:
    mine = run(1, 2)
    assert mine.extend(12, 1, 5, TOPIC, frames(3), 2.5, 6000.0)
    assert [(each.seq, each.ordinal, each.identifier) for each in mine] == [
        (10, 3, 1),
        (11, 4, 2),
        (12, 5, 3),
    ]
    assert [(each.t, each.wall) for each in mine] == [(1.5, 5000), (1.5, 5000), (2.5, 6000)]


@pytest.mark.parametrize(
    "other",
    [
        {"seq": 13},
        {"connection": 2},
        {"ordinal": 6},
        {"topic": "com.example.other"},
        {"topic": None},
        {"frames": row([simple()])},
        {"frames": row([enhanced()])},
    ],
    ids=["seq", "connection", "ordinal", "topic", "no-topic", "simple", "enhanced"],
)
def test_a_run_does_not_go_on_with_what_does_not_follow(other: dict[str, Any]) -> None:
    mine = run(1, 2)
    facts = FIRST | {"seq": 12, "ordinal": 5, "frames": frames(3)}
    assert not mine.extend(**(facts | other))
    assert len(mine) == 2
    assert mine.extend(**facts)


def test_a_run_does_not_grow_for_ever() -> None:
    mine = Run(**FIRST, frames=row([simple()] * MOST))
    facts = FIRST | {"seq": 10 + MOST, "ordinal": 3 + MOST, "frames": row([simple()])}
    assert not mine.extend(**facts)


def kinds(ledger: Ledger) -> list[int]:
    """How long the runs are; 0 is another entry."""
    return [len(item) if isinstance(item, Run) else 0 for item in ledger._items]


def test_many_reads_make_few_runs() -> None:
    book = Book(by_runs=True)
    for number in range(50):
        book.take(1, row([simple()] * 100), TOPIC, 100 + number)
    assert kinds(book.ledger) == [4100, 900]
    assert [each.t for each in book.ledger] == [number // 100 for number in range(5000)]


def test_connections_that_take_turns_have_runs_of_their_own() -> None:
    book = Book(by_runs=True)
    for connection in (1, 2, 2, 1):
        book.take(connection, frames(1, 2), TOPIC, 100)
    book.fail(100)
    book.take(1, frames(1), TOPIC, 100)
    assert kinds(book.ledger) == [2, 4, 2, 0, 1]
    assert [each.ordinal for each in book.ledger.notifications()] == [1, 2, 1, 2, 3, 4, 3, 4, 5]


def test_a_run_without_its_first_is_another_one() -> None:
    mine = run(1, 2, 3)
    rest = mine.without(2)
    assert [(each.seq, each.ordinal, each.identifier) for each in rest] == [(12, 5, 3)]
    assert list(mine)[2:] == list(rest)
    assert rest.extend(13, 1, 6, TOPIC, frames(4), 2.5, 6000.0)
    assert (len(rest), len(mine)) == (2, 3)
    assert [each.identifier for each in rest] == [3, 4]


def test_those_for_one_token_are_found_by_their_bytes() -> None:
    mine = run(1, 2, 1, 3, 1)
    assert [each.seq for each in mine.with_token(numbered(1))] == [10, 12, 14]
    assert [each.seq for each in mine.with_token(numbered(1), 12)] == [12, 14]
    assert list(mine.with_token(numbered(9))) == []
    assert list(mine.with_token(numbered(1)[:31])) == []


@pytest.mark.parametrize("seq", [0, 10, 11, 12, 13])
def test_a_part_of_a_run_is_written_as_lines(seq: int) -> None:
    mine = Run(**FIRST, frames=row([framed(1, expiration=2, priority=5), framed(2), framed(None)]))
    expected = [encode_line(each) for each in mine if each.seq >= seq]
    assert encode_run(mine, seq) == b"".join(expected)


def test_the_wall_clock_may_be_set_while_the_other_one_stands_still() -> None:
    full = framed(1, expiration=2, priority=5)
    mine = Run(**FIRST, frames=row([full]))
    assert mine.extend(**(FIRST | {"seq": 11, "ordinal": 4, "wall": 6000.0}), frames=row([full]))
    assert encode_run(mine, 0) == b"".join(map(encode_line, mine))
