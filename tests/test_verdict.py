"""What a provider reached, held against what a scenario expects."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from fakeapns.audit import Audit, Identity
from fakeapns.entries import ConnectionOpened, ConnectionRefused, FeedbackSent, Service
from fakeapns.notification import Entry, Notification, Outcome
from fakeapns.scenario import Expect
from fakeapns.verdict import Use, count_use, shortfalls

from .frames import PAYLOAD, TOPIC, numbered

WHEN: dict[str, Any] = {"seq": 1, "t": 0.0, "wall": 0.0, "connection": 1}
MESSAGES: tuple[Identity, ...] = tuple((numbered(number), PAYLOAD) for number in range(3))
CLEAN = Audit(
    intended=3,
    accepted=3,
    lost=(),
    duplicated=(),
    refused=(),
    resent_after_refusal=(),
    unexpected=(),
)


def opened(service: Service = "gateway") -> Entry:
    """A connection that was let in."""
    return ConnectionOpened(
        **WHEN, service=service, peer="memory", tls=None, topic=TOPIC, certificate=None
    )


def sent(number: int, outcome: Outcome = "accepted") -> Entry:
    """A notification to a token that shows its number."""
    return Notification(
        **WHEN,
        ordinal=1,
        command=2,
        identifier=1,
        token_bytes=numbered(number),
        topic=TOPIC,
        payload_bytes=PAYLOAD,
        expiration=None,
        priority=None,
        outcome=outcome,
    )


def listed(number: int) -> Entry:
    """A token that was handed out by feedback."""
    return FeedbackSent(**WHEN, token=numbered(number).hex(), topic=TOPIC, timestamp=0)


# ---- what was used --------------------------------------------------------------------------


def test_a_provider_that_did_nothing_used_nothing() -> None:
    assert count_use([]) == Use(connections=0, feedback_read=False, sent_after_feedback=0)


def test_connections_to_the_gateway_are_counted_and_refused_ones_are_not() -> None:
    refused = ConnectionRefused(
        **WHEN, service="gateway", peer="memory", reason="fault", hint="asked for"
    )
    assert count_use([opened(), refused, opened()]).connections == 2


def test_a_connection_to_feedback_reads_it_however_little_there_is() -> None:
    use = count_use([opened(), opened("feedback")])
    assert (use.connections, use.feedback_read) == (1, True)


def test_only_what_is_sent_behind_feedback_is_sent_after_it() -> None:
    entries = [sent(1), listed(1), sent(1), sent(2), sent(1, "rejected"), listed(2)]
    assert count_use(entries).sent_after_feedback == 2


# ---- what falls short -----------------------------------------------------------------------


def test_a_clean_run_meets_the_usual_expectations() -> None:
    assert shortfalls(Expect(), CLEAN, Use()) == []


@pytest.mark.parametrize("name", ["lost", "duplicated", "resent_after_refusal"])
def test_nothing_of_this_kind_may_be_unless_it_is_said(name: str) -> None:
    audit = msgspec.structs.replace(CLEAN, **{name: MESSAGES[:2]})
    assert shortfalls(Expect(), audit, Use()) == [f"{name} 2, expected at most 0"]
    one, two = (msgspec.structs.replace(Expect(), **{name: number}) for number in (1, 2))
    assert shortfalls(one, audit, Use()) == [f"{name} 2, expected at most 1"]
    assert shortfalls(two, audit, Use()) == []


def test_what_nobody_meant_is_no_shortfall() -> None:
    audit = msgspec.structs.replace(CLEAN, unexpected=MESSAGES, refused=MESSAGES)
    assert shortfalls(Expect(), audit, Use()) == []


@pytest.mark.parametrize(
    ("given", "use", "said"),
    [
        (
            {"max_connections": 2},
            {"connections": 3},
            "connections 3, expected at most 2",
        ),
        ({"max_connections": 0}, {"connections": 1}, "connections 1, expected at most 0"),
        ({"min_accepted": 4}, {}, "accepted 3, expected at least 4"),
        ({"feedback_read": True}, {}, "feedback was not read"),
        ({"feedback_read": False}, {"feedback_read": True}, "feedback was read"),
        (
            {"sent_after_feedback": 0},
            {"sent_after_feedback": 1},
            "sent 1 to tokens that feedback had listed, expected at most 0",
        ),
    ],
)
def test_a_bound_that_was_missed_is_told_in_words(
    given: dict[str, Any], use: dict[str, Any], said: str
) -> None:
    assert shortfalls(Expect(**given), CLEAN, Use(**use)) == [said]


@pytest.mark.parametrize(
    ("given", "use"),
    [
        ({"max_connections": 3}, {"connections": 3}),
        ({"min_accepted": 3}, {}),
        ({"feedback_read": True}, {"feedback_read": True}),
        ({"feedback_read": False}, {}),
        ({"sent_after_feedback": 1}, {"sent_after_feedback": 1}),
        ({}, {"connections": 99, "feedback_read": True, "sent_after_feedback": 9}),
    ],
)
def test_a_bound_that_was_met_or_not_given_is_not_told(
    given: dict[str, Any], use: dict[str, Any]
) -> None:
    assert shortfalls(Expect(**given), CLEAN, Use(**use)) == []


def test_everything_that_falls_short_is_told_in_one_order() -> None:
    audit = msgspec.structs.replace(CLEAN, accepted=1, lost=MESSAGES[:1], duplicated=MESSAGES[1:])
    expect = Expect(max_connections=1, min_accepted=3, feedback_read=True)
    assert [line.split()[0] for line in shortfalls(expect, audit, Use(connections=2))] == [
        "lost",
        "duplicated",
        "connections",
        "accepted",
        "feedback",
    ]
