"""Every reason of Apple's that a request can bring about, and the order of the checks."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import combinations
from typing import Any

import msgspec
import pytest

from fakeapns.protocol import REASONS

from ...frames import TOPIC
from ...moments import WALL
from .dialogue import HELLO, NOBODY, TOKEN, Dialogue, signed
from .signing import OTHER_KEY, OTHER_TEAM, known

OTHERS = "cd" * 32


class Wrong(msgspec.Struct, frozen=True):
    """What is to be changed in a sound request for one reason, and what that is in words."""

    reason: str
    how: dict[str, Any]
    why: str
    prepare: Callable[[Dialogue], object] | None = None
    #: What cannot be wrong at the same time.
    about: str = ""


def removed(dialogue: Dialogue) -> None:
    dialogue.devices.add(TOPIC, TOKEN, "uninstalled", since="2h")


def of_another(dialogue: Dialogue) -> None:
    dialogue.devices.add("com.example.other", OTHERS)


def of_the_sandbox(dialogue: Dialogue) -> None:
    dialogue.devices.add(TOPIC, "ef" * 32, environment="sandbox")


def too_new(dialogue: Dialogue) -> None:
    dialogue.push(signed=signed(issued=-60))


#: In the order of the checks.
WRONG = [
    Wrong(
        "DuplicateHeaders",
        {"twice": ("x-trace", "1")},
        "the header 'x-trace' comes more than once",
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
        about="token",
    ),
    Wrong(
        "BadDeviceToken",
        {"device": "no-hex"},
        "the token 'no-hex' is no hex: write its bytes as hex digits",
        about="device",
    ),
    Wrong(
        "BadDeviceToken",
        {"device": "ef" * 32},
        "the token is of sandbox, and this server is production",
        of_the_sandbox,
        about="device",
    ),
    Wrong(
        "DeviceTokenNotForTopic",
        {"device": OTHERS},
        f"the token is that of com.example.other, and apns-topic is for {TOPIC}",
        of_another,
        about="device and topic",
    ),
    Wrong(
        "Unregistered",
        {},
        "the app was removed from the device",
        removed,
        about="device and topic",
    ),
    Wrong(
        "MissingTopic",
        {"apns_topic": None},
        "apns-topic is missing, and with a token nothing else says which app it is for",
        about="topic",
    ),
    Wrong(
        "BadTopic",
        {"apns_topic": "com example"},
        "apns-topic is 'com example', and a topic is a bundle id, as in com.example.app",
        about="topic",
    ),
    Wrong(
        "BadMessageId",
        {"apns_id": "7"},
        "apns-id is '7', and has to be a UUID with hyphens",
    ),
    Wrong(
        "BadExpirationDate",
        {"apns_expiration": "tomorrow"},
        "apns-expiration is 'tomorrow', and has to be a whole number of epoch seconds",
    ),
    Wrong(
        "BadPriority",
        {"apns_priority": "7"},
        "apns-priority is '7', and may be 10, 5 or 1",
    ),
    Wrong(
        "InvalidPushType",
        {"apns_push_type": "alrt"},
        "apns-push-type is 'alrt', and push_types are alert, background, complication, controls, "
        "fileprovider, liveactivity, location, mdm, pushtotalk, voip, widgets",
    ),
    Wrong(
        "BadCollapseId",
        {"apns_collapse_id": "x" * 65},
        "apns-collapse-id has 65 bytes, and 64 are the most",
    ),
    Wrong("PayloadEmpty", {"body": b""}, "there is no payload, or it is empty", about="body"),
    Wrong(
        "PayloadTooLarge",
        {"body": json.dumps({"aps": {"alert": "x" * 4075}}).encode()},
        "the payload has 4,097 bytes, and a push may have 4,096",
        about="body",
    ),
]
PAIRS = [
    (first, second)
    for first, second in combinations(WRONG, 2)
    if not set(first.about.split(" and ")) & set(second.about.split(" and ")) - {""}
]


def dialogue() -> Dialogue:
    """With one key for both environments, and one for the sandbox."""
    sandboxed = known(OTHER_KEY, OTHER_TEAM, environment="sandbox")
    return Dialogue(provider=NOBODY, keys=(known(), sandboxed))


def bring_about(talk: Dialogue, *wrongs: Wrong) -> Any:
    """What a request is answered in which all of these are wrong."""
    how: dict[str, Any] = {"signed": signed(issued=-60)}
    for wrong in wrongs:
        if wrong.prepare is not None:
            wrong.prepare(talk)
        how |= wrong.how
    twice = how.pop("twice", None)
    device, body = how.pop("device", TOKEN), how.pop("body", HELLO)
    return talk.push(device, body, *([twice, twice] if twice else []), **how)


@pytest.mark.parametrize("wrong", WRONG, ids=lambda each: each.reason)
def test_each_reason_has_its_cause(wrong: Wrong) -> None:
    talk = dialogue()
    heard = bring_about(talk, wrong)
    assert (heard.status, heard.reason) == (REASONS[wrong.reason], wrong.reason)
    assert heard.headers["content-type"] == "application/json"
    push = talk.latest
    assert (push.outcome, push.status, push.reason) == ("rejected", wrong.reason, wrong.reason)
    assert (push.http_status, push.violations) == (REASONS[wrong.reason], (wrong.reason,))
    assert (push.why, push.answered) == (wrong.why, True)


@pytest.mark.parametrize(("first", "second"), PAIRS, ids=lambda each: f"{each.reason}-{each.about}")
def test_the_first_is_answered_and_all_are_recorded(first: Wrong, second: Wrong) -> None:
    talk = dialogue()
    heard = bring_about(talk, first, second)
    assert heard.reason == first.reason
    assert talk.latest.violations == (first.reason, second.reason)


def test_a_sound_push_is_taken() -> None:
    talk = dialogue()
    heard = bring_about(talk)
    assert (heard.status, heard.body, heard.ended) == (200, b"", True)
    assert "content-type" not in heard.headers
    assert (talk.latest.outcome, talk.latest.violations, talk.latest.answered) == (
        "accepted",
        (),
        True,
    )
