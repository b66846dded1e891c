"""Faults of whole connections: SETTINGS, PING, credit, and those that are dead and look alive."""

from __future__ import annotations

from typing import Any

import h2.events
import pytest

from fakeapns import (
    AcceptThenClose,
    Blackhole,
    ChangeSettings,
    DeafPing,
    NoCredit,
    NoSettings,
    On,
    ScenarioError,
    Stall,
    Step,
    Throttle,
)
from fakeapns.fronts.front import Provider
from fakeapns.ledger import FaultFired, SettingsSeen
from fakeapns.push import Occasion

from ....frames import TOPIC
from ..dialogue import CERTIFICATE, NOBODY, Dialogue, signed


def fired(talk: Dialogue) -> list[tuple[str, str]]:
    return [(each.fault, each.detail) for each in talk.ledger.of(FaultFired)]


def told(talk: Dialogue) -> list[int]:
    """Streams at a time, as the server's SETTINGS had them one after the other."""
    return [each.values[3] for each in talk.ledger.of(SettingsSeen) if each.by == "server"]


def test_a_limit_falls_and_comes_back_with_a_success() -> None:
    steps = (
        Step(ChangeSettings(max_concurrent_streams=1, until="success"), On(reason="*"), times=1),
    )
    talk = Dialogue(*steps)
    talk.push("zz")
    assert talk.client.remote_settings.max_concurrent_streams == 1
    talk.push("zz")
    assert told(talk) == [1000, 1]
    talk.push()
    assert talk.client.remote_settings.max_concurrent_streams == 1000
    assert told(talk) == [1000, 1, 1000]
    assert fired(talk) == [("settings", "3: 1")]


def test_its_own_push_is_no_success() -> None:
    fault = ChangeSettings(max_concurrent_streams=1, until="success")
    talk = Dialogue(Step(fault, On(notification=1)))
    assert talk.push().status == 200
    assert told(talk) == [1000, 1]
    talk.push()
    assert told(talk) == [1000, 1, 1000]


def test_a_limit_comes_back_after_a_while() -> None:
    fault = ChangeSettings(initial_window_size=100, until="30s")
    talk = Dialogue(Step(fault, On(notification=1)))
    talk.push()
    assert talk.client.remote_settings.initial_window_size == 100
    talk.wait(30)
    assert talk.client.remote_settings.initial_window_size == 65_535


def test_streams_above_a_limit_that_is_acknowledged_are_refused() -> None:
    talk = Dialogue(Step(ChangeSettings(max_concurrent_streams=1), On(notification=1)))
    talk.push()
    talk.client.remote_settings.max_concurrent_streams = 10
    talk.client.remote_settings.acknowledge()
    held = talk.begin(end=False)
    assert talk.push().reset == 7
    talk.client.end_stream(held)
    talk.flow()
    assert talk.streams[held].status == 200


def test_the_limit_that_is_raised_by_a_token_leaves_that_of_a_fault_alone() -> None:
    fault = ChangeSettings(max_concurrent_streams=5, until="10s")
    talk = Dialogue(Step(fault, On(notification=1)), provider=NOBODY)
    talk.push(signed=signed())
    assert told(talk) == [1, 5]
    talk.wait(10)
    assert told(talk) == [1, 5, 1000]


def test_settings_that_change_nothing_are_a_mistake() -> None:
    with pytest.raises(ScenarioError, match="no setting is given"):
        ChangeSettings()


def test_nothing_is_said_of_settings() -> None:
    talk = Dialogue(Step(NoSettings()))
    assert not any(isinstance(event, h2.events.RemoteSettingsChanged) for event in talk.events)
    assert not any(isinstance(event, h2.events.SettingsAcknowledged) for event in talk.events)
    assert fired(talk) == [("no_settings", "nothing instead")]
    assert told(talk) == []


@pytest.mark.parametrize("alpn", ["h2", None])
def test_goaway_in_place_of_settings(alpn: str | None) -> None:
    provider = Provider((TOPIC,), "UID=com.example.app", scope="both", alpn=alpn)
    talk = Dialogue(Step(NoSettings("goaway")), provider=provider)
    talk.wait(10)
    assert told(talk) == []
    assert (talk.end.by, talk.end.reason) == ("server", "fault")


def test_a_ping_is_not_acknowledged_and_all_else_goes_on() -> None:
    talk = Dialogue(Step(DeafPing()))
    assert talk.push().status == 200
    assert fired(talk) == []
    talk.client.ping(b"12345678")
    talk.flow()
    assert not any(isinstance(event, h2.events.PingAckReceived) for event in talk.events)
    assert talk.push().status == 200
    assert fired(talk) == [("deaf_ping", "not acknowledged")]


def is_deaf(talk: Dialogue) -> bool:
    """Whether nobody acknowledges a PING."""
    talk.client.ping(b"12345678")
    talk.flow()
    return not any(isinstance(event, h2.events.PingAckReceived) for event in talk.events)


def test_what_is_to_fire_once_spares_the_next_connection() -> None:
    talk = Dialogue(Step(DeafPing(), times=1))
    assert is_deaf(talk)
    talk.leave()
    talk.open(CERTIFICATE, number=2)
    assert not is_deaf(talk)


def test_what_changed_nothing_has_not_fired_and_acts_on_the_next_connection() -> None:
    steps = (Step(DeafPing(), On(connection=1)), Step(DeafPing(), On(after="1s"), times=1))
    talk = Dialogue(*steps)
    talk.wait(1)
    assert is_deaf(talk)
    talk.leave()
    talk.open(CERTIFICATE, number=2)
    assert not is_deaf(talk)
    talk.events.clear()
    talk.wait(1)
    assert is_deaf(talk)
    assert [each.step for each in talk.ledger.of(FaultFired)] == [1, 2]


