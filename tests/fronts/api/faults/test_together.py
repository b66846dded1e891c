"""Faults that meet: with each other, with the end of the server, with what is on its way."""

from __future__ import annotations

import h2.events
import pytest

from fakeapns import (
    Blackhole,
    ChangeSettings,
    Drop,
    GoAway,
    LateAnswer,
    On,
    ResetStream,
    Stall,
    Step,
    Unanswered,
    Wedge,
)
from fakeapns.fronts.actions import ShutWrite
from fakeapns.ledger import ApiResponse, GoAwaySeen, ResetSeen, SettingsSeen

from ..dialogue import NOBODY, Dialogue, signed

ENGINES = pytest.mark.parametrize("engine", ["ngh2", "h2"])
FIRST, SECOND = On(notification=1), On(notification=2)


def at_once(talk: Dialogue, count: int) -> None:
    """So many requests in one write."""
    for _ in range(count):
        talk.begin()
    talk.flow()


def outcomes(talk: Dialogue) -> list[tuple[str, bool | None]]:
    return [(push.outcome, push.answered) for push in talk.pushes]


def limits(talk: Dialogue) -> list[tuple[int, int]]:
    """Streams at a time and the window, as the server's SETTINGS had them."""
    sent = [each.values for each in talk.ledger.of(SettingsSeen) if each.by == "server"]
    return [(values[3], values[4]) for values in sent]


# ---- dead connections -----------------------------------------------------------------------


def test_the_silence_behind_a_goaway_does_not_wait_for_another_one() -> None:
    steps = (Step(Blackhole("1h"), FIRST), Step(GoAway(then="silent"), SECOND))
    talk = Dialogue(*steps)
    at_once(talk, 2)
    talk.client.ping(b"12345678")
    talk.flow()
    assert not any(isinstance(event, h2.events.PingAckReceived) for event in talk.events)


def test_a_dead_connection_is_not_closed_by_a_goaway_that_was_said_before() -> None:
    steps = (
        Step(LateAnswer("5s"), FIRST),
        Step(GoAway(), SECOND),
        Step(Blackhole(), On(after="1s")),
    )
    talk = Dialogue(*steps)
    at_once(talk, 2)
    talk.wait(60)
    assert not any(isinstance(each, ShutWrite) for each in talk.done)
    talk.leave()
    assert talk.end.by == "provider"


def test_what_was_complete_and_discarded_is_unanswered() -> None:
    talk = Dialogue(Step(Blackhole(), FIRST))
    at_once(talk, 3)
    talk.begin(method="GET", body=b"")
    talk.flow()
    talk.leave()
    assert (talk.end.requests, talk.end.discarded, talk.end.unanswered) == (4, 2, 3)


# ---- SETTINGS -------------------------------------------------------------------------------


def test_each_setting_has_an_end_of_its_own() -> None:
    steps = (
        Step(ChangeSettings(max_concurrent_streams=5, until="30s"), FIRST),
        Step(ChangeSettings(initial_window_size=100, until="success"), SECOND),
        Step(ChangeSettings(max_header_list_size=4000), On(notification=3)),
    )
    talk = Dialogue(*steps)
    talk.push()
    talk.push()
    assert limits(talk)[1:] == [(5, 65_535), (5, 100)]
    talk.push()
    assert limits(talk)[3:] == [(5, 65_535), (5, 65_535)]
    talk.wait(30)
    assert limits(talk)[5:] == [(1000, 65_535)]
    assert talk.client.remote_settings.max_header_list_size == 4000


def test_a_success_that_is_answered_late_is_one() -> None:
    steps = (
        Step(ChangeSettings(max_concurrent_streams=1, until="success"), FIRST),
        Step(LateAnswer("1h"), On(notification=3)),
    )
    talk = Dialogue(*steps)
    talk.push()
    talk.push("zz")
    assert [streams for streams, _ in limits(talk)] == [1000, 1]
    assert talk.push().headers == {}
    assert [streams for streams, _ in limits(talk)] == [1000, 1, 1000]


def test_a_success_is_one_among_others_that_are_alike() -> None:
    talk = Dialogue(Step(ChangeSettings(max_concurrent_streams=7, until="success"), SECOND))
    for _ in range(5):
        talk.push()
    assert [streams for streams, _ in limits(talk)] == [1000, 7, 1000]


@ENGINES
def test_who_has_said_goaway_is_told_of_no_settings(engine: str) -> None:
    fault = ChangeSettings(max_concurrent_streams=7, until="success")
    talk = Dialogue(Step(fault, FIRST), engine=engine)
    talk.push()
    stream = talk.begin(end=False)
    talk.client.end_stream(stream)
    whole = talk.client.data_to_send()
    # The end of the request is a frame without a body: GOAWAY goes before it.
    talk.raw(whole[:-9] + bytes.fromhex("000008 07 00 00000000 00000000 00000000") + whole[-9:])
    assert [streams for streams, _ in limits(talk)] == [1000, 7]


@pytest.mark.parametrize("bundles", [True, False])
def test_fewer_headers_are_allowed_once_the_client_knows(bundles: bool) -> None:
    fault = ChangeSettings(max_header_list_size=600, until="30s")
    talk = Dialogue(Step(fault, SECOND), bundles=bundles)
    long = "x" * 400
    for _ in range(2):
        assert talk.push(x_long=long).status == 200
    assert talk.push().status == 200
    assert talk.push(x_long=long).status == 431
    assert "and SETTINGS allow 600" in str(talk.latest.detail)
    talk.wait(30)
    assert talk.push(x_long=long).status == 200


# ---- answers --------------------------------------------------------------------------------


