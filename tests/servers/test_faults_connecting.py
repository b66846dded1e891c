"""Faults that meet a provider before it has said anything, on memory streams in virtual time."""

from __future__ import annotations

import ssl

import pytest
import trio
from trio.testing import MockClock, memory_stream_pair

from fakeapns import (
    AcceptThenClose,
    Alert,
    BadCertificate,
    FakeAPNs,
    ReconnectBlock,
    Refuse,
    Scenario,
    ScenarioError,
    SlowHandshake,
    Step,
    UsageError,
)
from fakeapns.fake.both_forms import emulator_of
from fakeapns.ledger.entries import (
    ConnectionClosed,
    ConnectionOpened,
    ConnectionRefused,
    FaultFired,
)
from fakeapns.scenario.faults import ALERTS, Service

from ..frames import TOPIC, framed
from .played import HOUR, fired, playing, recorded, silence, step
from .streams import read_to_end


async def gets_in(apns: FakeAPNs, service: Service = "gateway") -> bool:
    """Whether a provider can connect just now."""
    try:
        provider = await apns.connect(service=service)
    except trio.BrokenResourceError:
        return False
    await provider.transport_stream.aclose()
    return True


async def tls_error(apns: FakeAPNs) -> ssl.SSLError:
    """What OpenSSL says to a provider whose handshake fails."""
    with pytest.raises(trio.BrokenResourceError) as caught:
        await apns.connect()
    assert isinstance(caught.value.__cause__, ssl.SSLError)
    return caught.value.__cause__


# ---- for one host ---------------------------------------------------------------------


async def test_who_says_nothing_of_a_host_is_waited_for_once(autojump_clock: MockClock) -> None:
    async with playing(step(Alert("eof"), host="api.sandbox.*"), handshake_timeout="10s") as apns:
        server = emulator_of(apns).server
        assert server is not None
        ours, theirs = memory_stream_pair()
        server.take("api", ours)
        began = trio.current_time()
        assert await theirs.receive_some() == b""
        assert trio.current_time() - began == 10
        [refused] = apns.ledger.of(ConnectionRefused)
        assert refused.reason == "handshake-timeout"


# ---- refuse, reconnect_block ----------------------------------------------------------


@pytest.mark.parametrize("how", ["reset", "close", "before-handshake"])
@pytest.mark.parametrize("service", ["gateway", "feedback"])
async def test_a_connection_is_refused_and_the_ledger_says_by_which_step(
    autojump_clock: MockClock, how: str, service: Service
) -> None:
    steps = [step(SlowHandshake()), step(Refuse(how=how), connection=2)]  # type: ignore[arg-type]
    async with playing(*steps) as apns:
        assert await gets_in(apns)
        assert not await gets_in(apns, service)
        assert await gets_in(apns)
        [refused] = apns.ledger.of(ConnectionRefused)
        assert (refused.connection, refused.service, refused.reason) == (2, service, "fault")
        assert refused.hint == "step 2 of the scenario, refuse, asked for this"
        assert fired(apns)[1] == (2, "refuse", how)
        assert [each.connection for each in apns.ledger.of(ConnectionOpened)] == [1, 3]


async def test_a_refusal_may_be_limited_to_a_few_times(autojump_clock: MockClock) -> None:
    async with playing(step(Refuse(), connection="2..", times=2)) as apns:
        assert [await gets_in(apns) for _ in range(5)] == [True, False, False, True, True]


async def test_too_many_connections_are_refused_until_nobody_tries_for_a_while(
    autojump_clock: MockClock,
) -> None:
    block = ReconnectBlock(connections=3, within="10s", for_="1h")
    async with playing(step(block)) as apns:
        assert [await gets_in(apns) for _ in range(4)] == [True, True, True, False]
        await trio.sleep(HOUR - 1)
        # The hour begins again with every attempt.
        assert not await gets_in(apns)
        await trio.sleep(HOUR - 1)
        assert not await gets_in(apns)
        await trio.sleep(HOUR)
        assert await gets_in(apns)
        refused = apns.ledger.of(ConnectionRefused)
        assert [each.connection for each in refused] == [4, 5, 6]
        assert {each.hint for each in refused} == {
            "step 1 of the scenario, reconnect_block, asked for this"
        }
        assert fired(apns) == [(1, "reconnect_block", "reset")] * 3


async def test_connections_at_a_leisurely_pace_are_not_blocked(autojump_clock: MockClock) -> None:
    async with playing(step(ReconnectBlock(connections=2, within="10s", for_="1h"))) as apns:
        for _ in range(20):
            assert await gets_in(apns)
            await trio.sleep(5.1)
        assert fired(apns) == []


# ---- the handshake --------------------------------------------------------------------


@pytest.mark.parametrize(("seconds", "told"), [(90, "90 seconds"), ("1m30s", "1m30s")])
async def test_a_slow_handshake_takes_its_time_and_no_time_out_minds(
    autojump_clock: MockClock, seconds: float | str, told: str
) -> None:
    async with playing(step(SlowHandshake(seconds), connection=1)) as apns:
        begin = trio.current_time()
        provider = await apns.connect()
        assert trio.current_time() == begin + 90
        await provider.send_all(framed())
        await apns.wait_for()
        await apns.connect()
        assert trio.current_time() == begin + 90
        assert fired(apns) == [(1, "slow_handshake", told)]


