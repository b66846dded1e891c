"""Bundles of frames: what continues one, what ends it, and what can be had of one."""

from __future__ import annotations

from typing import Any

import pytest

from fakeapns.fronts.gateway.frames import ROOM, FrameBundle, FrameRow
from fakeapns.ledger.bundle import Bundle, Singles
from fakeapns.ledger.clock import Moment
from fakeapns.ledger.entries import Notification
from fakeapns.ledger.json_lines import encode_line
from fakeapns.ledger.ledger import Ledger
from fakeapns.protocol import Frames

from ...frames import TOPIC, enhanced, framed, numbered, simple
from ...ledger.booked import Book, row


def frames(*identifiers: int) -> Frames:
    """A row with these identifiers, to tokens of the same number."""
    return row([framed(each, numbered(each)) for each in identifiers])


def bundle(*identifiers: int) -> FrameBundle:
    """One that begins at entry 10, frame 3."""
    return FrameBundle(10, FrameRow(1, 3, TOPIC, frames(*identifiers)), NOW)


def those(bundle: FrameBundle) -> list[Notification]:
    """All that is in it."""
    return list(bundle.notifications(None, None, None, 0))


NOW, LATER = Moment(1.5, 5000.0), Moment(2.5, 6000.0)
#: What goes on with a bundle of two.
NEXT: dict[str, Any] = {"seq": 12, "connection": 1, "ordinal": 5, "topic": TOPIC}


def test_a_bundle_makes_notifications_when_they_are_looked_at() -> None:
    first, second = those(bundle(7, 8))
    assert (first.seq, first.ordinal, first.identifier) == (10, 3, 7)
    assert (second.seq, second.ordinal, second.identifier) == (11, 4, 8)
    assert {(each.connection, each.topic, each.t, each.wall) for each in (first, second)} == {
        (1, TOPIC, 1.5, 5000.0)
    }
    assert (first.outcome, first.status, first.warnings) == ("accepted", None, ())


def test_a_bundle_goes_on_with_what_comes_later_and_keeps_both_moments() -> None:
    mine = bundle(1, 2)
    assert mine.extend(12, FrameRow(1, 5, TOPIC, frames(3)), LATER)
    assert [(each.seq, each.ordinal, each.identifier) for each in those(mine)] == [
        (10, 3, 1),
        (11, 4, 2),
        (12, 5, 3),
    ]
    assert [(each.t, each.wall) for each in those(mine)] == [(1.5, 5000), (1.5, 5000), (2.5, 6000)]


@pytest.mark.parametrize(
    "other",
    [
        {"seq": 13},
        {"connection": 2},
        {"ordinal": 6},
        {"topic": "com.example.other"},
        {"frames": row([simple()])},
        {"frames": row([enhanced()])},
    ],
    ids=["seq", "connection", "ordinal", "topic", "simple", "enhanced"],
)
def test_a_bundle_does_not_go_on_with_what_does_not_follow(other: dict[str, Any]) -> None:
    mine = bundle(1, 2)
    facts = NEXT | {"frames": frames(3)}
    seq, *rest = (facts | other).values()
    assert not mine.extend(seq, FrameRow(*rest), LATER)
    assert len(mine) == 2
    seq, *rest = facts.values()
    assert mine.extend(seq, FrameRow(*rest), LATER)


def test_a_bundle_does_not_grow_for_ever() -> None:
    many = ROOM // len(simple()) + 1
    mine = FrameBundle(10, FrameRow(1, 3, TOPIC, row([simple()] * many)), NOW)
    assert not mine.extend(10 + many, FrameRow(1, 3 + many, TOPIC, row([simple()])), NOW)


def lengths(ledger: Ledger, *kinds: type[Bundle]) -> list[int]:
    """How many entries each bundle of these kinds has."""
    return [len(bundle) for kind in kinds for bundle in ledger.bundles(kind)]


def test_many_reads_make_few_bundles_until_there_are_bytes_enough() -> None:
    book = Book(by_bundles=True)
    long = b'{"aps":{"alert":"%b"}}' % (b"x" * 1000)
    for number in range(9):
        book.take(1, row([simple(payload=long)] * 20), TOPIC, number)
    assert lengths(book.ledger, FrameBundle) == [40, 40, 40, 40, 20]
    assert [each.t for each in book.ledger] == [number // 20 for number in range(180)]


def test_connections_that_take_turns_have_bundles_of_their_own() -> None:
    book = Book(by_bundles=True)
    for connection in (1, 2, 2, 1):
        book.take(connection, frames(1, 2), TOPIC, 0)
    book.fail(0)
    book.take(1, frames(1), TOPIC, 0)
    assert lengths(book.ledger, FrameBundle) == [2, 4, 2, 1]
    assert lengths(book.ledger, Singles) == [1]
    assert [each.ordinal for each in book.ledger.notifications()] == [1, 2, 1, 2, 3, 4, 3, 4, 5]


def test_a_bundle_without_its_first_is_another_one() -> None:
    mine = bundle(1, 2, 3)
    rest = mine.without(2)
    assert [(each.seq, each.ordinal, each.identifier) for each in those(rest)] == [(12, 5, 3)]
    assert list(mine)[2:] == list(rest)
    assert rest.extend(13, FrameRow(1, 6, TOPIC, frames(4)), LATER)
    assert (len(rest), len(mine)) == (2, 3)
    assert [each.identifier for each in those(rest)] == [3, 4]


def test_those_for_one_token_are_found_by_their_bytes() -> None:
    mine = bundle(1, 2, 1, 3, 1)

    def found(token: bytes, since: int = 0) -> list[int]:
        return [each.seq for each in mine.notifications(None, token, None, since)]

    assert found(numbered(1)) == [10, 12, 14]
    assert found(numbered(1), 12) == [12, 14]
    assert found(numbered(9)) == []
    assert found(numbered(1)[:31]) == []


@pytest.mark.parametrize("seq", [0, 10, 11, 12, 13])
def test_a_part_of_a_bundle_is_written_as_lines(seq: int) -> None:
    wires = [framed(1, expiration=2, priority=5), framed(2), framed(None)]
    mine = FrameBundle(10, FrameRow(1, 3, TOPIC, row(wires)), NOW)
    expected = [encode_line(each) for each in mine if each.seq >= seq]
    assert mine.lines(seq) == b"".join(expected)


def test_the_wall_clock_may_be_set_while_the_other_one_stands_still() -> None:
    full = framed(1, expiration=2, priority=5)
    mine = FrameBundle(10, FrameRow(1, 3, TOPIC, row([full])), NOW)
    assert mine.extend(11, FrameRow(1, 4, TOPIC, row([full])), Moment(NOW.t, 6000.0))
    assert mine.lines(0) == b"".join(map(encode_line, mine))
