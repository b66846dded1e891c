"""Every fault of the API from the client's side of TLS, and what is on record of it."""

from __future__ import annotations

import time
from typing import Any, Literal

import h2.events
import pytest

from fakeapns import FakeAPNs, ThreadedAPNs
from fakeapns.ledger import ApiClosed, ConnectionRefused, FaultFired, GoAwaySeen, SettingsSeen
from fakeapns.scenario.faults import (
    FAULTS,
    AcceptThenClose,
    AfterNotifications,
    Alert,
    BadCertificate,
    Blackhole,
    ChangeSettings,
    DeafPing,
    Drop,
    Fault,
    Garbage,
    GoAway,
    LateAnswer,
    NoCredit,
    NoSettings,
    PartialAnswer,
    ReconnectBlock,
    Refuse,
    Reject,
    ResetStream,
    SlowHandshake,
    Stall,
    Throttle,
    Unanswered,
    Wedge,
)

from ..providers import await_entries
from .api_seen import Talk, httpx_client, outcomes, post
from .seen import SECONDS, SILENT, Look, sees, write_piece_by_piece

CASES: list[Any] = []
FINE = ("accepted", True)
#: PINGs, 340 kB of them: less than a connection takes unread where no step may leave it so.
LOTS = bytes.fromhex("000008 06 00 00000000") * 20_000


def twice(apns: ThreadedAPNs, *, patience: float) -> list[str]:
    with httpx_client(apns) as client:
        return [post(client), post(client, 8, patience=patience)]


# ---- the answer -----------------------------------------------------------------------------


@sees(CASES, Reject("TooManyRequests"))
def an_answer_that_says_why(apns: ThreadedAPNs) -> None:
    with httpx_client(apns) as client:
        assert post(client) == "429 TooManyRequests"
        assert post(client) == "200"
    assert outcomes(apns) == [("rejected", True), FINE]


@sees(CASES, ResetStream(), notification=1)
@sees(CASES, ResetStream(twice=True), notification=1)
@sees(CASES, ResetStream(2), notification=1)
def a_stream_that_was_not_processed(apns: ThreadedAPNs) -> None:
    with httpx_client(apns) as client:
        assert [post(client), post(client)] == ["RemoteProtocolError", "200"]
    assert outcomes(apns) == [("discarded", False), FINE]


@sees(CASES, ResetStream(8, "headers"), notification=1)
def a_stream_that_ends_behind_the_headers(apns: ThreadedAPNs) -> None:
    with httpx_client(apns) as client:
        assert [post(client), post(client)] == ["RemoteProtocolError", "200"]
    assert outcomes(apns) == [("accepted", False), FINE]


@sees(CASES, Unanswered(), notification=1)
@sees(CASES, PartialAnswer(), notification=1)
def an_answer_that_never_comes(apns: ThreadedAPNs) -> None:
    with httpx_client(apns) as client:
        assert [post(client, patience=SILENT), post(client)] == ["ReadTimeout", "200"]
    assert outcomes(apns) == [("accepted", False), FINE]


@sees(CASES, Unanswered(accepted=False), notification=1)
def silence_about_what_was_never_processed(apns: ThreadedAPNs) -> None:
    with httpx_client(apns) as client:
        assert [post(client, patience=SILENT), post(client)] == ["ReadTimeout", "200"]
    assert outcomes(apns) == [("discarded", False), FINE]


@sees(CASES, PartialAnswer("half-body"), notification=1)
def half_a_reason(apns: ThreadedAPNs) -> None:
    with Talk(apns) as talk:
        first, second = talk.push(2)
        talk.await_answers(first, second)
        assert [talk.answered[each] for each in (first, second)] == [500, 200]
        assert [event.stream_id for event in talk.of(h2.events.StreamEnded)] == [second]
    assert outcomes(apns) == [("rejected", False), FINE]


@sees(CASES, LateAnswer(AfterNotifications(1)), notification=1)
@sees(CASES, LateAnswer("50ms"), notification=1)
@sees(CASES, Unanswered("50ms"), notification=1)
def an_answer_that_another_overtakes(apns: ThreadedAPNs) -> None:
    with Talk(apns) as talk:
        first, second = talk.push(2)
        talk.await_answers(first, second)
        assert set(talk.answered) == {first, second}
    assert outcomes(apns) == [FINE, FINE]


