"""Whom an answer has called gone: who sends nothing more is right, and who goes on is told so."""

from __future__ import annotations

from typing import Any

import pytest

from fakeapns import On, Reject, Step
from fakeapns.fronts.front import Left
from fakeapns.ledger.audit import Audit, advice_on, audit
from fakeapns.scenario import Expect

from ...fronts.api.dialogue import CERTIFICATE, Dialogue
from ...moments import WALL
from .talks import Talk, told

HERE, GONE = "aa" * 32, "bb" * 32
CHANNEL = "dHN0LXNyY2gtY2hubA=="


def items(**facts: Any) -> list[dict[str, Any]]:
    """What is meant: three for each of two devices, in turn."""
    return [
        {
            "token": (HERE, GONE)[number % 2],
            "payload": {"n": number},
            **(facts if number % 2 else {}),
        }
        for number in range(6)
    ]


def body(number: int) -> bytes:
    return b'{"n":%d}' % number


class Sending(Dialogue):
    """A client with pushes to two devices, one of which is refused."""

    def __init__(self, reason: Any) -> None:
        super().__init__(Step(Reject(reason), On(token="bb*")))

    def send(self, *numbers: int) -> None:
        for number in numbers:
            self.begin((HERE, GONE)[number % 2], body(number))
        self.flow()

    def found(self, *, sent_after_gone: int | None = 0, **facts: Any) -> Audit:
        expect = Expect(sent_after_gone=sent_after_gone)
        return audit(list(self.ledger), items(**facts), expect=expect)


@pytest.mark.parametrize("reason", ["Unregistered", "ExpiredToken"])
def test_who_goes_on_sending_to_a_device_that_is_gone_is_told_so(reason: str) -> None:
    talk = Sending(reason)
    for number in range(6):
        talk.send(number)
    found = talk.found()
    assert (found.sent_after_gone, found.lost, len(found.refused)) == (2, (), 3)
    assert found.shortfalls == (
        "sent to devices or channels known to be gone 2, expected at most 0",
    )
    reasons, text = told(found, "sent_after_gone")
    assert reasons == ("",)
    assert text == (
        f"connection 1 was told 410 {reason} of token …bbbbbbbb, and behind "
        "that 2 pushes came for it"
    )
    assert found.lessons == (advice_on("sent_after_gone"),)
    assert "sent to the gone 2" in str(found)
    assert talk.found(sent_after_gone=2).ok
    assert talk.found(sent_after_gone=None).ok


@pytest.mark.parametrize("reason", ["Unregistered", "ExpiredToken", "BadDeviceToken"])
def test_who_strikes_it_off_is_right(reason: str) -> None:
    talk = Sending(reason)
    for number in (0, 1, 2, 4):
        talk.send(number)
    found = talk.found()
    assert (found.ok, found.sent_after_gone, len(found.withheld)) == (True, 0, 2)


def test_what_was_under_way_cannot_be_taken_back() -> None:
    """All in one write: whoever sent them knew nothing, and that takes an allowance."""
    talk = Sending("Unregistered")
    talk.send(*range(6))
    assert talk.found().sent_after_gone == 2
    assert talk.found(sent_after_gone=2).ok


@pytest.mark.parametrize("reason", ["BadDeviceToken", "PayloadTooLarge", "TooManyRequests"])
def test_of_no_other_reason_a_device_is_gone(reason: str) -> None:
    talk = Sending(reason)
    for number in range(6):
        talk.send(number)
    assert talk.found().sent_after_gone == 0


@pytest.mark.parametrize(("registered", "gone"), [(WALL - 60, 2), (WALL + 3600, 0), (None, 2)])
def test_one_that_has_registered_since_is_there(registered: float | None, gone: int) -> None:
    talk = Sending("Unregistered")
    for number in range(6):
        talk.send(number)
    assert talk.found(registered=registered).sent_after_gone == gone


@pytest.mark.parametrize(("left", "gone"), [("graceful", 1), ("reset", 1)])
def test_another_connection_knows_it_too(left: Left, gone: int) -> None:
    talk = Sending("Unregistered")
    talk.send(0, 1)
    talk.leave(left)
    talk.open(CERTIFICATE)
    talk.send(3)
    assert talk.found().sent_after_gone == gone


# ---- channels -----------------------------------------------------------------------------------

WORK = [{"channel": CHANNEL, "payload": {"n": number}} for number in range(3)]


def broadcasts(reason: Any, *numbers: int) -> Audit:
    """These of three, one behind the other, each refused so."""
    talk = Talk(Step(Reject(reason)))
    talk.api.judge.channels.add("com.example.app", id=CHANNEL)
    for number in numbers:
        talk.begin(
            "",
            body(number),
            apns_channel_id=CHANNEL,
            apns_push_type="liveactivity",
            apns_expiration="0",
            path="/4/broadcasts/apps/com.example.app",
        )
        talk.flow()
    return audit(list(talk.ledger), WORK, expect=Expect(sent_after_gone=0))


@pytest.mark.parametrize("reason", ["ChannelNotRegistered", "BroadcastFeatureNotEnabled"])
def test_who_forgets_a_channel_that_is_gone_is_right_and_who_goes_on_is_told_so(
    reason: str,
) -> None:
    right = broadcasts(reason, 0)
    assert (right.ok, len(right.withheld), len(right.refused)) == (True, 2, 1), str(right)
    wrong = broadcasts(reason, 0, 1, 2)
    assert wrong.sent_after_gone == 2
    reasons, text = told(wrong, "sent_after_gone")
    assert reasons == ("channel",)
    assert f"was told 400 {reason} of channel {CHANNEL}, and behind that 2 pushes came" in text
    assert wrong.lessons == (advice_on("sent_after_gone", "channel"),)
