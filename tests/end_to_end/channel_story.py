"""Channels and broadcasts as every real client is put through them, and what has to come of it."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from fakeapns import Channel, FakeAPNs, ThreadedAPNs
from fakeapns.ledger import ApiRequest

APP, WITHOUT = "com.example.app", "com.example.without"
#: What the server will call the first channel: that is the same in every run.
MADE = FakeAPNs().channels.add(APP).id
NEVER, OTHER = "AAAAAAAAAAAAAAAAAAAAAA==", "BBBBBBBBBBBBBBBBBBBBBA=="
UPDATE = {"aps": {"timestamp": 1_700_000_000, "event": "update", "content-state": {"score": "1:0"}}}
KIND = {"message-storage-policy": 1, "push-type": "LiveActivity"}


class Step(msgspec.Struct):
    """One request, and the answer that it gets."""

    method: Literal["POST", "GET", "DELETE"]
    place: Literal["channels", "all-channels", "broadcast"]
    status: int
    reason: str | None = None
    channel: str | None = None
    app: str = APP
    body: dict[str, Any] | None = None
    says: dict[str, Any] = {}

    @property
    def path(self) -> str:
        """Where it goes."""
        if self.place == "broadcast":
            return f"/4/broadcasts/apps/{self.app}"
        return f"/1/apps/{self.app}/{self.place}"

    @property
    def headers(self) -> dict[str, str]:
        """What it says of itself, but for who signs."""
        channel = {} if self.channel is None else {"apns-channel-id": self.channel}
        if self.place != "broadcast":
            return channel
        said = {"apns-push-type": "liveactivity", "apns-expiration": "0", "apns-priority": "10"}
        return channel | said


class Said(msgspec.Struct):
    """What a client says it was answered; it may keep the status of what went well to itself."""

    status: int | None = None
    reason: str | None = None
    channel: str | None = None
    has_id: bool = True
    body: dict[str, Any] = {}
    wrong: str | None = None


def broadcast(channel: str, status: int = 200, reason: str | None = None, app: str = APP) -> Step:
    """A broadcast to a channel."""
    return Step("POST", "broadcast", status, reason, channel, app, UPDATE)


STEPS = [
    Step("POST", "channels", 201, body=KIND),
    Step("GET", "channels", 200, channel=MADE, says=KIND),
    Step("GET", "all-channels", 200, says={"channels": [MADE]}),
    broadcast(MADE),
    Step("DELETE", "channels", 204, channel=MADE),
    # The three that are told apart.
    broadcast(MADE, 400, "ChannelNotRegistered"),
    broadcast(NEVER, 400, "BadChannelId"),
    broadcast(OTHER, 400, "BroadcastFeatureNotEnabled", WITHOUT),
    Step("DELETE", "channels", 404, "BadPath", MADE),
    Step("DELETE", "channels", 404, "BadPath", NEVER),
    Step("POST", "channels", 400, "BroadcastFeatureNotEnabled", app=WITHOUT, body=KIND),
    Step("GET", "all-channels", 200, says={"channels": []}),
]


def check(apns: ThreadedAPNs, told: list[Said]) -> None:
    """The client knows of each request what has to come of it, and so does the record."""
    assert [each.wrong for each in told] == [None] * len(STEPS)
    for step, said in zip(STEPS, told, strict=True):
        assert said.status in (None, step.status), (step, said)
        assert said.reason == step.reason, (step, said)
        assert said.has_id, (step, said)
        assert step.reason or said.body == step.says, (step, said)
    assert told[0].channel == MADE
    _check_the_record(apns)


def _check_the_record(apns: ThreadedAPNs) -> None:
    channel = apns.channels.find(MADE)
    assert isinstance(channel, Channel)
    assert channel.deleted is not None
    assert list(apns.channels) == []
    first, second = apns.channels.sent_to(channel)
    assert (first.outcome, first.payload, first.token) == ("accepted", UPDATE, "")
    assert (second.outcome, second.reason) == ("rejected", "ChannelNotRegistered")
    apns.assert_accepted(1, channel=channel, topic=APP, push_type="liveactivity")
    apns.assert_rejected(1, channel=NEVER, reason="BadChannelId")
    apns.assert_rejected(1, channel=OTHER, reason="BroadcastFeatureNotEnabled", topic=WITHOUT)
    asked = [step for step in STEPS if step.place != "broadcast"]
    found = apns.ledger.of(ApiRequest)
    assert [(each.method, each.path, each.http_status, each.reason) for each in found] == [
        (step.method, step.path, step.status, step.reason) for step in asked
    ]
    meant = [(channel, UPDATE), *({"channel": id, "payload": UPDATE} for id in (NEVER, OTHER))]
    audit = apns.assert_audit(meant)
    assert (audit.delivered, [each.channel for each in audit.refused]) == (1, [MADE, NEVER, OTHER])
