"""What is said of notifications that Apple takes, and that nobody meant like that."""

from __future__ import annotations

from functools import partial

import pytest

from fakeapns.fronts.front import Provider
from fakeapns.fronts.gateway.connection import GatewayConnection
from fakeapns.fronts.gateway.frames import FrameBundle
from fakeapns.ledger.clock import Moment
from fakeapns.ledger.json_lines import encode_line
from fakeapns.ledger.words import describe
from fakeapns.scenario.faults import Reject, Stall
from fakeapns.scenario.steps import On, Step

from ...frames import TOKEN, TOPIC, enhanced, framed
from ...moments import WALL
from .conversation import Conversation

MANNERS = {
    "command-1": enhanced,
    "command-2": framed,
    "bundled": partial(framed, priority=10),
}
HEX = TOKEN.hex().encode()[:32]


@pytest.mark.parametrize("frame", MANNERS.values(), ids=MANNERS)
def test_an_expiration_in_seconds_from_now_is_taken_with_a_warning(frame: partial[bytes]) -> None:
    it = Conversation()
    it.write(frame(1, expiration=3600) + frame(2, expiration=int(WALL) + 3600))
    warned, fine = it.notifications
    assert it.outcomes == ["accepted"] * 2
    assert "seconds from now instead of since 1970?" in warned.warnings[0]
    assert fine.warnings == ()


@pytest.mark.parametrize("frame", MANNERS.values(), ids=MANNERS)
def test_a_token_that_is_text_is_taken_with_a_warning(frame: partial[bytes]) -> None:
    it = Conversation()
    it.write(frame(1, HEX) + frame(2, TOKEN))
    warned, fine = it.notifications
    assert it.outcomes == ["accepted"] * 2
    assert "decode the hex first" in warned.warnings[0]
    assert fine.warnings == ()


def test_the_lines_of_a_ledger_file_have_the_same_warnings() -> None:
    it = Conversation()
    full = partial(framed, priority=10)
    it.write(full(1, HEX, expiration=0) + full(2, expiration=3600) + full(3, expiration=0))
    [bundle] = it.ledger.bundles(FrameBundle)
    assert len(bundle) == 3
    assert bundle.lines(0) == b"".join(map(encode_line, it.notifications))
    assert b"decode the hex first" in bundle.lines(0)


def test_strict_payload_is_about_content_alone() -> None:
    it = Conversation(strict_payload=True)
    it.write(framed(1, HEX, expiration=3600))
    assert it.outcomes == ["accepted"]
    assert len(it.notifications[0].warnings) == 2


@pytest.mark.parametrize(
    "topic", ["pass.com.example", "com.example.voip", "com.apple.mgmt.External.1"]
)
def test_strict_payload_takes_payloads_that_need_no_aps(topic: str) -> None:
    it = Conversation(strict_payload=True, topics=(topic,))
    it.write(framed(1, payload=b"{}"))
    assert it.outcomes == ["accepted"]
    other = Conversation(strict_payload=True)
    other.write(framed(1, payload=b"{}"))
    assert other.outcomes == ["rejected"]


def test_what_a_stall_has_held_back_until_it_was_over_is_not_blamed_on_the_provider() -> None:
    it = Conversation()
    it.inject(Stall("1h"), times=1)
    it.write(framed(1), framed(2, expiration=int(WALL) + 60))
    it.wake(3600)
    assert len(it.notifications) == 2
    assert it.notifications[1].warnings == ()


def test_a_provider_may_go_by_the_clock_of_the_machine_while_time_is_virtual() -> None:
    it = Conversation()
    late = Moment(7200, WALL + 7200, ahead=7200.0)
    connection = GatewayConnection(1, Provider((TOPIC,), None), it.gateway, late)
    connection.receive(framed(1, expiration=int(WALL) + 60), late)
    connection.wake(late)
    assert it.notifications[0].warnings == ()


def test_a_refusal_says_why_in_the_ledger_and_in_its_words() -> None:
    it = Conversation(tokens="registered")
    it.write(framed(1))
    [refused] = it.notifications
    assert refused.status == "invalid-token"
    assert str(refused.reason).startswith("no device has this token")
    assert f": {refused.reason}" in describe(refused)


def test_a_fault_that_asked_for_it_is_named_and_nobody_else_is_blamed() -> None:
    it = Conversation(Step(Reject(), On(), None))
    it.write(framed(1))
    assert it.notifications[0].reason == "step 1 of the scenario, reject, asked for this"
    it = Conversation(scripted_tokens=True)
    it.write(framed(1, b"\xff\xff\x00\x08" + bytes(28)))
    assert "the token itself asked for this" in str(it.notifications[0].reason)


def test_what_is_accepted_or_discarded_has_no_reason() -> None:
    it = Conversation(Step(Reject(), On(notification=2), None))
    it.write(framed(1) + framed(2) + framed(3))
    assert [each.reason is None for each in it.notifications] == [True, False, True]
