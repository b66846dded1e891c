"""Requests about channels, and broadcasts, as log and failures tell of them."""

from __future__ import annotations

from typing import Any

import pytest

from fakeapns import FakeAPNs
from fakeapns.ledger import (
    ApiNotification,
    ApiRequest,
    Delivery,
    apns_headers,
    describe,
    encode_line,
    sort_of,
)
from fakeapns.ledger.decoding import Decoder

from ..frames import TOPIC
from ..moments import at
from .pushes import APNS_ID, entry, push

ID = "dHN0LXNyY2gtY2hubDEyMw=="
PATH = f"/1/apps/{TOPIC}/channels"
ALL = f"/1/apps/{TOPIC}/all-channels"


def asked(method: str, path: str = PATH, **facts: Any) -> dict[str, Any]:
    """The facts of a request about a channel that got what it asked for."""
    usual = {"ordinal": 2, "stream": 3, "method": method, "path": path, "headers": {}}
    usual |= {"body_base64": "", "http_status": 200, "reason": None, "channel": ID}
    return usual | facts


DONE = [
    (asked("POST", http_status=201), f"channel {ID} of {TOPIC} was made"),
    (asked("GET"), f"channel {ID} of {TOPIC} was shown"),
    (asked("DELETE", http_status=204), f"channel {ID} of {TOPIC} was deleted"),
    (asked("GET", ALL, channel=None), f"the channels of {TOPIC} were listed"),
    (asked("POST", detail="it is odd"), f"channel {ID} of {TOPIC} was made; it is odd"),
]


@pytest.mark.parametrize(("facts", "words"), DONE)
def test_what_became_of_a_channel_is_said_in_words(facts: dict[str, Any], words: str) -> None:
    said = describe(entry(ApiRequest, **facts))
    where = f"{facts['method']} {facts['path']} answered {facts['http_status']}"
    assert said.endswith(f"request connection 1 #2 stream 3 {where}: {words}")


def test_one_that_was_refused_is_told_as_any_other() -> None:
    why = f"{TOPIC} never had a channel {ID}"
    facts = asked("DELETE", http_status=404, reason="BadPath", detail=why)
    said = describe(entry(ApiRequest, **facts))
    assert said.endswith(f"DELETE {PATH} answered 404 BadPath: {why}")


def test_channels_that_were_made_at_once_are_told_in_one_line() -> None:
    kinds = {sort_of(entry(ApiRequest, **asked("POST", channel=id))) for id in ("AAAA", "AAAB")}
    assert len(kinds) == 1


def test_a_failure_tells_what_was_done_to_channels_and_not_as_something_that_went_wrong() -> None:
    apns = FakeAPNs()
    for method, code in (("POST", 201), ("DELETE", 204)):
        told = asked(method, http_status=code)
        apns.ledger.record(ApiRequest, at(0), connection=1, **told)
    with pytest.raises(AssertionError) as failed:
        apns.assert_accepted(1, channel=ID)
    lines = str(failed.value).splitlines()
    assert lines[-2:] == [
        f"channel {ID} of {TOPIC} was made",
        f"channel {ID} of {TOPIC} was deleted",
    ]
    assert "no push" not in str(failed.value)


def test_of_many_the_last_are_told() -> None:
    apns = FakeAPNs()
    for number in range(9):
        told = asked("POST", http_status=201, channel=f"AAA{number}")
        apns.ledger.record(ApiRequest, at(0), connection=1, **told)
    with pytest.raises(AssertionError) as failed:
        apns.assert_accepted()
    lines = str(failed.value).splitlines()
    assert lines[-4] == "9 requests about channels, the last of which:"
    assert lines[-1] == f"channel AAA8 of {TOPIC} was made"


def test_the_id_of_a_broadcast_is_that_of_the_request() -> None:
    sent = push(token_bytes=b"", channel=ID, push_type="liveactivity", topic=TOPIC)
    assert list(apns_headers(sent)) == [
        ("apns-push-type", "liveactivity"),
        ("apns-topic", TOPIC),
        ("apns-channel-id", ID),
        ("apns-request-id", APNS_ID),
    ]


def test_a_broadcast_without_a_channel_is_still_one() -> None:
    sent = push(token_bytes=b"", reason="MissingChannelId", push_type=None)
    assert sent.is_broadcast
    assert sent.whom == f"stream 1 no channel topic {TOPIC}"
    assert not push().is_broadcast
    assert not push(token_bytes=b"", token_text="no hex").is_broadcast


@pytest.mark.parametrize(
    "reason", [None, "ChannelNotRegistered", "BadChannelId", "BroadcastFeatureNotEnabled"]
)
def test_a_broadcast_is_the_same_when_it_has_been_in_a_file(reason: str | None) -> None:
    sent = push(token_bytes=b"", channel=ID, push_type="liveactivity", reason=reason)
    line = encode_line(sent)
    read = Decoder().entry(line)
    assert encode_line(read) == line
    assert isinstance(read, ApiNotification)
    assert (read.channel, read.token) == (ID, "")
    assert describe(read) == describe(sent)
    made = entry(ApiRequest, **asked("POST", http_status=201))
    assert Decoder().entry(encode_line(made)) == made


def test_a_delivery_says_by_which_token_it_came_or_that_it_came_by_its_channel() -> None:
    told: dict[str, Any] = {"seq": 9, "t": 0.0, "wall": 0.0, "notification": 7, "device": 2}
    told |= {"topic": TOPIC, "fate": "delivered", "detail": "shown"}
    assert describe(Delivery(token="ab" * 32, **told)).endswith(
        "number 7 delivered on device 2 (token abababab…, topic com.example.app): shown"
    )
    assert describe(Delivery(token="", **told)).endswith(
        "number 7 delivered on device 2 (by its channel, topic com.example.app): shown"
    )
