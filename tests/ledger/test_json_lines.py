"""One entry, one line: the keys of every kind, and payloads that would like to break out."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakeapns.ledger.entries import (
    ConnectionClosed,
    ConnectionOpened,
    ConnectionRefused,
    Entry,
    FaultFired,
    FeedbackSent,
    Malformed,
    Notification,
    Response,
    ServerStarted,
)
from fakeapns.ledger.json_lines import encode_line

from ..frames import PAYLOAD, TOKEN, TOPIC

#: Every kind with the keys of its line; those of `ALWAYS` come first.
ALWAYS = ["kind", "seq", "at", "t"]
KINDS: list[tuple[type[Entry], str, dict[str, Any]]] = [
    (
        ServerStarted,
        "server.started",
        {"run": "4f2a", "version": "0.1.0", "scenario": None, "seed": 7, "expect": None},
    ),
    (
        ConnectionOpened,
        "connection.opened",
        {
            "connection": 1,
            "service": "gateway",
            "peer": "[::1]:50000",
            "tls": "TLSv1.2",
            "topic": TOPIC,
            "certificate": f"UID={TOPIC}",
            "alpn": None,
            "host": "localhost",
        },
    ),
    (
        ConnectionRefused,
        "connection.refused",
        {
            "connection": 2,
            "service": "feedback",
            "peer": "127.0.0.1:50001",
            "reason": "no certificate",
            "hint": "give one",
            "host": None,
        },
    ),
    (
        Malformed,
        "malformed",
        {
            "connection": 1,
            "ordinal": 1,
            "command": 2,
            "identifier": None,
            "reason": "item id 6 is unknown",
            "bytes_hex": "02000000",
            "status": "protocol-error",
            "outcome": "rejected",
            "bytes_at": 0,
        },
    ),
    (
        Response,
        "response",
        {
            "connection": 1,
            "status": "invalid-token",
            "code": 8,
            "identifier": 42,
            "delayed_ms": 250,
            "delayed_by": "time",
            "bytes_hex": "08080000002a",
        },
    ),
    (FaultFired, "fault", {"connection": 1, "step": 3, "fault": "drop", "detail": "reset"}),
    (
        ConnectionClosed,
        "connection.closed",
        {
            "connection": 1,
            "by": "server",
            "how": "graceful",
            "reason": "error",
            "received": 10,
            "accepted": 4,
            "rejected": 1,
            "discarded": 3,
            "malformed": 2,
            "unread_bytes": 17,
            "detail": "17 of 65 bytes of a frame have come",
        },
    ),
    (
        FeedbackSent,
        "feedback.sent",
        {"connection": 3, "token": TOKEN.hex(), "topic": TOPIC, "timestamp": 1_577_836_800},
    ),
]
NOTIFICATION: dict[str, Any] = {
    "connection": 1,
    "ordinal": 7,
    "command": 2,
    "identifier": 42,
    "token_bytes": TOKEN,
    "topic": TOPIC,
    "payload_bytes": PAYLOAD,
    "expiration": 1_577_836_800,
    "priority": 10,
    "outcome": "discarded",
    "status": None,
    "behind": 5,
    "cause": 12,
    "warnings": ("payload has no aps",),
    "reason": None,
}

ODD_PAYLOADS = {
    "empty": b"",
    "no-json": b"hello",
    "null": b"null",
    "number": b"42",
    "array": b"[1,2]",
    "spread-over-lines": b'{\r\n  "aps":\n  {}\r}\n',
    "line-breaks-escaped": b'{"a":"\\n\\r"}',
    "line-break-in-a-string": b'{"a":"\n"}',
    "line-separator": '{"a":"\u2028\u0085"}'.encode(),
    "deep": b'{"a":' * 100_000,
    "deep-array": b"[" * 100_000 + b"]" * 100_000,
    "just-deep-enough": b"[" * 512 + b"]" * 512,
    "invalid-utf-8": b'{"a":"\xff\xfe"}',
    "overlong-utf-8": b'"\xc0\xaf"',
    "byte-order-mark": b"\xef\xbb\xbf{}",
    "huge-integer": b'{"a":' + b"9" * 4000 + b"}",
    "hugest-integer": b'{"a":' + b"9" * 40_000 + b"}",
    "huge-exponent": b'{"a":1e999}',
    "long-fraction": b'{"a":0.1000000000000000055511151231257827}',
    "nan": b'{"a":NaN}',
    "infinity": b"[Infinity,-Infinity]",
    "lone-surrogate": b'"\\ud800"',
    "lone-surrogate-key": b'{"\\udfff":1}',
    "surrogate-pair": b'"\\ud83d\\ude00"',
    "trailing-nul": b'{"aps":{}}\x00',
    "same-key-twice": b'{"a":1,"a":2}',
    "64-kib-text": b'"' + b"x" * 65_534 + b'"',
    "64-kib-zeros": bytes(65_536),
    "64-kib-quotes": b'"\\"' * 21_845,
}


def entry(kind: type[Entry], fields: dict[str, Any]) -> Entry:
    """An entry at a known moment."""
    return kind(seq=3, t=1.25, wall=1_577_836_800.000001, **fields)


def line_of(payload: bytes) -> bytes:
    """The line of a notification with this payload."""
    return encode_line(entry(Notification, NOTIFICATION | {"payload_bytes": payload}))


@pytest.mark.parametrize(("kind", "name", "fields"), KINDS, ids=[name for _, name, _ in KINDS])
def test_a_line_has_the_keys_of_its_kind(
    kind: type[Entry], name: str, fields: dict[str, Any]
) -> None:
    line = json.loads(encode_line(entry(kind, fields)))
    assert list(line) == [*ALWAYS, *fields]
    assert line == fields | {
        "kind": name,
        "seq": 3,
        "at": "2020-01-01T00:00:00.000001Z",
        "t": 1.25,
    }


def test_seconds_are_as_fine_as_microseconds() -> None:
    fault = FaultFired(
        seq=1, t=1 / 3, wall=1 / 3, connection=1, step=None, fault="drop", detail="reset"
    )
    line = json.loads(encode_line(fault))
    assert (line["t"], line["at"]) == (0.333333, "1970-01-01T00:00:00.333333Z")


def test_the_line_of_a_notification_has_the_payload_twice() -> None:
    line = json.loads(line_of(PAYLOAD))
    same = {key: value for key, value in NOTIFICATION.items() if not key.endswith("_bytes")}
    assert line == same | {
        "kind": "notification",
        "service": "gateway",
        "seq": 3,
        "at": "2020-01-01T00:00:00.000001Z",
        "t": 1.25,
        "token": TOKEN.hex(),
        "payload": {"aps": {"alert": "Hi"}},
        "payload_base64": base64.b64encode(PAYLOAD).decode(),
        "warnings": ["payload has no aps"],
    }


@pytest.mark.parametrize("payload", ODD_PAYLOADS.values(), ids=ODD_PAYLOADS)
def test_no_payload_breaks_its_line(payload: bytes) -> None:
    encoded = line_of(payload)
    assert encoded.endswith(b"\n")
    assert encoded.count(b"\n") == 1
    assert b"\r" not in encoded
    line = json.loads(encoded, parse_int=str)
    assert base64.b64decode(line["payload_base64"]) == payload
    try:
        expected = json.loads(payload, parse_int=str, parse_constant=_refuse)
    except (ValueError, RecursionError):
        assert line["payload"] is None
    else:
        # Ours is stricter than Python's where others would stumble, never looser.
        assert line["payload"] in (expected, None)


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("spread-over-lines", b'{    "aps":   {} } '),
        ("huge-integer", ODD_PAYLOADS["huge-integer"]),
        ("long-fraction", ODD_PAYLOADS["long-fraction"]),
        ("line-breaks-escaped", ODD_PAYLOADS["line-breaks-escaped"]),
        ("just-deep-enough", ODD_PAYLOADS["just-deep-enough"]),
        ("line-separator", ODD_PAYLOADS["line-separator"]),
        ("surrogate-pair", ODD_PAYLOADS["surrogate-pair"]),
        ("hugest-integer", b"null"),
        ("line-break-in-a-string", b"null"),
        ("lone-surrogate", b"null"),
    ],
)
def test_a_payload_stands_in_its_line_as_the_provider_wrote_it(name: str, text: bytes) -> None:
    assert b'"payload":' + text + b',"payload_base64"' in line_of(ODD_PAYLOADS[name])


@settings(deadline=None)
@given(st.binary(max_size=60) | st.text('{}[]":,\\ \n\r1etru', max_size=30).map(str.encode))
def test_no_bytes_break_a_line(payload: bytes) -> None:
    encoded = line_of(payload)
    assert encoded.index(b"\n") == len(encoded) - 1
    assert base64.b64decode(json.loads(encoded)["payload_base64"]) == payload
