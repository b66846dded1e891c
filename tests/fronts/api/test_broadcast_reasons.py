"""Every reason that a broadcast can bring about, and the order of the checks."""

from __future__ import annotations

from typing import Any

import pytest

from fakeapns.protocol import REASONS

from ...frames import TOPIC
from .channels import STRANGE, UPDATE, broadcast
from .dialogue import NOBODY, Dialogue, Heard, signed
from .senders.signing import OTHER_KEY, OTHER_TEAM, known
from .wrong import OF_TOKENS, REPEATED, Wrong, pairs, too_new

UUID = "eabeae54-14a8-11e5-b60b-1697f925ec7b"
OURS, DELETED, THEIRS = "b3Vycw==", "ZGVsZXRlZA==", "dGhlaXJz"
TOPICAL = "TOPICAL000"


def disabled(talk: Dialogue) -> None:
    talk.api.judge.channels.disable(TOPIC)


#: In the order of the checks.
WRONG = [
    Wrong(
        "BadPath",
        {"app": f"{TOPIC}/"},
        f"'{TOPIC}/' in the path is no bundle id: put that there, and nothing behind it",
        about="app and channel",
    ),
    REPEATED,
    Wrong(
        "DuplicateHeaders",
        {"twice": ("apns-id", UUID)},
        "the header 'apns-id' comes more than once",
        about="twice and ids",
    ),
    *OF_TOKENS,
    too_new(lambda talk: broadcast(talk, OURS, signed=signed(issued=-60))),
    Wrong(
        "TopicDisallowed",
        {"app": f"{TOPIC}.push-type.liveactivity"},
        f"the path names {TOPIC}.push-type.liveactivity: leave .push-type.liveactivity out, it has "
        "the bundle id alone",
        about="app and channel and capability",
    ),
    Wrong(
        "TopicMismatch",
        {"signed": signed(TOPICAL, issued=-60)},
        f"the key {TOPICAL} is for com.example.other, and not for {TOPIC}: sign with a key for "
        "that topic, or one for all of the team",
        about="token and app",
    ),
    Wrong(
        "BroadcastFeatureNotEnabled",
        {},
        f"the app {TOPIC} has not the capability of broadcasting: it is off by the setting "
        "without_broadcast or apns.channels.disable, as where nobody has added it to the app",
        disabled,
        about="capability and app",
    ),
    Wrong(
        "MissingChannelId",
        {"channel": None},
        "apns-channel-id is missing: write the id there that making the channel answered",
        about="channel",
    ),
    Wrong(
        "MissingChannelId",
        {"channel": ""},
        "apns-channel-id is empty: write the id there that making the channel answered",
        about="channel",
    ),
    Wrong(
        "BadChannelId",
        {"channel": STRANGE},
        f"{TOPIC} never had a channel {STRANGE}: make one, and write the id that it gets",
        about="channel",
    ),
    Wrong(
        "BadChannelId",
        {"channel": "b3Vycw"},
        "apns-channel-id is 'b3Vycw', which is no whole base64: four characters belong together, "
        "with the = at its end",
        about="channel",
    ),
    Wrong(
        "BadChannelId",
        {"channel": THEIRS},
        f"the channel {THEIRS} is of com.example.other, and the path names {TOPIC}",
        about="channel",
    ),
    Wrong(
        "ChannelNotRegistered",
        {"channel": DELETED},
        f"the channel {DELETED} of {TOPIC} was deleted, and never comes back: make another one",
        about="channel",
    ),
    Wrong(
        "BadMessageId",
        {"apns_request_id": "7"},
        "apns-request-id is '7', and has to be a UUID with hyphens",
        about="ids",
    ),
    Wrong(
        "BadMessageId",
        {"apns_id": "7"},
        "apns-id is '7', and has to be a UUID with hyphens",
        about="ids",
    ),
    Wrong(
        "BadExpirationDate",
        {"apns_expiration": None},
        "apns-expiration is missing: write 0 to have it not stored, or epoch seconds",
        about="expiration",
    ),
    Wrong(
        "BadExpirationDate",
        {"apns_expiration": "tomorrow"},
        "apns-expiration is 'tomorrow', and has to be a whole number of epoch seconds",
        about="expiration",
    ),
    Wrong(
        "BadPriority",
        {"apns_priority": "7"},
        "apns-priority is '7', and may be 10, 5 or 1",
    ),
    Wrong(
        "MissingPushType",
        {"apns_push_type": None},
        "apns-push-type is missing: write liveactivity",
        about="push type",
    ),
    Wrong(
        "InvalidPushType",
        {"apns_push_type": "alert"},
        "apns-push-type is 'alert', and that of a broadcast is liveactivity",
        about="push type",
    ),
    Wrong(
        "InvalidPushType",
        {"apns_push_type": "LiveActivity"},
        "apns-push-type is 'LiveActivity', and that of a broadcast is liveactivity",
        about="push type",
    ),
    Wrong("PayloadEmpty", {"body": b""}, "there is no payload, or it is empty", about="body"),
    Wrong(
        "PayloadTooLarge",
        {"body": b'"' + b"x" * 5119 + b'"'},
        "the payload has 5,121 bytes, and a broadcast may have 5,120",
        about="body",
    ),
]
PAIRS = pairs(WRONG)


