"""What became of what was meant: by token and payload, never by identifier."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from fakeapns.audit import audit, identity
from fakeapns.errors import UsageError
from fakeapns.notification import Notification, Outcome

from .frames import PAYLOAD, TOKEN, TOPIC, numbered

ONE, TWO, THREE = ((numbered(number), PAYLOAD) for number in (1, 2, 3))


def became(
    pair: tuple[bytes, bytes], outcome: Outcome = "accepted", status: str | None = None
) -> Notification:
    """What was recorded of a notification."""
    return Notification(
        seq=1,
        t=0,
        wall=0,
        connection=1,
        ordinal=1,
        command=1,
        identifier=1,
        token_bytes=pair[0],
        topic=TOPIC,
        payload_bytes=pair[1],
        expiration=None,
        priority=None,
        outcome=outcome,
        status=status,
    )


def refused(pair: tuple[bytes, bytes], status: str = "invalid-token") -> Notification:
    """A notification that was rejected."""
    return became(pair, "rejected", status)


def test_all_is_well_when_each_was_accepted_once_in_any_order() -> None:
    found = audit([became(TWO), became(ONE)], [ONE, TWO])
    assert found.ok
    assert (found.intended, found.accepted) == (2, 2)
    assert str(found) == (
        "intended 2, accepted 2, refused 0\n"
        "lost 0\nduplicated 0\nresent_after_refusal 0\nunexpected 0"
    )


def test_nothing_meant_and_nothing_recorded_is_well_too() -> None:
    assert audit([], []).ok


def test_what_never_arrived_is_lost() -> None:
    found = audit([became(ONE)], [ONE, TWO])
    assert found.lost == (TWO,)
    assert not found.ok


def test_what_was_discarded_and_never_came_again_is_lost() -> None:
    assert audit([became(ONE, "discarded")], [ONE]).lost == (ONE,)
    assert audit([became(ONE, "discarded"), became(ONE)], [ONE]).ok


@pytest.mark.parametrize("status", ["processing-error", "unknown", "shutdown", "unassigned-9"])
def test_what_was_rejected_for_no_fault_of_its_own_is_lost_and_may_be_resent(status: str) -> None:
    assert audit([refused(ONE, status)], [ONE]).lost == (ONE,)
    found = audit([refused(ONE, status), became(ONE)], [ONE])
    assert found.ok
    assert found.refused == ()


@pytest.mark.parametrize(
    "status",
    [
        "missing-token",
        "missing-topic",
        "missing-payload",
        "invalid-token-size",
        "invalid-topic-size",
        "invalid-payload-size",
        "invalid-token",
        "protocol-error",
    ],
)
def test_what_was_rejected_for_its_own_fault_is_refused_and_not_lost(status: str) -> None:
    found = audit([refused(ONE, status), became(TWO)], [ONE, TWO])
    assert (found.refused, found.lost) == ((ONE,), ())
    assert found.ok


@pytest.mark.parametrize("again", [refused(ONE), became(ONE, "discarded"), became(ONE)])
def test_what_was_refused_must_not_come_again(again: Notification) -> None:
    found = audit([refused(ONE), again], [ONE])
    assert found.resent_after_refusal == (ONE,)
    assert not found.ok


def test_what_came_before_the_refusal_is_no_resending() -> None:
    found = audit([became(ONE, "discarded"), refused(ONE)], [ONE])
    assert found.resent_after_refusal == ()
    assert found.ok


def test_what_was_meant_twice_may_be_refused_twice() -> None:
    found = audit([refused(ONE), refused(ONE)], [ONE, ONE])
    assert found.resent_after_refusal == ()
    assert found.ok


def test_what_was_accepted_more_often_than_meant_is_duplicated() -> None:
    assert audit([became(ONE), became(ONE)], [ONE]).duplicated == (ONE,)
    assert audit([became(ONE), became(ONE)], [ONE, ONE]).ok
    assert audit([became(ONE)], [ONE, ONE]).lost == (ONE,)


def test_what_nobody_meant_is_unexpected_once_accepted() -> None:
    found = audit([became(THREE), became(THREE), refused(TWO)], [])
    assert found.unexpected == (THREE,)
    assert (found.duplicated, found.refused) == ((), ())
    assert not found.ok


@pytest.mark.parametrize(
    "given",
    [
        (TOKEN, PAYLOAD),
        [TOKEN.hex().upper(), PAYLOAD.decode()],
        (TOKEN, {"aps": {"alert": "Hi"}}),
        {"token": TOKEN.hex(), "payload": b' {"aps" : {"alert":"\\u0048i"}} '},
        SimpleNamespace(token=TOKEN.hex(), payload={"aps": {"alert": "Hi"}}),
        became((TOKEN, PAYLOAD)),
    ],
    ids=["bytes", "text", "objects", "mapping", "attributes", "notification"],
)
def test_what_was_meant_may_be_said_in_many_ways(given: Any) -> None:
    assert audit([became((TOKEN, PAYLOAD))], [given]).ok


@pytest.mark.parametrize(
    "given",
    [
        5,
        None,
        "text",
        (TOKEN,),
        (TOKEN, PAYLOAD, 1),
        {"token": TOKEN},
        ("xyz", PAYLOAD),
        (5, PAYLOAD),
        (TOKEN, object()),
    ],
    ids=[
        "number",
        "none",
        "text",
        "one",
        "three",
        "no-payload",
        "no-hex",
        "no-token",
        "no-json",
    ],
)
def test_what_is_no_notification_is_refused(given: Any) -> None:
    with pytest.raises(UsageError, match="is no "):
        audit([], [given])


def test_what_another_server_recorded_may_be_meant_though_it_is_no_json() -> None:
    recorded = became((TOKEN, b"hello"))
    assert audit([recorded], [recorded]).ok


def test_payloads_are_equal_when_their_json_is() -> None:
    assert identity(TOKEN, b'{"a":1,"b":[1,2]}') == identity(TOKEN, '{ "b": [1, 2], "a": 1 }')
    assert identity(TOKEN, {"a": "é"}) == identity(TOKEN, b'{"a":"\\u00e9"}')
    assert identity(TOKEN, b"[1,2]") != identity(TOKEN, b"[2,1]")
    assert identity(TOKEN, {"a": 1}) != identity(TOKEN, {"a": True})


def test_payloads_that_are_no_json_are_equal_by_their_bytes() -> None:
    assert identity(TOKEN, b"hello") == identity(TOKEN, "hello")
    assert identity(TOKEN, b"hello") != identity(TOKEN, b"hello ")


def test_the_token_plays_a_part() -> None:
    assert identity(numbered(1), PAYLOAD) != identity(numbered(2), PAYLOAD)


@pytest.mark.parametrize(
    "payload",
    [b"", b"\xff", b"[" * 100_000, b"9" * 30, b"9" * 5000, b'{"a":NaN}', b'"\\ud800"'],
    ids=["empty", "no-text", "deep", "big", "huge", "nan", "surrogate"],
)
def test_odd_payloads_can_be_held_against_each_other(payload: bytes) -> None:
    assert audit([became((TOKEN, payload))], [(TOKEN, payload)]).ok


def test_a_short_list_is_shown_whole() -> None:
    lost = [(numbered(number, 2), b"x" * 60) for number in range(5)]
    lines = str(audit([], lost)).splitlines()
    assert lines[1:7] == [
        "lost 5",
        *(f"  token {token.hex()} payload {'x' * 60}" for token, _ in lost),
    ]
    assert lines[7] == "duplicated 0"


def test_a_long_list_is_shown_in_part() -> None:
    lost = [(numbered(number, 2), b"x" * 100) for number in range(7)]
    lines = str(audit([], lost)).splitlines()
    assert lines[0] == "intended 7, accepted 0, refused 0"
    assert lines[1:3] == ["lost 7", f"  token 0000 payload {'x' * 59}…"]
    assert lines[7] == "  … and 2 more"