@sees(CASES, Wedge(), notification=1)
def a_connection_that_says_no_to_everything(apns: ThreadedAPNs) -> None:
    with httpx_client(apns) as client:
        assert [post(client) for _ in range(3)] == ["500 InternalServerError"] * 3
    with httpx_client(apns) as client:
        assert post(client) == "200"
    assert outcomes(apns) == [("rejected", True)] * 3 + [FINE]


# ---- the connection -------------------------------------------------------------------------


@sees(CASES, Drop())
@sees(CASES, Drop("no-close-notify"))
@sees(CASES, Drop(after_answer_bytes=9))
@sees(CASES, Garbage("48 54 54 50 2f 31 2e 31 20 35 30 35"))
def an_end_in_place_of_an_answer(apns: ThreadedAPNs) -> None:
    with httpx_client(apns) as client:
        assert [post(client), post(client)] == ["RemoteProtocolError", "200"]
    assert outcomes(apns) == [("accepted", False), FINE]


@sees(CASES, Drop("reset"))
def a_reset_in_place_of_an_answer(apns: ThreadedAPNs) -> None:
    with httpx_client(apns) as client:
        assert post(client) in ("ReadError", "WriteError", "RemoteProtocolError")
        assert post(client) == "200"
    assert outcomes(apns) == [("accepted", False), FINE]


@sees(CASES, Drop(), idle="50ms")
@sees(CASES, GoAway(debug="IdleTimeout"), idle="50ms")
def the_end_of_a_quiet_line(apns: ThreadedAPNs) -> None:
    with Talk(apns) as talk:
        talk.await_end()
        goaways = talk.of(h2.events.ConnectionTerminated)
    assert [each.additional_data for each in goaways] in ([], [b'{"reason":"IdleTimeout"}'])
    assert len(apns.ledger.of(GoAwaySeen)) == len(goaways)


@sees(CASES, Blackhole(), notification=1)
def a_line_that_is_dead(apns: ThreadedAPNs) -> None:
    assert twice(apns, patience=SILENT) == ["200", "ReadTimeout"]
    await_entries(apns, ApiClosed)
    assert outcomes(apns) == [FINE, ("discarded", False)]


@sees(CASES, Stall("1h"), notification=1)
@sees(CASES, Throttle(1), notification=1)
def a_line_that_nobody_reads(apns: ThreadedAPNs) -> None:
    assert twice(apns, patience=SILENT) == ["200", "ReadTimeout"]
    assert outcomes(apns) == [FINE]


@sees(CASES, Stall("1h"), notification=1)
@sees(CASES, Throttle(1), notification=1)
def a_write_that_blocks(apns: ThreadedAPNs) -> None:
    with Talk(apns) as talk:
        talk.await_answers(*talk.push())
        talk.link.settimeout(SILENT)
        with pytest.raises(TimeoutError):
            write_piece_by_piece(talk.link, LOTS)


@sees(CASES, GoAway("previous", debug="Shutdown"), notification=2)
@sees(CASES, GoAway("previous", debug="Shutdown", then="keep"), notification=2)
@sees(CASES, GoAway("previous", debug="Shutdown", then="silent"), notification=2)
def streams_that_were_left_out(apns: ThreadedAPNs) -> None:
    with Talk(apns) as talk:
        talk.push(3)
        while not talk.of(h2.events.ConnectionTerminated):
            assert talk.read()
        [goaway] = talk.of(h2.events.ConnectionTerminated)
    assert (goaway.last_stream_id, goaway.additional_data) == (1, b'{"reason":"Shutdown"}')
    assert talk.answered == {1: 200}
    await_entries(apns, ApiClosed)
    assert outcomes(apns) == [FINE, ("discarded", False), ("discarded", False)]


