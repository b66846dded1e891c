"""A connection from its first byte to its end: SETTINGS, limits, what is unfinished, GOAWAY."""

from __future__ import annotations

from typing import Any

import h2.events
import pytest

from fakeapns.fronts.actions import Close, Send, ShutWrite
from fakeapns.fronts.front import Provider
from fakeapns.ledger import GoAwaySeen, ResetSeen, SettingsSeen

from ...frames import TOPIC
from ...moments import GRACE, PAUSE, at
from .dialogue import HELLO, NOBODY, TOKEN, Dialogue, signed

FULL = {1: 4096, 3: 1000, 4: 65_535, 5: 16_384, 6: 8000}
ENGINES = pytest.mark.parametrize("engine", ["ngh2", "h2"])


def said(talk: Dialogue, by: str = "server") -> list[dict[int, int]]:
    """The SETTINGS that one side has said."""
    return [dict(each.values) for each in talk.ledger.of(SettingsSeen) if each.by == by]


@ENGINES
def test_who_has_a_certificate_may_open_a_thousand_streams(engine: str) -> None:
    talk = Dialogue(engine=engine)
    assert talk.client.remote_settings.max_concurrent_streams == 1000
    assert said(talk) == [FULL]
    assert said(talk, "provider")[0][4] == 65_535


@ENGINES
def test_who_has_none_may_open_one_until_a_token_was_good(engine: str) -> None:
    talk = Dialogue(provider=NOBODY, engine=engine)
    assert talk.client.remote_settings.max_concurrent_streams == 1
    assert talk.push(signed="a.b.c").status == 403
    assert talk.client.remote_settings.max_concurrent_streams == 1
    # Whatever else is wrong with it.
    assert talk.push("00", b"", signed=signed()).status == 400
    assert talk.client.remote_settings.max_concurrent_streams == 1000
    assert said(talk) == [{**FULL, 3: 1}, FULL]


@ENGINES
def test_streams_that_are_opened_before_the_client_has_seen_the_limit_are_served(
    engine: str,
) -> None:
    talk = Dialogue(provider=NOBODY, engine=engine, greet=False)
    talk.client.initiate_connection()
    streams = [talk.begin(signed=signed()) for _ in range(300)]
    talk.flow()
    assert [talk.streams[stream].status for stream in streams] == [200] * 300
    assert len(talk.pushes) == 300


@ENGINES
def test_streams_above_an_acknowledged_limit_are_refused(engine: str) -> None:
    talk = Dialogue(provider=NOBODY, engine=engine)
    # A client that does not mind what it was told.
    talk.client.remote_settings.max_concurrent_streams = 100
    talk.client.remote_settings.acknowledge()
    first, second = talk.begin(signed=signed(), end=False, body=b""), talk.begin(signed=signed())
    talk.flow()
    assert talk.streams[second].reset == 7
    [refused] = talk.requests
    assert (refused.stream, refused.ordinal, refused.http_status) == (second, 0, None)
    assert refused.detail == "1 streams may be open at once, and as many are"
    [reset] = talk.ledger.of(ResetSeen)
    assert (reset.by, reset.code, reset.stream) == ("server", 7, second)
    talk.client.end_stream(first)
    talk.flow()
    assert talk.streams[first].reason == "PayloadEmpty"


@ENGINES
def test_a_body_may_come_in_pieces(engine: str) -> None:
    talk = Dialogue(engine=engine)
    stream = talk.begin(body=HELLO[:5], end=False)
    talk.flow()
    assert talk.connection.pending.waits == "a request is not complete"
    assert not talk.pushes
    talk.client.send_data(stream, HELLO[5:], end_stream=True)
    talk.flow()
    assert talk.latest.payload_bytes == HELLO
    assert talk.connection.pending.waits is None


@ENGINES
def test_a_client_that_takes_its_request_back_is_on_record(engine: str) -> None:
    talk = Dialogue(engine=engine)
    stream = talk.begin(body=HELLO[:5], end=False)
    talk.client.reset_stream(stream, 8)
    talk.flow()
    [request] = talk.requests
    assert request.detail == "the client reset the stream before the request was complete"
    assert (request.path, request.http_status) == (f"/3/device/{TOKEN}", None)
    [reset] = talk.ledger.of(ResetSeen)
    assert (reset.by, reset.code) == ("provider", 8)


@ENGINES
def test_what_is_not_complete_when_the_client_leaves_is_on_record(engine: str) -> None:
    talk = Dialogue(engine=engine)
    talk.begin(body=HELLO[:5], end=False)
    talk.flow()
    talk.leave()
    assert talk.done[-2:] == [ShutWrite(close_notify=True), Close()]
    [request] = talk.requests
    assert request.detail == "the client left before it was complete"
    assert (talk.end.streams, talk.end.requests, talk.end.received) == (1, 0, 0)


@ENGINES
def test_a_body_without_end_is_too_large(engine: str) -> None:
    talk = Dialogue(engine=engine)
    stream = talk.begin(body=b"x" * 300_000, end=False)
    talk.flow()
    heard = talk.streams[stream]
    assert (heard.status, heard.reason) == (413, "PayloadTooLarge")
    [request] = talk.requests
    assert request.http_status == 413
    assert request.detail == "the body is longer than 262,144 bytes, and more of it is not kept"
    # And the connection is as good as before.
    assert talk.push().status == 200


@ENGINES
def test_what_http2_forbids_is_refused_with_the_rule_in_words(engine: str) -> None:
    talk = Dialogue(engine=engine)
    talk.client.config.validate_outbound_headers = False
    talk.client.config.normalize_outbound_headers = False
    talk.begin(TOKEN, HELLO, ("Apns-Collapse-Id", "x"))
    talk.flow()
    [request] = talk.requests
    assert "'Apns-Collapse-Id' has capital letters" in (request.detail or "")
    assert talk.ledger.of(ResetSeen)[0].by == "server"
    assert not talk.pushes


