"""Entries of the provider API that are alike are told in one line."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fakeapns.ledger import ApiRequest, ApiResponse, Entry, ResetSeen, SettingsSeen
from fakeapns.ledger.runs import blurred, describe_run, encode_run, sort_of

from .pushes import REQUEST, entry, push


def test_pushes_are_alike_whatever_their_stream_token_and_id() -> None:
    one = push(reason="BadPriority", detail="apns-priority is 7")
    other = push(
        reason="BadPriority", detail="apns-priority is 7", stream=9, ordinal=5, apns_id="x"
    )
    assert sort_of(one) == sort_of(other)
    assert describe_run(sort_of(one), other, 12).endswith(
        "notification 12 rejected 400 BadPriority on connection 1: apns-priority is 7"
    )
    assert sort_of(one).is_odd
    assert not sort_of(push()).is_odd
    assert not sort_of(one).bare.is_odd


@pytest.mark.parametrize(
    "other",
    [
        {"reason": "BadTopic"},
        {"http_status": 500},
        {"violations": ("BadPriority", "PayloadEmpty")},
        {"detail": "why"},
        {"topic": None},
    ],
)
def test_what_became_of_them_tells_pushes_apart(other: dict[str, Any]) -> None:
    assert sort_of(push(**{"reason": "BadPriority", **other})) != sort_of(
        push(reason="BadPriority")
    )


def test_as_json_a_run_has_what_its_pushes_have_in_common() -> None:
    one = push(reason="BadPriority", detail="apns-priority is 7", violations=("BadPriority", "X"))
    line = json.loads(encode_run(sort_of(one), one, 12))
    assert (line["service"], line["http_status"], line["count"]) == ("api", 400, 12)
    assert (line["reason"], line["detail"]) == ("BadPriority", "apns-priority is 7")
    assert line["violations"] == ["BadPriority", "X"]


@pytest.mark.parametrize(
    ("kind", "facts", "own", "words"),
    [
        (
            ApiRequest,
            REQUEST,
            {"ordinal": 9, "stream": 17, "path": "/3/device/11", "headers": {"a": ("b", "c")}},
            "request 5 times connection=1 method=GET http_status=405 reason=MethodNotAllowed "
            "detail=GET is no POST",
        ),
        (
            ResetSeen,
            {"stream": 5, "by": "provider", "code": 8, "detail": "CANCEL"},
            {"stream": 7},
            "stream.reset 5 times connection=1 by=provider code=8 detail=CANCEL",
        ),
        (
            SettingsSeen,
            {"by": "provider", "values": {3: 1}},
            {"values": {3: 2}},
            "settings 5 times connection=1 by=provider",
        ),
        (
            ApiResponse,
            {
                "stream": 3,
                "http_status": 410,
                "reason": "Unregistered",
                "delayed_ms": 0,
                "delayed_by": "none",
            },
            {"stream": 5},
            "response 5 times connection=1 http_status=410 reason=Unregistered delayed_ms=0 "
            "delayed_by=none",
        ),
    ],
)
def test_floods_of_what_is_no_push_are_one_line(
    kind: type[Entry], facts: dict[str, Any], own: dict[str, Any], words: str
) -> None:
    one, other = entry(kind, **facts), entry(kind, **facts | own)
    assert sort_of(one) == sort_of(other)
    assert blurred(sort_of(one)).connection == 1
    assert describe_run(sort_of(one), other, 5) == f"    0.250s {words}"
    assert json.loads(encode_run(sort_of(one), other, 5))["count"] == 5
