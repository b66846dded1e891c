"""What is no push, and what single headers and settings change."""

from __future__ import annotations

from typing import Any

import pytest

from fakeapns.ledger import SettingsSeen
from fakeapns.protocol import REASONS

from ...frames import TOPIC
from .dialogue import HELLO, NOBODY, TOKEN, Dialogue, signed
from .senders.signing import known

UUID = "0f0f0f0f-0000-4000-8000-00000000000a"


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


@pytest.mark.parametrize(
    ("reason", "further", "how"),
    [
        ("MissingProviderToken", (), {}),
        ("InvalidProviderToken", (), {"signed": "a.b"}),
        ("DuplicateHeaders", (("x-trace", "1"),) * 2, {"signed": "a.b"}),
        # The one header that each request has a value of its own for.
        ("DuplicateHeaders", (("apns-id", UUID),) * 2, {"signed": "a.b"}),
        ("MissingDeviceToken", (("apns-id", "7"),), {"signed": signed(), "apns_topic": None}),
    ],
)
def test_who_sends_to_nobody_is_told_of_what_comes_before_that(
    reason: str, further: tuple[tuple[str, str], ...], how: dict[str, Any]
) -> None:
    talk = Dialogue(provider=NOBODY)
    assert talk.push(TOKEN, HELLO, *further, path="/3/device/", **how).reason == reason
    assert talk.requests[0].reason == reason


#: More headers than SETTINGS allow, in several ways.
BOMBS: list[tuple[tuple[str, str], ...]] = [
    tuple((f"x-{n}", "y" * 100) for n in range(80)),
    (("x-trace", "y" * 8000),),
    (("apns-id", "y" * 8000),),
    (("apns-topic", "y" * 8000),),
    (("authorization", "bearer " + "y" * 8000),),
]


@pytest.mark.parametrize("further", BOMBS)
def test_a_push_with_too_many_headers_is_told_so_and_nobody_looks_at_them(
    further: tuple[tuple[str, str], ...],
) -> None:
    talk = Dialogue(provider=NOBODY)
    heard = talk.push(TOKEN, HELLO, *further, apns_topic=None)
    assert (heard.status, heard.body) == (431, b"")
    push = talk.latest
    assert (push.outcome, push.http_status, push.reason, push.answered) == (
        "rejected",
        431,
        None,
        True,
    )
    assert (push.why or "").startswith("its headers have ")
    assert (push.why or "").endswith(" bytes as HTTP/2 counts, and SETTINGS allow 8,000")
    assert sum(len(str(value)) for value in push.headers.values()) < 8000
    assert "authorization" not in push.headers
    # Whoever it is has not signed in by that: it may go on opening one stream at a time.
    assert [seen.values[3] for seen in talk.ledger.of(SettingsSeen) if seen.by == "server"] == [1]


def test_where_a_push_goes_comes_before_what_is_around_it() -> None:
    talk = Dialogue(provider=NOBODY)
    for path, status in (("/3/nowhere", 404), ("/3/device/", 431)):
        assert talk.push(TOKEN, HELLO, *BOMBS[0], path=path).status == status
    assert not talk.pushes


def test_headers_are_counted_as_http_2_counts() -> None:
    counted = sum(
        len(name) + len(value) + 32
        for name, value in (
            (":method", "POST"),
            (":scheme", "https"),
            (":authority", "api.push.apple.com"),
            (":path", f"/3/device/{TOKEN}"),
            ("apns-topic", TOPIC),
            ("apns-push-type", "alert"),
            ("x-trace", ""),
        )
    )
    for more, status in ((0, 200), (1, 431)):
        assert Dialogue().push(x_trace="y" * (8000 - counted + more)).status == status


@pytest.mark.parametrize("name", ["apns-id", "apns-topic", "user-agent"])
def test_a_header_may_come_once(name: str) -> None:
    heard = Dialogue().push(TOKEN, HELLO, (name, UUID), (name, UUID), apns_topic=None)
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


def test_a_token_is_looked_for_though_nothing_says_for_which_app_it_is() -> None:
    talk = Dialogue(tokens="registered", provider=NOBODY)
    how: dict[str, Any] = {"signed": signed(), "apns_topic": None}
    assert talk.push(**how).reason == "BadDeviceToken"
    assert list(talk.latest.violations) == ["BadDeviceToken", "MissingTopic"]
    talk.devices.add(TOPIC, TOKEN)
    assert talk.push(**how, apns_push_type="voip").reason == "MissingTopic"
    assert list(talk.latest.violations) == ["MissingTopic"]


@pytest.mark.parametrize(("topic", "most"), [("a" * 255, True), ("a" * 256, False)])
def test_how_long_a_topic_may_be_is_what_the_gateway_says(topic: str, most: bool) -> None:
    talk = Dialogue(provider=NOBODY)
    heard = talk.push(apns_topic=topic, signed=signed())
    assert heard.reason == (None if most else "BadTopic")
    assert talk.latest.why == (None if most else "apns-topic has 256 bytes, and 255 are the most")


def test_a_request_without_a_path_leads_nowhere() -> None:
    talk = Dialogue()
    talk.client.config.validate_outbound_headers = False
    talk.client.send_headers(1, [(":method", "CONNECT"), (":authority", "x:443")], end_stream=True)
    talk.flow()
    assert talk.streams[1].reason == "BadPath"
    [request] = talk.requests
    assert (request.method, request.path) == ("CONNECT", None)


@pytest.mark.parametrize(
    ("printed", "name"),
    [(False, "BadEnvironmentKeyInToken"), (True, "BadEnvironmentKeyIdInToken")],
)
def test_a_reason_may_be_spelled_as_its_page_prints_it(printed: bool, name: str) -> None:
    keys = (known(environment="sandbox"),)
    talk = Dialogue(provider=NOBODY, keys=keys, documented_reason_names=printed)
    assert talk.push(signed=signed()).reason == name
    assert talk.latest.reason == "BadEnvironmentKeyInToken"


def test_zeros_before_a_length_are_headers_too() -> None:
    talk = Dialogue()
    length = str(len(HELLO))
    assert talk.push(content_length=length).status == 200
    assert talk.push(content_length="0" * 1000 + length).status == 200
    assert talk.push(content_length="0" * 9000 + length).status == 431