@pytest.mark.parametrize(
    "fault", [DeafPing(), NoCredit(), NoCredit("1MiB"), Blackhole(), Stall("1h"), Throttle()]
)
def test_what_nobody_met_has_not_fired(fault: Any) -> None:
    talk = Dialogue(Step(fault, On(after="1s"), times=1))
    talk.push()
    talk.wait(5)
    talk.leave("reset")
    assert fired(talk) == []
    # So it may act on another connection.
    later = Occasion(2, elapsed=5.0, service="api")
    assert talk.api.judge.triggers.choose("open", later) is not None


#: Of which 16 fit into the window that a connection begins with.
BODY = b"{" + b" " * 4000 + b"}"


def sent_on_credit(talk: Dialogue, most: int) -> int:
    """How many such bodies go out before the window is used up, or so many."""
    for done in range(most):
        if talk.client.outbound_flow_control_window < len(BODY):
            return done
        assert talk.push(body=BODY).status == 200
    return most


def test_without_credit_bodies_stall() -> None:
    talk = Dialogue(Step(NoCredit()))
    assert sent_on_credit(talk, 100) == 16
    assert fired(talk) == [("no_credit", "after 0 bytes")]


def test_credit_is_given_up_to_so_many_bytes() -> None:
    talk = Dialogue(Step(NoCredit("1MiB")))
    assert sent_on_credit(talk, 100) == 100
    assert fired(talk) == []


def test_and_behind_them_bodies_stall() -> None:
    talk = Dialogue(Step(NoCredit("100KiB")))
    # 100 KiB are 25 of them, and the window beyond is 16 at most.
    assert 25 < sent_on_credit(talk, 100) <= 25 + 16
    assert fired(talk) == [("no_credit", "after 102,400 bytes")]


def test_credit_that_is_given_no_more_already_is_not_taken_away_again() -> None:
    steps = (Step(NoCredit(), On(connection=1)), Step(NoCredit("4KiB"), On(after="1s"), times=1))
    talk = Dialogue(*steps)
    talk.wait(1)
    sent_on_credit(talk, 100)
    talk.leave()
    talk.open(CERTIFICATE, number=2)
    talk.wait(1)
    assert sent_on_credit(talk, 100) < 100
    assert [each.step for each in talk.ledger.of(FaultFired)] == [1, 2]


def test_a_dead_connection_looks_alive() -> None:
    talk = Dialogue(Step(Blackhole(), On(notification=2)))
    for _ in range(4):
        talk.begin()
    talk.flow()
    assert sorted(talk.streams) == [1, 3]
    assert [(push.outcome, push.answered) for push in talk.pushes] == [
        ("accepted", True),
        ("accepted", True),
        ("discarded", False),
        ("discarded", False),
    ]
    talk.wait(3600)
    assert not talk.connection.finished
    [fault] = talk.ledger.of(FaultFired)
    assert {(push.behind, push.cause) for push in talk.pushes[2:]} == {(2, fault.seq)}
    talk.leave()
    assert talk.end.by == "provider"


def test_a_connection_dies_while_it_is_idle() -> None:
    talk = Dialogue(Step(Blackhole(), On(idle="30m")))
    assert talk.push().status == 200
    talk.wait(1800)
    assert talk.push().headers == {}
    assert [push.outcome for push in talk.pushes] == ["accepted", "discarded"]


def test_nothing_is_read_for_a_while_and_then_in_order() -> None:
    talk = Dialogue(Step(Stall("10s"), On(notification=2)))
    for _ in range(4):
        talk.begin()
    talk.flow()
    assert [push.stream for push in talk.pushes] == [1, 3]
    assert talk.connection.appetite == 0
    assert "stall for 10s" in str(talk.connection.pending.held)
    talk.wait(10)
    assert [push.stream for push in talk.pushes] == [1, 3, 5, 7]
    assert all(talk.streams[stream].status == 200 for stream in (1, 3, 5, 7))
    assert fired(talk) == [("stall", "for 10s")]


def test_reading_slows_down() -> None:
    talk = Dialogue(Step(Throttle(100), On(notification=1)))
    talk.push()
    assert talk.connection.appetite == 0
    talk.wait(1)
    assert talk.connection.appetite == 5


@pytest.mark.parametrize("alpn", ["h2", None])
def test_a_connection_that_is_closed_without_a_byte(alpn: str | None) -> None:
    provider = Provider((TOPIC,), "UID=com.example.app", scope="both", alpn=alpn)
    talk = Dialogue(Step(AcceptThenClose()), provider=provider)
    talk.wait(10)
    assert not any(hasattr(each, "data") for each in talk.done)
    assert told(talk) == []
    assert (talk.end.by, talk.end.reason) == ("server", "fault")


def test_who_falls_for_a_bad_certificate_talks_to_nobody() -> None:
    provider = Provider((TOPIC,), "UID=com.example.app", 1, "both")
    talk = Dialogue(provider=provider)
    talk.begin()
    talk.flow()
    assert talk.events == []
    assert [(push.outcome, push.cause) for push in talk.pushes] == [("discarded", 1)]


@pytest.mark.parametrize("alpn", ["h2", None])
def test_a_host_is_what_the_client_asked_for(alpn: str | None) -> None:
    step = Step(AcceptThenClose(), On(host="api.sandbox.*"))
    asked = Provider((TOPIC,), None, host="api.sandbox.push.apple.com", alpn=alpn)
    talk = Dialogue(step, provider=asked)
    talk.wait(10)
    assert talk.end.reason == "fault"
    other = Dialogue(step, provider=CERTIFICATE)
    assert other.push().status == 200
