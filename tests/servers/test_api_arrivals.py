"""Faults that act before the API's clients can say anything, at both of its ports."""

from __future__ import annotations

import ssl
from contextlib import nullcontext
from typing import ClassVar

import pytest
import trio
from trio.testing import MockClock

from fakeapns.certificates import client_context
from fakeapns.ledger.entries import ConnectionOpened, ConnectionRefused, FaultFired
from fakeapns.scenario.faults import BadCertificate, Refuse, Service, SlowHandshake
from fakeapns.scenario.steps import On, Step

from .echo import Echoing
from .test_api_port import client, in_thread, knock, say_hello

API: tuple[Service, ...] = ("api",)


class TurnAway(Refuse, frozen=True, tag="turn_away"):
    """A `refuse` for the API."""

    services: ClassVar[tuple[Service, ...]] = API


class Dawdle(SlowHandshake, frozen=True, tag="dawdle"):
    """A `slow_handshake` for the API."""

    services: ClassVar[tuple[Service, ...]] = API


class Disguise(BadCertificate, frozen=True, tag="disguise"):
    """A `bad_certificate` for the API."""

    services: ClassVar[tuple[Service, ...]] = API


@pytest.mark.parametrize("name", ["api", "plain_api"])
@pytest.mark.parametrize("how", ["reset", "close"])
async def test_a_connection_is_turned_away_at_either_port(name: str, how: str) -> None:
    step = Step(TurnAway(how))  # type: ignore[arg-type]
    async with Echoing(step).listening("127.0.0.1") as it:

        def try_it() -> None:
            # A reset may reach the connect itself, or what comes behind it.
            refusal = pytest.raises(ConnectionResetError) if how == "reset" else nullcontext()
            with refusal, knock(it, name) as stranger:
                assert stranger.recv(1) == b""

        await in_thread(try_it)
        # A client may know of it before the server has written it down.
        await trio.testing.wait_all_tasks_blocked()
    [refused] = it.ledger.of(ConnectionRefused)
    assert (refused.service, refused.reason) == ("api", "fault")
    assert it.connections == []


async def test_both_ports_are_one_service_to_whoever_counts_connections(
    autojump_clock: MockClock,
) -> None:
    async with Echoing(Step(TurnAway("close"), On(connection=2))).listening() as it:
        for name in ("plain_api", "plain_api", "plain_api"):
            it.over_memory(name)
            await trio.testing.wait_all_tasks_blocked()
        assert [each.connection for each in it.ledger.of(ConnectionRefused)] == [2]
    async with Echoing(Step(TurnAway("close"), On(connection=2))).listening() as it:
        for name in ("api", "plain_api"):
            it.over_memory(name)
            await trio.testing.wait_all_tasks_blocked()
        [refused] = [each for each in it.ledger.of(ConnectionRefused) if each.reason == "fault"]
        assert refused.connection == 2


async def test_where_there_is_no_handshake_nothing_acts_in_it(autojump_clock: MockClock) -> None:
    async with Echoing(Step(Dawdle("1h"), times=1)).listening() as it:
        it.over_memory("plain_api")
        await trio.testing.wait_all_tasks_blocked()
        assert len(it.connections) == 1
        assert it.ledger.of(FaultFired) == []
        # It is kept for somebody who shakes hands.
        it.over_memory("api")
        await trio.testing.wait_all_tasks_blocked()
        [fired] = it.ledger.of(FaultFired)
        assert fired.connection == 2


async def test_a_client_that_falls_for_a_bad_certificate_is_told_of_with_all_else() -> None:
    async with Echoing(Step(Disguise("wrong-host"))).listening("127.0.0.1") as it:
        context = client(it, None, "h2")
        context.check_hostname = False
        await in_thread(lambda: say_hello(it, context))
        [fired] = it.ledger.of(FaultFired)
        found = it.connections[0].provider
        assert (found.fooled_by, found.alpn) == (fired.seq, "h2")
    [opened] = it.ledger.of(ConnectionOpened)
    assert opened.alpn == "h2"


@pytest.mark.parametrize("version", ["1.2", "1.3"])
async def test_who_does_not_trust_our_ca_is_told_so_here_too(version: str) -> None:
    async with Echoing().listening("127.0.0.1") as it:
        context = client_context(it.authority, None)
        nobody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        nobody.minimum_version = nobody.maximum_version = ssl.TLSVersion[
            f"TLSv{version}".replace(".", "_")
        ]
        nobody.set_alpn_protocols(["h2"])
        with pytest.raises(ssl.SSLCertVerificationError):
            await in_thread(lambda: say_hello(it, nobody))
        await in_thread(lambda: say_hello(it, context))
    [refused] = it.ledger.of(ConnectionRefused)
    assert (refused.service, refused.reason) == ("api", "client-does-not-trust-ca")
