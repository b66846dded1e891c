"""Broadcasts as pushes like any other: faults, chance, limits, and what is only a warning."""

from __future__ import annotations

from typing import Any

import pytest

from fakeapns.protocol import REASONS
from fakeapns.scenario.faults import Reject
from fakeapns.scenario.steps import On, Step

from ...frames import TOPIC
from .channels import STRANGE, broadcast, create
from .dialogue import Dialogue

UUID = "eabeae54-14a8-11e5-b60b-1697f925ec7b"


@pytest.mark.parametrize("reason", REASONS)
def test_the_rest_can_be_asked_for_of_a_broadcast_as_of_any_push(reason: Any) -> None:
    talk = Dialogue(
        Step(Reject(reason, delay="1s"), On(where=lambda push: push.channel is not None))
    )
    channel = talk.api.judge.channels.add(TOPIC).id
    heard = broadcast(talk, channel, apns_request_id=UUID)
    assert not heard.headers
    talk.wait(1)
    [heard] = talk.streams.values()
    assert (heard.status, heard.reason) == (REASONS[reason], reason)
    assert heard.headers["apns-request-id"] == UUID
    assert (talk.latest.channel, talk.latest.violations) == (channel, (reason,))
    assert talk.push().status == 200


def test_more_headers_than_settings_allow_are_too_many_and_nobody_looks_at_them() -> None:
    talk = Dialogue(without_broadcast=["*"])
    heard = broadcast(talk, STRANGE, x_trace="y" * 8000)
    assert (heard.status, heard.body) == (431, b"")
    push = talk.latest
    assert (push.http_status, push.reason, push.violations) == (431, None, ())
    assert (push.topic, push.token) == (TOPIC, "")


def test_chance_is_drawn_for_each_channel_as_for_each_token() -> None:
    statuses = []
    for number in range(20):
        talk = Dialogue(Step(Reject(), On(chance=0.5)), seed=7)
        channel = talk.api.judge.channels.add(TOPIC, id=f"AAA{number:02}AAA").id
        statuses.append(broadcast(talk, channel).status)
    assert set(statuses) == {200, 400}


@pytest.mark.parametrize(
    ("printed", "name"), [(False, "BroadcastFeatureNotEnabled"), (True, "FeatureNotEnabled")]
)
def test_the_capability_may_be_spelled_as_its_page_prints_it(printed: bool, name: str) -> None:
    talk = Dialogue(documented_reason_names=printed, without_broadcast=[TOPIC])
    assert broadcast(talk, STRANGE).reason == name
    assert talk.latest.reason == "BroadcastFeatureNotEnabled"


def test_a_broadcast_may_have_5120_bytes_unless_a_setting_says_otherwise() -> None:
    talk = Dialogue()
    channel = talk.api.judge.channels.add(TOPIC).id
    assert broadcast(talk, channel, b"x" * 5120).status == 200
    talk = Dialogue(api_payload_limit=10)
    channel = talk.api.judge.channels.add(TOPIC).id
    assert broadcast(talk, channel, b"x" * 11).reason == "PayloadTooLarge"
    assert talk.latest.why == "the payload has 11 bytes, and api_payload_limit is 10"


@pytest.mark.parametrize(
    ("how", "warning"),
    [
        (
            {"apns_priority": None},
            "apns-priority is missing: Apple's page asks for it, write 10, 5 or 1",
        ),
        (
            {"apns_topic": "com.example.other"},
            f"apns-topic is 'com.example.other', and the path names {TOPIC}, which counts",
        ),
        ({"apns_topic": TOPIC}, None),
        ({"apns_topic": f"{TOPIC}.push-type.liveactivity"}, None),
        ({"body": b"no JSON"}, "payload is not JSON: "),
    ],
)
def test_what_is_odd_and_taken_all_the_same_is_a_warning(
    how: dict[str, Any], warning: str | None
) -> None:
    talk = Dialogue()
    channel = talk.api.judge.channels.add(TOPIC).id
    assert broadcast(talk, channel, **how).status == 200
    if warning is None:
        assert talk.latest.warnings == ()
    else:
        assert talk.latest.warnings[0].startswith(warning)
    assert talk.latest.topic == TOPIC
    assert talk.latest.headers.get("apns-topic") == how.get("apns_topic")


def test_the_headers_on_record_are_those_that_no_other_key_stands_for() -> None:
    talk = Dialogue()
    broadcast(talk, create(talk), b"", ("x-trace", "7"), apns_request_id=UUID, apns_priority="3")
    push = talk.latest
    assert (push.apns_id, push.push_type, push.expiration) == (UUID, "liveactivity", 0)
    assert (push.channel is None, push.priority) == (False, None)
    ours = {name for name in push.headers if not name.startswith(":")}
    # A priority that is none has no other place.
    assert ours == {"x-trace", "apns-priority"}


def test_without_a_channel_the_record_has_its_empty_header() -> None:
    talk = Dialogue()
    broadcast(talk, "")
    assert (talk.latest.channel, talk.latest.headers["apns-channel-id"]) == (None, "")
