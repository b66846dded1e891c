"""`FakeAPNs` in trio's form: start, addresses, certificates, mistakes, endings."""

from __future__ import annotations

import json
import socket
import ssl
from pathlib import Path

import pytest
import trio
from trio.testing import MockClock

import fakeapns
from fakeapns import Authority, Drop, FakeAPNs, Reject, StartError, UsageError
from fakeapns.ledger.entries import FaultFired, ServerStarted

from ..breaking import BrittleLedger
from ..frames import TOPIC, framed, numbered


async def test_a_provider_reaches_it_over_a_real_socket() -> None:
    async with FakeAPNs() as apns:
        assert apns.gateway.host == "127.0.0.1"
        assert apns.gateway.port != apns.feedback.port
        stream = await trio.open_ssl_over_tcp_stream(
            apns.gateway.host,
            apns.gateway.port,
            ssl_context=apns.ssl_context(),
            https_compatible=True,
        )
        async with stream:
            await stream.send_all(framed(7))
            [notification] = await apns.wait_for(timeout=30)
        assert (notification.identifier, notification.topic) == (7, TOPIC)
        assert apns.notifications == apns.accepted == [notification]


def test_the_first_topic_is_the_usual_one() -> None:
    apns = FakeAPNs(topics=["com.example.first", "com.example.second"])
    assert apns.topics == ("com.example.first", "com.example.second")
    certificate = apns.client_certificate()
    assert Path(certificate.certificate_file).name == "com.example.first.crt"


def test_certificates_are_files_that_load_everywhere() -> None:
    apns = FakeAPNs()
    certificate = apns.client_certificate(TOPIC)
    context = ssl.create_default_context(cafile=apns.ca_file)
    context.load_cert_chain(certificate.certificate_file, certificate.key_file)
    context.load_cert_chain(certificate.pem_file)
    assert Path(apns.ca_file).read_bytes() == apns.ca_pem
    assert Path(certificate.pkcs12_file).stat().st_size > 0


def test_certificates_come_from_the_authority_that_was_given() -> None:
    authority = Authority()
    assert FakeAPNs(authority=authority).ca_pem == authority.ca_pem


async def test_a_start_is_the_first_entry(autojump_clock: MockClock) -> None:
    async with FakeAPNs(seed=7) as first, FakeAPNs() as second:
        started, other = first.ledger[0], second.ledger[0]
    assert isinstance(started, ServerStarted)
    assert isinstance(other, ServerStarted)
    assert (started.seq, started.t, started.seed) == (1, 0.0, 7)
    assert (started.version, started.scenario) == (fakeapns.__version__, None)
    assert started.run != other.run


