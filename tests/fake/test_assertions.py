"""Assertions on the record, and what they say when they fail."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import trio
from trio.testing import MockClock

from fakeapns import FakeAPNs, Notification, UsageError
from fakeapns.fake.explanation import line_of
from fakeapns.ledger.audit import Audit

from ..frames import PAYLOAD, TOPIC, framed, numbered


@pytest.fixture(scope="module")
def served() -> FakeAPNs:
    """A server that has served: two accepted, one rejected, one discarded."""
    server = FakeAPNs()

    async def serve() -> None:
        async with server:
            stream = await server.connect(TOPIC)
            await stream.send_all(framed(1, numbered(1)) + framed(2, numbered(2), b'{"a":[1]}'))
            await stream.send_all(framed(3, b"") + framed(4, numbered(4)))
            await server.wait_for(4, outcome=None)

    trio.run(serve, clock=MockClock(autojump_threshold=0))
    return server


@pytest.fixture
def empty() -> FakeAPNs:
    return FakeAPNs()


def identifiers(notifications: list[Notification]) -> list[int | None]:
    return [each.identifier for each in notifications]


def test_each_outcome_has_its_list_in_ledger_order(served: FakeAPNs) -> None:
    assert identifiers(served.notifications) == [1, 2, 3, 4]
    assert identifiers(served.accepted) == [1, 2]
    assert identifiers(served.rejected) == [3]
    assert identifiers(served.discarded) == [4]
    assert set(served.notifications) < set(served.ledger)


def test_a_number_is_exact_and_no_number_means_some(served: FakeAPNs) -> None:
    assert identifiers(served.assert_accepted()) == [1, 2]
    assert identifiers(served.assert_accepted(2)) == [1, 2]
    assert identifiers(served.assert_accepted(1, token=numbered(2))) == [2]
    assert identifiers(served.assert_accepted(payload={"a": [1]})) == [2]
    assert identifiers(served.assert_accepted(2, topic=TOPIC)) == [1, 2]
    assert identifiers(served.assert_accepted(where=lambda each: each.ordinal == 1)) == [1]
    assert served.assert_accepted(0, token="ff") == []


def test_too_many_fail_and_everything_is_shown(served: FakeAPNs) -> None:
    with pytest.raises(AssertionError) as raised:
        served.assert_accepted(1, topic=TOPIC)
    assert str(raised.value).splitlines() == [
        "expected exactly 1 accepted topic='com.example.app', found 2",
        "recorded: 4 notifications (2 accepted, 1 rejected, 1 discarded)",
        *(f"  {number}. {line_of(each)}" for number, each in enumerate(served.notifications, 1)),
    ]


def test_too_few_fail_with_what_came_nearest(served: FakeAPNs) -> None:
    with pytest.raises(AssertionError) as raised:
        served.assert_accepted(1, token=numbered(4), payload={"aps": {"alert": "Ho"}})
    assert str(raised.value).splitlines()[1:4] == [
        f"nearest, number 4: {line_of(served.discarded[0])}",
        "    outcome: expected accepted, is discarded",
        "    payload.aps.alert: expected 'Ho', is 'Hi'",
    ]


def test_rejected_and_discarded_have_assertions_of_their_own(served: FakeAPNs) -> None:
    assert identifiers(served.assert_rejected()) == [3]
    assert identifiers(served.assert_rejected(1, status="missing-token")) == [3]
    assert identifiers(served.assert_discarded(1, token=numbered(4), topic=TOPIC)) == [4]
    with pytest.raises(AssertionError, match=r"^expected at least 1 rejected status='invalid-to"):
        served.assert_rejected(status="invalid-token")
    with pytest.raises(AssertionError, match=r"^expected exactly 0 discarded, found 1"):
        served.assert_discarded(0)


@pytest.mark.parametrize("count", [-1, "3", numbered(1)])
def test_what_is_no_number_is_refused(served: FakeAPNs, count: Any) -> None:
    with pytest.raises(UsageError, match="is no number of notifications: write one, or name"):
        served.assert_accepted(count)


def test_the_same_criteria_are_a_plain_query(served: FakeAPNs) -> None:
    assert identifiers(served.find()) == [1, 2, 3, 4]
    assert identifiers(served.find("rejected", status="missing-token")) == [3]
    assert identifiers(served.find(status="missing-token", where=lambda each: False)) == []
    assert identifiers(served.find(payload={"a": [1]})) == [2]


def test_a_device_stands_for_its_token(served: FakeAPNs) -> None:
    device = served.devices.add(TOPIC, numbered(2))
    assert identifiers(served.assert_accepted(1, token=device)) == [2]


def test_an_audit_may_be_asserted(served: FakeAPNs) -> None:
    meant = [(numbered(1), PAYLOAD), (numbered(2), {"a": [1]})]
    assert served.assert_audit(meant).ok
    with pytest.raises(AssertionError) as raised:
        served.assert_audit([*meant, (numbered(4), PAYLOAD)])
    text = str(raised.value)
    assert text.startswith("what was recorded is not what was intended\nintended 3, accepted 2\n")
    assert "number 3 (token …00000004) came on connection 1 behind frame 3, which was rej" in text


def test_none_at_all_fails_where_some_were_meant(served: FakeAPNs) -> None:
    with pytest.raises(AssertionError, match=r"^expected at least 1 accepted token='ff', found 0"):
        served.assert_accepted(token="ff")


def test_a_criterion_of_the_caller_is_named_in_the_failure(empty: FakeAPNs) -> None:
    def is_loud(notification: Notification) -> bool:
        return True

    with pytest.raises(AssertionError, match="where='is_loud'"):
        empty.assert_accepted(where=is_loud)


def test_nothing_accepted_is_an_assertion_of_its_own(served: FakeAPNs, empty: FakeAPNs) -> None:
    empty.assert_nothing_accepted()
    with pytest.raises(AssertionError, match=r"^expected nothing accepted, found 2"):
        served.assert_nothing_accepted()


def test_the_record_is_held_against_what_was_meant(served: FakeAPNs) -> None:
    found = served.audit([(numbered(1), PAYLOAD), (numbered(4), PAYLOAD)])
    assert isinstance(found, Audit)
    assert [each.token for each in found.lost] == [numbered(4).hex()]
    assert not found.ok


async def test_a_record_of_which_something_was_dropped_is_not_held_against_anything(
    autojump_clock: MockClock,
) -> None:
    async with FakeAPNs(max_entries=20) as apns:
        provider = await apns.connect(TOPIC)
        sent = [(numbered(number), PAYLOAD) for number in range(30)]
        await provider.send_all(b"".join(framed(1, token) for token, _ in sent[:10]))
        await apns.wait_for(10)
        assert apns.audit(sent[:10]).ok
        await provider.send_all(b"".join(framed(1, token) for token, _ in sent[10:]))
        await apns.wait_for(token=numbered(29))
        dropped = apns.ledger.dropped
        assert dropped > 0
        with pytest.raises(UsageError) as refused:
            apns.audit(sent)
    assert str(refused.value) == (
        f"{dropped} old entries were dropped from memory: raise max_entries"
    )


@pytest.mark.parametrize("audited", [False, True])
async def test_a_failure_says_what_an_open_connection_waits_for(
    autojump_clock: MockClock, audited: bool
) -> None:
    async with FakeAPNs() as apns:
        stream = await apns.connect()
        await stream.send_all(b"\0\x20\0" + bytes(range(32)) + b"\x16\0" + PAYLOAD)
        await trio.sleep(1)
        arguments = [[(bytes(range(32)), PAYLOAD)]] if audited else []
        claim: Callable[..., object] = apns.assert_audit if audited else apns.assert_accepted
        with pytest.raises(AssertionError) as raised:
            claim(*arguments)
    assert "connection 1 is open: 59 of 8,195 bytes of a frame have come" in str(raised.value)
    assert "that is 32 with its bytes in the wrong order" in str(raised.value)
