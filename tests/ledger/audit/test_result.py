"""What became of what was meant."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from fakeapns.errors import UsageError
from fakeapns.ledger.audit.intention import Meant
from fakeapns.ledger.audit.result import Audit, audit
from fakeapns.provider.work_list import WorkItem
from fakeapns.scenario.scenario import Expect

from ...frames import PAYLOAD, TOKEN, numbered
from .told import MEANT, ONE, THREE, TWO, Story


def numbers(found: tuple[Meant, ...]) -> list[int | None]:
    """Which notifications a finding names."""
    return [each.number for each in found]


def told(*steps: Any, intended: Any = MEANT) -> Audit:
    """The audit of pairs that were accepted one after the other."""
    story = Story()
    story.opened()
    for pair in steps:
        story.came(pair)
    return audit(story, intended)


def test_all_is_well_when_each_was_accepted_once() -> None:
    found = told(ONE, TWO, THREE)
    assert found.ok
    assert (found.intended, found.accepted, found.accepted_once) == (3, 3, 3)
    assert str(found) == (
        "intended 3, accepted 3\nlost 0\nduplicated 0\nrefused 0\nresent_after_refusal 0\n"
        "out_of_order 0\nunexpected 0\nconnections 1\nfeedback not read"
    )


def test_what_never_came_is_lost() -> None:
    found = told(ONE, THREE)
    assert found.lost == (Meant(2, TWO[0].hex(), {"aps": {"alert": "Hi"}}),)
    assert not found.ok
    assert found.shortfalls == ("lost 1, expected at most 0",)


def test_what_was_discarded_is_lost_unless_it_comes_again() -> None:
    story = Story()
    story.opened()
    story.discarded(TWO, story.rejected(ONE))
    assert numbers(audit(story, [ONE, TWO]).lost) == [2]
    story.came(TWO)
    assert audit(story, [ONE, TWO]).ok


@pytest.mark.parametrize("status", ["processing-error", "unknown", "shutdown", "unassigned-9"])
def test_what_was_rejected_for_no_fault_of_its_own_is_lost_and_may_be_resent(status: str) -> None:
    story = Story()
    story.rejected(ONE, status)
    assert numbers(audit(story, [ONE]).lost) == [1]
    story.came(ONE)
    found = audit(story, [ONE])
    assert found.ok
    assert found.refused == ()


@pytest.mark.parametrize(
    "status",
    [
        "missing-token",
        "missing-topic",
        "missing-payload",
        "invalid-token-size",
        "invalid-topic-size",
        "invalid-payload-size",
        "invalid-token",
        "protocol-error",
    ],
)
def test_what_was_rejected_for_its_own_fault_is_refused_and_not_lost(status: str) -> None:
    story = Story()
    story.rejected(ONE, status)
    found = audit(story, [ONE])
    assert (numbers(found.refused), found.lost) == ([1], ())
    assert found.ok


@pytest.mark.parametrize("again", ["accepted", "rejected", "discarded"])
def test_what_was_refused_must_not_come_again(again: Any) -> None:
    story = Story()
    story.rejected(ONE)
    story.came(ONE, again, "invalid-token" if again == "rejected" else None)
    found = audit(story, [ONE])
    assert numbers(found.resent_after_refusal) == [1]
    assert not found.ok


def test_what_came_before_the_refusal_is_no_resending() -> None:
    story = Story()
    story.discarded(ONE, story.fault("drop"))
    story.rejected(ONE)
    found = audit(story, [ONE])
    assert found.resent_after_refusal == ()
    assert found.ok


def test_what_was_meant_twice_may_be_refused_twice_and_not_three_times() -> None:
    story = Story()
    story.rejected(ONE)
    story.rejected(ONE)
    found = audit(story, [ONE, ONE])
    assert (found.ok, numbers(found.refused)) == (True, [1, 1])
    story.rejected(ONE)
    assert numbers(audit(story, [ONE, ONE]).resent_after_refusal) == [1]


def test_one_refusal_excuses_no_other_loss_of_the_same() -> None:
    story = Story()
    story.opened()
    for _ in range(9):
        story.came(ONE)
    cause = story.rejected(ONE)
    for _ in range(50):
        story.discarded(ONE, cause)
    found = audit(story, [ONE] * 60)
    assert (len(found.lost), found.delivered) == (50, 9)
    assert not found.ok


def test_what_is_meant_several_times_counts_as_often() -> None:
    found = told(*[ONE] * 130, intended=[ONE] * 100)
    assert (found.delivered, found.accepted, found.accepted_once) == (100, 130, 70)
    assert len(found.duplicated) == 30
    found = told(*[ONE] * 60, intended=[ONE] * 100)
    assert (len(found.lost), found.delivered, found.accepted_once) == (40, 60, 60)


def test_what_was_accepted_more_often_than_meant_is_duplicated() -> None:
    assert numbers(told(ONE, ONE, intended=[ONE]).duplicated) == [1]
    assert told(ONE, ONE, intended=[ONE, ONE]).ok
    found = told(ONE, intended=[ONE, ONE])
    assert (numbers(found.lost), found.accepted_once) == ([1], 1)


def test_what_nobody_meant_is_unexpected_once_accepted() -> None:
    story = Story()
    for _ in range(2):
        story.came(THREE)
    story.rejected(TWO)
    story.came(ONE)
    found = audit(story, [ONE])
    assert found.unexpected == (Meant(None, THREE[0].hex(), {"aps": {"alert": "Hi"}}),)
    assert (found.accepted, found.duplicated, found.refused) == (3, (), ())
    assert not found.ok


def test_what_came_only_behind_something_that_was_meant_later_is_out_of_order() -> None:
    found = told(TWO, ONE, THREE)
    assert numbers(found.out_of_order) == [1]
    assert found.ok
    assert told(ONE, TWO, THREE, ONE).out_of_order == ()


def test_an_audit_of_nothing_is_refused() -> None:
    with pytest.raises(UsageError, match="nothing was intended"):
        audit([], [])


@pytest.mark.parametrize(
    "given",
    [
        (TOKEN, PAYLOAD),
        [TOKEN.hex().upper(), PAYLOAD.decode()],
        (TOKEN, {"aps": {"alert": "Hi"}}),
        {"token": TOKEN.hex(), "payload": b' {"aps" : {"alert":"\\u0048i"}} '},
        SimpleNamespace(token=TOKEN.hex(), payload={"aps": {"alert": "Hi"}}),
        WorkItem(TOKEN.hex(), {"aps": {"alert": "Hi"}}, 1, "com.example.app"),
        Story().came((TOKEN, PAYLOAD)),
    ],
    ids=["bytes", "text", "objects", "mapping", "attributes", "work", "notification"],
)
def test_what_was_meant_may_be_said_in_many_ways(given: Any) -> None:
    assert told((TOKEN, PAYLOAD), intended=iter([given])).ok


@pytest.mark.parametrize(
    "given",
    [5, None, "text", (TOKEN,), (TOKEN, PAYLOAD, 1), {"token": TOKEN}, ("xyz", PAYLOAD)],
    ids=["number", "none", "text", "one", "three", "no-payload", "no-hex"],
)
def test_what_is_no_notification_is_refused(given: Any) -> None:
    with pytest.raises(UsageError, match="is no "):
        audit([], [given])


# ---- identity by something else -------------------------------------------------------------


def test_a_path_into_the_payload_may_stand_for_it() -> None:
    meant = [{"token": TOKEN, "payload": {"id": number, "text": "old"}} for number in (1, 2)]
    story = Story()
    story.came((TOKEN, b'{"id":2,"text":"new"}'))
    story.came((TOKEN, b'{"id":1}'))
    assert audit(story, meant, key="id").ok
    story.came((TOKEN, b'{"text":"nameless"}'))
    assert len(audit(story, meant, key="id").unexpected) == 1


def test_a_function_may_say_who_is_who() -> None:
    story = Story()
    story.came((numbered(9), b'{"id":1}'))
    assert audit(story, [(numbered(1), {"id": 1})], key=lambda each: each.payload["id"]).ok
    assert not audit(story, [(numbered(1), {"id": 1})], key=lambda each: each.token).ok


@pytest.mark.parametrize(
    "key", [lambda each: each.payload, lambda each: each.name, lambda each: each.token[99], 5]
)
def test_a_key_that_cannot_be_is_a_sentence(key: Any) -> None:
    with pytest.raises(UsageError, match=r"number 1: (the key function fails on|5 is no key)"):
        audit([], [(TOKEN, {"id": 1})], key=key)


def test_what_is_meant_needs_what_the_path_asks_for() -> None:
    with pytest.raises(UsageError, match=r"number 2: there is no 'aps\.id' in its payload"):
        audit([], [(TOKEN, {"aps": {"id": 1}}), (TOKEN, b"{}")], key="aps.id")


# ---- connections and feedback ---------------------------------------------------------------


def after_errors() -> Story:
    """Two errors, a refused connection, and all is sent in the end."""
    story = Story()
    story.opened()
    cause = story.rejected(ONE)
    story.discarded(TWO, cause)
    story.discarded(THREE, cause)
    story.answered()
    story.closed()
    story.refused()
    story.opened()
    story.came(TWO)
    story.discarded(THREE, story.fault("drop"))
    story.closed("fault")
    story.opened()
    story.came(THREE)
    story.closed("ended")
    return story


def test_connections_errors_and_the_time_until_a_replay_are_measured() -> None:
    found = audit(after_errors(), MEANT)
    assert found.ok
    assert (found.connections, found.refused_connections, found.errors) == (3, 1, 2)
    assert (found.side_by_side, found.reconnects_per_error) == (1, 1.5)
    # From the packet in second 5 to second 9; from the fault in second 10 to second 14.
    assert found.first_replay == (4.0, 4.0)
    assert "connections 3, refused 1, ended by errors 2, reconnects per error 1.5" in str(found)


def test_without_an_error_there_is_nothing_to_reconnect_for() -> None:
    found = told(ONE, TWO, THREE)
    assert (found.errors, found.reconnects_per_error, found.first_replay) == (0, None, ())


def test_what_a_pool_sends_before_it_knows_of_the_error_is_no_fast_replay() -> None:
    story = Story()
    story.opened()
    story.opened()
    story.connection = 1
    story.discarded(TWO, story.rejected(ONE))
    story.connection = 2
    story.came(TWO)
    story.connection = 1
    story.answered()
    story.closed()
    assert audit(story, [ONE, TWO]).first_replay == ()


def test_a_pool_that_stood_by_has_not_reconnected() -> None:
    story = Story()
    for _ in range(4):
        story.opened()
    story.connection = 2
    story.discarded(TWO, story.rejected(ONE))
    story.answered()
    story.closed()
    story.connection = 4
    story.came(TWO)
    found = audit(story, [ONE, TWO], expect=Expect(max_connections=1))
    assert found.ok
    assert (found.connections, found.side_by_side, found.reconnects_per_error) == (4, 4, 0)
    assert "connections 4, side by side 4" in str(found)


def test_a_list_that_was_handed_out_was_read_whenever_it_was_asked_for() -> None:
    story = Story()
    story.came(ONE)
    story.listed(TWO)
    assert audit(story, [ONE]).feedback_read


def test_a_connection_to_feedback_reads_it_and_is_none_to_the_gateway() -> None:
    story = Story()
    story.opened("feedback")
    story.opened()
    story.came(ONE)
    found = audit(story, [ONE])
    assert (found.feedback_read, found.connections) == (True, 1)


def test_only_what_is_sent_behind_feedback_is_sent_after_it() -> None:
    story = Story()
    for pair in (ONE, TWO):
        story.came(pair)
    story.listed(ONE)
    story.came(ONE)
    story.rejected(ONE)
    story.came(THREE)
    assert audit(story, MEANT).sent_after_feedback == 2


def test_json_has_everything() -> None:
    found = json.loads(json.dumps(told(ONE, ONE).as_dict()))
    assert found["ok"] is False
    assert found["intended"] == 3
    assert found["duplicated"] == [
        {"number": 1, "token": ONE[0].hex(), "payload": {"aps": {"alert": "Hi"}}}
    ]
    assert found["expect"]["lost"] == 0
    assert len(found["explanations"]) == 2


def test_a_long_list_is_shown_in_part() -> None:
    meant = [(numbered(number, 2), b"x" * 100) for number in range(7)]
    lines = str(audit([], meant)).splitlines()
    assert lines[:3] == [
        "intended 7, accepted 0",
        "lost 7",
        f"  number 1 token 0000 payload {'x' * 59}…",
    ]
    assert lines[7] == "  … and 2 more"


def test_a_short_list_is_shown_whole_and_the_expectation_beside_it() -> None:
    found = audit([], [ONE, TWO], expect=Expect(lost=1))
    lines = str(found).splitlines()
    assert lines[1:4] == [
        "lost 2 of at most 1",
        f'  number 1 token …{ONE[0].hex()[-8:]} payload {{"aps":{{"alert":"Hi"}}}}',
        f'  number 2 token …{TWO[0].hex()[-8:]} payload {{"aps":{{"alert":"Hi"}}}}',
    ]
    assert "- lost 2, expected at most 1" in lines
