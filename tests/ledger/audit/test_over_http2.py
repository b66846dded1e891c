"""The provider API judged: whose fault a refusal is, what an answer proves, what a rescue is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fakeapns.ledger import encode_line
from fakeapns.ledger.audit import Audit, audit, own_fault
from fakeapns.ledger.reader import RecordedLedger
from fakeapns.protocol import REASONS

from ..pushes import push
from .told import MEANT, ONE, TWO, Story
from .told_over_http2 import Pushes

ITS_OWN = {400, 404, 405, 410, 413}


def numbers(found: Audit, name: str) -> list[int | None]:
    """Which notifications are in a list of findings."""
    return [each.number for each in getattr(found, name)]


# ---- whose fault ------------------------------------------------------------------------------


@pytest.mark.parametrize("reason", REASONS)
def test_a_refusal_is_the_push_s_own_fault_or_not(reason: str) -> None:
    own = REASONS[reason] in ITS_OWN and reason != "IdleTimeout"
    refused = push(reason=reason, http_status=REASONS[reason])
    assert own_fault(refused) is own
    # The same for one that is never told of it.
    assert own_fault(push(reason=reason, http_status=None, answering=False)) is own
    story = Pushes()
    story.came_over(ONE, reason)
    once = audit(story, [ONE])
    assert (numbers(once, "refused"), numbers(once, "lost")) == (([1], []) if own else ([], [1]))
    story.came_over(ONE)
    again = audit(story, [ONE])
    assert numbers(again, "resent_after_refusal") == ([1] if own else [])
    assert again.ok is not own, str(again)


def test_what_was_discarded_is_nobody_s_fault() -> None:
    assert not own_fault(push(outcome="discarded", http_status=None))


def test_sending_again_to_an_uninstalled_device_is_in_vain() -> None:
    story = Pushes()
    story.came_over(ONE, "Unregistered")
    story.came_over(ONE, "Unregistered")
    found = audit(story, [ONE])
    assert numbers(found, "resent_after_refusal") == [1]
    [text] = found.explanations
    assert text == (
        "number 1 (token …00000001) was refused with 410 Unregistered, a fault of its own that no "
        "resending can mend, and sent again, 1 time in all: it was refused on connection 1 (why "
        "Unregistered) and came again on connection 1"
    )
    assert "with 410 the token, and" in found.lessons[0]


def test_a_push_whose_credentials_were_bad_is_right_to_come_again_with_good_ones() -> None:
    story = Pushes()
    story.came_over(ONE, "ExpiredProviderToken")
    story.came_over(ONE)
    found = audit(story, [ONE])
    assert found.ok
    assert found.resent_after_refusal == found.refused == found.lost == ()


@pytest.mark.parametrize(
    ("reason", "advice"),
    [
        (
            "ExpiredProviderToken",
            "403, or a reason of its kind in GOAWAY, is about the certificate",
        ),
        ("TooManyRequests", "429 TooManyRequests is about one device: wait with pushes to that"),
        ("TooManyProviderTokenUpdates", "Sign a token once, share it among all connections"),
        ("IdleTimeout", "400 IdleTimeout is about the connection, not about the push"),
        ("Shutdown", "503 Shutdown says that this server is going away: open a new"),
        ("ServiceUnavailable", "5xx says nothing against the push: send it again after a pause"),
        ("InternalServerError", "5xx says nothing against the push: send it again after a pause"),
    ],
)
def test_what_was_refused_for_a_while_and_never_came_again_is_lost(
    reason: str, advice: str
) -> None:
    story = Pushes()
    story.came_over(ONE, reason)
    found = audit(story, [ONE])
    assert found.explanations == (
        f"number 1 (token …00000001) was rejected on connection 1 with {REASONS[reason]} {reason} "
        f"(why {reason}), which is no fault of its own, and not seen again; connection 1 stayed "
        "open for it",
    )
    assert found.lessons[0].startswith(advice)


def test_what_was_refused_alike_and_never_came_again_is_told_in_one_sentence() -> None:
    story = Pushes()
    for push_meant, reason in zip(MEANT, ("Shutdown", "Shutdown", "TooManyRequests"), strict=True):
        story.came_over(push_meant, reason)
    assert [each.partition(", which")[0] for each in audit(story, MEANT).explanations] == [
        "numbers 1 to 2 (the first for token …00000001) were rejected on connection 1 with 503 "
        "Shutdown (why Shutdown)",
        "number 3 (token …00000003) was rejected on connection 1 with 429 TooManyRequests (why "
        "TooManyRequests)",
    ]


@pytest.mark.parametrize("code", [418, 431])
def test_what_a_request_was_refused_for_is_not_said_to_pass_by_itself(code: int) -> None:
    story = Pushes()
    story.came_over(ONE, outcome="rejected", http_status=code)
    found = audit(story, [ONE])
    assert len(found.lost) == 1
    assert found.lessons[0].startswith("Such a status is about the request")


# ---- what an answer proves --------------------------------------------------------------------


def test_a_refusal_is_known_once_its_own_answer_has_left() -> None:
    for told in (False, True):
        story = Pushes()
        refused = story.came_over(ONE, "BadTopic", answered=None)
        other = story.came_over(TWO, "BadTopic", answered=None)
        story.answers(refused if told else other)
        story.came_over(ONE)
        found = audit(story, [ONE, TWO])
        assert numbers(found, "resent_after_refusal") == ([1] if told else [])


def test_a_refusal_that_was_never_to_be_told_is_not_known() -> None:
    story = Pushes()
    story.came_over(ONE, "BadTopic", answered=False)
    story.came_over(ONE, "BadTopic")
    assert audit(story, [ONE]).ok


def test_an_answer_that_leaves_behind_the_copy_came_too_late() -> None:
    story = Pushes()
    refused = story.came_over(ONE, "BadTopic", answered=None)
    story.came_over(ONE, "BadTopic", answered=False)
    story.answers(refused)
    assert audit(story, [ONE]).ok


def test_ids_play_no_part() -> None:
    story = Pushes()
    story.came_over(ONE, "BadTopic", apns_id="a")
    story.came_over(ONE, "BadTopic", apns_id="b")
    story.came_over(TWO, apns_id="a")
    found = audit(story, [ONE, TWO])
    assert numbers(found, "resent_after_refusal") == [1]
    assert found.duplicated == ()


# ---- duplicates and rescues -------------------------------------------------------------------


def test_what_was_answered_and_came_again_is_a_duplicate() -> None:
    story = Pushes()
    story.came_over(ONE)
    story.closed("ended")
    story.opened("api")
    story.came_over(ONE)
    found = audit(story, [ONE])
    assert (numbers(found, "duplicated"), numbers(found, "resent_unanswered")) == ([1], [])
    assert found.explanations == (
        "number 1 (token …00000001) had been accepted on connection 1, the answer that says so had "
        "left, and it came again on connection 2",
    )
    assert found.lessons[0].startswith("On the provider API each push has its own answer")


@pytest.mark.parametrize("answered", [None, False])
def test_what_was_accepted_and_never_answered_is_right_to_come_again(answered: bool | None) -> None:
    story = Pushes()
    story.came_over(ONE, answered=answered)
    story.came_over(ONE)
    found = audit(story, [ONE])
    assert found.ok
    assert (numbers(found, "duplicated"), numbers(found, "resent_unanswered")) == ([], [1])
    assert "resent_unanswered 1" in str(found).splitlines()
    assert (found.accepted, found.delivered, found.accepted_once) == (2, 1, 0)
    assert json.loads(json.dumps(found.as_dict()))["resent_unanswered"][0]["number"] == 1


def test_an_answer_that_left_in_between_makes_it_a_duplicate() -> None:
    story = Pushes()
    first = story.came_over(ONE, answered=None)
    story.answers(first)
    story.came_over(ONE)
    found = audit(story, [ONE])
    assert (numbers(found, "duplicated"), numbers(found, "resent_unanswered")) == ([1], [])


def test_a_rescue_that_was_answered_and_comes_once_more_is_a_duplicate() -> None:
    story = Pushes()
    story.came_over(ONE, answered=False)
    story.came_over(ONE)
    story.came_over(ONE)
    found = audit(story, [ONE])
    # It is one notification: told as what its provider could have kept from happening.
    assert numbers(found, "duplicated") == [1]
    assert numbers(found, "resent_unanswered") == [1]


def test_an_answer_may_be_gone_with_a_connection_that_the_server_reset() -> None:
    story = Pushes()
    story.came_over(ONE)
    story.closed("fault", "reset")
    story.opened("api")
    story.came_over(ONE)
    found = audit(story, [ONE])
    assert (numbers(found, "duplicated"), numbers(found, "resent_unanswered")) == ([], [1])


def test_of_the_gateway_a_copy_is_a_duplicate_as_ever() -> None:
    story = Story()
    story.opened()
    story.came(ONE)
    story.came(ONE)
    found = audit(story, [ONE])
    assert (numbers(found, "duplicated"), numbers(found, "resent_unanswered")) == ([1], [])
    assert "resent_unanswered" not in str(found)


def test_what_is_meant_twice_may_be_accepted_twice() -> None:
    story = Pushes()
    story.came_over(ONE, answered=False)
    story.came_over(ONE)
    found = audit(story, [ONE, ONE])
    assert found.ok
    assert found.resent_unanswered == found.duplicated == ()


def test_a_file_tells_rescues_and_duplicates_apart_too(tmp_path: Path) -> None:
    story = Pushes()
    first = story.came_over(ONE, answered=None)
    story.came_over(ONE)
    story.answers(first)
    second = story.came_over(TWO, answered=None)
    story.answers(second)
    story.came_over(TWO)
    # Lines are written later than entries are made: an answer may have left by then.
    for each in (first, second):
        each.answering.answered = True  # type: ignore[union-attr]
    path = tmp_path / "ledger.jsonl"
    started = b'{"kind":"server.started","seq":1,"at":"2020-01-01T00:00:00Z","t":0.0,"run":"a",'
    started += b'"version":"1","scenario":null,"seed":null,"expect":null}\n'
    path.write_bytes(started + b"".join(map(encode_line, story)))
    for found in (audit(story, [ONE, TWO]), audit(RecordedLedger(path), [ONE, TWO])):
        assert numbers(found, "resent_unanswered") == [1]
        assert numbers(found, "duplicated") == [2]