@pytest.mark.parametrize(
    ("alert", "reason"),
    [
        ("handshake-failure", "SSLV3_ALERT_HANDSHAKE_FAILURE"),
        ("bad-certificate", "SSLV3_ALERT_BAD_CERTIFICATE"),
        ("unsupported-certificate", "SSLV3_ALERT_UNSUPPORTED_CERTIFICATE"),
        ("certificate-revoked", "SSLV3_ALERT_CERTIFICATE_REVOKED"),
        ("certificate-expired", "SSLV3_ALERT_CERTIFICATE_EXPIRED"),
        ("certificate-unknown", "SSLV3_ALERT_CERTIFICATE_UNKNOWN"),
        ("unknown-ca", "TLSV1_ALERT_UNKNOWN_CA"),
        ("access-denied", "TLSV1_ALERT_ACCESS_DENIED"),
        ("protocol-version", "TLSV1_ALERT_PROTOCOL_VERSION"),
        ("insufficient-security", "TLSV1_ALERT_INSUFFICIENT_SECURITY"),
        ("internal-error", "TLSV1_ALERT_INTERNAL_ERROR"),
        (44, "SSLV3_ALERT_CERTIFICATE_REVOKED"),
        (112, "TLSV1_UNRECOGNIZED_NAME"),
    ],
)
async def test_an_alert_is_what_openssl_reports(
    autojump_clock: MockClock, alert: str | int, reason: str
) -> None:
    fault = Alert(alert)  # type: ignore[arg-type]
    async with playing(step(fault, connection=1)) as apns:
        assert (await tls_error(apns)).reason == reason
        assert fired(apns) == [(1, "alert", f"{alert} ({fault.number})")]
        [refused] = await recorded(apns, ConnectionRefused)
        assert (refused.reason, refused.connection) == ("fault", 1)
        assert "step 1 of the scenario, alert" in refused.hint
        assert await gets_in(apns)


def test_every_alert_with_a_name_is_tried() -> None:
    [names] = [
        mark.args[1]
        for mark in test_an_alert_is_what_openssl_reports.pytestmark  # type: ignore[attr-defined]
    ]
    assert {name for name, _ in names} >= set(ALERTS)


def test_an_alert_together_with_tls_1_3_is_refused_before_anything_listens() -> None:
    with pytest.raises(ScenarioError, match=r"1\.3.*, step 1"):
        Scenario(about="A test.", gateway={"tls_maximum": "1.3"}, step=(Step(Alert()),))
    with pytest.raises(ScenarioError, match=r"1\.3.*, step 1"):
        playing(step(Alert()), tls_maximum="1.3")
    with pytest.raises(UsageError, match=r"1\.3"):
        FakeAPNs(tls_maximum="1.3").inject(Alert())


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("expired", "certificate has expired"),
        ("untrusted", "unable to get local issuer certificate"),
        ("wrong-host", "certificate is not valid for 'localhost'"),
    ],
)
async def test_a_bad_certificate_is_bad_in_the_way_asked_for(
    autojump_clock: MockClock, how: str, said: str
) -> None:
    fault = BadCertificate(how=how)  # type: ignore[arg-type]
    async with playing(step(fault, connection=1)) as apns:
        wrong = await tls_error(apns)
        assert isinstance(wrong, ssl.SSLCertVerificationError)
        assert said in wrong.verify_message
        assert fired(apns) == [(1, "bad_certificate", how)]
        assert await gets_in(apns)


async def test_who_does_not_check_a_certificate_sends_to_nobody(autojump_clock: MockClock) -> None:
    async with playing(step(BadCertificate(), connection=1)) as apns:
        context = apns.ssl_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        server = emulator_of(apns).server
        assert server is not None
        ours, theirs = memory_stream_pair()
        server.take("gateway", ours)
        async with trio.SSLStream(theirs, context, https_compatible=True) as provider:
            await provider.send_all(framed(1) + framed(2))
            await apns.wait_for(2, outcome="discarded")
        [fault] = apns.ledger.of(FaultFired)
        assert {(each.behind, each.cause) for each in apns.discarded} == {(0, fault.seq)}
        assert apns.accepted == []
        assert await gets_in(apns)


# ---- accept_then_close ----------------------------------------------------------------


async def test_a_connection_is_closed_without_a_byte_and_what_came_is_gone(
    autojump_clock: MockClock,
) -> None:
    async with playing(step(AcceptThenClose("1h"), connection=1)) as apns:
        provider = await apns.connect()
        begin = trio.current_time()
        await provider.send_all(framed(1) + framed(2))
        assert await read_to_end(provider) == b""
        assert trio.current_time() == begin + HOUR
        [closed] = await recorded(apns, ConnectionClosed)
        assert (closed.by, closed.how, closed.reason) == ("server", "graceful", "fault")
        assert [(each.identifier, each.behind) for each in apns.discarded] == [(1, 0), (2, 0)]
        assert fired(apns) == [(1, "accept_then_close", "after 1h")]
        assert await silence(await apns.connect())


async def test_only_the_topic_that_is_named_is_closed(autojump_clock: MockClock) -> None:
    topics = [TOPIC, "com.example.other"]
    async with playing(step(AcceptThenClose(), topic="*.other"), topics=topics) as apns:
        assert await silence(await apns.connect(TOPIC))
        assert await read_to_end(await apns.connect("com.example.other")) == b""