def dialogue() -> Dialogue:
    """With channels that are there, are not any more, and are somebody else's."""
    sandboxed = known(OTHER_KEY, OTHER_TEAM, environment="sandbox")
    topical = known(TOPICAL, topics=("com.example.other",))
    talk = Dialogue(provider=NOBODY, keys=(known(), sandboxed, topical))
    channels = talk.api.judge.channels
    channels.add(TOPIC, id=OURS)
    channels.add(TOPIC, id=DELETED).delete()
    channels.add("com.example.other", id=THEIRS)
    return talk


def bring_about(talk: Dialogue, *wrongs: Wrong) -> Heard:
    """What a broadcast is answered in which all of these are wrong."""
    how: dict[str, Any] = {"signed": signed(issued=-60)}
    for wrong in wrongs:
        if wrong.prepare is not None:
            wrong.prepare(talk)
        how |= wrong.how
    twice = how.pop("twice", None)
    channel, body = how.pop("channel", OURS), how.pop("body", UPDATE)
    return broadcast(talk, channel, body, *([twice, twice] if twice else []), **how)


@pytest.mark.parametrize("wrong", WRONG, ids=lambda each: each.reason)
def test_each_reason_has_its_cause(wrong: Wrong) -> None:
    talk = dialogue()
    heard = bring_about(talk, wrong)
    assert (heard.status, heard.reason) == (REASONS[wrong.reason], wrong.reason)
    assert heard.headers["content-type"] == "application/json"
    push = talk.latest
    assert (push.outcome, push.status, push.reason) == ("rejected", wrong.reason, wrong.reason)
    assert (push.http_status, push.violations) == (REASONS[wrong.reason], (wrong.reason,))
    assert (push.why, push.answered, push.token) == (wrong.why, True, "")
    assert push.channel == (wrong.how.get("channel", OURS) or None)


@pytest.mark.parametrize(("first", "second"), PAIRS, ids=lambda each: f"{each.reason}-{each.about}")
def test_the_first_is_answered_and_all_are_recorded(first: Wrong, second: Wrong) -> None:
    talk = dialogue()
    heard = bring_about(talk, first, second)
    assert heard.reason == first.reason
    assert talk.latest.violations == (first.reason, second.reason)


def test_a_sound_broadcast_is_taken() -> None:
    talk = dialogue()
    heard = bring_about(talk)
    assert (heard.status, heard.body, talk.latest.violations) == (200, b"", ())
    assert talk.latest.warnings == ()
