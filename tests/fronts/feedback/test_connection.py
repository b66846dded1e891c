"""Feedback on bytes and moments alone: what is handed out, when, and what counts as read."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakeapns.fronts.feedback.connection import BATCH, ORDERLY_CLOSE
from fakeapns.fronts.front import Left
from fakeapns.ledger.entries import ConnectionClosed

from ...moments import GRACE, PAUSE, at
from .reading import CLOSE, GOODBYE, Reading

MANY = 2 * BATCH + 1


def test_a_list_goes_out_in_batches_one_behind_the_other() -> None:
    reading = Reading(MANY)
    assert reading.batch() == list(range(BATCH))
    reading.written()
    assert reading.batch() == list(range(BATCH, 2 * BATCH))
    reading.written()
    assert reading.batch() == [MANY - 1]
    assert reading.sent == list(range(MANY))


def test_a_batch_counts_as_read_when_the_next_thing_is_asked_for() -> None:
    reading = Reading(MANY)
    reading.batch()
    # Off the list at once, so that nobody else gets it, and back if it is not written.
    assert reading.listed == list(range(BATCH, MANY))
    reading.leave("reset")
    assert reading.listed == list(range(MANY))


@pytest.mark.parametrize("how", ["graceful", "no-close-notify", "reset", "lost", "unread"])
def test_what_was_not_written_is_listed_again_however_it_ends(how: Left) -> None:
    reading = Reading(MANY)
    reading.batch()
    reading.written()
    reading.batch()
    reading.leave(how)
    assert reading.listed == list(range(BATCH, MANY))
    assert reading.connection.finished
    by = "server" if how == "unread" else "provider"
    assert reading.end[0] == by


def test_what_was_not_written_is_listed_again_if_the_server_stops() -> None:
    reading = Reading(MANY)
    reading.batch()
    assert reading.stop(1) == [GOODBYE, CLOSE]
    assert reading.connection.finished
    assert reading.listed == list(range(MANY))
    assert reading.end == ("server", "graceful", "stopped")


def test_two_readers_share_the_list() -> None:
    first = Reading(MANY)
    first.batch()
    second = first.another()
    assert second.read()[0] == list(range(BATCH, MANY))
    first.leave("lost")
    assert first.listed == list(range(BATCH))


def test_behind_the_list_comes_a_pause_then_the_close_then_a_grace() -> None:
    reading = Reading(1)
    assert reading.read() == ([0], [])
    assert reading.connection.deadline == PAUSE
    assert reading.read(PAUSE) == ([], [GOODBYE])
    assert reading.connection.deadline == PAUSE + GRACE
    assert reading.wake(PAUSE + GRACE) == [CLOSE]
    assert reading.end == ("server", "graceful", "ended")


def test_an_empty_list_is_closed_at_once() -> None:
    assert Reading(0).read() == ([], [GOODBYE])


def test_who_leaves_before_the_close_has_ended_it_and_who_leaves_behind_it_has_not() -> None:
    early = Reading(1)
    early.read()
    early.leave("graceful", 0.1)
    assert early.end == ("provider", "graceful", "ended")
    late = Reading(1)
    late.read()
    late.read(PAUSE)
    late.leave("graceful", PAUSE + 1)
    assert late.end == ("server", "graceful", "ended")


def test_who_resets_behind_the_close_has_ended_it_all_the_same() -> None:
    reading = Reading(1)
    reading.read()
    reading.read(PAUSE)
    reading.leave("reset", PAUSE + 1)
    assert reading.end == ("provider", "reset", "ended")


def test_what_a_reader_writes_is_counted_and_not_read() -> None:
    reading = Reading(0)
    reading.connection.receive(b"GET / HTTP/1.0", at(0))
    reading.connection.receive(b"\r\n", at(0))
    reading.leave()
    [closed] = reading.ledger.of(ConnectionClosed)
    assert (closed.unread_bytes, closed.received) == (16, 0)


# ---- when it counts as read -----------------------------------------------------------------


@pytest.mark.parametrize("how", ["graceful", "no-close-notify"])
def test_with_when_closed_only_an_orderly_end_has_read_it(how: Left) -> None:
    reading = Reading(MANY, feedback_clears="when-closed")
    reading.read()
    reading.read(PAUSE)
    assert reading.listed == []
    assert reading.connection.deadline == PAUSE + ORDERLY_CLOSE
    reading.leave(how, 1)
    assert reading.listed == []


def test_with_when_closed_nobody_who_stays_or_breaks_off_has_read_it() -> None:
    for end in ("stays", "reset"):
        reading = Reading(MANY, feedback_clears="when-closed")
        reading.read()
        reading.read(PAUSE)
        if end == "reset":
            reading.leave("reset", 1)
        else:
            reading.wake(PAUSE + ORDERLY_CLOSE)
        assert reading.listed == list(range(MANY))


def test_with_never_it_is_never_read() -> None:
    reading = Reading(MANY, feedback_clears="never")
    assert reading.read()[0] == list(range(MANY))
    assert reading.listed == list(range(MANY))


deeds = st.lists(st.sampled_from(["write", "wait"]), max_size=6)
ends = st.sampled_from(["graceful", "no-close-notify", "reset", "lost", "unread", "stop", "fail"])


@settings(deadline=None)
@given(st.integers(0, MANY), deeds, ends, st.booleans())
def test_nothing_is_lost_and_nothing_handed_out_to_two_whatever_happens(
    count: int, deeds: list[str], end: Any, written: bool
) -> None:
    reading = Reading(count)
    got: list[int] = []
    unconfirmed: list[int] = []
    for deed in deeds:
        if reading.connection.deadline > 0 or reading.connection.finished:
            break
        if deed == "write":
            got += unconfirmed
            reading.written()
            unconfirmed = reading.batch()
    if written:
        got += unconfirmed
        reading.written()
    if end == "stop":
        reading.stop()
    elif end == "fail":
        reading.fail()
    else:
        reading.leave(end)
    assert sorted(got + reading.listed) == list(range(count))


def test_nothing_is_read_before_the_whole_list_is_out() -> None:
    # A reader that says goodbye together with its first bytes gets all of it all the same.
    reading = Reading(MANY)
    for _ in range(3):
        assert reading.connection.appetite == 0
        reading.batch()
        reading.written()
    reading.read()
    assert reading.connection.appetite is None


def test_how_long_it_pauses_and_lingers_are_settings() -> None:
    reading = Reading(1, close_pause="20ms", close_grace="5s")
    reading.read()
    assert reading.connection.deadline == pytest.approx(0.02)
    reading.wake(0.02)
    assert reading.connection.deadline == pytest.approx(5.02)
