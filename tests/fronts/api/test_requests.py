"""What is no push, and what single headers and settings change."""

from __future__ import annotations

from typing import Any

import pytest

from fakeapns.protocol import REASONS

from ...frames import TOPIC
from .dialogue import HELLO, NOBODY, TOKEN, Dialogue


@pytest.mark.parametrize(
    ("method", "path", "reason", "why"),
    [
        (
            "GET",
            f"/3/device/{TOKEN}",
            "MethodNotAllowed",
            "the method is 'GET', and a push is a POST",
        ),
        (
            "POST",
            "/3/devices/00",
            "BadPath",
            "nothing is at '/3/devices/00': pushes go to /3/device/ and the token behind it",
        ),
        (
            "POST",
            "/",
            "BadPath",
            "nothing is at '/': send to /3/device/ and the token behind it",
        ),
        (
            "POST",
            "/3/device/",
            "MissingDeviceToken",
            "the path ends behind /3/device/: put the token there, in hex",
        ),
    ],
)
def test_what_is_no_push_is_a_request(method: str, path: str, reason: str, why: str) -> None:
    talk = Dialogue()
    heard = talk.push(method=method, path=path, authorization="bearer secret")
    assert (heard.status, heard.reason) == (REASONS[reason], reason)
    [request] = talk.requests
    assert (request.method, request.path, request.reason) == (method, path, reason)
    assert (request.detail, request.http_status) == (why, REASONS[reason])
    assert "authorization" not in request.headers
    assert not talk.pushes


@pytest.mark.parametrize("path", [f"/3/device/{TOKEN}", "/"])
def test_head_is_answered_without_a_body_that_would_break_its_stream(path: str) -> None:
    talk = Dialogue()
    heard = talk.push(method="HEAD", path=path)
    assert (heard.status, heard.body) == (talk.requests[0].http_status, b"")
    assert talk.requests[0].reason in ("MethodNotAllowed", "BadPath")


def test_who_sends_to_nobody_is_asked_first_who_it_is() -> None:
    talk = Dialogue(provider=NOBODY)
    assert talk.push(path="/3/device/").reason == "MissingProviderToken"


def test_too_many_headers_are_said_to_be_too_many() -> None:
    talk = Dialogue()
    heard = talk.push(TOKEN, HELLO, *((f"x-{n}", "y" * 100) for n in range(80)))
    assert (heard.status, heard.body) == (431, b"")
    assert (talk.requests[0].detail or "").startswith("its headers have 1")


@pytest.mark.parametrize("name", ["apns-id", "apns-topic", "user-agent"])
def test_a_header_may_come_once(name: str) -> None:
    value = "0f0f0f0f-0000-4000-8000-00000000000a"
    heard = Dialogue().push(TOKEN, HELLO, (name, value), (name, value), apns_topic=None)
    assert heard.reason == "DuplicateHeaders"


def test_cookies_may_come_in_pieces() -> None:
    assert Dialogue().push(TOKEN, HELLO, ("cookie", "a=1"), ("cookie", "b=2")).status == 200


def test_410_says_since_when_in_milliseconds() -> None:
    talk = Dialogue()
    device = talk.devices.add(TOPIC, TOKEN, "uninstalled", since="2h")
    assert device.since is not None
    assert talk.push().json == {"reason": "Unregistered", "timestamp": int(device.since * 1000)}


@pytest.mark.parametrize(
    ("push_type", "most"), [("alert", 4096), ("voip", 5120), ("liveactivity", 5120)]
)
def test_how_large_a_payload_may_be_depends_on_its_type(push_type: str, most: int) -> None:
    talk = Dialogue()
    assert talk.push(TOKEN, b"x" * most, apns_push_type=push_type).status == 200
    assert talk.push(TOKEN, b"x" * (most + 1), apns_push_type=push_type).status == 413


def test_one_limit_may_hold_for_all_types() -> None:
    talk = Dialogue(api_payload_limit=256)
    assert talk.push(TOKEN, b"x" * 257, apns_push_type="voip").reason == "PayloadTooLarge"
    assert talk.latest.why == "the payload has 257 bytes, and api_payload_limit is 256"


def test_one_limit_may_be_more_than_is_kept_of_others() -> None:
    talk = Dialogue(api_payload_limit=300_000)
    assert talk.push(TOKEN, b"x" * 300_000).status == 200
    assert talk.push(TOKEN, b"x" * 300_001).reason == "PayloadTooLarge"


def test_only_registered_tokens_are_taken_where_that_is_asked_for() -> None:
    talk = Dialogue(tokens="registered")
    assert talk.push().reason == "BadDeviceToken"
    talk.devices.add(TOPIC, TOKEN)
    assert talk.push().status == 200


def test_a_background_push_at_once_is_refused_where_that_is_asked_for() -> None:
    how: dict[str, Any] = {"apns_push_type": "background", "apns_priority": "10"}
    talk = Dialogue()
    assert talk.push(**how).status == 200
    assert talk.latest.warnings == (
        "apns-priority is 10 for a background push: Apple calls it an error, use 5",
    )
    assert Dialogue(strict_background_priority=True).push(**how).reason == "BadPriority"
