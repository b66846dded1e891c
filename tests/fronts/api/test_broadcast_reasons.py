"""Every reason that a broadcast can bring about, and the order of the checks."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from typing import Any

import msgspec
import pytest

from fakeapns.protocol import REASONS

from ...frames import TOPIC
from ...moments import WALL
from .channels import STRANGE, UPDATE, broadcast
from .dialogue import NOBODY, Dialogue, Heard, signed
from .signing import OTHER_KEY, OTHER_TEAM, known

UUID = "eabeae54-14a8-11e5-b60b-1697f925ec7b"
OURS, DELETED, THEIRS = "b3Vycw==", "ZGVsZXRlZA==", "dGhlaXJz"
TOPICAL = "TOPICAL000"


class Wrong(msgspec.Struct, frozen=True):
    """What is to be changed in a sound broadcast for one reason, and what that is in words."""

    reason: str
    how: dict[str, Any]
    why: str
    prepare: Callable[[Dialogue], object] | None = None
    #: What cannot be wrong at the same time.
    about: str = ""


def too_new(talk: Dialogue) -> None:
    broadcast(talk, OURS, signed=signed(issued=-60))


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
    Wrong(
        "DuplicateHeaders",
        {"twice": ("x-trace", "1")},
        "the header 'x-trace' comes more than once",
        about="twice",
    ),
    Wrong(
        "DuplicateHeaders",
        {"twice": ("apns-id", UUID)},
        "the header 'apns-id' comes more than once",
        about="twice and ids",
    ),
    Wrong(
        "BadEnvironmentKeyInToken",
        {"signed": signed(OTHER_KEY, iss=OTHER_TEAM)},
        f"the key {OTHER_KEY} is for sandbox, and this is production: sign with a key for it, or "
        "for both",
        about="token",
    ),
    Wrong(
        "MissingProviderToken",
        {"signed": None},
        "the client has no certificate, and the request no header authorization: present a "
        "certificate, or write `bearer` there and a token (JWT) signed with a key of this server, "
        "in a test `apns.provider_key().token()`, for others the .p8 of APNS_AUTH_KEY",
        about="token",
    ),
    Wrong(
        "InvalidProviderToken",
        {"signed": "a.b"},
        "the token has 2 parts, and should have three with dots between: header, claim set and "
        "signature",
        about="token",
    ),
    Wrong(
        "ExpiredProviderToken",
        {"signed": signed(issued=-3601)},
        f"the iat of the token is {WALL - 3601:.0f}, 1 h before now: make a new one at most every "
        "20 and at least every 60 minutes",
        about="token",
    ),
    Wrong(
        "TooManyProviderTokenUpdates",
        {"signed": signed(issued=0)},
        "the token is newer than the one that this connection has begun to use 1 s ago: go on with "
        "a token for 20 minutes at least, and for 60 at most",
        too_new,
        about="token and capability",
    ),
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
PAIRS = [
    (first, second)
    for first, second in combinations(WRONG, 2)
    if not set(first.about.split(" and ")) & set(second.about.split(" and ")) - {""}
]


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
