"""The faults of the feedback service from the side of its reader, on a real socket."""

from __future__ import annotations

import socket
import struct
import time
from typing import Any

import pytest

from fakeapns import ThreadedAPNs
from fakeapns.ledger.entries import ConnectionClosed
from fakeapns.scenario.faults import (
    BY_NAME,
    AcceptThenClose,
    Fault,
    FeedbackCut,
    FeedbackDelay,
    FeedbackRepeat,
    FeedbackSilent,
    FeedbackSplit,
    FeedbackStale,
    Refuse,
)

from ..frames import framed, numbered
from ..providers import PATIENCE, await_entries, dial, read_to_end
from .seen import (
    SECONDS,
    WIRE,
    Look,
    is_silent,
    is_turned_away,
    listed,
    look_at,
    sees,
)
from .test_every_fault import CASES as OF_THE_GATEWAY

CASES: list[Any] = []


@sees(CASES, AcceptThenClose(), service="feedback")
@sees(CASES, FeedbackCut())
def an_end_without_a_list(apns: ThreadedAPNs) -> None:
    assert listed(apns) == b""


@sees(CASES, Refuse(), service="feedback", connection=1)
def no_feedback_while_the_gateway_is_well(apns: ThreadedAPNs) -> None:
    with dial(apns) as provider:
        provider.sendall(framed(7))
        apns.assert_accepted(1)
    assert is_turned_away(apns, "feedback")
    assert listed(apns) == WIRE


@sees(CASES, FeedbackCut(after_tuples=1, after_bytes=10))
def a_list_that_breaks_off(apns: ThreadedAPNs) -> None:
    assert listed(apns) == WIRE[:48]


@sees(CASES, FeedbackCut(after_tuples=1, close="reset"))
def a_list_that_breaks_off_with_a_reset(apns: ThreadedAPNs) -> None:
    with dial(apns, service="feedback") as reader:
        assert WIRE.startswith(reader.recv(100))
        await_entries(apns, ConnectionClosed)
        with socket.socket(fileno=reader.detach()) as bare:
            bare.settimeout(PATIENCE)
            with pytest.raises(ConnectionResetError):
                read_to_end(bare)


@sees(CASES, FeedbackSplit(sizes=(1, 50)))
def a_list_in_several_reads(apns: ThreadedAPNs) -> None:
    with dial(apns, service="feedback") as reader:
        reads = []
        while data := reader.recv(65_536):
            reads.append(data)
    assert b"".join(reads) == WIRE
    assert [len(each) for each in reads] == [1, 50, 1, 50, 1, 11]


@sees(CASES, FeedbackDelay("400ms"))
def a_list_that_is_late(apns: ThreadedAPNs) -> None:
    begin = time.monotonic()
    assert listed(apns) == WIRE
    assert time.monotonic() - begin >= SECONDS


@sees(CASES, FeedbackRepeat())
def a_list_twice(apns: ThreadedAPNs) -> None:
    assert listed(apns) == WIRE + WIRE


@sees(CASES, FeedbackStale("1h"))
def a_list_with_somebody_who_is_there(apns: ThreadedAPNs) -> None:
    found = listed(apns)
    assert found.endswith(WIRE)
    [(timestamp, size)] = struct.iter_unpack(">IH", found[: -len(WIRE)][:6])
    assert (size, found[6:38]) == (32, numbered(9))
    assert time.time() - timestamp > 3500


@sees(CASES, FeedbackSilent())
def a_list_without_an_end(apns: ThreadedAPNs) -> None:
    with dial(apns, service="feedback") as reader:
        assert reader.recv(65_536) == WIRE
        assert is_silent(reader)


@pytest.mark.parametrize(("fault", "on", "look"), CASES)
def test_a_client_sees_it_and_it_is_on_record_once(
    fault: Fault, on: dict[str, Any], look: Look
) -> None:
    look_at(fault, on, look)


def test_no_fault_is_left_out() -> None:
    seen = {case.values[0].name for case in CASES + OF_THE_GATEWAY}
    elsewhere = {name for name, kind in BY_NAME.items() if kind.services == ("api",)}
    assert seen == set(BY_NAME) - elsewhere