def test_an_answer_that_is_cut_leaves_those_before_it_whole() -> None:
    talk = Dialogue(Step(Drop(after_answer_bytes=9), On(notification=3)))
    at_once(talk, 3)
    assert [talk.streams[stream].status for stream in (1, 3)] == [200, 200]
    assert outcomes(talk) == [("accepted", True), ("accepted", True), ("accepted", False)]


def test_of_a_stream_that_the_client_has_reset_no_reset_is_on_record() -> None:
    talk = Dialogue(Step(ResetStream(8, twice=True), FIRST))
    stream = talk.begin()
    talk.client.reset_stream(stream, 8)
    talk.flow()
    assert [each.by for each in talk.ledger.of(ResetSeen)] == ["provider"]


def test_what_a_wedge_refuses_is_not_counted() -> None:
    talk = Dialogue(Step(Wedge(), FIRST), Step(Unanswered(), On(notification=3)))
    for _ in range(4):
        assert talk.push().reason == "InternalServerError"
    talk.leave()
    talk.open(NOBODY)
    assert talk.push(signed=signed()).status == 200
    assert talk.push(signed=signed()).headers == {}


def test_a_wedge_does_not_take_who_has_no_token_for_somebody() -> None:
    talk = Dialogue(Step(Wedge(), FIRST), provider=NOBODY)
    talk.push()
    talk.push(signed=signed())
    talk.push()
    assert [streams for streams, _ in limits(talk)] == [1, 1000]


def test_the_end_of_the_server_waits_for_no_answer() -> None:
    talk = Dialogue(Step(LateAnswer("1h"), FIRST))
    talk.push()
    talk.stop()
    assert outcomes(talk) == [("accepted", False)]
    assert (talk.end.reason, talk.end.unanswered) == ("stopped", 1)


def test_a_client_that_leaves_in_a_stall_is_heard_out() -> None:
    talk = Dialogue(Step(Stall("10s"), FIRST))
    at_once(talk, 3)
    talk.leave()
    assert len(talk.pushes) == 1
    talk.wait(10)
    assert outcomes(talk) == [("accepted", True)] * 3
    assert (talk.end.requests, talk.end.unanswered) == (3, 0)


def test_what_a_stall_kept_from_being_read_is_lost_with_the_connection() -> None:
    talk = Dialogue(Step(Stall("10s"), FIRST))
    at_once(talk, 3)
    talk.begin(end=False)
    talk.raw(talk.client.data_to_send())
    talk.leave("reset")
    assert len(talk.pushes) == 1
    assert (talk.end.streams, talk.end.requests, talk.end.unanswered) == (3, 3, 2)
    assert talk.end.detail == (
        "2 requests had come that a fault kept from being read, and are lost"
    )
    assert talk.end.unread_bytes > 0


@pytest.mark.parametrize("leaves", [False, True])
def test_and_with_one_that_another_fault_closes(leaves: bool) -> None:
    talk = Dialogue(Step(Stall("1h"), FIRST), Step(Drop(), On(after="1s")))
    at_once(talk, 3)
    talk.begin(end=False)
    talk.raw(talk.client.data_to_send())
    if leaves:
        talk.leave()
    talk.wait(10)
    assert (talk.end.by, talk.end.reason) == ("server", "fault")
    assert (talk.end.streams, talk.end.requests, talk.end.unanswered) == (3, 3, 2)
    assert "2 requests had come" in str(talk.end.detail)
    assert talk.end.unread_bytes > 0


@ENGINES
@pytest.mark.parametrize(
    "wrong",
    [
        # WINDOW_UPDATE by nothing, on the connection and on a stream (RFC 9113, 6.9).
        "000004 08 00 00000000 00000000",
        "000004 08 00 00000003 00000000",
        # GOAWAY of a client that leaves, and that gives the connection up.
        "000008 07 00 00000000 00000000 00000000",
        "000008 07 00 00000000 00000000 00000001",
    ],
)
def test_a_dead_connection_says_nothing_whatever_the_client_does(engine: str, wrong: str) -> None:
    talk = Dialogue(Step(Blackhole(), FIRST), engine=engine)
    talk.push()
    talk.begin(end=False)
    talk.flow()
    talk.done.clear()
    talk.raw(bytes.fromhex(wrong))
    talk.wait(60)
    assert talk.done == []
    assert {each.by for each in talk.ledger.of(GoAwaySeen)} <= {"provider"}
    assert {each.by for each in talk.ledger.of(ResetSeen)} <= {"provider"}
    assert not talk.connection.finished


def test_too_large_a_body_above_the_last_stream_is_not_processed_either() -> None:
    talk = Dialogue(Step(GoAway(then="keep"), FIRST))
    talk.push()
    stream = talk.begin(body=bytes(300_000), end=False)
    talk.flow()
    assert stream not in talk.streams
    assert talk.ledger.of(ApiResponse) == []
    assert talk.requests[-1].http_status is None
    assert "longer than" in str(talk.requests[-1].detail)


def test_chance_tells_tokens_that_are_no_hex_apart() -> None:
    odd = [f"no-hex-{number}" for number in range(12)]

    def hit(order: list[str]) -> dict[str, bool]:
        talk = Dialogue(Step(Unanswered(), On(reason="*", chance=0.5)), seed=3)
        return {each: talk.push(each).headers == {} for each in order}

    assert hit(odd) == hit(odd[::-1])
    assert {*hit(odd).values()} == {True, False}


def test_a_step_may_wait_for_what_is_no_token() -> None:
    talk = Dialogue(Step(Unanswered(), On(token="No-*", reason="*")))
    assert talk.push("no-hex").headers == {}
    assert talk.push("zz").status == 400
