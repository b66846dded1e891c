"""Functions and faults of the users' own, where requests are judged."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from fakeapns.push import Mishaps
from fakeapns.scenario.faults import Fault, Reject, Service
from fakeapns.scenario.steps import On, Step

from .dialogue import HELLO, TOKEN, Dialogue


def test_a_function_of_the_users_that_raises_takes_no_push_away() -> None:
    def where(push: Any) -> bool:
        raise KeyError(push.push_type)

    mishaps = Mishaps()
    talk = Dialogue(Step(Reject("Shutdown"), On(where=where)))
    talk.api.judge.triggers.mishaps = mishaps
    assert talk.push().status == 200
    with pytest.raises(KeyError, match="alert"):
        mishaps.tell()


class Clumsy(Fault, frozen=True, tag="clumsy_on_a_stream"):
    """A fault of the users' own that is to say what becomes of a push, and fails."""

    services: ClassVar[tuple[Service, ...]] = ("api",)
    decides: ClassVar[bool] = True

    def act(self, at: Any) -> None:
        raise ZeroDivisionError("clumsy")


class Silent(Clumsy, frozen=True, tag="silent_on_a_stream"):
    """One that says nothing."""

    def act(self, at: Any) -> None:
        pass


@pytest.mark.parametrize("fault", [Clumsy(), Silent()])
def test_a_push_of_which_a_fault_says_nothing_is_accepted(fault: Fault) -> None:
    talk = Dialogue(Step(fault))
    talk.api.judge.triggers.mishaps = Mishaps()
    assert talk.push().status == 200
    assert [(push.outcome, push.answered) for push in talk.pushes] == [("accepted", True)]


def test_a_push_behind_which_a_fault_says_nothing_is_accepted_once() -> None:
    seen: list[bool] = []

    class Behind(Fault, frozen=True, tag="behind_a_stream"):
        services: ClassVar[tuple[Service, ...]] = ("api",)

        def act(self, at: Any) -> None:
            seen.append(at.decided)

    talk = Dialogue(Step(Behind()))
    assert talk.push().status == 200
    assert seen == [False]
    assert [push.outcome for push in talk.pushes] == ["accepted"]


def test_a_where_sees_what_the_headers_say() -> None:
    seen: list[Any] = []

    def where(push: Any) -> bool:
        seen.append((push.service, push.push_type, push.collapse_id, push.apns_id, push.stream))
        return False

    talk = Dialogue(Step(Reject("Shutdown"), On(where=where)))
    apns_id = "0f0f0f0f-0000-4000-8000-00000000000a"
    talk.push(TOKEN, HELLO, apns_id=apns_id, apns_collapse_id="one")
    assert seen == [("api", "alert", "one", apns_id, 1)]


@pytest.mark.parametrize(
    ("status", "http", "reason"),
    [
        ("Shutdown", 503, "Shutdown"),
        ("invalid-token", 400, "BadDeviceToken"),
        (418, 418, None),
        # What has no word on the API, and a fault of Apple's would not act with.
        ("unknown", 500, None),
        (77, 500, None),
    ],
)
def test_a_fault_may_refuse_with_whatever_it_likes(
    status: str | int, http: int, reason: str | None
) -> None:
    class Own(Clumsy, frozen=True, tag="refuses_a_stream"):
        def act(self, at: Any) -> None:
            how: dict[str, Any] = {"delay": None, "identifier": "own", "close": "graceful"}
            at.refuse(status, **how, split=False, next_connection=False)

    heard = (talk := Dialogue(Step(Own()))).push()
    assert (heard.status, heard.reason, talk.latest.http_status) == (http, reason, http)
