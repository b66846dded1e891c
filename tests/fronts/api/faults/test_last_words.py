"""What leaves and what is on record are the same, also where one fault silences another."""

from __future__ import annotations

from typing import Any

import h2.events
import pytest

from fakeapns import (
    Blackhole,
    ChangeSettings,
    Drop,
    GoAway,
    LateAnswer,
    NoSettings,
    On,
    Step,
)
from fakeapns.fronts.actions import Send, ShutWrite
from fakeapns.fronts.front import Provider
from fakeapns.ledger import ApiResponse, FaultFired, GoAwaySeen, Malformed, SettingsSeen

from ....frames import TOPIC, simple
from ....moments import at
from ....protocol.http2.client import HELLO as PREFACE
from ....protocol.http2.client import PING, SETTINGS_ACK, frame, post
from ..dialogue import Dialogue
from ..frames import FINE, Frames

FIRST, SECOND = On(notification=1), On(notification=2)
ALPN = pytest.mark.parametrize("alpn", ["h2", None])
HTTP_1 = b"GET / HTTP/1.1\r\n\r\n"
BINARY = simple()


def provider(alpn: str | None = None) -> Provider:
    return Provider((TOPIC,), "UID=com.example.app", scope="both", alpn=alpn)


def fired(talk: Dialogue) -> list[str]:
    return [each.fault for each in talk.ledger.of(FaultFired)]


def limits(talk: Dialogue) -> list[int]:
    """Streams at a time, as the client was told, which is what is on record."""
    heard = [
        event.changed_settings[3].new_value
        for event in talk.events
        if isinstance(event, h2.events.RemoteSettingsChanged)
    ]
    entries = [each for each in talk.ledger.of(SettingsSeen) if each.by == "server"]
    assert [each.values[3] for each in entries] == heard
    return heard


# ---- behind the end -------------------------------------------------------------------------


def test_nothing_is_said_once_our_side_is_closed() -> None:
    steps = (
        Step(ChangeSettings(max_concurrent_streams=7, until="1s"), FIRST),
        Step(GoAway(debug="late", delay="1s"), On(after="1ms")),
        Step(GoAway(), SECOND),
    )
    talk = Dialogue(*steps)
    talk.push()
    talk.push()
    talk.wait(0.2)
    assert isinstance(talk.done[-1], ShutWrite)
    talk.done.clear()
    talk.client.ping(b"12345678")
    talk.flow()
    talk.wait(10)
    assert not any(isinstance(each, Send) for each in talk.done)
    assert limits(talk) == [1000, 7]
    assert [each.debug for each in talk.ledger.of(GoAwaySeen)] == [""]
    assert talk.end.reason == "shutdown"


def test_what_comes_together_is_answered_in_its_order() -> None:
    talk = Dialogue(Step(GoAway(), FIRST))
    talk.begin()
    # Two reads, and then a turn to write: the answer and the GOAWAY, and behind them the PING's.
    for data in (talk.client.data_to_send(), frame(PING, b"12345678")):
        talk.connection.receive(data, at(0))
        while talk.connection.busy:
            talk.connection.wake(at(0))
    written = [each.data for each in talk.connection.actions() if isinstance(each, Send)]
    assert [each.endswith(b"12345678") for each in written] == [False, True]


def test_of_two_goaways_the_one_behind_the_silence_is_not_said() -> None:
    steps = (
        Step(GoAway(delay="1s", then="silent"), On(after="0ms")),
        Step(GoAway(delay="500ms", debug="late"), On(after="500ms")),
    )
    talk = Dialogue(*steps)
    talk.wait(60)
    assert fired(talk) == ["goaway", "goaway"]
    assert [each.debug for each in talk.ledger.of(GoAwaySeen)] == [""]
    assert not talk.connection.finished