@sees(CASES, ChangeSettings(max_concurrent_streams=1, until="success"), notification=1)
def a_limit_that_falls_and_comes_back(apns: ThreadedAPNs) -> None:
    with Talk(apns) as talk:
        talk.await_answers(*talk.push())
        talk.await_answers(*talk.push())
        while len(talk.of(h2.events.RemoteSettingsChanged)) < 3:
            assert talk.read()
        assert talk.client.remote_settings.max_concurrent_streams == 1000
    said = [each.values[3] for each in apns.ledger.of(SettingsSeen) if each.by == "server"]
    # It begins with one, too, which the fault keeps from being raised by the first token.
    assert said == [1, 1, 1000]


@sees(CASES, NoCredit())
def a_body_that_waits_for_credit(apns: ThreadedAPNs) -> None:
    body = b"{" + b" " * 4000 + b"}"
    with httpx_client(apns) as client:
        assert [post(client, body=body) for _ in range(16)] == ["200"] * 16
        assert post(client, body=body, patience=SILENT) == "ReadTimeout"
    await_entries(apns, ApiClosed)
    assert outcomes(apns) == [FINE] * 16


@sees(CASES, NoSettings())
def answers_without_settings(apns: ThreadedAPNs) -> None:
    with Talk(apns) as talk:
        talk.await_answers(*talk.push())
        assert talk.of(h2.events.RemoteSettingsChanged) == []
    assert outcomes(apns) == [FINE]


@sees(CASES, NoSettings("goaway"))
@sees(CASES, AcceptThenClose())
def an_end_as_soon_as_it_stands(apns: ThreadedAPNs) -> None:
    with httpx_client(apns) as client:
        assert [post(client), post(client)] == ["RemoteProtocolError", "200"]
    assert [each for each in outcomes(apns) if each != FINE] in ([], [("discarded", False)])


@sees(CASES, DeafPing())
def a_ping_that_nobody_acknowledges(apns: ThreadedAPNs) -> None:
    with Talk(apns) as talk:
        talk.client.ping(b"12345678")
        talk.await_answers(*talk.push())
        assert talk.of(h2.events.PingAckReceived) == []
    assert outcomes(apns) == [FINE]


# ---- connecting -----------------------------------------------------------------------------


@sees(CASES, Refuse("reset"))
@sees(CASES, Refuse("close"))
@sees(CASES, Refuse("before-handshake"))
@sees(CASES, Alert("certificate-revoked"))
@sees(CASES, Alert("eof"))
@sees(CASES, BadCertificate("expired"))
@sees(CASES, BadCertificate("untrusted"))
@sees(CASES, BadCertificate("wrong-host"))
@sees(CASES, BadCertificate("old-chain"))
def no_connection(apns: ThreadedAPNs) -> None:
    with httpx_client(apns) as client:
        assert post(client) in ("ConnectError", "ReadError")
        await_entries(apns, ConnectionRefused)
        assert post(client) == "200"
    assert outcomes(apns) == [FINE]


@sees(CASES, ReconnectBlock(connections=1))
def no_second_connection(apns: ThreadedAPNs) -> None:
    said = []
    for _ in range(3):
        with httpx_client(apns) as client:
            said.append(post(client))
    assert said[0] == "200"
    assert said[1] in ("ConnectError", "ReadError")


@sees(CASES, SlowHandshake(SECONDS))
def a_handshake_that_takes_its_time(apns: ThreadedAPNs) -> None:
    begin = time.monotonic()
    with httpx_client(apns) as client:
        assert post(client) == "200"
    assert time.monotonic() - begin >= SECONDS


def test_no_fault_of_the_api_is_missing_here() -> None:
    seen = {case.values[0].name for case in CASES}
    assert seen == {str(each.__struct_config__.tag) for each in FAULTS if "api" in each.services}


@pytest.mark.parametrize(("fault", "on", "look"), CASES)
def test_a_client_sees_it_and_it_is_on_record_once(
    fault: Fault, on: dict[str, Any], look: Look
) -> None:
    most: Literal["1.2", "1.3"] = "1.2" if isinstance(fault, Alert) else "1.3"
    with FakeAPNs(api_tls_maximum=most).in_thread() as apns:
        apns.inject(fault, times=1, **on)
        look(apns)
        [entry] = await_entries(apns, FaultFired)
        assert entry.fault == fault.name
        # Whoever the story turned away is told so, and not blamed.
        assert {each.reason for each in apns.ledger.of(ConnectionRefused)} <= {"fault"}
