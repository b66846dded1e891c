"""Faults of the API before and in the handshake: with either TLS, ALPN or none, by host."""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from fakeapns import FakeAPNs, ThreadedAPNs
from fakeapns.ledger import (
    ApiClosed,
    ApiNotification,
    ConnectionRefused,
    FaultFired,
    GoAwaySeen,
    SettingsSeen,
)
from fakeapns.scenario.faults import (
    AcceptThenClose,
    Alert,
    BadCertificate,
    Drop,
    Fault,
    ReconnectBlock,
    Refuse,
    SlowHandshake,
)

from ..providers import await_entries, knock, read_to_end
from ..servers.proxied import ask
from .api_seen import Talk, headers, outcomes, post
from .seen import SILENT, is_turned_away

SANDBOX, PRODUCTION = "api.sandbox.push.apple.com", "api.push.apple.com"
VERSIONS = [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3]
CERTIFICATES: list[Any] = ["expired", "untrusted", "wrong-host", "old-chain"]
either_tls = pytest.mark.parametrize("version", VERSIONS, ids=["1.2", "1.3"])
either_way = pytest.mark.parametrize("alpn", [True, False], ids=["alpn", "no alpn"])


def call(
    apns: ThreadedAPNs,
    version: ssl.TLSVersion | None = None,
    *,
    alpn: bool = True,
    checks: bool = True,
    name: str = "localhost",
    proxy: bool = False,
) -> ssl.SSLSocket:
    """A connection after its handshake; raises what the client sees."""
    context = apns.ssl_context(certificate=False)
    if not checks:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if version is not None:
        context.minimum_version = context.maximum_version = version
    if alpn:
        context.set_alpn_protocols(["h2"])
    bare = ask(apns, name) if proxy else knock(apns, "api")
    return context.wrap_socket(bare, server_hostname=name)


def stays_out(apns: ThreadedAPNs, fault: Fault, **how: Any) -> bool:
    """Whether it ends before a handshake is done."""
    if isinstance(fault, Refuse | ReconnectBlock):
        return is_turned_away(apns, "api")
    try:
        call(apns, **how).close()
    except OSError:
        return True
    return False


def is_served(apns: ThreadedAPNs, **how: Any) -> bool:
    """Whether a push is answered by 200."""
    with Talk(apns, call(apns, **how)) as talk:
        talk.await_answers(*talk.push())
        return talk.answered == {1: 200}


@either_way
@either_tls
@pytest.mark.parametrize(
    "fault",
    [
        Refuse("reset"),
        Refuse("close"),
        Refuse("before-handshake"),
        Alert("eof"),
        *map(BadCertificate, CERTIFICATES),
    ],
    ids=repr,
)
def test_who_is_turned_away_comes_in_later(
    fault: Fault, version: ssl.TLSVersion, alpn: bool, apns: ThreadedAPNs
) -> None:
    apns.inject(fault, times=1)
    assert stays_out(apns, fault, version=version, alpn=alpn)
    [refused] = await_entries(apns, ConnectionRefused)
    assert (refused.reason, refused.service) == ("fault", "api")
    assert [each.fault for each in apns.ledger.of(FaultFired)] == [fault.name]
    assert is_served(apns, version=version, alpn=alpn)


@either_way
def test_an_alert_is_said_in_the_open_where_tls_1_2_is_the_most(alpn: bool) -> None:
    with FakeAPNs(api_tls_maximum="1.2").in_thread() as apns:
        apns.inject(Alert("unknown-ca"), times=1)
        with pytest.raises(ssl.SSLError, match=r"(?i)unknown.ca"):
            call(apns, alpn=alpn)
        assert is_served(apns, alpn=alpn)


@either_way
@either_tls
@pytest.mark.parametrize("how", CERTIFICATES)
def test_who_does_not_check_talks_to_nobody(
    how: Any, version: ssl.TLSVersion, alpn: bool, apns: ThreadedAPNs
) -> None:
    apns.inject(BadCertificate(how), times=1)
    with Talk(apns, call(apns, version, alpn=alpn, checks=False)) as talk:
        talk.push(2)
        await_entries(apns, ApiNotification, 2)
        talk.link.settimeout(SILENT)
        with pytest.raises(TimeoutError):
            talk.link.recv(1)
    await_entries(apns, ApiClosed)
    [fault] = apns.ledger.of(FaultFired)
    assert {each.cause for each in apns.ledger.of(ApiNotification)} == {fault.seq}
    assert outcomes(apns) == [("discarded", False)] * 2
    # Not even HTTP/2 was said.
    assert apns.ledger.of(GoAwaySeen) == []
    assert {each.by for each in apns.ledger.of(SettingsSeen)} <= {"provider"}


