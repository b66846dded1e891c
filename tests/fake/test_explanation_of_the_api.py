"""What a failed assertion says of the provider API."""

from __future__ import annotations

from typing import Any

from fakeapns import FakeAPNs
from fakeapns.ledger import (
    Answering,
    ApiClosed,
    ApiNotification,
    ApiRequest,
    ConnectionOpened,
    Entry,
    GoAwaySeen,
    ResetSeen,
)
from fakeapns.push import short_token

from ..frames import TOKEN, TOPIC
from ..ledger.pushes import APNS_ID, push_facts
from ..moments import at
from .test_explanation import apns, failure

SHORT = short_token(TOKEN.hex())


__all__ = ["apns"]


def record_push(apns: FakeAPNs, **facts: Any) -> None:
    """A push over the provider API."""
    apns.ledger.record(ApiNotification, at(len(apns.ledger)), **push_facts(**facts))


def test_a_near_push_shows_its_headers_all_that_was_wrong_and_its_answer(apns: FakeAPNs) -> None:
    record_push(
        apns,
        reason="BadPriority",
        detail="apns-priority is 7",
        violations=("BadPriority", "PayloadEmpty"),
        expiration=0,
        priority=7,
        collapse_id="news",
        answering=Answering(),
    )
    lines = failure(apns, push_type="background", collapse_id="news")
    assert lines == [
        "expected at least 1 accepted push_type='background' collapse_id='news', found 0",
        f"nearest, number 1: rejected (400 BadPriority) connection 1 stream 1 token {SHORT} topic "
        f"{TOPIC} type alert 'Hi': apns-priority is 7; also PayloadEmpty",
        "    outcome: expected accepted, is rejected (BadPriority)",
        "    push_type: expected background, is alert",
        f"    its headers: apns-push-type alert, apns-topic {TOPIC}, apns-expiration 0, "
        f"apns-priority 7, apns-collapse-id news, apns-id {APNS_ID}",
        "    its answer: 400 BadPriority, no answer has left",
        "    all that was wrong with it: BadPriority, PayloadEmpty",
        "recorded: 1 notification",
        f"  1. rejected (400 BadPriority) connection 1 stream 1 token {SHORT} topic {TOPIC} type "
        "alert 'Hi': apns-priority is 7; also PayloadEmpty",
    ]


def test_an_accepted_push_says_whether_its_answer_left(apns: FakeAPNs) -> None:
    for answering in (True, False):
        record_push(apns, answering=answering)
        [answer] = [each for each in failure(apns, topic="x") if "its answer" in each]
        assert answer == "    its answer: 200" + ("" if answering else ", never answered")


def test_the_push_with_the_wanted_id_is_the_nearest(apns: FakeAPNs) -> None:
    record_push(apns, reason="BadTopic", topic=None)
    record_push(apns, apns_id="another")
    lines = failure(apns, apns_id=APNS_ID.upper(), topic=TOPIC, push_type="alert")
    assert lines[1].startswith("nearest, number 1: rejected (400 BadTopic)")


def test_what_came_over_http2_and_was_no_push_is_told(apns: FakeAPNs) -> None:
    def add(kind: type[Entry], connection: int = 1, /, **facts: Any) -> None:
        apns.ledger.record(kind, at(0), connection=connection, **facts)

    opened = {"peer": "p", "tls": None, "topic": None, "certificate": None, "service": "api"}
    for connection in (1, 2):
        add(ConnectionOpened, connection, **opened)
    request = {
        "ordinal": 1,
        "headers": {},
        "body_base64": "",
        "method": "GET",
        "path": "/3/device/00",
    }
    for stream in (1, 3):
        asked: dict[str, Any] = {
            "http_status": 405,
            "reason": "MethodNotAllowed",
            "detail": "GET is no POST",
        }
        add(ApiRequest, stream=stream, **request, **asked)
    unfinished: dict[str, Any] = {
        "http_status": None,
        "reason": None,
        "detail": "12 of 30 bytes have come",
    }
    add(ApiRequest, stream=5, **request, **unfinished)
    # Why it is unfinished is said once.
    add(ResetSeen, stream=5, by="provider", code=8, detail="12 of 30 bytes have come")
    for stream in (7, 9):
        add(ResetSeen, stream=stream, by="provider", code=8, detail="CANCEL")
    end = {"last_stream": 5, "code": 0, "unprocessed": 2}
    add(GoAwaySeen, by="server", debug='{"reason":"Shutdown"}', **end)
    add(GoAwaySeen, by="provider", debug="", **{**end, "unprocessed": 0})
    counts = dict.fromkeys(("received", "accepted", "rejected", "discarded", "malformed"), 0)
    add(
        ApiClosed,
        by="provider",
        how="graceful",
        reason="ended",
        unread_bytes=0,
        detail=None,
        streams=5,
        requests=2,
        unanswered=2,
        **counts,
    )
    assert failure(apns)[2:] == [
        "open, and no notification has come on it yet: connection 2",
        "2 requests were no push (405 MethodNotAllowed): GET is no POST",
        "a request was no push (not answered): 12 of 30 bytes have come",
        "2 streams were reset by the provider, CANCEL",
        "connection 1 was told GOAWAY by the server, last stream 5, NO_ERROR, "
        '{"reason":"Shutdown"}; not processed above it: 2',
        "2 requests had no answer when the connection ended",
    ]


def test_what_ended_a_connection_is_said_once(apns: FakeAPNs) -> None:
    request: dict[str, Any] = {"ordinal": 1, "stream": 0, "headers": {}, "body_base64": ""}
    request |= {"method": "POST", "path": "/", "http_status": 505, "reason": None}
    apns.ledger.record(ApiRequest, at(0), connection=1, detail="it speaks HTTP/1.1", **request)
    end: dict[str, Any] = {"by": "server", "last_stream": 0, "code": 1, "unprocessed": 0}
    apns.ledger.record(GoAwaySeen, at(0), connection=2, debug="a frame of 9 GiB", **end)
    for connection, detail in ((1, "it speaks HTTP/1.1"), (2, "PROTOCOL_ERROR: a frame of 9 GiB")):
        facts: dict[str, Any] = {"by": "server", "how": "graceful", "reason": "error"}
        facts |= dict.fromkeys(("received", "accepted", "rejected", "discarded", "malformed"), 0)
        facts |= {"unread_bytes": 0, "streams": 0, "requests": 0, "unanswered": 0}
        apns.ledger.record(ApiClosed, at(0), connection=connection, detail=detail, **facts)
    assert failure(apns)[2:] == [
        "a connection ended: PROTOCOL_ERROR: a frame of 9 GiB",
        "a request was no push (505): it speaks HTTP/1.1",
    ]


def test_what_many_connections_were_told_is_said_once(apns: FakeAPNs) -> None:
    end: dict[str, Any] = {"by": "server", "last_stream": 0, "code": 0, "unprocessed": 0}
    for connection in range(1, 6):
        debug = '{"reason":"BadCertificateEnvironment"}'
        apns.ledger.record(GoAwaySeen, at(0), connection=connection, debug=debug, **end)
    apns.ledger.record(GoAwaySeen, at(0), connection=6, debug="", **end)
    assert failure(apns)[2:] == [
        "connections 1, 2, 3 and more were told GOAWAY by the server, last stream 0, NO_ERROR, "
        '{"reason":"BadCertificateEnvironment"}',
        "connection 6 was told GOAWAY by the server, last stream 0, NO_ERROR",
    ]
