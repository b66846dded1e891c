"""The lines of the provider API: their keys as the contract has them, and what is read back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from fakeapns.ledger import (
    Answering,
    ApiClosed,
    ApiNotification,
    ApiRequest,
    ApiResponse,
    Entry,
    Envelope,
    GoAwaySeen,
    Ledger,
    LedgerFile,
    Moment,
    Notification,
    RecordedLedger,
    ResetSeen,
    ServerStarted,
    SettingsSeen,
    encode_line,
)

TOKEN = bytes(range(32))
NOTIFICATION: dict[str, Any] = {
    "connection": 1,
    "ordinal": 7,
    "command": None,
    "identifier": None,
    "token_bytes": TOKEN,
    "topic": "com.example.app",
    "payload_bytes": b'{"aps": {"alert": "Hi"}}',
    "expiration": 0,
    "priority": 5,
    "outcome": "rejected",
    "status": "BadCollapseId",
    "reason": "BadCollapseId",
    "stream": 13,
    "apns_id": "0F0F0F0F-0000-4000-8000-00000000000a",
    "http_status": 400,
    "envelope": Envelope(
        push_type="alert",
        collapse_id="x" * 65,
        key_id="ABC123DEFG",
        team_id="DEF123GHIJ",
        provider_token="0123456789abcdef",
        headers={"user-agent": "me/1", "x-twice": ("a", "b")},
    ),
    "violations": ("BadCollapseId", "PayloadEmpty"),
    "detail": "apns-collapse-id has 65 bytes, and 64 are the most",
}
OTHERS: list[tuple[type[Entry], dict[str, Any]]] = [
    (
        ApiRequest,
        {
            "connection": 1,
            "ordinal": 2,
            "stream": 3,
            "method": "GET",
            "path": "/3/device/00",
            "headers": {"user-agent": "me/1"},
            "body_base64": "",
            "http_status": 405,
            "reason": "MethodNotAllowed",
            "channel": None,
            "detail": "GET is no POST",
        },
    ),
    (
        ApiResponse,
        {
            "connection": 1,
            "stream": 13,
            "http_status": 400,
            "reason": "BadCollapseId",
            "delayed_ms": 250,
            "delayed_by": "time",
        },
    ),
    (
        GoAwaySeen,
        {
            "connection": 1,
            "by": "server",
            "last_stream": 13,
            "code": 0,
            "debug": '{"reason":"Shutdown"}',
            "unprocessed": 2,
        },
    ),
    (
        ResetSeen,
        {"connection": 1, "stream": 13, "by": "provider", "code": 8, "detail": "CANCEL"},
    ),
    (SettingsSeen, {"connection": 1, "by": "server", "values": {1: 4096, 3: 1}}),
    (
        ApiClosed,
        {
            "connection": 1,
            "by": "provider",
            "how": "graceful",
            "reason": "ended",
            "received": 3,
            "accepted": 2,
            "rejected": 1,
            "discarded": 0,
            "malformed": 0,
            "unread_bytes": 0,
            "detail": None,
            "streams": 4,
            "requests": 4,
            "unanswered": 0,
        },
    ),
]


def notification(**other: Any) -> ApiNotification:
    """The notification above, with other facts."""
    return ApiNotification(seq=3, t=1.25, wall=1_577_836_800.0, **NOTIFICATION | other)


def test_the_line_of_a_notification_has_the_keys_of_the_contract() -> None:
    line = json.loads(encode_line(notification()))
    assert line == {
        "kind": "notification",
        "seq": 3,
        "at": "2020-01-01T00:00:00.000000Z",
        "t": 1.25,
        "connection": 1,
        "service": "api",
        "ordinal": 7,
        "command": None,
        "identifier": None,
        "token": TOKEN.hex(),
        "topic": "com.example.app",
        "payload": {"aps": {"alert": "Hi"}},
        "payload_base64": "eyJhcHMiOiB7ImFsZXJ0IjogIkhpIn19",
        "expiration": 0,
        "priority": 5,
        "outcome": "rejected",
        "status": "BadCollapseId",
        "behind": None,
        "cause": None,
        "warnings": [],
        "reason": "BadCollapseId",
        "stream": 13,
        "apns_id": "0F0F0F0F-0000-4000-8000-00000000000a",
        "http_status": 400,
        "violations": ["BadCollapseId", "PayloadEmpty"],
        "detail": "apns-collapse-id has 65 bytes, and 64 are the most",
        "answered": True,
        "push_type": "alert",
        "collapse_id": "x" * 65,
        "channel": None,
        "key_id": "ABC123DEFG",
        "team_id": "DEF123GHIJ",
        "provider_token": "0123456789abcdef",
        "headers": {"user-agent": "me/1", "x-twice": ["a", "b"]},
    }


def test_a_token_that_is_no_hex_stands_in_its_line_as_it_came() -> None:
    odd = notification(token_bytes=b"", token_text="not-hex")
    assert (odd.token, odd.token_bytes) == ("not-hex", b"")
    assert json.loads(encode_line(odd))["token"] == "not-hex"


def test_a_notification_of_the_gateway_has_all_names_and_none_of_the_values() -> None:
    fields: dict[str, Any] = {
        name: NOTIFICATION.get(name) for name in Notification.__struct_fields__[3:]
    }
    plain = Notification(seq=1, t=0.0, wall=0.0, **fields)
    names = json.loads(encode_line(notification())).keys()
    for name in names - json.loads(encode_line(plain)).keys() - {"detail"}:
        assert getattr(plain, name) is None
    assert (plain.service, notification().service) == ("gateway", "api")


def test_whether_it_was_answered_follows_the_ledger() -> None:
    later = Answering()
    waiting = notification(answering=later)
    assert waiting.answered is None
    assert json.loads(encode_line(waiting))["answered"] is None
    later.answered = True
    assert waiting.answered is True
    assert notification(answering=False).answered is False


@pytest.fixture
def recorded(tmp_path: Path) -> RecordedLedger:
    """All of the above in a file, the notification with an answer that comes later."""
    file = LedgerFile(tmp_path / "ledger.jsonl")
    ledger, now = Ledger(sink=file), Moment(1.25, 1_577_836_800.0)
    started = {"run": "a", "version": "1", "scenario": None, "seed": None}
    ledger.record(ServerStarted, now, **started)
    ledger.record(ApiNotification, now, **NOTIFICATION | {"answering": Answering()})
    no_hex = {"token_bytes": b"", "token_text": "no-hex", "answering": False, "stream": 15}
    ledger.record(ApiNotification, now, **NOTIFICATION | no_hex)
    for kind, fields in OTHERS:
        ledger.record(kind, now, **fields)
    ledger.flush()
    file.close()
    return RecordedLedger(tmp_path / "ledger.jsonl")


def test_what_is_read_back_is_what_was_written(recorded: RecordedLedger) -> None:
    _, first, second, *others = list(recorded)
    assert isinstance(first, ApiNotification)
    assert isinstance(second, ApiNotification)
    for name in Notification.__struct_fields__[3:]:
        assert getattr(first, name) == NOTIFICATION.get(name, getattr(first, name))
    shared = Envelope.__struct_fields__
    assert [getattr(first.envelope, name) for name in shared] == [
        getattr(NOTIFICATION["envelope"], name) for name in shared
    ]
    assert (second.token, second.token_bytes, second.answered) == ("no-hex", b"", False)
    assert [(type(each), each.__struct_fields__) for each in others] == [
        (kind, kind.__struct_fields__) for kind, _ in OTHERS
    ]
    for (_, fields), entry in zip(OTHERS, others, strict=True):
        assert {name: getattr(entry, name) for name in fields} == fields


def test_an_answer_that_is_read_is_told_to_its_notification(recorded: RecordedLedger) -> None:
    answered = [each.answered for each in recorded.of(ApiNotification)]
    assert answered == [True, False]
