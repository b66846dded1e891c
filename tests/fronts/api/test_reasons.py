"""Every reason of Apple's that a request can bring about, and the order of the checks."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fakeapns.protocol import REASONS

from ...frames import TOPIC
from .dialogue import HELLO, NOBODY, TOKEN, Dialogue, signed
from .senders.signing import OTHER_KEY, OTHER_TEAM, known
from .wrong import OF_TOKENS, REPEATED, Wrong, pairs, too_new

OTHERS = "cd" * 32


def removed(dialogue: Dialogue) -> None:
    dialogue.devices.add(TOPIC, TOKEN, "uninstalled", since="2h")


def of_another(dialogue: Dialogue) -> None:
    dialogue.devices.add("com.example.other", OTHERS)


def of_the_sandbox(dialogue: Dialogue) -> None:
    dialogue.devices.add(TOPIC, "ef" * 32, environment="sandbox")


#: In the order of the checks.
WRONG = [
    REPEATED,
    *OF_TOKENS,
    too_new(lambda talk: talk.push(signed=signed(issued=-60))),
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
PAIRS = pairs(WRONG)


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
