"""A notification as people look at it, and the payloads and tokens they compare it with."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from fakeapns.errors import UsageError
from fakeapns.ledger.entries import Notification
from fakeapns.push.payload import MAX_DEPTH, contains, parse_payload
from fakeapns.push.token import parse_token

from ..frames import PAYLOAD, TOKEN, TOPIC
from .pushes import push


def notification(
    token: bytes = TOKEN,
    payload: bytes = PAYLOAD,
    topic: str | None = TOPIC,
    status: str | None = None,
) -> Notification:
    """A recorded notification."""
    return Notification(
        seq=2,
        t=0.5,
        wall=1_577_836_800.25,
        connection=1,
        ordinal=3,
        command=2,
        identifier=42,
        token_bytes=token,
        topic=topic,
        payload_bytes=payload,
        expiration=None,
        priority=10,
        outcome="rejected" if status else "accepted",
        status=status,
    )


def nested(levels: int) -> bytes:
    """An array in an array in an array…"""
    return b"[" * levels + b"]" * levels


def test_a_token_is_lower_case_hex_with_its_bytes_beside_it() -> None:
    shown = notification(bytes.fromhex("ABCD"))
    assert (shown.token, shown.token_bytes) == ("abcd", b"\xab\xcd")


def test_a_payload_is_parsed_with_its_bytes_beside_it() -> None:
    shown = notification(payload=b' {"aps": {"badge":1}}')
    assert shown.payload == {"aps": {"badge": 1}}
    assert shown.payload_bytes == b' {"aps": {"badge":1}}'


def test_a_payload_that_is_no_json_is_none() -> None:
    assert notification(payload=b"hello").payload is None


def test_the_moment_is_a_datetime_in_utc() -> None:
    assert notification().at == datetime(2020, 1, 1, 0, 0, 0, 250_000, UTC)


def test_it_can_be_read_in_one_line() -> None:
    assert str(notification(status="invalid-token")) == (
        "connection 1 #3 rejected invalid-token token 00010203… "
        'topic com.example.app payload {"aps":{"alert":"Hi"}}'
    )
    assert "token (none)" in str(notification(token=b""))
    assert "\ufffd" in str(notification(payload=b"\xff" * 5000))
    assert len(str(notification(payload=b"\xff" * 5000))) < 200


def test_one_without_a_topic_has_no_topic_in_words() -> None:
    assert push(topic=None).whom.endswith(" no topic type alert")
    assert push(topic=None, channel="dHN0", push_type="liveactivity").whom == (
        "stream 1 channel dHN0 no topic type liveactivity"
    )
    assert notification(topic=None).whom.endswith("… no topic")


@pytest.mark.parametrize(
    ("criteria", "expected"),
    [
        ({}, True),
        ({"token": TOKEN}, True),
        ({"token": TOKEN.hex().upper()}, True),
        ({"token": b"other"}, False),
        ({"topic": TOPIC}, True),
        ({"topic": "com.example"}, False),
        ({"payload": {"aps": {}}}, True),
        ({"payload": {"aps": {"alert": "Ho"}}}, False),
        ({"where": lambda each: each.identifier == 42}, True),
        ({"where": lambda each: None}, False),
        ({"token": TOKEN, "topic": TOPIC, "payload": {"aps": {"alert": "Hi"}}}, True),
        ({"token": TOKEN, "topic": TOPIC, "payload": {"mdm": "x"}}, False),
    ],
)
def test_it_matches_when_all_that_is_given_holds(criteria: dict[str, Any], expected: bool) -> None:
    assert notification().matches(**criteria) is expected


@pytest.mark.parametrize(
    ("whole", "part", "expected"),
    [
        ({"a": 1, "b": 2}, {"a": 1}, True),
        ({"a": 1}, {"a": 1, "b": 2}, False),
        ({"a": {"b": {"c": 1, "d": 2}}}, {"a": {"b": {"d": 2}}}, True),
        ({"a": [1, 2]}, {"a": [1, 2]}, True),
        ({"a": [1, 2]}, {"a": [1]}, False),
        ({"a": 1}, {"a": {"b": 1}}, False),
        ({"a": None}, {"a": None}, True),
        ({}, {"a": None}, False),
        ({"a": True}, {"a": 1}, False),
        ({"a": 1}, {"a": True}, False),
        ({"a": 1}, {"a": 1.0}, True),
        (None, {}, False),
        ("text", "text", True),
    ],
)
def test_a_part_is_contained_when_each_of_its_keys_is(
    whole: Any, part: Any, expected: bool
) -> None:
    assert contains(whole, part) is expected


@pytest.mark.parametrize(
    ("given", "token"),
    [
        (b"\x01\x02", b"\x01\x02"),
        ("0102", b"\x01\x02"),
        ("AbCd", b"\xab\xcd"),
        ("<01020304 05060708>", bytes(range(1, 9))),
        ("01:02-03 04\n", b"\x01\x02\x03\x04"),
        ("", b""),
    ],
)
def test_a_token_may_be_written_as_people_copy_it(given: str | bytes, token: bytes) -> None:
    assert parse_token(given) == token


@pytest.mark.parametrize("given", ["abc", "0x01", "token", "é", 7, None])
def test_what_is_no_hex_is_no_token(given: Any) -> None:
    with pytest.raises(UsageError, match="is no device token: write an even number of hex digits"):
        parse_token(given)


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        (b"", "truncated"),
        (b"hello", "invalid character"),
        (b'{"a":1', "truncated"),
        (b'{"a":1}\x00', "trailing characters"),
        (b'{"a":NaN}', "invalid character"),
        (b'{"a":1e999}', "too large for any float"),
        (b'"\\ud800"', ""),
        (b'{"a":"line\nbreak"}', "invalid character"),
        (b'{"aps":"\xff"}', "not UTF-8 at byte 8"),
        (b"\xff", "not UTF-8 at byte 0"),
        (b"9" * 5000, "too many digits"),
        (nested(MAX_DEPTH + 1), "nested deeper than 512 levels"),
        (nested(100_000), "nested deeper than 512 levels"),
        (b"[" + b"[]," * 600 + nested(MAX_DEPTH) + b"]", "nested deeper than 512 levels"),
        (b"[" * 100_000, "nested deeper than 512 levels"),
        (b'{"a":' * 100_000, "nested deeper than 512 levels"),
    ],
    ids=lambda value: repr(value[:12]) if isinstance(value, bytes) else None,
)
def test_what_cannot_be_read_says_why_and_only_ever_as_a_value_error(
    payload: bytes, said: str
) -> None:
    with pytest.raises(ValueError, match=f"^.*{said}.*$"):
        parse_payload(payload)


@pytest.mark.parametrize(
    ("payload", "value"),
    [
        (b"null", None),
        (b"[1, 2]", [1, 2]),
        (b"1" * 40, int("1" * 40)),
        ('"\u2028é😀"'.encode(), "\u2028é😀"),
        (b'"\\ud83d\\ude00"', "😀"),
        (b'{"a":1,"a":2}', {"a": 2}),
        (b'"' + b"[" * 2000 + b'"', "[" * 2000),
        (b'"\\"' + b"{" * 2000 + b'"', '"' + "{" * 2000),
        (b"[" + b"[]," * 2000 + b"[]]", [[]] * 2001),
    ],
    ids=lambda value: repr(value[:12]) if isinstance(value, bytes) else "",
)
def test_odd_but_sound_json_is_read(payload: bytes, value: object) -> None:
    assert parse_payload(payload) == value


@pytest.mark.parametrize("beside", [b"", b"[],", b"[]," * 600], ids=["none", "one", "many"])
def test_the_deepest_payload_that_is_allowed_is_read(beside: bytes) -> None:
    value = parse_payload(nested(MAX_DEPTH - 2).replace(b"[]", b"[[" + beside + b"[]]]"))
    depth = 0
    while value:
        value = value[-1]
        depth += 1
    assert depth == MAX_DEPTH - 1


def test_a_caller_deep_in_its_own_stack_gets_no_other_error() -> None:
    def problem() -> str:
        try:
            parse_payload(nested(MAX_DEPTH))
        except ValueError as wrong:
            return str(wrong)
        return "none"

    # Since Python 3.12 C code has a stack of its own, so nothing is wrong there.
    spare = sys.getrecursionlimit() - len(inspect.stack(0)) - 100
    assert from_depth(spare, problem) in ("none", "is nested too deeply to be read from here")


def from_depth(frames: int, call: Callable[[], str]) -> str:
    """Call from so many frames further down."""
    return from_depth(frames - 1, call) if frames else call()


def test_quotes_that_never_end_hide_no_brackets_before_them() -> None:
    # 32,000 places where a string might begin, none of which ends: to try each takes long.
    hostile = b"[" * 600 + b'"' + b'\\"' * 32_000
    with pytest.raises(ValueError, match="nested deeper"):
        parse_payload(hostile)
