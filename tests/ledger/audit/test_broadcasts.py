"""Broadcasts in an audit: they are for a channel, and requests about channels are none."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from fakeapns import FakeAPNs, UsageError
from fakeapns.ledger import ApiRequest
from fakeapns.ledger.audit import audit
from fakeapns.provider import WorkItem

from ...frames import TOKEN, TOPIC
from ..pushes import REQUEST
from .told_over_http2 import Pushes

ID, OTHER = "dHN0LXNyY2gtY2hubDEyMw==", "AAAAAAAAAAAAAAAAAAAAAA=="
PAYLOAD = {"aps": {"event": "update"}}
BYTES = b'{"aps":{"event":"update"}}'


def told(*channels: str, payload: bytes = BYTES) -> Pushes:
    """A ledger of broadcasts to these."""
    story = Pushes()
    for channel in channels:
        story.came_over(token_bytes=b"", channel=channel, payload_bytes=payload)
    return story


@pytest.mark.parametrize(
    "given",
    [
        {"channel": ID, "payload": PAYLOAD},
        {"token": None, "channel": ID, "payload": PAYLOAD},
        SimpleNamespace(channel=ID, payload=PAYLOAD),
        WorkItem(channel=ID, payload=PAYLOAD),
        (FakeAPNs().channels.add(id=ID), PAYLOAD),
        {"channel": FakeAPNs().channels.add(id=ID), "payload": PAYLOAD},
    ],
    ids=["mapping", "no-token", "attributes", "work", "channel", "channel-in-a-mapping"],
)
@pytest.mark.parametrize("key", [None, "aps.event"])
def test_a_broadcast_may_be_meant_in_many_ways(given: Any, key: str | None) -> None:
    assert audit(told(ID), [given], key=key).ok
    found = audit(told(OTHER), [given], key=key)
    assert [each.channel for each in found.lost] == [ID]
    assert [each.channel for each in found.unexpected] == [OTHER]


@pytest.mark.parametrize("given", [{"channel": 7, "payload": {}}, {"channel": "", "payload": {}}])
def test_what_is_no_channel_is_refused(given: Any) -> None:
    with pytest.raises(UsageError, match=r"^number 1: .* is no channel: give its id"):
        audit(Pushes(), [given])


def test_the_same_for_two_channels_is_two_broadcasts_also_where_nobody_meant_them() -> None:
    meant = [{"channel": ID, "payload": {"x": 1}}, {"token": TOKEN, "payload": {"x": 2}}]
    found = audit(told(ID, OTHER), meant)
    assert [each.channel for each in found.unexpected] == [ID, OTHER]
    said = [
        line for each in found.findings if each.kind == "unexpected" for line in each.explanations
    ]
    assert said == [
        f'channel {ID} payload {{"aps":{{"event":"update"}}}}: what was meant for that channel is '
        f'number 1 channel {ID} payload {{"x":1}}',
        f'channel {OTHER} payload {{"aps":{{"event":"update"}}}}: nothing was meant for that '
        "channel",
    ]


def test_a_key_tells_the_channels_apart_and_takes_tokens_that_are_no_hex() -> None:
    story = told(ID, ID, OTHER)
    facts: dict[str, Any] = {"token_bytes": b"", "token_text": "no hex", "payload_bytes": BYTES}
    story.came_over(reason="BadDeviceToken", **facts)
    meant = [(FakeAPNs().channels.add(id=each), PAYLOAD) for each in (ID, OTHER)]
    found = audit(story, meant, key="aps.event")
    assert [each.channel for each in found.duplicated] == [ID]
    assert found.delivered == 2


def test_a_broadcast_is_refused_for_its_own_fault_and_not_to_be_sent_again() -> None:
    story = Pushes()
    for _ in range(2):
        facts: dict[str, Any] = {"token_bytes": b"", "channel": ID, "payload_bytes": BYTES}
        facts |= {"http_status": 400, "outcome": "rejected", "status": "ChannelNotRegistered"}
        story.came_over(**facts)
    found = audit(story, [{"channel": ID, "payload": PAYLOAD}])
    assert not found.lost
    assert [each.channel for each in found.refused] == [ID]
    [finding] = found.findings
    assert finding.kind == "resent_after_refusal"
    assert f"number 1 (channel {ID}) was refused with 400 ChannelNotRegistered" in str(found)
    assert "with ChannelNotRegistered or BadChannelId the channel" in str(found)


@pytest.mark.parametrize(
    ("code", "reason", "told_of"), [(201, None, False), (404, "BadPath", True)]
)
def test_only_requests_that_came_to_nothing_may_have_been_pushes(
    code: int, reason: str | None, told_of: bool
) -> None:
    story = Pushes()
    path = f"/1/apps/{TOPIC}/channels"
    facts = REQUEST | {"method": "POST", "path": path, "http_status": code, "reason": reason}
    story.add(ApiRequest, connection=story.connection, **facts)
    story.closed("ended")
    found = audit(story, [(TOKEN, b"{}")])
    assert ("came to no push" in str(found)) is told_of
    assert ("never reached the provider API" in str(found)) is not told_of