@ENGINES
def test_a_broken_frame_ends_the_connection_with_goaway(engine: str) -> None:
    talk = Dialogue(engine=engine)
    talk.push()
    # DATA on stream 0 (RFC 9113, 6.1).
    talk.raw(b"\0\0\1\0\0\0\0\0\0x")
    talk.wait(PAUSE + GRACE)
    assert [type(each) for each in talk.events][-1] is h2.events.ConnectionTerminated
    [goaway] = talk.ledger.of(GoAwaySeen)
    assert (goaway.by, goaway.code, goaway.last_stream) == ("server", 1, 1)
    assert (talk.end.by, talk.end.reason) == ("server", "error")
    assert (talk.end.detail or "").startswith("PROTOCOL_ERROR")


@ENGINES
def test_who_says_that_it_is_done_is_let_go(engine: str) -> None:
    talk = Dialogue(engine=engine)
    talk.push()
    talk.client.close_connection()
    talk.flow()
    talk.wait(PAUSE + GRACE)
    assert (talk.end.by, talk.end.how, talk.end.reason) == ("provider", "graceful", "ended")
    assert talk.end.detail is None


@ENGINES
def test_the_complaint_of_a_client_is_on_record(engine: str) -> None:
    talk = Dialogue(engine=engine)
    talk.client.close_connection(error_code=9, additional_data=b"table too small")
    talk.flow()
    goaway = talk.ledger.of(GoAwaySeen)[0]
    assert (goaway.by, goaway.code, goaway.debug) == ("provider", 9, "table too small")


@ENGINES
@pytest.mark.parametrize(("scope", "plays"), [("sandbox", "production"), ("production", "sandbox")])
def test_a_certificate_of_the_other_environment_gets_goaway(
    engine: str, scope: Any, plays: Any
) -> None:
    other = Provider((TOPIC,), "UID=com.example.app", scope=scope, alpn="h2")
    talk = Dialogue(provider=other, engine=engine, environment=plays)
    [goaway] = [each for each in talk.events if isinstance(each, h2.events.ConnectionTerminated)]
    assert goaway.additional_data == b'{"reason":"BadCertificateEnvironment"}'
    assert (goaway.error_code, goaway.last_stream_id) == (0, 0)
    talk.wait(PAUSE + GRACE)
    assert talk.end.detail == (
        f"the client's certificate is for {scope} only and the server plays {plays}: use another "
        f"certificate, or set environment={scope}"
    )


def test_what_comes_behind_that_goaway_is_discarded() -> None:
    other = Provider((TOPIC,), "UID=com.example.app", scope="sandbox", alpn="h2")
    talk = Dialogue(provider=other, greet=False)
    talk.client.initiate_connection()
    talk.begin()
    talk.begin(path="/3/somewhere")
    talk.flow()
    [push], [request] = talk.pushes, talk.requests
    [goaway] = talk.ledger.of(GoAwaySeen)
    assert (push.outcome, push.cause, push.behind, push.answered) == (
        "discarded",
        goaway.seq,
        0,
        False,
    )
    talk.wait(PAUSE + GRACE)
    assert push.why == request.detail == f"the connection had been ended before: {talk.end.detail}"
    assert request.http_status is None
    told = "behind the beginning: the connection had been ended before: the client's certificate is"
    assert told in str(talk.ledger)


@ENGINES
def test_a_server_that_stops_says_goodbye(engine: str) -> None:
    talk = Dialogue(engine=engine)
    talk.push()
    talk.stop()
    [goaway] = [each for each in talk.events if isinstance(each, h2.events.ConnectionTerminated)]
    assert (goaway.error_code, goaway.last_stream_id) == (0, 1)
    assert (talk.end.by, talk.end.how, talk.end.reason) == ("server", "graceful", "stopped")


@pytest.mark.parametrize("how", ["reset", "lost"])
def test_a_broken_connection_is_answered_nothing(how: Any) -> None:
    talk = Dialogue()
    talk.begin()
    before = len(talk.done)
    # It broke before anybody looked at what had come.
    talk.connection.receive(talk.client.data_to_send(), at(talk.now))
    talk.leave(how)
    assert talk.done[before:] == [Close()]
    assert talk.latest.outcome == "accepted"
    assert (talk.end.by, talk.end.how) == ("provider", how)


def test_its_end_counts_what_came() -> None:
    talk = Dialogue()
    talk.push()
    talk.push("no-hex")
    talk.push(path="/")
    talk.leave()
    end = talk.end
    assert (end.streams, end.requests, end.unanswered) == (3, 3, 0)
    assert (end.received, end.accepted, end.rejected, end.discarded) == (2, 1, 1, 0)


def test_numbers_are_those_of_requests() -> None:
    talk = Dialogue()
    talk.push(path="/")
    talk.push()
    assert (talk.requests[0].ordinal, talk.latest.ordinal, talk.latest.stream) == (1, 2, 3)


def test_nothing_is_said_to_the_silent() -> None:
    talk = Dialogue(provider=NOBODY, greet=False)
    talk.flow()
    assert talk.done == []
    talk.leave()
    assert talk.end.streams == 0


def test_who_has_agreed_upon_http2_is_greeted_at_once() -> None:
    talk = Dialogue(provider=Provider((), None, alpn="h2"), greet=False)
    # Its SETTINGS, before the client has said a word.
    [settings] = talk.connection.actions()
    assert isinstance(settings, Send)
    assert settings.data[3:5] == b"\4\0"
