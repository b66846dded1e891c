"""What may be sent again comes again under its own id, and behind a pause where that is asked."""

from __future__ import annotations

from typing import Any

import pytest

from fakeapns import Drop, GoAway, LateAnswer, On, Reject, ResetStream, Step, Unanswered
from fakeapns.fronts.api import ApiConnection
from fakeapns.ledger.audit import Audit, advice_on
from fakeapns.ledger.audit.retries import AT_ONCE
from fakeapns.scenario.faults import Fault

from ...fronts.api.dialogue import CERTIFICATE
from .talks import Talk, item, told

SECOND = On(notification=2)
#: An id as people write it, the same in other letters, and another one.
OWN, LOUD = "eabeae54-14a8-11e5-b60b-1697f925ec7b", "EABEAE54-14A8-11E5-B60B-1697F925EC7B"
OTHER = "0c9f5ec9-9a02-4d0a-8b6f-3d2c1b0a9f8e"


def send(talk: Talk, number: int, apns_id: str | None = None) -> None:
    token, body = item(number)
    talk.begin(token, body.encode(), *([] if apns_id is None else [("apns-id", apns_id)]))
    talk.flow()


def after(fault: Fault, first: str | None, again: str | None) -> Audit:
    """Two pushes, the second of which meets this and comes again."""
    talk = Talk(Step(fault, SECOND, times=1))
    send(talk, 1)
    send(talk, 2, first)
    talk.wait(10)
    if talk.connection.finished:
        talk.open(CERTIFICATE)
    send(talk, 2, again)
    return talk.judged([1, 2], resent_with_new_id=0)


OWED = [
    ResetStream(),
    Reject(503),
    Reject("TooManyRequests"),
    Reject("ExpiredProviderToken"),
    Unanswered(),
    Unanswered(accepted=False),
    LateAnswer("30s"),
    Drop(),
    GoAway("previous"),
]


@pytest.mark.parametrize("fault", OWED, ids=str)
@pytest.mark.parametrize(
    ("first", "again", "new"),
    [
        (OWN, OWN, 0),
        (OWN, LOUD, 0),
        (OWN, OTHER, 1),
        (OWN, None, 1),
        (None, None, 1),
        (None, OWN, 1),
    ],
)
def test_what_is_owed_comes_again_under_its_own_id(
    fault: Fault, first: str | None, again: str | None, new: int
) -> None:
    found = after(fault, first, again)
    assert (found.resent_with_new_id, found.ok) == (new, not new), str(found)
    if new:
        _, text = told(found, "resent_with_new_id")
        assert text.startswith("number 2 (token …00000002) came on connection 1, was owed still")
        assert text.endswith("under another apns-id, or none")
        assert found.lessons == (advice_on("resent_with_new_id"),)
        assert "resent with a new id 1" in str(found)


def test_each_further_id_counts_and_an_old_one_does_not() -> None:
    talk = Talk(Step(ResetStream(), SECOND), Step(ResetStream(), On(notification="3..5")))
    send(talk, 1)
    for apns_id in (OWN, OTHER, OWN, None, OTHER):
        send(talk, 2, apns_id)
    assert talk.judged([1, 2]).resent_with_new_id == 2


def test_what_is_meant_twice_has_two_ids() -> None:
    talk = Talk(Step(ResetStream(), On(notification=1)))
    for apns_id in (OWN, OTHER, OWN):
        send(talk, 1, apns_id)
    assert talk.judged([1, 1], resent_with_new_id=0).ok


# ---- how soon -----------------------------------------------------------------------------------


def hasty(fault: Fault, pause: float, *, elsewhere: bool = False) -> Audit:
    """The second push is refused so, and comes again then."""
    talk = Talk(Step(fault, SECOND, times=1))
    talk.send([1, 2])
    first: ApiConnection = talk.connection
    talk.wait(pause)
    if elsewhere:
        talk.open(CERTIFICATE)
    assert elsewhere or talk.connection is first
    talk.send([2])
    return talk.judged([1, 2], resent_at_once=0)


@pytest.mark.parametrize("status", [500, 503, "TooManyRequests", "InternalServerError"])
def test_who_is_asked_for_patience_pauses(status: Any) -> None:
    assert hasty(Reject(status), 10 * AT_ONCE).ok
    found = hasty(Reject(status), AT_ONCE / 2)
    assert found.resent_at_once == 1
    _, text = told(found, "resent_at_once")
    assert text.endswith("on connection 1, and came again there less than 0.1 s later")
    assert found.lessons == (advice_on("resent_at_once"),)


@pytest.mark.parametrize(
    "fault", [ResetStream(), Reject("Shutdown"), Reject("ExpiredProviderToken"), Unanswered()]
)
def test_what_asks_for_no_pause_may_come_again_at_once(fault: Fault) -> None:
    assert hasty(fault, 0.0).resent_at_once == 0


def test_another_connection_may_be_another_server() -> None:
    assert hasty(Reject(500), 0.0, elsewhere=True).resent_at_once == 0


def test_the_pause_begins_when_the_answer_leaves() -> None:
    """What was written before that was no answer to it."""
    talk = Talk(Step(Reject(503, delay="5s"), SECOND, times=1))
    talk.send([1, 2])
    talk.wait(5 + AT_ONCE / 2)
    talk.send([2])
    assert talk.judged([1, 2]).resent_at_once == 1
