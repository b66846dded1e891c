"""Faults of the list, on bytes and moments alone."""

from __future__ import annotations

import math
from typing import Any

import pytest

from fakeapns.fronts.actions import Action, Reset, Send, ShutWrite
from fakeapns.fronts.feedback.connection import BATCH
from fakeapns.ledger.entries import FaultFired
from fakeapns.scenario.faults import (
    AcceptThenClose,
    Fault,
    FeedbackCut,
    FeedbackDelay,
    FeedbackRepeat,
    FeedbackSilent,
    FeedbackSplit,
    FeedbackStale,
)
from fakeapns.scenario.steps import On, Step

from ...frames import TOPIC, numbered
from ...moments import PAUSE, at
from .reading import GOODBYE, Reading

MANY = 2 * BATCH + 1


def faults(reading: Reading) -> list[str]:
    """What is on record of faults."""
    return [each.detail for each in reading.ledger.of(FaultFired)]


def test_a_delay_holds_back_the_list_of_that_later_time() -> None:
    reading = Reading(1, Step(FeedbackDelay("5s")))
    assert (reading.connection.deadline, reading.connection.appetite) == (5, 0)
    assert faults(reading) == []
    reading.devices.report(reading.devices.add(TOPIC, b"\x01", "uninstalled", since=0).registration)
    assert sorted(reading.read(5)[0]) == [0, 1]
    assert faults(reading) == ["2 entries"]


def test_a_delay_that_outlasts_the_server_was_seen_all_the_same() -> None:
    reading = Reading(1, Step(FeedbackDelay("5s")))
    reading.connection.stop(at(1))
    assert faults(reading) == ["no entry before the end"]
    assert reading.listed == [0]
    early = Reading(1, Step(FeedbackStale()))
    early.connection.stop(at(0))
    assert faults(early) == []


def test_a_cut_leaves_out_the_rest_and_keeps_it_listed() -> None:
    reading = Reading(3, Step(FeedbackCut(after_tuples=1, after_bytes=10)))
    reading.connection.wake(at(0))
    sent = b"".join(getattr(each, "data", b"") for each in reading.connection.actions())
    reading.connection.wake(at(0))
    sent += b"".join(getattr(each, "data", b"") for each in reading.connection.actions())
    assert len(sent) == 38 + 10
    assert reading.listed == [1, 2]
    assert faults(reading) == ["3 entries, cut behind 1"]
    reading.leave("graceful")
    assert reading.end == ("provider", "graceful", "ended")


def test_a_list_may_come_twice_and_is_struck_off_once() -> None:
    reading = Reading(2, Step(FeedbackRepeat()))
    assert reading.read()[0] == [0, 1, 0, 1]
    assert reading.listed == []


def test_a_stale_list_has_those_that_are_there_too() -> None:
    reading = Reading(1, Step(FeedbackStale("1h")))
    reading.devices.add(TOPIC, b"\x07")
    assert reading.read()[0] == [7, 0]
    assert reading.listed == []


def test_a_silent_one_never_closes() -> None:
    reading = Reading(1, Step(FeedbackSilent()))
    assert reading.read() == ([0], [])
    assert reading.connection.deadline == math.inf


# ---- what a reader can see, and what not ----------------------------------------------------


def in_pieces(reading: Reading) -> list[tuple[float, int]]:
    """When each piece went out, and how many bytes it had; to the end of the list."""
    found = []
    now = 0.0
    while reading.connection.deadline < math.inf and not reading.connection.finished:
        now = max(now, reading.connection.deadline)
        reading.connection.wake(at(now))
        while actions := reading.connection.actions():
            sizes = [len(each.data) for each in actions if isinstance(each, Send)]
            found += [(now, size) for size in sizes]
    return found


def test_a_split_list_goes_out_in_pieces_of_the_sizes_in_turn() -> None:
    reading = Reading(3, Step(FeedbackSplit(sizes=(1, 50), pause="10ms")))
    times, sizes = zip(*in_pieces(reading), strict=True)
    assert sizes == (1, 50, 1, 50, 1, 11)
    assert times == pytest.approx([0, 0.01, 0.02, 0.03, 0.04, 0.05])
    assert reading.listed == []
    assert faults(reading) == ["3 entries in pieces of 1, 50 bytes"]


def test_a_split_list_may_be_long_and_has_no_pause_if_none_is_wanted() -> None:
    reading = Reading(MANY, Step(FeedbackSplit(sizes=("1KiB",), pause="0ms")))
    sizes = [size for _, size in in_pieces(reading)]
    assert sum(sizes) == MANY * 38
    assert set(sizes[:-1]) == {1024}


