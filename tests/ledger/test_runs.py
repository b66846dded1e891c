"""Many entries in one line: which belong together, and what is said of them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fakeapns.ledger.entries import Entry, Notification, Response
from fakeapns.ledger.runs import blurred, describe_run, encode_run, sort_of, sort_of_accepted

from ..frames import TOKEN, TOPIC


def notification(**changed: Any) -> Notification:
    """An accepted one, changed."""
    usual: dict[str, Any] = {"seq": 7, "t": 1.25, "wall": 0.0, "connection": 1, "ordinal": 5}
    usual |= {"command": 2, "identifier": 42, "token_bytes": TOKEN, "topic": TOPIC}
    usual |= {"payload_bytes": b"{}", "expiration": 0, "priority": 10, "outcome": "accepted"}
    return Notification(**(usual | changed))


def response(seq: int, identifier: int, connection: int = 1) -> Response:
    """An acknowledgement, say."""
    return Response(
        seq=seq,
        t=1.25,
        wall=0.0,
        connection=connection,
        status="no-error",
        code=0,
        identifier=identifier,
        delayed_ms=0,
        delayed_by="none",
        bytes_hex=f"0800{identifier:08x}",
    )


@pytest.mark.parametrize(
    "own",
    [
        {"seq": 8, "t": 2.0, "wall": 3.0, "ordinal": 6, "identifier": None},
        {"token_bytes": b"", "payload_bytes": b"x", "expiration": 1, "priority": None},
    ],
)
def test_what_is_its_own_makes_no_other_sort(own: dict[str, Any]) -> None:
    assert sort_of(notification(**own)) == sort_of(notification())


@pytest.mark.parametrize(
    "other",
    [
        {"connection": 2},
        {"topic": None},
        {"outcome": "discarded"},
        {"outcome": "rejected", "status": "invalid-token"},
        {"behind": 3},
        {"warnings": ("aps.badge is not a number",)},
        {"reason": "the story asked for it"},
    ],
)
def test_what_is_said_of_it_does(other: dict[str, Any]) -> None:
    assert sort_of(notification(**other)) != sort_of(notification())


def test_one_that_was_accepted_without_a_word_is_of_the_sort_of_such() -> None:
    assert sort_of(notification()) == sort_of_accepted(1, TOPIC)
    assert sort_of(notification()).connection == 1


def test_other_entries_have_sorts_too() -> None:
    assert sort_of(response(1, 5)) == sort_of(response(2, 6))
    assert sort_of(response(1, 5)) != sort_of(response(1, 5, connection=2))
    assert sort_of(response(1, 5)) != sort_of(notification())


def told(last: Entry, count: int, unseen: int = 0) -> str:
    """The line about entries that are like this one."""
    return describe_run(sort_of(last), last, count, unseen)


def test_a_run_is_one_line_for_people() -> None:
    assert told(notification(), 2310) == ("    1.250s notification 2,310 accepted on connection 1")
    assert told(notification(), 2310, 2300).endswith("on connection 1 (10 looked into)")
    refused = notification(
        outcome="discarded", status="shutdown", behind=3, reason="it came late", warnings=("odd",)
    )
    assert told(refused, 2) == (
        "    1.250s notification 2 discarded shutdown on connection 1 behind #3: it came late (odd)"
    )
    assert told(response(9, 5), 12) == (
        "    1.250s response 12 times connection=1 status=no-error code=0 "
        "delayed_ms=0 delayed_by=none"
    )


def test_what_is_said_of_a_run_is_what_its_sort_has_and_not_its_last() -> None:
    last = notification(warnings=("aps.badge is not a number",))
    assert "badge" not in describe_run(sort_of_accepted(1, TOPIC), last, 2)
    assert b"badge" not in encode_run(sort_of_accepted(1, TOPIC), last, 2)


def test_what_a_line_says_cannot_leave_it() -> None:
    line = told(notification(reason="a\x1b[31m\nb\u202e"), 2)
    assert line.isprintable()


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        (
            "the token's bytes are the text '7ee34d4f': decode the hex first",
            "the token's bytes are the text 'ab': decode the hex first",
            "the token's bytes are the text …: decode the hex first",
        ),
        (
            "expiration 3600 is 1970-01-01 01:00:00 UTC, in the past",
            "expiration 77 is 1970-01-01 00:01:17 UTC, in the past",
            "expiration … is … UTC, in the past",
        ),
        ("not UTF-8 at byte 57: ed a0 is half", "not UTF-8 at byte 9: ed a0 is half", None),
        ("identifier 7", "identifier 0xff", "identifier …"),
    ],
)
def test_values_in_what_is_said_make_no_other_run(one: str, other: str, both: str | None) -> None:
    first, second = (blurred(sort_of(notification(warnings=(each,)))) for each in (one, other))
    assert first == second
    assert both is None or dict(first.facts)["warnings"] == (both,)
    assert blurred(sort_of(notification(warnings=("another",)))) != first


def test_topics_that_differ_in_a_number_are_not_the_same() -> None:
    one, other = (blurred(sort_of(notification(topic=f"com.example.{each}"))) for each in (1, 2))
    assert one != other


def test_as_json_a_run_has_what_its_entries_have_in_common_and_their_count() -> None:
    line = encode_run(sort_of(notification()), notification(), 2310)
    assert line.endswith(b"\n")
    assert json.loads(line) == {
        "kind": "notification",
        "seq": 7,
        "at": "1970-01-01T00:00:00.000000Z",
        "t": 1.25,
        "connection": 1,
        "service": "gateway",
        "topic": TOPIC,
        "outcome": "accepted",
        "status": None,
        "behind": None,
        "warnings": [],
        "reason": None,
        "count": 2310,
    }
