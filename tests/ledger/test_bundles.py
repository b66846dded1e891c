"""A ledger that was told of notifications in a row is like one that was told of each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakeapns.fronts.gateway import frames as gateway_frames
from fakeapns.ledger import bundle
from fakeapns.ledger.entries import Entry, FaultFired, Notification, Response
from fakeapns.protocol import encode_framed

from ..frames import PAYLOAD, TOPIC, enhanced, framed, numbered, simple
from .booked import Book, kept, row

Tell = Callable[[Book], None]
OTHER = 'com.example."100%s"'

tokens = st.builds(numbered, st.integers(0, 3))
payloads = st.sampled_from(
    [
        PAYLOAD,
        b'{\r\n"aps":{"alert":"%d %s %%b"}}',
        '{"aps":{"alert":"Grüße \\n 🍵"}}'.encode(),
        b'{"aps":{"badge":1},"number":123456789012345678901234567890}',
    ]
)
uint32 = st.sampled_from([0, 1, 2**31, 2**32 - 1])
#: Rows of one layout each.
rows = st.one_of(
    st.lists(st.builds(simple, tokens, payloads), min_size=1, max_size=9),
    st.lists(st.builds(enhanced, uint32, tokens, payloads, uint32), min_size=1, max_size=9),
    st.lists(
        st.builds(
            lambda token, payload, values: encode_framed(token, payload, **values),
            tokens,
            payloads,
            st.one_of(
                st.fixed_dictionaries(
                    {"identifier": uint32},
                    optional={"expiration": uint32, "priority": st.sampled_from([5, 10])},
                ),
                st.just({}),
            ),
        ),
        min_size=1,
        max_size=9,
    ),
).map(row)
moments = st.sampled_from([0.0, 0.25, 1.0, 1 / 3])
happenings: st.SearchStrategy[Tell] = st.one_of(
    st.builds(
        lambda *facts: lambda book: book.take(*facts),
        st.sampled_from([1, 1, 1, 2]),
        rows,
        st.sampled_from([TOPIC, TOPIC, TOPIC, OTHER]),
        moments,
    ),
    st.builds(
        lambda *facts: lambda book: book.refuse(*facts),
        st.integers(1, 2),
        rows,
        st.just(TOPIC),
        moments,
    ),
    st.builds(lambda now: lambda book: book.fail(now), moments),
    st.builds(
        lambda offset: lambda book: setattr(book, "offset", offset),
        st.sampled_from([5_000.0, 1_700_000_000.123456]),
    ),
    st.just(lambda book: book.ledger.reset()),
)
most = st.sampled_from([1, 2, 5, 4096])


def recent(entry: Notification) -> bool:
    """A predicate for queries."""
    return entry.seq % 3 == 0


CRITERIA: list[dict[str, Any]] = [
    {},
    {"outcome": "accepted"},
    {"outcome": "rejected"},
    {"outcome": "discarded"},
    {"token": numbered(1)},
    {"token": numbered(2).hex().upper()},
    {"token": b""},
    {"token": numbered(1)[:31]},
    {"token": numbered(1) + b"\x00"},
    {"topic": TOPIC},
    {"topic": OTHER},
    {"payload": {"aps": {"badge": 1}}},
    {"where": recent},
    {"since": 5},
    {"token": numbered(1), "topic": TOPIC, "outcome": "accepted", "where": recent, "since": 3},
]


def wanted(entry: Entry, criteria: dict[str, Any]) -> bool:
    """Whether an entry is a notification that meets the criteria."""
    criteria = dict(criteria)
    outcome, since = criteria.pop("outcome", None), criteria.pop("since", 0)
    return (
        isinstance(entry, Notification)
        and entry.seq >= since
        and outcome in (None, entry.outcome)
        and entry.matches(**criteria)
    )


@settings(deadline=None, max_examples=200)
@given(st.lists(happenings, max_size=12), most, st.data())
def test_bundles_make_no_difference(told: list[Tell], most: int, data: st.DataObject) -> None:
    bundled, single = Book(by_bundles=True), Book(by_bundles=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gateway_frames, "ROOM", 100 * most)
        patch.setattr(bundle, "MOST", most)
        for tell in told:
            tell(bundled)
            tell(single)
            assert list(bundled.ledger) == list(single.ledger)
    ours, theirs = bundled.ledger, list(single.ledger)
    assert len(ours) == len(theirs)
    assert [each.seq for each in bundled.watched] == list(range(1, len(bundled.watched) + 1))
    assert bundled.watched == single.watched
    assert bundled.heard == [each for each in single.watched if isinstance(each, Notification)]
    assert bundled.paper.lines == single.paper.lines
    assert str(ours) == str(single.ledger)
    for index in range(-len(theirs), len(theirs)):
        assert ours[index] == theirs[index]
    places = st.none() | st.integers(-len(theirs) - 1, len(theirs) + 1)
    cut = slice(data.draw(places), data.draw(places), data.draw(st.sampled_from([None, 1, 2, -1])))
    assert ours[cut] == theirs[cut]
    for criteria in CRITERIA:
        expected = [each for each in theirs if wanted(each, criteria)]
        assert ours.notifications(**criteria) == expected
    for kind in (Entry, Notification, FaultFired, Response):
        assert ours.of(kind) == [each for each in theirs if isinstance(each, kind)]


@settings(deadline=None, max_examples=200)
@given(st.lists(happenings, max_size=12), most, st.integers(1, 40))
def test_a_cap_holds_for_bundles_too_and_only_in_memory(
    told: list[Tell], most: int, cap: int
) -> None:
    capped, whole = Book(by_bundles=True, max_entries=cap), Book(by_bundles=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gateway_frames, "ROOM", 100 * most)
        patch.setattr(bundle, "MOST", most)
        for tell in told:
            before, gone = len(whole.ledger), capped.ledger.dropped
            tell(capped)
            tell(whole)
            ours, all_of_them = capped.ledger, list(whole.ledger)
            if len(all_of_them) < before:
                assert (len(ours), ours.dropped) == (0, gone)
            assert len(ours) <= cap
            assert len(ours) >= min(len(all_of_them), cap - cap // 16)
            kept = all_of_them[len(all_of_them) - len(ours) :]
            assert list(ours) == kept
            assert [ours[index] for index in range(len(ours))] == kept
            assert ours[:] == kept
            assert ours.notifications() == [each for each in kept if wanted(each, {})]
    assert capped.paper.lines == whole.paper.lines
    assert capped.watched == whole.watched
    assert capped.heard == [each for each in whole.watched if isinstance(each, Notification)]


def test_what_was_dropped_is_counted() -> None:
    book = Book(by_bundles=True, max_entries=32)
    for count in range(1, 200, 7):
        book.take(1, row([framed(each) for each in range(count)]), TOPIC, 0)
        recorded = len(book.watched)
        assert book.ledger.dropped == recorded - len(book.ledger)
        assert 30 <= len(book.ledger) <= 32 or recorded < 30


def test_more_than_there_is_room_for_is_on_file_and_seen_all_the_same() -> None:
    book = Book(by_bundles=True, max_entries=2)
    book.take(1, row([framed(each) for each in range(9)]), TOPIC, 0)
    assert book.paper.lines.count(b"\n") == len(book.watched) == len(book.heard) == 9
    assert [each.seq for each in book.ledger] == [8, 9]


def test_entries_may_be_dropped_and_recorded_while_another_iterates() -> None:
    book = Book(by_bundles=True, max_entries=20)
    book.take(1, row([framed(each) for each in range(20)]), TOPIC, 0)
    seen = []
    for entry in book.ledger:
        seen.append(entry.seq)
        book.take(1, row([framed(each) for each in range(3)]), TOPIC, 1)
    assert seen == list(range(1, 21))
    assert len(book.ledger) <= 20


def test_a_query_may_find_what_is_dropped_meanwhile() -> None:
    book = Book(by_bundles=True, max_entries=20)
    book.take(1, row([framed(each) for each in range(20)]), TOPIC, 0)

    def disturb(_: Notification) -> bool:
        book.take(1, row([framed(each) for each in range(3)]), TOPIC, 1)
        return True

    assert kept(book.ledger, where=disturb) == list(range(1, 21))


def test_who_has_stopped_watching_in_the_middle_of_a_bundle_sees_no_more_of_it() -> None:
    book = Book(by_bundles=True)
    seen: list[int] = []

    def twice(entry: Entry) -> None:
        seen.append(entry.seq)
        if len(seen) == 2:
            stop()

    stop = book.ledger.watch(twice)
    book.take(1, row([framed(each) for each in range(5)]), TOPIC, 0)
    assert seen == [1, 2]


def test_who_listens_is_told_where_the_news_begins_until_that_is_ended() -> None:
    book = Book(by_bundles=True)
    heard: list[int] = []
    stop = book.ledger.listen(heard.append)
    book.fail(0)
    for _ in range(2):
        book.take(1, row([framed(each) for each in range(5)]), TOPIC, 0)
    book.fail(0)
    stop()
    book.fail(0)
    assert heard == [1, 2, 7, 12]