def test_of_what_was_split_each_entry_is_read_once_its_last_piece_is_written() -> None:
    reading = Reading(3, Step(FeedbackSplit(sizes=(50,), pause="1s")))
    reading.connection.wake(at(0))
    assert len(reading.connection.actions()) == 1
    # Nobody was told of the second one, whose end is still to come.
    assert reading.sent == [0]
    reading.written()
    reading.connection.wake(at(1))
    assert reading.sent == [0, 1]
    reading.leave("reset", now=1)
    assert reading.listed == [1, 2]


@pytest.mark.parametrize("further", [38, 99, "1KiB"])
def test_a_cut_behind_all_bytes_of_an_entry_is_one_behind_that_entry(further: int | str) -> None:
    reading = Reading(3, Step(FeedbackCut(after_tuples=1, after_bytes=further)))
    assert reading.read()[0] == [0, 1]
    assert (reading.sent, reading.listed) == ([0, 1], [2])
    assert faults(reading) == ["3 entries, cut behind 2"]


def test_a_cut_behind_all_bytes_of_the_last_entry_is_none() -> None:
    reading = Reading(2, Step(FeedbackCut(after_tuples=1, after_bytes=38), times=1))
    assert reading.read()[0] == [0, 1]
    assert (reading.listed, faults(reading)) == ([], [])


@pytest.mark.parametrize(
    ("close", "then", "end"),
    [
        ("graceful", [GOODBYE], ("server", "graceful", "fault")),
        (
            "no-close-notify",
            [ShutWrite(close_notify=False)],
            ("server", "no-close-notify", "fault"),
        ),
        ("half", [GOODBYE], ("server", "half", "fault")),
    ],
)
def test_a_cut_list_ends_in_any_way(close: Any, then: list[Action], end: Any) -> None:
    reading = Reading(3, Step(FeedbackCut(after_tuples=1, close=close)))
    assert reading.read(0)[0] == [0]
    assert reading.wake(PAUSE) == then
    assert (reading.connection.deadline == math.inf) == (close == "half")
    reading.leave("graceful", now=1)
    assert reading.end == end


def test_a_list_that_is_cut_by_a_reset_is_not_waited_for() -> None:
    reading = Reading(3, Step(FeedbackCut(after_tuples=1, close="reset")))
    assert reading.read(0) == ([0], [Reset()])
    reading.fail()
    assert reading.end == ("server", "reset", "fault")
    assert reading.listed == [1, 2]


def test_a_list_that_is_cut_and_kept_open_never_ends() -> None:
    reading = Reading(3, Step(FeedbackCut(after_tuples=1, close="keep")))
    assert reading.read(0) == ([0], [])
    assert reading.connection.deadline == math.inf
    reading.leave("graceful", now=9)
    assert reading.end == ("provider", "graceful", "ended")


@pytest.mark.parametrize(
    ("count", "fault"),
    [
        (0, FeedbackCut()),
        (2, FeedbackCut(after_tuples=2, close="reset")),
        (2, FeedbackCut(after_tuples=9, after_bytes=4)),
        (0, FeedbackRepeat()),
        (2, FeedbackStale()),
        (0, FeedbackSplit()),
        (1, FeedbackSplit(sizes=(38,))),
    ],
    ids=repr,
)
def test_a_fault_with_nothing_to_change_has_not_fired_and_meets_the_next(
    count: int, fault: Fault
) -> None:
    first = Reading(count, Step(fault, times=1))
    assert first.read(0)[0] == list(range(count))
    assert faults(first) == []
    first.wake(PAUSE)
    first.leave("graceful", now=1)
    assert first.end == ("server", "graceful", "ended")
    for number in (1000, 1001, 1002):
        first.devices.add(TOPIC, numbered(number), "uninstalled", since=0, listed=True)
    first.devices.add(TOPIC, numbered(1003))
    second = first.another(now=2)
    second.connection.wake(at(2))
    assert len(faults(second)) == (0 if getattr(fault, "after_tuples", 0) > 3 else 1)


def test_a_reader_may_be_sent_away_as_soon_as_it_is_there() -> None:
    reading = Reading(2, Step(AcceptThenClose("1s"), On(service="feedback")))
    assert reading.connection.deadline == 1
    assert reading.wake(1) == [GOODBYE]
    assert reading.listed == [0, 1]
    assert faults(reading) == ["after 1s"]
    reading.leave("graceful", now=1.5)
    assert reading.end == ("server", "graceful", "fault")


def test_a_step_that_waits_for_silence_is_none_for_a_reader() -> None:
    reading = Reading(1, Step(AcceptThenClose(), On(idle="1s")))
    assert reading.read(0)[0] == [0]
