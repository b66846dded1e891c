"""What a failed assertion says: the key facts, and never more than a screen of them."""

from __future__ import annotations

from typing import Any

import pytest

from fakeapns import FakeAPNs, Scenario, Step
from fakeapns.ledger import (
    ConnectionClosed,
    ConnectionRefused,
    FaultFired,
    Notification,
)
from fakeapns.push import short_token
from fakeapns.scenario.faults import Reject

from ..frames import PAYLOAD, TOKEN, TOPIC, numbered
from ..ledger.test_criteria import notification
from ..moments import at

SHORT = short_token(TOKEN.hex())


@pytest.fixture
def apns(monkeypatch: pytest.MonkeyPatch) -> FakeAPNs:
    """A server to whose ledger a test adds what it likes."""
    monkeypatch.delenv("PYTEST_CURRENT_TEST", raising=False)
    return FakeAPNs()


def record(apns: FakeAPNs, count: int = 1, **facts: Any) -> None:
    """Notifications with numbered tokens."""
    for _ in range(count):
        number = len(apns.ledger)
        one = notification(**{"token_bytes": numbered(number), **facts})
        given = {name: getattr(one, name) for name in one.__struct_fields__[3:]}
        apns.ledger.record(Notification, at(number), **given)


def failure(apns: FakeAPNs, *arguments: Any, **criteria: Any) -> list[str]:
    """The lines of a failed assertion."""
    with pytest.raises(AssertionError) as raised:
        apns.assert_accepted(*arguments, **criteria)
    return str(raised.value).splitlines()


def test_nothing_at_all_is_said_plainly(apns: FakeAPNs) -> None:
    assert failure(apns) == [
        "expected at least 1 accepted, found 0",
        "recorded: nothing",
        "no connection is on record either: is the sender pointed at apns.api.host and "
        "apns.api.port, or at those of apns.gateway?",
        "a sender that knows Apple's addresses alone comes here in the block of a helper, such "
        "as apns.aioapns(), or by apns.proxy, with proxy_port=0",
    ]


async def test_who_was_here_is_not_said_to_have_been_elsewhere(apns: FakeAPNs) -> None:
    async with apns:
        await apns.connect()
        await apns.settle()
        assert "on record" not in "\n".join(failure(apns))


def test_an_alert_is_shown_as_text_whatever_its_form(apns: FakeAPNs) -> None:
    for body in (
        b'{"aps":{"alert":"Hi"}}',
        b'{"aps":{"alert":{"title":"T","body":"B"}}}',
        b'{"aps":{"alert":{"title":"T"}}}',
        b'{"aps":{"badge":1}}',
        b"\xff\x1b[2J",
        b'{"aps":{"alert":"%b"}}' % (b"x" * 100),
        b"[1]",
    ):
        record(apns, payload_bytes=body)
    texts = [line.split(f"topic {TOPIC} ")[1] for line in failure(apns, 0)[2:]]
    assert texts == [
        "'Hi'",
        "'B'",
        "'T'",
        '{"aps":{"badge":1}}',
        "\N{REPLACEMENT CHARACTER}\\x1b[2J",
        repr("x" * 59 + "…"),
        "[1]",
    ]


def test_ten_thousand_fit_a_screen_and_nothing_that_matters_is_folded_away(apns: FakeAPNs) -> None:
    record(apns, 5_000)
    record(apns, outcome="rejected", status="invalid-token")
    record(apns, 40, outcome="discarded", behind=5_001, cause=5_001)
    record(apns, 4_959, connection=2)
    lines = failure(apns, 10_000, payload={"aps": {"alert": "Hi"}})
    assert len(lines) < 60
    assert lines[0] == (
        "expected exactly 10000 accepted payload={'aps': {'alert': 'Hi'}}, found 9959"
    )
    assert lines[1].startswith("nearest, number 5041: discarded connection 1 token …000013b0")
    assert lines[2] == "    outcome: expected accepted, is discarded"
    assert lines[3] == ("recorded: 10,000 notifications (9,959 accepted, 1 rejected, 40 discarded)")
    assert [line.split(" token")[0] for line in lines[4:]] == [
        "  1. accepted connection 1",
        "     … 4,998 more like it",
        "  5000. accepted connection 1",
        "  5001. rejected (invalid-token) connection 1",
        "  5002. discarded connection 1",
        "     … 38 more like it",
        "  5041. discarded connection 1",
        "  5042. accepted connection 2",
        "     … 4,957 more like it",
        "  10000. accepted connection 2",
    ]


def test_a_list_of_which_no_two_are_alike_is_cut_in_the_middle(apns: FakeAPNs) -> None:
    for number in range(1_000):
        record(apns, connection=number)
    lines = failure(apns, 1)
    assert len(lines) < 60
    assert lines[1] == "recorded: 1,000 notifications"
    assert lines[17] == "  … 970 lines left out: see apns.ledger"
    assert lines[-1].startswith("  1000. accepted connection 999 ")