def test_it_closes_once_all_has_left_for_which_the_client_gives_credit() -> None:
    talk = Dialogue(Step(GoAway(), On(reason="*")))
    talk.client.update_settings({4: 0})
    talk.flow()
    stream = talk.begin("zz")
    talk.flow()
    talk.wait(60)
    assert not any(isinstance(each, ShutWrite) for each in talk.done)
    talk.client.increment_flow_control_window(1000, stream)
    talk.flow()
    assert talk.streams[stream].reason == "BadDeviceToken"
    talk.wait(10)
    assert talk.end.reason == "shutdown"


@pytest.mark.parametrize("fault", [Blackhole(), Drop("keep"), GoAway(then="silent")])
def test_a_dead_connection_takes_whatever_is_written_however_much(fault: Any) -> None:
    """Its answers wait for nobody: over a mebibyte of them the connection would be given up."""
    talk = Frames(steps=[Step(fault, FIRST)])
    talk.send(PREFACE + SETTINGS_ACK, post(1, FINE))
    for _ in range(650):
        talk.send(frame(PING, b"12345678") * 100)
    talk.send(post(3, FINE))
    assert [push.outcome for push in talk.pushes] == ["accepted", "discarded"]
    talk.leave()
    assert "ENHANCE_YOUR_CALM" not in str(talk.end.detail)


# ---- before HTTP/2 is spoken ----------------------------------------------------------------


@ALPN
def test_settings_that_change_at_once_come_behind_those_of_the_beginning(alpn: str | None) -> None:
    step = Step(ChangeSettings(max_concurrent_streams=7), On(after="0ms"))
    assert limits(Dialogue(step, provider=provider(alpn))) == [1000, 7]


def test_who_does_not_speak_yet_is_told_nothing() -> None:
    steps = (
        Step(ChangeSettings(max_concurrent_streams=7), On(after="1s")),
        Step(GoAway(), On(after="2s")),
    )
    talk = Dialogue(*steps, provider=provider(), greet=False)
    talk.wait(60)
    assert fired(talk) == ["settings", "goaway"]
    assert talk.ledger.of(SettingsSeen) == []
    assert talk.ledger.of(GoAwaySeen) == []
    talk.client.initiate_connection()
    talk.flow()
    assert limits(talk) == [1000, 7]
    assert [each.last_stream for each in talk.ledger.of(GoAwaySeen)] == [0]
    talk.wait(10)
    assert talk.end.reason == "shutdown"


def test_settings_that_do_not_leave_have_not_changed() -> None:
    change = ChangeSettings(max_concurrent_streams=1, until="success")
    talk = Dialogue(Step(NoSettings()), Step(change, FIRST, times=1))
    talk.push()
    talk.push()
    assert fired(talk) == ["no_settings"]
    assert limits(talk) == []


@pytest.mark.parametrize("spoken", [HTTP_1, BINARY])
@pytest.mark.parametrize(
    "step",
    [
        Step(Drop(), On(after="1s")),
        Step(Blackhole(), On(after="1s")),
        Step(NoSettings("goaway")),
    ],
)
def test_who_speaks_something_else_is_told_nothing_either(step: Step, spoken: bytes) -> None:
    talk = Dialogue(step, provider=provider(), greet=False)
    talk.wait(1)
    talk.flow()
    talk.done.clear()
    talk.raw(spoken)
    assert talk.done == []
    assert talk.ledger.of(ApiResponse) == []
    assert [each.http_status for each in talk.requests] == [None] * (spoken is HTTP_1)
    assert {each.outcome for each in talk.ledger.of(Malformed)} <= {"discarded"}
    talk.wait(60)
    talk.leave()
    assert talk.end.unanswered == talk.end.requests == (spoken is HTTP_1)
    assert "the client speaks" in str(talk.end.detail)


def test_who_goes_has_all_that_was_said_before() -> None:
    talk = Dialogue(Step(LateAnswer("5s"), FIRST))
    talk.begin()
    talk.begin()
    talk.connection.receive(talk.client.data_to_send(), at(0))
    talk.connection.ended("graceful", at(0))
    talk.flow()
    assert talk.streams[3].status == 200
    assert [push.answered for push in talk.pushes] == [False, True]
