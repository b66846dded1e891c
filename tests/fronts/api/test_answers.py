"""What is answered: ids, refusals that a fault asks for, and answers that are late."""

from __future__ import annotations

import re
from typing import Any

import pytest

from fakeapns.ledger import ApiResponse, FaultFired
from fakeapns.protocol import REASONS
from fakeapns.scenario.faults import AfterNotifications, Reject
from fakeapns.scenario.steps import On, Step

from ...moments import WALL
from .dialogue import Dialogue

MADE_UP = re.compile(r"[0-9A-F]{8}-[0-9A-F]{4}-4[0-9A-F]{3}-[89AB][0-9A-F]{3}-[0-9A-F]{12}")


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ("0f0f0f0f-0000-4000-8000-00000000000a", 200),
        ("0F0F0F0F-0000-4000-8000-00000000000a", 200),
        ("0f0f0f0f00004000800000000000000a", 400),
        ("", 400),
    ],
)
def test_the_id_of_a_request_is_echoed_byte_for_byte(sent: str, status: int) -> None:
    talk = Dialogue()
    heard = talk.push(apns_id=sent)
    assert (heard.headers["apns-id"], heard.status, talk.latest.apns_id) == (sent, status, sent)


@pytest.mark.parametrize(
    ("status", "how"),
    [
        (404, {"path": "/3/nowhere"}),
        (405, {"method": "PUT"}),
        (413, {"body": b"x" * 300_000}),
        (431, {"x_trace": "y" * 8000}),
    ],
)
def test_so_is_that_of_whatever_is_turned_away(status: int, how: dict[str, Any]) -> None:
    for sent in ("", "7"):
        heard = Dialogue().push(apns_id=sent, **how)
        assert (heard.status, heard.headers["apns-id"]) == (status, sent)
    assert MADE_UP.fullmatch(Dialogue().push(**how).headers["apns-id"])


def test_an_id_that_is_made_up_is_a_uuid_in_capitals() -> None:
    talk = Dialogue()
    made_up = [talk.push().headers["apns-id"] for _ in range(20)]
    assert all(map(MADE_UP.fullmatch, made_up))
    assert len(set(made_up)) == 20
    assert [push.apns_id for push in talk.pushes] == made_up


def test_with_a_seed_they_are_the_same_in_every_run() -> None:
    talks = [Dialogue(seed=seed) for seed in (7, 7, 8)]
    first, second, other = ([talk.push().headers["apns-id"] for _ in range(3)] for talk in talks)
    assert first == second
    assert not {*first} & {*other}


def test_only_the_sandbox_has_ids_for_its_console() -> None:
    assert "apns-unique-id" not in Dialogue().push().headers
    sandbox = Dialogue(environment="sandbox")
    heard = sandbox.push()
    assert heard.headers["apns-unique-id"] != heard.headers["apns-id"]
    assert "apns-unique-id" not in sandbox.push("no-hex").headers


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_can_be_asked_for(reason: Any) -> None:
    talk = Dialogue(Step(Reject(reason)))
    heard = talk.push()
    assert (heard.status, heard.reason) == (REASONS[reason], reason)
    assert ("timestamp" in heard.json) == (heard.status == 410)
    assert (talk.latest.status, talk.latest.violations) == (reason, (reason,))
    assert talk.latest.why == "step 1 of the scenario, reject, asked for this"
    [fault] = talk.ledger.of(FaultFired)
    assert (fault.step, fault.fault, fault.detail) == (1, "reject", reason)


@pytest.mark.parametrize(
    ("status", "http", "reason"),
    [
        ("invalid-token", 400, "BadDeviceToken"),
        (10, 503, "Shutdown"),
        (410, 410, "Unregistered"),
        (503, 503, "ServiceUnavailable"),
        (418, 418, None),
        (599, 599, None),
    ],
)
def test_a_status_is_said_in_the_words_of_the_api(
    status: Any, http: int, reason: str | None
) -> None:
    talk = Dialogue(Step(Reject(status)))
    heard = talk.push()
    assert (heard.status, heard.reason) == (http, reason)
    assert (talk.latest.http_status, talk.latest.reason) == (http, reason)