def test_short_runs_are_not_folded(apns: FakeAPNs) -> None:
    record(apns, 3)
    record(apns, 2, connection=2)
    record(apns, 40, connection=3)
    numbers = [line.split(".")[0].strip() for line in failure(apns, 1)[2:]]
    assert numbers == ["1", "2", "3", "4", "5", "6", "… 38 more like it", "45"]


def test_the_nearest_is_the_one_that_lacks_least(apns: FakeAPNs) -> None:
    record(apns, token_bytes=numbered(7), payload_bytes=b'{"aps":{"alert":"A","badge":2}}')
    record(apns, token_bytes=numbered(8), payload_bytes=b'{"aps":{"alert":"B","badge":3}}')
    record(apns, token_bytes=numbered(7), payload_bytes=b'{"aps":{"alert":"C","badge":3}}')
    record(apns, token_bytes=numbered(9), payload_bytes=PAYLOAD)
    wanted = {"aps": {"alert": "B", "badge": 3}}
    lines = failure(apns, token=numbered(7), payload=wanted)
    assert lines[1].startswith("nearest, number 3: accepted connection 1 token …00000007 topic")
    assert lines[2] == "    payload.aps.alert: expected 'B', is 'C'"


def test_a_push_to_the_right_device_is_nearest_whatever_became_of_it(apns: FakeAPNs) -> None:
    record(apns, token_bytes=numbered(99), outcome="rejected", status="invalid-token")
    record(apns, 20)
    lines = failure(apns, token=numbered(99), topic=TOPIC)
    assert lines[1].startswith("nearest, number 1: rejected (invalid-token) connection 1 token …")
    assert lines[2] == "    outcome: expected accepted, is rejected (invalid-token)"


def test_the_wanted_token_as_text_is_nearer_than_any_other(apns: FakeAPNs) -> None:
    wanted = bytes(range(100, 132))
    record(apns, token_bytes=wanted.hex().encode())
    record(apns, 5)
    lines = failure(apns, token=wanted.hex())
    assert lines[1].startswith("nearest, number 1: ")
    assert f"is the wanted token as hex text, {wanted.hex().encode().hex()}" in lines[2]


def test_why_it_was_rejected_is_in_its_line(apns: FakeAPNs) -> None:
    record(apns, outcome="rejected", status="invalid-token", reason="no device has this token")
    assert failure(apns)[-1].endswith(": no device has this token")


def test_long_values_and_many_differences_are_cut(apns: FakeAPNs) -> None:
    record(apns, payload_bytes=b'{"k0":"%b"}' % (b"y" * 3000))
    wanted = {f"k{number}": "x" * 3000 for number in range(150)}
    lines = failure(apns, payload=wanted)
    assert len(lines) < 60
    assert max(map(len, lines)) < 500
    assert "    … and 140 more" in lines


def test_what_arrived_and_was_no_notification_is_told(apns: FakeAPNs) -> None:
    counts = dict.fromkeys(("received", "accepted", "rejected", "discarded", "malformed"), 0)
    for unread, detail in ((70, None), (3, None), (9, "nine bytes\nof feedback"), (0, "an alert")):
        apns.ledger.record(
            ConnectionClosed,
            at(0),
            connection=1,
            by="provider",
            how="graceful",
            reason="ended",
            unread_bytes=unread,
            detail=detail,
            **counts,
        )
    assert failure(apns)[2:] == [
        "a connection ended: nine bytes\\nof feedback",
        "a connection ended: an alert",
        "73 bytes formed no whole frame, or were not read any more",
    ]


def test_what_is_too_many_has_no_nearest(apns: FakeAPNs) -> None:
    record(apns, 2)
    record(apns, topic="com.example.other")
    assert not any(line.startswith("nearest") for line in failure(apns, 1, topic=TOPIC))


def test_refused_connections_are_shown_with_what_to_do(apns: FakeAPNs) -> None:
    for number, reason in enumerate(["untrusted", "plain", "untrusted"]):
        facts = {"service": "gateway", "peer": "", "reason": reason, "hint": f"mend\n{reason}"}
        apns.ledger.record(ConnectionRefused, at(0), connection=number, **facts)
    assert failure(apns)[2:] == [
        "2 connections were refused (untrusted): mend\\nuntrusted",
        "a connection was refused (plain): mend\\nplain",
    ]


def test_scenario_seed_and_faults_are_named_and_how_to_run_it_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    story = Scenario(about="A story.", step=(Step(Reject()),), name="drop-by-reset", seed=3)
    apns = FakeAPNs(scenario=story)
    monkeypatch.setenv("PYTEST_CURRENT_TEST", "tests/test_x.py::test_it[a b] (call)")
    assert failure(apns)[4:] == [
        "never fired: reject",
        "scenario drop-by-reset, seed 3",
        "again: pytest 'tests/test_x.py::test_it[a b]' --apns-scenario drop-by-reset --apns-seed 3",
    ]
    for _ in range(2):
        apns.ledger.record(FaultFired, at(0), connection=1, step=1, fault="reject", detail="")
    monkeypatch.delenv("PYTEST_CURRENT_TEST")
    assert failure(apns)[2:] == [
        "faults that fired: reject (2 times)",
        "scenario drop-by-reset, seed 3",
    ]
