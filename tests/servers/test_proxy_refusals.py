"""Whom the proxy leads nowhere: each is on record and told why, and none of them harms others."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from typing import Literal

import pytest
import trio
from trio.testing import MockClock, wait_all_tasks_blocked

from fakeapns import FakeAPNs, ThreadedAPNs
from fakeapns.certificates import client_context
from fakeapns.fake.both_forms import emulator_of
from fakeapns.ledger.entries import ConnectionRefused

from ..frames import framed
from ..providers import await_entries, knock, read_to_end
from .played import recorded
from .proxied import ESTABLISHED, answer_to, come_in, dial_by_proxy, request


@pytest.fixture
def apns() -> Iterator[ThreadedAPNs]:
    """A server with a proxy, and with the API without TLS too."""
    with FakeAPNs(proxy_port=0, plain_api_port=0).in_thread() as running:
        yield running


# ---- whom it leads nowhere --------------------------------------------------------------


async def test_who_says_nothing_is_refused_in_time(autojump_clock: MockClock) -> None:
    async with FakeAPNs(proxy_port=0) as apns:
        begin = trio.current_time()
        assert await answer_to(come_in(apns), b"") == b""
        assert trio.current_time() == pytest.approx(begin + 10)
        [refused] = apns.ledger.of(ConnectionRefused)
        assert (refused.service, refused.reason) == ("proxy", "handshake-timeout")
        assert refused.hint.startswith("the client said nothing to the proxy within 10s")


@pytest.mark.parametrize(
    ("half", "answered"),
    [(request("api.push.apple.com")[:-2], True), (b"CONNECT api", True), (b"\0", False)],
)
async def test_half_a_request_is_waited_for_as_long_as_a_handshake(
    half: bytes, answered: bool, autojump_clock: MockClock
) -> None:
    async with FakeAPNs(proxy_port=0, handshake_timeout="3s") as apns:
        begin = trio.current_time()
        said = await answer_to(come_in(apns), half)
        assert trio.current_time() == pytest.approx(begin + 3)
        assert said.startswith(b"HTTP/1.1 408 ") if answered else said == b""
        [refused] = apns.ledger.of(ConnectionRefused)
        assert (refused.service, refused.reason) == ("proxy", "handshake-timeout")
        assert "was not complete within 3s: a blank line ends it" in refused.hint


async def test_a_request_has_its_time_as_a_whole(autojump_clock: MockClock) -> None:
    async with FakeAPNs(proxy_port=0) as apns:
        client = come_in(apns)
        begin = trio.current_time()
        for each in request("api.push.apple.com"):
            await trio.sleep(1)
            with contextlib.suppress(trio.BrokenResourceError):
                await client.send_all(bytes([each]))
            if apns.ledger.of(ConnectionRefused):
                break
        assert trio.current_time() <= begin + 11
        assert apns.ledger.of(ConnectionRefused)[0].reason == "handshake-timeout"


@pytest.mark.parametrize("said", [b"", request("api.push.apple.com")[:-1]])
async def test_who_leaves_before_it_has_asked_is_on_record(
    said: bytes, autojump_clock: MockClock
) -> None:
    async with FakeAPNs(proxy_port=0) as apns:
        client = come_in(apns)
        await client.send_all(said)
        await client.aclose()
        [refused] = await recorded(apns, ConnectionRefused)
        assert (refused.service, refused.reason) == ("proxy", "disconnected")
        how = "in the middle of its request" if said else "without a byte"
        assert how in refused.hint


async def test_who_is_asking_when_the_server_stops_is_refused_by_that(
    autojump_clock: MockClock,
) -> None:
    async with FakeAPNs(proxy_port=0) as apns:
        client = come_in(apns)
        await client.send_all(b"CONNECT ")
        await wait_all_tasks_blocked()
        assert apns.ledger.of(ConnectionRefused) == []
    [refused] = apns.ledger.of(ConnectionRefused)
    assert (refused.connection, refused.service, refused.reason) == (1, "proxy", "stopped")
    assert refused.hint == "the server was stopped while the client was asking the proxy"


def test_an_answer_is_read_though_the_client_goes_on_sending(apns: ThreadedAPNs) -> None:
    with knock(apns, "proxy") as connection:
        connection.sendall(b"CONNECT " + b"h" * 65_536 * 16)
        assert read_to_end(connection).startswith(b"HTTP/1.1 414 ")
    [refused] = await_entries(apns, ConnectionRefused)
    assert (refused.service, refused.reason, refused.host) == ("proxy", "no-connect", None)


@pytest.mark.parametrize(
    ("service", "said"),
    [
        ("api", b"the client takes this port for an HTTP proxy"),
        ("gateway", b""),
        ("plain", b"takes this port for an HTTP proxy: that is at port "),
    ],
)
def test_who_asks_another_port_for_a_tunnel_is_told_of_the_proxy(
    apns: ThreadedAPNs, service: Literal["api", "gateway", "plain"], said: bytes
) -> None:
    if service == "plain":
        with socket.create_connection((apns.plain_api.host, apns.plain_api.port)) as connection:
            connection.sendall(request("api.push.apple.com"))
            assert said in read_to_end(connection)
        return
    with knock(apns, service) as connection:
        connection.sendall(request("api.push.apple.com"))
        [refused] = await_entries(apns, ConnectionRefused)
    assert refused.hint.endswith(f"an HTTP proxy: that is at port {apns.proxy.port}")


# ---- many of them, and what is waited for -----------------------------------------------


def test_half_requests_count_among_the_connections() -> None:
    with FakeAPNs(proxy_port=0, max_connections=3).in_thread() as apns:
        held = [knock(apns, "proxy") for _ in range(3)]
        for each in held:
            each.sendall(b"CONNECT api.push.apple.com:443 HTTP/1.1\r\n")
        while sum("asking the proxy" in each for each in emulator_of(apns).arriving()) < 3:
            apns.catch_up()
        with knock(apns) as connection:
            assert connection.recv(1) == b""
        with knock(apns, "proxy") as connection:
            said = read_to_end(connection)
        assert said.startswith(b"HTTP/1.1 503 ")
        assert b"3 connections are open already: raise max_connections" in said
        refused = await_entries(apns, ConnectionRefused, 2)
        assert {each.reason for each in refused} == {"limit"}
        for each in held:
            each.close()


def test_hundreds_of_half_requests_keep_nobody_waiting(apns: ThreadedAPNs) -> None:
    with contextlib.ExitStack() as held:
        for number in range(300):
            half = held.enter_context(knock(apns, "proxy"))
            half.sendall(request("api.push.apple.com")[: number % 60])
        with dial_by_proxy(apns, "gateway.push.apple.com") as connection:
            connection.sendall(framed())
            apns.wait_for(timeout=30)
    assert {each.service for each in await_entries(apns, ConnectionRefused, 300)} == {"proxy"}


def test_who_is_still_asking_is_waited_for_and_named(apns: ThreadedAPNs) -> None:
    with knock(apns, "proxy") as connection:
        connection.sendall(b"CONNECT gateway")
        with pytest.raises(AssertionError, match="connection 1 was still asking the proxy"):
            apns.assert_accepted(1)
        connection.sendall(b".push.apple.com:2195 HTTP/1.0\r\n\r\n")
        assert connection.recv(len(ESTABLISHED), socket.MSG_WAITALL) == ESTABLISHED
        assert "connection 1 was still in its handshake" in emulator_of(apns).arriving()


def test_a_push_whose_connection_only_asks_yet_is_waited_for(apns: ThreadedAPNs) -> None:
    context = client_context(apns.folder.authority, apns.client_certificate().credentials)
    for number in range(1, 31):
        with knock(apns, "proxy") as connection:
            connection.sendall(request("gateway.push.apple.com", 2195))
            assert connection.recv(len(ESTABLISHED), socket.MSG_WAITALL) == ESTABLISHED
            with context.wrap_socket(connection, server_hostname="localhost") as provider:
                provider.sendall(framed(number))
        apns.assert_accepted(number)