def test_what_has_no_word_here_does_not_act() -> None:
    assert Dialogue(Step(Reject("unknown"))).push().status == 200


def test_the_moment_of_410_is_now_where_a_fault_asks_for_it() -> None:
    talk = Dialogue(Step(Reject("ExpiredToken")))
    talk.wait(5)
    assert talk.push().json["timestamp"] == (WALL + 5) * 1000


def test_a_refusal_ends_nothing() -> None:
    talk = Dialogue(Step(Reject("InternalServerError"), On(notification=1)))
    assert [talk.push().status for _ in range(3)] == [500, 200, 200]


def test_a_late_refusal_holds_up_nobody_else() -> None:
    talk = Dialogue(Step(Reject("ServiceUnavailable", delay="250ms"), On(notification=1)))
    first, second = talk.begin(), talk.begin()
    talk.flow()
    assert first not in talk.streams
    assert talk.streams[second].status == 200
    assert talk.pushes[0].answered is None
    talk.wait(0.25)
    assert talk.streams[first].status == 503
    assert talk.pushes[0].answered is True
    [response] = talk.ledger.of(ApiResponse)
    assert (response.stream, response.http_status, response.reason) == (
        first,
        503,
        "ServiceUnavailable",
    )
    assert (response.delayed_ms, response.delayed_by) == (250, "time")


def test_a_refusal_may_wait_for_further_notifications() -> None:
    delay = AfterNotifications(2)
    talk = Dialogue(Step(Reject("Shutdown", delay=delay), On(notification=1)))
    first = talk.begin()
    talk.flow()
    talk.push()
    assert first not in talk.streams
    talk.push()
    assert talk.streams[first].status == 503
    assert talk.ledger.of(ApiResponse)[0].delayed_by == "notifications"


def test_it_does_not_wait_for_ever() -> None:
    delay = AfterNotifications(2)
    talk = Dialogue(Step(Reject("Shutdown", delay=delay), On(notification=1)), idle_limit="1s")
    first = talk.begin()
    talk.flow()
    talk.wait(1)
    assert talk.streams[first].status == 503
    assert talk.ledger.of(ApiResponse)[0].delayed_by == "idle-limit"


@pytest.mark.parametrize("gone", ["reset", "left"])
def test_an_answer_that_nobody_waits_for_is_never_given(gone: str) -> None:
    talk = Dialogue(Step(Reject("Shutdown", delay="1s")))
    stream = talk.begin()
    talk.flow()
    if gone == "reset":
        talk.client.reset_stream(stream, 8)
        talk.flow()
    talk.wait(0.5)
    talk.leave()
    assert talk.latest.answered is False
    assert talk.end.unanswered == 1
    assert not talk.ledger.of(ApiResponse)


def test_an_answer_that_is_due_behind_the_end_is_missing_once() -> None:
    talk = Dialogue(Step(Reject("Shutdown", delay="50ms")))
    talk.push()
    # A frame of stream 0 that needs one: nothing is understood behind it.
    talk.raw(bytes.fromhex("000001000000000000ff"))
    talk.wait(10)
    talk.leave()
    assert (talk.end.requests, talk.end.unanswered, talk.latest.answered) == (1, 1, False)


def test_a_request_that_is_taken_back_at_once_is_not_answered() -> None:
    talk = Dialogue()
    stream = talk.begin()
    talk.client.reset_stream(stream, 8)
    talk.flow()
    assert (talk.latest.outcome, talk.latest.answered) == ("accepted", False)
    talk.leave()
    assert talk.end.unanswered == 1


@pytest.mark.parametrize("service", ["gateway", "api"])
def test_a_step_may_be_for_one_service(service: Any) -> None:
    talk = Dialogue(Step(Reject("invalid-token"), On(service=service)))
    talk.api.judge.triggers.arrive(1, "api")
    assert talk.push().status == (400 if service == "api" else 200)