async def test_the_ledger_goes_to_a_file_as_well(autojump_clock: MockClock, tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    async with FakeAPNs(ledger=path) as apns:
        stream = await apns.connect(TOPIC)
        await stream.send_all(framed(1))
        await apns.wait_for()
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [line["seq"] for line in lines] == [entry.seq for entry in apns.ledger]
    assert lines[-1]["kind"] == "connection.closed"


async def test_wall_time_moves_with_virtual_time(autojump_clock: MockClock) -> None:
    async with FakeAPNs() as apns:
        stream = await apns.connect(TOPIC)
        device = apns.devices.add(TOPIC)
        await trio.sleep(86_400)
        device.uninstall()
        await stream.send_all(framed(1))
        [notification] = await apns.wait_for()
        assert notification.t == pytest.approx(86_400)
        assert notification.wall - apns.ledger[0].wall == pytest.approx(86_400)
        assert device.since == pytest.approx(notification.wall)


# ---- reset ------------------------------------------------------------------------------------


async def test_a_reset_forgets_the_record_and_nothing_else(autojump_clock: MockClock) -> None:
    async with FakeAPNs() as apns:
        stream = await apns.connect(TOPIC)
        device = apns.devices.add(TOPIC)
        apns.inject(Reject("unknown"), identifier=3)
        await stream.send_all(framed(1))
        await apns.wait_for()
        last = apns.ledger[-1].seq
        apns.reset()
        assert len(apns.ledger) == 0
        assert list(apns.devices) == [device]
        await stream.send_all(framed(2) + framed(3))
        await apns.wait_for(outcome="rejected")
        assert [entry.seq for entry in apns.ledger] == list(
            range(last + 1, last + 1 + len(apns.ledger))
        )
        assert [each.ordinal for each in apns.notifications] == [2, 3]


# ---- faults -------------------------------------------------------------------------------------


async def test_a_fault_may_look_at_the_notification(autojump_clock: MockClock) -> None:
    async with FakeAPNs() as apns:
        apns.inject(Reject("unknown"), where=lambda each: each.payload["aps"]["badge"] == 2)
        stream = await apns.connect(TOPIC)
        for badge in (1, 2):
            await stream.send_all(framed(badge, payload=b'{"aps":{"badge":%d}}' % badge))
        assert [each.identifier for each in await apns.wait_for(outcome="rejected")] == [2]


async def test_a_fault_may_act_on_each_connection_anew(autojump_clock: MockClock) -> None:
    async with FakeAPNs() as apns:
        apns.inject(Reject("unknown"), notification=2, times=1, per="connection")
        for _ in range(3):
            stream = await apns.connect(TOPIC)
            await stream.send_all(framed(1) + framed(2))
            assert len(await stream.receive_some()) == 6
        assert [each.identifier for each in apns.rejected] == [2, 2, 2]


async def test_faults_can_be_forgotten(autojump_clock: MockClock) -> None:
    async with FakeAPNs() as apns:
        apns.inject(Drop())
        apns.clear_faults()
        stream = await apns.connect(TOPIC)
        await stream.send_all(framed(1) + framed(2))
        await apns.wait_for(2)
        assert apns.ledger.of(FaultFired) == []


def test_an_unknown_trigger_is_named_with_the_nearest_one() -> None:
    with pytest.raises(UsageError, match=r"trigger 'tokens' does not exist; did you mean token\?"):
        FakeAPNs().inject(Drop(), tokens="1b*")


# ---- mistakes -----------------------------------------------------------------------------------


def test_an_unknown_setting_is_named_with_the_nearest_one() -> None:
    with pytest.raises(UsageError, match="'payload_limt' does not exist; did you mean"):
        FakeAPNs(payload_limt=256)  # type: ignore[call-arg]


@pytest.mark.parametrize("topics", [[], ["../evil"]])
def test_topics_that_cannot_be_are_refused_at_once(topics: list[str]) -> None:
    with pytest.raises(UsageError):
        FakeAPNs(topics=topics)


def test_a_range_of_delays_wants_a_seed() -> None:
    with pytest.raises(UsageError, match="give a seed"):
        FakeAPNs(error_delay="75ms..500ms")


def test_an_address_is_known_once_it_has_run() -> None:
    with pytest.raises(UsageError, match="the server is not running: enter it with"):
        _ = FakeAPNs().gateway


async def test_connecting_takes_a_running_server(autojump_clock: MockClock) -> None:
    with pytest.raises(UsageError, match="not running"):
        await FakeAPNs().connect(TOPIC)


async def test_a_second_start_beside_the_first_is_a_mistake(autojump_clock: MockClock) -> None:
    async with FakeAPNs() as apns:
        with pytest.raises(UsageError, match="running already: use it, or make another one"):
            async with apns:
                pass


async def test_entered_again_it_goes_on_where_it_was(autojump_clock: MockClock) -> None:
    apns = FakeAPNs()
    for number in (1, 2):
        async with apns:
            await trio.sleep(10)
            stream = await apns.connect(TOPIC)
            await stream.send_all(framed(number))
            await apns.wait_for(number)
    assert [each.identifier for each in apns.accepted] == [1, 2]
    assert [each.t for each in apns.accepted] == [pytest.approx(10), pytest.approx(20)]


async def test_real_sockets_under_an_autojump_clock_are_refused_in_one_sentence(
    autojump_clock: MockClock,
) -> None:
    async with FakeAPNs() as apns:
        with pytest.raises(UsageError, match=r"autojump clock.*use `await apns\.connect\(topic\)`"):
            _ = apns.gateway
    with pytest.raises(UsageError, match=r"autojump clock do not go together"):
        async with FakeAPNs(gateway_port=2195):
            pass


async def test_a_clock_that_is_only_moved_by_hand_is_no_danger(mock_clock: MockClock) -> None:
    async with FakeAPNs() as apns:
        assert apns.gateway.port > 0


@pytest.mark.parametrize("service", ["gateway", "feedback"])
async def test_a_port_in_use_is_one_sentence(service: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        apns = FakeAPNs(gateway_port=port) if service == "gateway" else FakeAPNs(feedback_port=port)
        with pytest.raises(StartError) as raised:
            async with apns:
                pass
    assert str(raised.value) == (
        f"port {port} is in use: stop what listens there, "
        f"or choose another with --{service}-port (0 is any)"
    )


# ---- endings ------------------------------------------------------------------------------------


async def raise_in_the_body(failure: Exception) -> None:
    async with FakeAPNs() as apns:
        await apns.connect(TOPIC)
        raise failure


async def test_what_the_body_raises_comes_out_as_it_is(autojump_clock: MockClock) -> None:
    mine = KeyError("mine")
    with pytest.raises(KeyError) as raised:
        await raise_in_the_body(mine)
    assert raised.value is mine


async def test_the_body_may_be_cancelled(autojump_clock: MockClock) -> None:
    with trio.move_on_after(3) as scope:
        async with FakeAPNs():
            await trio.sleep_forever()
    assert scope.cancelled_caught


async def make_it_fail(ledger: BrittleLedger, *, stopping: bool) -> None:
    async with FakeAPNs(ledger=ledger.path) as apns:
        stream = await apns.connect(TOPIC)
        ledger.break_it()
        await stream.send_all(framed(1))
        if stopping:
            await stream.receive_some()
        else:
            await trio.sleep_forever()


@pytest.mark.parametrize("stopping", [False, True], ids=["running", "just stopping"])
async def test_a_failure_inside_the_server_comes_out_as_it_is(
    autojump_clock: MockClock, tmp_path: Path, stopping: bool
) -> None:
    ledger = BrittleLedger(tmp_path)
    with pytest.raises(StartError) as raised:
        await make_it_fail(ledger, stopping=stopping)
    assert str(raised.value) == ledger.said()


async def test_records_outlive_the_server(autojump_clock: MockClock) -> None:
    async with FakeAPNs() as apns:
        stream = await apns.connect(TOPIC)
        await stream.send_all(framed(1, numbered(1)))
        await apns.wait_for()
    assert [each.token_bytes for each in apns.accepted] == [numbered(1)]
    apns.assert_accepted(1)


async def test_two_servers_do_not_know_of_each_other(autojump_clock: MockClock) -> None:
    async with FakeAPNs() as one, FakeAPNs() as other:
        stream = await one.connect(TOPIC)
        await stream.send_all(framed(1))
        await one.wait_for()
        other.assert_nothing_accepted()
