"""The record in memory: numbers, times, caps, queries."""

from __future__ import annotations

from typing import Any

import pytest

from fakeapns.ledger.bundle import Bundle
from fakeapns.ledger.entries import ConnectionOpened, Entry, FaultFired, Notification, Response
from fakeapns.ledger.ledger import Ledger

from ..frames import PAYLOAD, TOKEN, TOPIC, numbered
from ..moments import WALL, at


class Paper:
    """A sink that remembers what was written, and what of that was flushed."""

    def __init__(self) -> None:
        self.written: list[int] = []
        self.flushed: list[int] = []

    def write(self, bundle: Bundle, seq: int) -> None:
        self.written += [entry.seq for entry in bundle.since(seq)]

    def flush(self) -> None:
        self.flushed = self.written[:]


def ledger(**options: Any) -> Ledger:
    """An empty ledger."""
    return Ledger(**options)


def note(book: Ledger, now: float = 0, **fields: Any) -> Notification:
    """Record a notification."""
    usual: dict[str, Any] = {
        "connection": 1,
        "ordinal": 1,
        "command": 1,
        "identifier": 1,
        "token_bytes": TOKEN,
        "topic": TOPIC,
        "payload_bytes": PAYLOAD,
        "expiration": None,
        "priority": None,
        "outcome": "accepted",
    }
    return book.record(Notification, at(now), **(usual | fields))


def fault(book: Ledger) -> FaultFired:
    """Record a fault."""
    return book.record(FaultFired, at(0), connection=1, step=1, fault="drop", detail="reset")


def test_entries_are_numbered_from_1_and_timed_on_both_clocks() -> None:
    book = ledger()
    first, second = note(book, 0), note(book, 2.5)
    assert [(each.seq, each.t, each.wall) for each in (first, second)] == [
        (1, 0, WALL),
        (2, 2.5, WALL + 2.5),
    ]


def test_a_ledger_is_a_sequence_in_the_order_of_events() -> None:
    book = ledger()
    first, second, third = note(book), fault(book), note(book)
    assert list(book) == [first, second, third]
    assert (len(book), book[0], book[-1], book[1:]) == (3, first, third, [second, third])
    assert second in book
    assert book.of(FaultFired) == [second]
    assert book.of(Response) == []


def test_entries_may_be_recorded_while_another_iterates() -> None:
    book = ledger()
    note(book)
    note(book)
    seen = []
    for entry in book:
        seen.append(entry.seq)
        note(book)
    assert seen == [1, 2]
    assert len(book) == 4


def test_whoever_looks_from_behind_sees_no_gap_if_old_entries_go_meanwhile() -> None:
    book = ledger(max_entries=16)
    for _ in range(16):
        note(book)
    behind = reversed(book)
    seen = [next(behind).seq]
    for _ in range(16):
        note(book)
    assert seen + [entry.seq for entry in behind] == list(range(16, 0, -1))
    assert book.dropped >= 16
    assert [entry.seq for entry in book[-1:-4:-1]] == [32, 31, 30]


def test_a_reset_forgets_entries_and_goes_on_counting() -> None:
    book = ledger()
    note(book)
    kept = book[:]
    book.reset()
    assert len(book) == 0
    assert str(book) == "nothing happened"
    assert note(book).seq == 2
    assert len(kept) == 1


@pytest.mark.parametrize("limit", [1, 2, 15, 16, 100])
def test_a_cap_drops_the_oldest_and_counts_them(limit: int) -> None:
    book = ledger(max_entries=limit)
    for _ in range(limit):
        note(book)
    assert (len(book), book.dropped) == (limit, 0)
    for count in range(limit + 1, 5 * limit):
        note(book)
        assert limit - limit // 16 <= len(book) <= limit
        assert book.dropped == count - len(book)
        assert [entry.seq for entry in book] == list(range(book.dropped + 1, count + 1))


def test_a_cap_on_memory_is_none_on_a_file() -> None:
    paper = Paper()
    book = ledger(max_entries=1, sink=paper)
    for _ in range(5):
        note(book)
    assert paper.written == [1, 2, 3, 4, 5]


def test_a_flush_hands_on_what_was_recorded() -> None:
    paper = Paper()
    book = ledger(sink=paper)
    note(book)
    assert paper.flushed == []
    book.flush()
    assert paper.flushed == [1]


def test_without_a_file_a_flush_is_nothing() -> None:
    book = ledger()
    note(book)
    book.flush()
    assert len(book) == 1


def test_a_watcher_sees_every_further_entry_until_it_is_ended() -> None:
    book = ledger()
    seen: list[int] = []
    note(book)
    end = book.watch(lambda entry: seen.append(entry.seq))
    note(book)
    fault(book)
    end()
    note(book)
    assert seen == [2, 3]


def test_a_watcher_may_end_itself() -> None:
    book = ledger()
    seen: list[int] = []

    def once(entry: Entry) -> None:
        seen.append(entry.seq)
        end()

    end = book.watch(once)
    book.watch(lambda entry: seen.append(-entry.seq))
    note(book)
    note(book)
    assert seen == [1, -1, -2]


@pytest.mark.parametrize(
    ("criteria", "found"),
    [
        ({}, [1, 3, 4]),
        ({"outcome": "accepted"}, [1]),
        ({"outcome": "rejected"}, [3]),
        ({"outcome": "discarded"}, [4]),
        ({"token": numbered(2)}, [3]),
        ({"token": numbered(2).hex()}, [3]),
        ({"topic": "com.example.other"}, [4]),
        ({"payload": {"aps": {"badge": 1}}}, [4]),
        ({"where": lambda each: each.seq > 2}, [3, 4]),
        ({"outcome": "accepted", "token": numbered(2)}, []),
    ],
)
def test_notifications_can_be_asked_for_by_what_they_are(
    criteria: dict[str, Any], found: list[int]
) -> None:
    book = ledger()
    note(book)
    fault(book)
    note(book, outcome="rejected", token_bytes=numbered(2))
    note(
        book,
        outcome="discarded",
        topic="com.example.other",
        payload_bytes=b'{"aps":{"badge":1,"alert":"Hi"}}',
    )
    assert [each.seq for each in book.notifications(**criteria)] == found


def test_the_ledger_can_be_read_by_people() -> None:
    book = ledger()
    book.record(
        ConnectionOpened,
        at(0.25),
        connection=1,
        service="gateway",
        peer="127.0.0.1:50000",
        tls="TLSv1.2",
        topic=TOPIC,
        certificate=None,
    )
    note(book, 1, outcome="discarded", behind=3, warnings=("payload has no aps",))
    lines = str(book).splitlines()
    assert lines[0] == (
        "    0.250s connection.opened connection=1 service=gateway peer=127.0.0.1:50000 "
        "tls=TLSv1.2 topic=com.example.app"
    )
    assert lines[1].startswith("    1.000s notification connection 1 #1 discarded token 00010203…")
    assert lines[1].endswith(" behind #3 (payload has no aps)")
