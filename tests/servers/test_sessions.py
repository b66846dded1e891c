"""Sessions of TLS: none can be resumed, none stays, and nobody notices but who tries."""

from __future__ import annotations

import contextlib
import shutil
import ssl
import subprocess
from pathlib import Path

import pytest
import trio
from trio.testing import memory_stream_pair

from fakeapns import FakeAPNs, ThreadedAPNs
from fakeapns.ledger.entries import ConnectionOpened, ConnectionRefused
from fakeapns.scenario.faults import Service
from fakeapns.servers.handshake import shake_hands
from fakeapns.servers.refusals import Refused
from fakeapns.servers.sessions import begun
from fakeapns.servers.tls import TLSStream

from ..frames import TOPIC
from ..providers import PATIENCE, await_entries, knock
from .streams import Recording, contexts, door, insist_on, tls_pair

VERSIONS = ["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"]
#: With SSL_OP_NO_EXTENDED_MASTER_SECRET and without: OpenSSL 3 has it, and CPython no name for it.
OPTIONS = [0, 1] if ssl.OPENSSL_VERSION_INFO >= (3,) else [0]
OPENSSL = shutil.which("openssl")


def resume(
    apns: ThreadedAPNs,
    context: ssl.SSLContext,
    session: ssl.SSLSession | None,
    service: Service = "gateway",
) -> ssl.SSLSocket:
    """A provider that would rather go on with a session."""
    found = context.wrap_socket(knock(apns, service), server_hostname="localhost", session=session)
    assert not found.session_reused
    return found


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("version", VERSIONS)
def test_whoever_comes_back_shows_its_certificate_again(version: str, options: int) -> None:
    with FakeAPNs(tls_minimum="1.0", tls_maximum="1.3").in_thread() as apns:
        context = apns.ssl_context()
        insist_on(context, version)
        context.options |= options
        with resume(apns, context, None) as first:
            session = first.session
            # While it is open, at either port; then behind its close, and behind another start.
            for service in ("gateway", "feedback"):
                resume(apns, context, session, service).close()
            with contextlib.suppress(ssl.SSLError):
                first.unwrap()
        resume(apns, context, session).close()
        assert len(await_entries(apns, ConnectionOpened, 4)) == 4
        apns.renew()
        resume(apns, context, session).close()
        [opened] = await_entries(apns, ConnectionOpened)
        assert opened.topic == TOPIC
        assert apns.ledger.of(ConnectionRefused) == []


@pytest.mark.skipif(OPENSSL is None, reason="without openssl no other client is proven")
def test_openssl_cannot_leave_its_certificate_out_by_a_session(tmp_path: Path) -> None:
    with FakeAPNs().in_thread() as apns:
        pem, saved = apns.client_certificate().pem_file, tmp_path / "session"
        to = f"{apns.gateway.host}:{apns.gateway.port}"
        common = [OPENSSL, "s_client", "-connect", to, "-CAfile", apns.ca_file, "-tls1_2"]

        def run(*more: object) -> str:
            ended = subprocess.run(
                [*map(str, (*common, *more))],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=PATIENCE,
                check=False,
            )
            return ended.stdout + ended.stderr

        told = run("-cert", pem, "-sess_out", saved, "-reconnect")
        assert (told.count("New, TLS"), told.count("Reused, TLS")) == (6, 0)
        assert saved.exists()
        assert "handshake failure" in run("-sess_in", saved)
        [refused] = await_entries(apns, ConnectionRefused)
        assert refused.reason == "no-client-certificate"
        assert len(await_entries(apns, ConnectionOpened, 6)) == 6


@pytest.mark.parametrize("version", VERSIONS)
async def test_no_session_stays_in_memory(version: str) -> None:
    client_side, server_side = contexts({"tls_minimum": "1.0", "tls_maximum": "1.3"})
    insist_on(client_side, version)
    for _ in range(3):
        client, server = await tls_pair(sides=(client_side, server_side))
        assert server_side.session_stats()["number"] == 0
        await client.send_eof()
        assert await server.receive_some() == b""
        await server.send_eof()
        del client, server
    assert server_side.session_stats()["accept_good"] == 3
    assert server_side.session_stats()["number"] == 0


async def come_in(
    client_side: ssl.SSLContext, server_side: ssl.SSLContext, session: ssl.SSLSession | None
) -> str:
    """How a provider fares that goes on with a session: why it is refused, or its topic."""
    theirs, ours = memory_stream_pair()
    server = TLSStream(ours, server_side)
    told: list[str] = []

    async def serve() -> None:
        try:
            provider = await shake_hands(server, door())
            told.extend(provider.topics)
        except Refused as refused:
            told.append(refused.reason)
        await ours.aclose()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(serve)
        with contextlib.suppress(ssl.SSLError):
            await converse(client_side, session, theirs)
    return told[0]


async def converse(
    context: ssl.SSLContext, session: ssl.SSLSession | None, transport: trio.abc.Stream
) -> ssl.SSLObject:
    """Shake hands as `ssl` does it by itself."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = context.wrap_bio(incoming, outgoing, server_hostname="localhost", session=session)
    while True:
        try:
            tls.do_handshake()
        except ssl.SSLWantReadError:
            await transport.send_all(outgoing.read())
            incoming.write(await transport.receive_some())
            continue
        await transport.send_all(outgoing.read())
        return tls


async def test_what_resumes_all_the_same_is_refused_and_then_comes_in_anew() -> None:
    client_side, server_side = contexts()
    # A server on the same context that does not forget, as if OpenSSL had changed its ways.
    theirs, ours = memory_stream_pair()
    sessions: list[ssl.SSLSession | None] = []

    async def remember() -> None:
        sessions.append((await converse(client_side, None, theirs)).session)

    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    other = server_side.wrap_bio(incoming, outgoing, server_side=True)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(remember)
        while True:
            try:
                other.do_handshake()
                break
            except ssl.SSLWantReadError:
                if outgoing.pending:
                    await ours.send_all(outgoing.read())
                incoming.write(await ours.receive_some())
        await ours.send_all(outgoing.read())
    [session] = sessions
    assert server_side.session_stats()["number"] == 1
    assert await come_in(client_side, server_side, session) == "session-resumed"
    assert await come_in(client_side, server_side, session) == TOPIC
    assert server_side.session_stats()["number"] == 0


@pytest.mark.parametrize("options", OPTIONS)
async def test_what_a_server_offers_to_remember_is_read_off_its_first_flight(options: int) -> None:
    client_side, server_side = contexts()
    client_side.options |= options
    theirs, inner = memory_stream_pair()
    ours = Recording(inner)
    await tls_pair((theirs, ours), sides=(client_side, server_side))
    session = begun(ours.sent[0])
    assert session is not None
    assert (len(session.name), session.version) == (32, 0x0303)
    assert session.extended == (options == 0)
    for size in range(200):
        cut = begun(ours.sent[0][:size])
        assert cut is None or cut.name == session.name[: len(cut.name)]
