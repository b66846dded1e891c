"""Every reason for which channels are not made, shown, listed or deleted."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fakeapns.protocol import REASONS

from ...frames import TOPIC
from .channels import STRANGE, description, manage
from .dialogue import NOBODY, Dialogue, signed
from .senders.signing import OTHER_KEY, OTHER_TEAM, known

RIGHT = '{"message-storage-policy": 0, "push-type": "LiveActivity"}'
POLICY, TYPE = "message-storage-policy", "push-type"


def written(**keys: Any) -> bytes:
    """A body with these in place of the right ones: underscores stand for hyphens."""
    usual = {"message_storage_policy": 1, "push_type": "LiveActivity", **keys}
    return json.dumps({key.replace("_", "-"): value for key, value in usual.items()}).encode()


# ---- the body ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "reason", "why"),
    [
        (b"", "PayloadEmpty", f"there is no body: write {RIGHT}"),
        (
            written() + b" " * 5120,
            "PayloadTooLarge",
            "the body has 5,1",
        ),
        (b"{", "BadRequestPayload", "the body is not JSON: truncated, it ends inside its JSON"),
        (b"\0", "BadRequestPayload", "the body is not JSON: "),
        (written()[:-1] + b"\0}", "BadRequestPayload", "the body is not JSON: "),
        (b'{"push-type":"\xff"}', "BadRequestPayload", "the body is not JSON: not UTF-8 at byte"),
        (
            b"\xef\xbb\xbf" + written(),
            "BadRequestPayload",
            "the body is not JSON: it begins with a byte order mark (ef bb bf): leave that out",
        ),
        (
            b"[" * 600 + b"]" * 600,
            "BadRequestPayload",
            "the body is nested deeper than 512 levels, where Apple's reader gives up",
        ),
        (b"a=1&b=2", "BadRequestPayload", "the body is not JSON: "),
        (b"[]", "BadRequestPayload", f"the body is no object: write {RIGHT}"),
        (b"[%b]" % written(), "BadRequestPayload", f"the body is no object: write {RIGHT}"),
        (b"null", "BadRequestPayload", f"the body is no object: write {RIGHT}"),
        (b'"{}"', "BadRequestPayload", f"the body is no object: write {RIGHT}"),
        (b"{}", "MissingPushType", f"the body has no push-type: write {RIGHT}"),
        (
            b'{"push-type":"LiveActivity"}',
            "BadRequestParams",
            f"the body has no message-storage-policy: write {RIGHT}",
        ),
        (
            b'{"message-storage-policy":0}',
            "MissingPushType",
            f"the body has no push-type: write {RIGHT}",
        ),
        (
            written(name="game"),
            "BadRequestParams",
            "the body has 'name', and a channel has message-storage-policy and push-type alone",
        ),
        (
            # As one client writes it (Mobile Surfaces).
            b'{"messageStoragePolicy":1,"push-type":"LiveActivity"}',
            "BadRequestParams",
            "the body has 'messageStoragePolicy', and a channel has message-storage-policy and "
            "push-type alone",
        ),
        (
            written()[:-1] + b',"message-storage-policy":0}',
            "BadRequestParams",
            "the body has message-storage-policy more than once",
        ),
        *(
            (
                written(message_storage_policy=policy),
                "BadRequestParams",
                f"message-storage-policy is {policy!r}, and may be 0 or 1",
            )
            for policy in (2, -1, 10**30, True, False, 1.0, 0.5, None, "", "2", [1], {"a": 1})
        ),
        *(
            (
                written(push_type=kind),
                "InvalidPushType",
                f"push-type is {kind!r}, and that of a channel is LiveActivity",
            )
            for kind in ("alert", "", "LIVEACTIVITY", None, True, 1, ["LiveActivity"])
        ),
    ],
)
def test_a_body_that_describes_no_channel(body: bytes, reason: str, why: str) -> None:
    talk = Dialogue()
    heard = manage(talk, "POST", body=body)
    assert (heard.status, heard.reason) == (REASONS[reason], reason)
    [request] = talk.requests
    assert (request.detail or "").startswith(why)
    assert (request.http_status, request.reason, request.channel) == (heard.status, reason, None)
    assert not talk.api.judge.channels


def test_a_body_may_have_as_many_bytes_as_a_broadcast() -> None:
    room = 5120 - len(written())
    assert manage(Dialogue(), "POST", body=written() + b" " * room).status == 201
    assert manage(Dialogue(), "POST", body=written() + b" " * (room + 1)).status == 413


def test_a_body_of_5_mb_is_cut_off() -> None:
    talk = Dialogue()
    heard = manage(talk, "POST", body=written() + b" " * 300_000)
    assert (heard.status, heard.reason) == (413, "PayloadTooLarge")


@pytest.mark.parametrize(
    ("body", "policy", "odd"),
    [
        (written(), 1, None),
        (b" {\n" + written()[1:] + b"\r\n", 1, None),
        (description(0), 0, None),
        (
            # As the README of @parse/node-apn has it.
            b'{"message-storage-policy":"1","push-type":"liveactivity"}',
            1,
            "message-storage-policy is text, and Apple's page has the number: write it without "
            "quotes; push-type is liveactivity, and Apple's page has LiveActivity",
        ),
        (
            written(push_type="liveactivity"),
            1,
            "push-type is liveactivity, and Apple's page has LiveActivity",
        ),
    ],
)
def test_a_body_that_describes_one(body: bytes, policy: int, odd: str | None) -> None:
    talk = Dialogue()
    assert manage(talk, "POST", body=body).status == 201
    [channel] = talk.api.judge.channels
    assert (channel.storage_policy, talk.requests[0].detail) == (policy, odd)
    shown = manage(talk, "GET", channel.id)
    assert shown.json == {POLICY: policy, TYPE: "LiveActivity"}


# ---- all the rest -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reason", "why", "how"),
    [
        ("DuplicateHeaders", "the header 'x-trace' comes more than once", {"twice": "x-trace"}),
        ("DuplicateHeaders", "the header 'apns-id' comes more than once", {"twice": "apns-id"}),
        ("BadEnvironmentKeyInToken", "the key", {"signed": signed(OTHER_KEY, iss=OTHER_TEAM)}),
        ("MissingProviderToken", "the client has no certificate", {"signed": None}),
        ("InvalidProviderToken", "the token has 2 parts", {"signed": "a.b"}),
        ("ExpiredProviderToken", "the iat of the token is", {"signed": signed(issued=-3601)}),
        (
            "TopicDisallowed",
            f"the path names {TOPIC}.voip: leave .voip out, it has the bundle id alone",
            {"app": f"{TOPIC}.voip"},
        ),
        ("TopicMismatch", "the key TOPICAL000 is for com.example.x", {"signed": "TOPICAL000"}),
        ("BroadcastFeatureNotEnabled", "the app", {"app": "com.example.without"}),
        ("BadMessageId", "apns-request-id is '7'", {"apns_request_id": "7"}),
        ("BadMessageId", "apns-id is ''", {"apns_id": ""}),
    ],
)
@pytest.mark.parametrize(
    ("method", "place"),
    [("POST", "channels"), ("GET", "channels"), ("DELETE", "channels"), ("GET", "all-channels")],
)
def test_whatever_is_asked_for(
    method: str, place: str, reason: str, why: str, how: dict[str, Any]
) -> None:
    keys = (
        known(),
        known(OTHER_KEY, OTHER_TEAM, environment="sandbox"),
        known("TOPICAL000", topics=("com.example.x",)),
    )
    talk = Dialogue(provider=NOBODY, keys=keys, without_broadcast=["com.example.without"])
    channel = talk.api.judge.channels.add(TOPIC).id
    said = {"signed": signed(), "body": description(), "method": method, "place": place, **how}
    if said["signed"] == "TOPICAL000":
        said["signed"] = signed("TOPICAL000")
    twice = said.pop("twice", None)
    heard = manage(talk, said.pop("method"), channel, *[(twice, "1")] * 2 * bool(twice), **said)
    assert (heard.status, heard.reason) == (REASONS[reason], reason)
    [request] = talk.requests
    assert (request.detail or "").startswith(why)
    assert len(talk.api.judge.channels) == 1


@pytest.mark.parametrize("method", ["GET", "DELETE"])
@pytest.mark.parametrize(
    ("channel", "reason"),
    [
        (None, "MissingChannelId"),
        ("", "MissingChannelId"),
        ("abc", "BadChannelId"),
        ("A" * 4000, "BadChannelId"),
        (STRANGE, "BadPath"),
    ],
)
def test_whoever_names_no_channel(method: str, channel: str | None, reason: str) -> None:
    talk = Dialogue()
    heard = manage(talk, method, channel)
    assert (heard.status, heard.reason) == (REASONS[reason], reason)
    assert talk.requests[0].channel == ((channel or "")[:200] or None)


def test_what_is_wrong_with_the_sender_comes_before_its_body() -> None:
    talk = Dialogue(provider=NOBODY)
    assert manage(talk, "POST", body=b"[").reason == "MissingProviderToken"


def test_more_headers_than_settings_allow_are_too_many_here_too() -> None:
    talk = Dialogue()
    assert manage(talk, "POST", body=description(), x_trace="y" * 8000).status == 431
    assert manage(talk, "GET", place="nothing", x_trace="y" * 8000).status == 404
