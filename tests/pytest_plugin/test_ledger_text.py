"""The record of a server under a test that failed, of the provider API."""

from __future__ import annotations

import socket
import ssl
from typing import Any

import pytest

from fakeapns import FakeAPNs
from fakeapns.ledger import (
    ApiClosed,
    ApiNotification,
    ApiRequest,
    ApiResponse,
    ConnectionOpened,
    Delivery,
    Entry,
    GoAwaySeen,
    SettingsSeen,
)
from fakeapns.pytest_plugin.ledger_text import record

from ..ledger.pushes import push_facts
from ..moments import at


def told(count: int, unanswered: int = 0) -> str:
    """A connection with so many accepted pushes, a refused one, and what is no push."""
    apns = FakeAPNs()

    def add(kind: type[Entry], **facts: Any) -> None:
        apns.ledger.record(kind, at(len(apns.ledger)), **{"connection": 1, **facts})

    opened = {"peer": "p", "tls": "TLSv1.3", "topic": None, "certificate": None, "service": "api"}
    add(ConnectionOpened, **opened)
    add(SettingsSeen, by="server", values={3: 1})
    for number in range(count):
        add(ApiNotification, **push_facts(ordinal=number + 1, stream=2 * number + 1))
    add(ApiNotification, **push_facts(reason="BadTopic", detail="the topic has a space"))
    asked: dict[str, Any] = {"ordinal": 9, "stream": 99, "headers": {}, "body_base64": ""}
    asked |= {"method": "GET", "path": "/x", "http_status": 404, "reason": "BadPath"}
    add(ApiRequest, **asked)
    add(GoAwaySeen, by="server", last_stream=9, code=0, debug="", unprocessed=0)
    counts = dict.fromkeys(("received", "accepted", "rejected", "discarded", "malformed"), 0)
    add(
        ApiClosed,
        **{"by": "provider", "how": "graceful", "reason": "ended", "unread_bytes": 0},
        **{"detail": None, "streams": count, "requests": count, "unanswered": unanswered},
        **counts,
    )
    return record(apns)


def test_what_to_do_about_a_refusal_is_shown_to_its_end() -> None:
    """The longest hint there is: a client that signs tokens, at the port of the gateway."""
    with FakeAPNs().in_thread() as apns:
        where = apns.gateway.host, apns.gateway.port
        context = apns.ssl_context(certificate=False)
        with socket.create_connection(where) as raw, pytest.raises(ssl.SSLError):
            context.wrap_socket(raw, server_hostname="localhost")
        apns.settle()
        hint = record(apns).splitlines()[-1]
        assert f"at port {apns.api.port}, which speaks HTTP/2 over TLS host=" in hint


def test_a_payload_that_goes_on_is_shown_to_do_so() -> None:
    apns = FakeAPNs()
    for text in "Your order", "Your order, which you gave us on Monday, is on its way":
        body = b'{"aps":{"alert":{"body":"%s"}}}' % text.encode()
        facts = push_facts(payload_bytes=body, reason="BadTopic", detail="it has a space")
        apns.ledger.record(ApiNotification, at(0), **facts)
    short, long = record(apns).splitlines()[-2:]
    assert short.endswith('payload {"aps":{"alert":{"body":"Your order"}}}: it has a space')
    assert long.endswith(
        'payload {"aps":{"alert":{"body":"Your order, which you gave us on M…: it has a space'
    )


def test_few_are_all_shown() -> None:
    text = told(2)
    assert text.startswith("2 accepted, 1 rejected on 1 connection")
    assert text.count("notification connection 1") == 3
    assert "settings connection 1 the server says MAX_CONCURRENT_STREAMS 1" in text


def test_of_many_what_did_not_go_as_usual_is_kept() -> None:
    text = told(500)
    assert len(text.splitlines()) < 12
    assert "… 1 settings, 499 accepted" in text
    assert "rejected 400 BadTopic stream 1" in text
    assert "request connection 1 #9 stream 99 GET /x answered 404 BadPath" in text
    assert "goaway connection 1 GOAWAY by the server, last stream 9, NO_ERROR" in text


def test_an_end_with_something_unanswered_is_told() -> None:
    assert told(500).count("unanswered=") == told(500, unanswered=3).count("unanswered=3")
    assert "unanswered=3" in told(500, unanswered=3)


def test_channels_that_were_made_leave_the_room_to_what_went_wrong() -> None:
    apns = FakeAPNs()
    for number in range(15):
        asked: dict[str, Any] = {"ordinal": number, "stream": 2 * number + 1, "headers": {}}
        asked |= {"method": "POST", "path": "/1/apps/a/channels", "body_base64": ""}
        asked |= {"http_status": 201, "reason": None, "channel": f"AA{number:02}"}
        apns.ledger.record(ApiRequest, at(number), connection=1, **asked)
        answered: dict[str, Any] = {"stream": 2 * number + 1, "http_status": 201}
        answered |= {"reason": None, "delayed_ms": 0, "delayed_by": "none"}
        apns.ledger.record(ApiResponse, at(number), connection=1, **answered)
    for number in range(40):
        apns.ledger.record(ApiNotification, at(number), **push_facts(reason="BadTopic"))
    text = record(apns)
    assert text.count("rejected 400 BadTopic") == 40
    assert "channel AA00 of a was made" in text
    assert "14 response 201, 14 request 201" in text


def deliveries(*fates: str) -> str:
    """A record of notifications that met with this on a device, each behind having waited."""
    apns = FakeAPNs()
    for number, fate in enumerate(fates, start=1):
        apns.ledger.record(ApiNotification, at(number), **push_facts(ordinal=number))
        push = apns.ledger.last_seq
        about = {"notification": push, "device": 1, "topic": "t", "token": "ab", "detail": "why"}
        for each in ("stored", fate):
            apns.ledger.record(Delivery, at(number), fate=each, **about)
    return record(apns)


def test_what_became_of_them_on_devices_is_counted_once_each() -> None:
    first = deliveries("delivered", "delivered", "expired").splitlines()[0]
    assert first == ("3 accepted on 0 connections; of those for devices 2 delivered, 1 expired")
    assert "devices" not in told(3).splitlines()[0]


def test_deliveries_that_went_as_usual_are_folded_and_others_stand_out() -> None:
    text = deliveries(*["delivered"] * 50, "dropped", *["delivered"] * 50)
    assert len(text.splitlines()) < 15
    [line] = [line for line in text.splitlines() if "dropped on device 1" in line]
    assert line.endswith(": why")
    assert "… 50 stored on a device, 49 delivered on a device, 49 accepted" in text