@either_way
@either_tls
def test_a_handshake_that_is_slow_is_one(
    version: ssl.TLSVersion, alpn: bool, apns: ThreadedAPNs
) -> None:
    apns.inject(SlowHandshake("50ms"), times=1)
    assert is_served(apns, version=version, alpn=alpn)
    assert len(apns.ledger.of(FaultFired)) == 1


@either_way
@either_tls
def test_a_connection_that_closes_without_a_byte(
    version: ssl.TLSVersion, alpn: bool, apns: ThreadedAPNs
) -> None:
    apns.inject(AcceptThenClose(), times=1)
    with call(apns, version, alpn=alpn) as link:
        assert read_to_end(link) == b""
    assert is_served(apns, version=version, alpn=alpn)


# ---- without TLS ----------------------------------------------------------------------------


@pytest.fixture
def plain() -> Iterator[tuple[ThreadedAPNs, httpx.Client]]:
    """A server whose API is there without TLS, and a client that knows."""
    with FakeAPNs(plain_api_port=0).in_thread() as apns:
        url = apns.plain_api.url
        with httpx.Client(
            http1=False, http2=True, headers=headers(apns), base_url=url, trust_env=False
        ) as client:
            yield apns, client


@pytest.mark.parametrize("fault", [Alert("eof"), BadCertificate(), SlowHandshake("1h")])
def test_where_there_is_no_handshake_its_faults_do_nothing(
    fault: Fault, plain: tuple[ThreadedAPNs, httpx.Client]
) -> None:
    apns, client = plain
    apns.inject(fault)
    assert post(client) == "200"
    assert apns.ledger.of(FaultFired) == []


@pytest.mark.parametrize(
    "fault", [Refuse(), Refuse("before-handshake"), AcceptThenClose(), Drop()], ids=repr
)
def test_all_others_act_there_too(fault: Fault, plain: tuple[ThreadedAPNs, httpx.Client]) -> None:
    apns, client = plain
    apns.inject(fault, times=1)
    assert post(client) in ("ConnectError", "ReadError", "RemoteProtocolError")
    assert post(client) == "200"
    assert [each.fault for each in await_entries(apns, FaultFired)] == [fault.name]


def test_too_many_connections_count_there_too(plain: tuple[ThreadedAPNs, httpx.Client]) -> None:
    apns, client = plain
    apns.inject(ReconnectBlock(connections=1))
    assert post(client) == "200"
    assert is_turned_away(apns, "api")


# ---- for some hosts alone -------------------------------------------------------------------


@either_tls
@pytest.mark.parametrize("fault", [Alert("eof"), *map(BadCertificate, CERTIFICATES)], ids=repr)
def test_the_name_in_the_hello_says_whom_it_meets(
    fault: Fault, version: ssl.TLSVersion, apns: ThreadedAPNs
) -> None:
    apns.inject(fault, host="api.sandbox.*")
    assert is_served(apns, version=version)
    assert is_served(apns, version=version, name=PRODUCTION)
    assert stays_out(apns, fault, version=version, name=SANDBOX)
    [fired] = await_entries(apns, FaultFired)
    assert fired.connection == 3


def test_what_the_proxy_was_asked_for_says_so_before_a_handshake() -> None:
    with FakeAPNs(proxy_port=0).in_thread() as apns:
        apns.inject(Refuse(), host=SANDBOX)
        apns.inject(SlowHandshake("50ms"), host=PRODUCTION)
        # Without `ssl`: see `is_turned_away`.
        with ask(apns, SANDBOX) as bare, contextlib.suppress(ConnectionError):
            assert bare.recv(1) == b""
        assert is_served(apns, name=PRODUCTION, proxy=True)
        assert is_served(apns, name=SANDBOX)
        assert [each.fault for each in apns.ledger.of(FaultFired)] == ["refuse", "slow_handshake"]


@pytest.mark.parametrize("said", [b"", b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x02"])
def test_who_says_no_name_is_told_what_is_wrong_as_ever(said: bytes, apns: ThreadedAPNs) -> None:
    apns.inject(Alert("eof"), host=SANDBOX)
    with knock(apns, "api") as bare:
        bare.sendall(said)
        if not said.startswith(b"GET"):
            bare.shutdown(1)
        read_to_end(bare)
    [refused] = await_entries(apns, ConnectionRefused)
    assert refused.reason in ("disconnected", "plain-http")
    assert apns.ledger.of(FaultFired) == []
