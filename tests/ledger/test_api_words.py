"""What the log and a printed ledger say of the provider API."""

from __future__ import annotations

from typing import Any

import pytest

from fakeapns.ledger import (
    Answering,
    ApiRequest,
    ApiResponse,
    Entry,
    GoAwaySeen,
    ResetSeen,
    SettingsSeen,
)
from fakeapns.ledger.words import apns_headers, describe
from fakeapns.push import short_token

from ..controls import CONTROL, each_control
from ..frames import PAYLOAD, TOKEN, TOPIC
from .pushes import REQUEST, entry, push

HEAD = f"connection 1 #1 {{}} stream 1 token {short_token(TOKEN.hex())} topic {TOPIC} type alert "


def said(each: Entry) -> str:
    """Its line without the moment."""
    return describe(each).removeprefix("    0.250s ").removeprefix("    0.000s ")


@pytest.mark.parametrize(
    ("facts", "verdict", "about"),
    [
        ({}, "accepted", ""),
        (
            {"reason": "BadPriority", "detail": "apns-priority is 7"},
            "rejected 400 BadPriority",
            ": apns-priority is 7",
        ),
        (
            {
                "reason": "BadPriority",
                "detail": "apns-priority is 7",
                "violations": ("BadPriority", "InvalidPushType", "PayloadEmpty"),
                "warnings": ("odd",),
            },
            "rejected 400 BadPriority",
            ": apns-priority is 7; also InvalidPushType, PayloadEmpty (odd)",
        ),
        ({"answering": Answering()}, "accepted", " (no answer has left)"),
        ({"answering": Answering(True)}, "accepted", ""),
        (
            {"answering": False, "http_status": None, "outcome": "discarded"},
            "discarded",
            " (never answered)",
        ),
    ],
)
def test_a_push_says_what_it_was_answered_and_all_that_was_wrong(
    facts: dict[str, Any], verdict: str, about: str
) -> None:
    line = f"{HEAD.format(verdict)}payload {PAYLOAD.decode()}"
    assert said(push(**facts)) == f"notification {line}{about}"
    assert str(push(**facts)) == line


def test_a_header_that_was_no_good_is_told_as_it_came() -> None:
    odd = push(headers={"apns-priority": ("7", "10"), "user-agent": "me/1"}, expiration=5)
    headers = dict(apns_headers(odd))
    assert headers["apns-priority"] == "7 and 10"
    assert headers["apns-expiration"] == "5"
    assert "user-agent" not in headers


def test_a_broadcast_is_for_a_channel() -> None:
    broadcast = push(token_bytes=b"", channel="dHN0", push_type="liveactivity")
    assert f"stream 1 channel dHN0 topic {TOPIC} type liveactivity payload" in str(broadcast)


@pytest.mark.parametrize(
    ("kind", "facts", "words"),
    [
        (
            ApiRequest,
            REQUEST,
            "request connection 1 #2 stream 3 GET /3/device/00 answered 405 MethodNotAllowed: "
            "GET is no POST",
        ),
        (
            ApiRequest,
            REQUEST
            | {
                "ordinal": 0,
                "method": None,
                "path": None,
                "http_status": None,
                "reason": None,
                "detail": "the stream was reset with CANCEL behind 12 of 30 bytes",
            },
            "request connection 1 stream 3 a request without a path not answered: the stream was "
            "reset with CANCEL behind 12 of 30 bytes",
        ),
        (
            ApiResponse,
            {
                "stream": 3,
                "http_status": 200,
                "reason": None,
                "delayed_ms": 250,
                "delayed_by": "time",
            },
            "response connection 1 stream 3 answered 200 after 250 ms (time)",
        ),
        (
            ApiResponse,
            {
                "stream": 3,
                "http_status": 410,
                "reason": "Unregistered",
                "delayed_ms": 0,
                "delayed_by": "none",
                "detail": "5 bytes of its body wait",
            },
            "response connection 1 stream 3 answered 410 Unregistered: 5 bytes of its body wait",
        ),
        (
            ApiResponse,
            {
                "stream": 3,
                "http_status": 410,
                "reason": "Unregistered",
                "delayed_ms": 0,
                "delayed_by": "none",
                "detail": "its body waits for the client's window",
            },
            "response connection 1 stream 3 answered 410 Unregistered: its body waits for the "
            "client's window",
        ),
        (
            GoAwaySeen,
            {
                "by": "server",
                "last_stream": 13,
                "code": 0,
                "debug": '{"reason":"Shutdown"}',
                "unprocessed": 2,
            },
            "goaway connection 1 GOAWAY by the server, last stream 13, NO_ERROR, "
            '{"reason":"Shutdown"}; not processed above it: 2',
        ),
        (
            GoAwaySeen,
            {"by": "provider", "last_stream": 0, "code": 99, "debug": "", "unprocessed": 0},
            "goaway connection 1 GOAWAY by the provider, last stream 0, code 99",
        ),
        (
            ResetSeen,
            {"stream": 5, "by": "provider", "code": 8, "detail": "CANCEL"},
            "stream.reset connection 1 stream 5 reset by the provider, CANCEL",
        ),
        (
            ResetSeen,
            {"stream": 5, "by": "server", "code": 7, "detail": "1 is the limit of streams"},
            "stream.reset connection 1 stream 5 reset by the server, REFUSED_STREAM: 1 is the "
            "limit of streams",
        ),
        (
            SettingsSeen,
            {"by": "server", "values": {1: 4096, 3: 1, 8: 0, 99: 7}},
            "settings connection 1 the server says HEADER_TABLE_SIZE 4,096, "
            "MAX_CONCURRENT_STREAMS 1, ENABLE_CONNECT_PROTOCOL 0, setting 99 7",
        ),
        (
            SettingsSeen,
            {"by": "provider", "values": {}},
            "settings connection 1 the provider says nothing, so all are as HTTP/2 has them",
        ),
    ],
)
def test_what_is_no_push_is_told_in_words(
    kind: type[Entry], facts: dict[str, Any], words: str
) -> None:
    assert said(entry(kind, **facts)) == words


@each_control
def test_nothing_that_a_client_writes_leaves_its_line(character: str) -> None:
    odd = CONTROL[character]
    path = entry(ApiRequest, **REQUEST | {"path": f"/{character}"})
    assert f" GET /{odd} answered" in describe(path)
    debug = {"by": "provider", "last_stream": 0, "code": 0, "debug": character, "unprocessed": 0}
    assert describe(entry(GoAwaySeen, **debug)).endswith(f"NO_ERROR, {odd}")
    assert f"type {odd} payload" in describe(push(push_type=character))
    no_hex = push(token_bytes=b"", token_text=character, detail=f"{character} is no hex")
    assert f"token {odd} topic" in describe(no_hex)


def test_a_long_path_is_cut() -> None:
    assert len(describe(entry(ApiRequest, **REQUEST | {"path": "/" * 8000}))) < 600
