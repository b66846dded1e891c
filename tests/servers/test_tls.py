"""TLS over memory buffers: records, endings and alerts."""

from __future__ import annotations

import ssl
import struct

import pytest
import trio
from trio.testing import MockClock, memory_stream_pair

from fakeapns.certificates import client_context, default_authority
from fakeapns.scenario.settings_keywords import SettingsKeywords
from fakeapns.servers import TLSStream
from fakeapns.servers.handshake import CERTIFICATE_REVOKED

from .streams import Recording, contexts, insist_on, read_to_end, tls_pair

CHANGE_CIPHER_SPEC, HANDSHAKE, APPLICATION_DATA = 20, 22, 23


def records(wire: bytes) -> list[int]:
    """The content types of the TLS records in these bytes."""
    found, at = [], 0
    while at < len(wire):
        kind, _, size = struct.unpack_from(">BHH", wire, at)
        found.append(kind)
        at += 5 + size
    assert at == len(wire)
    return found


async def test_what_one_side_sends_the_other_one_reads() -> None:
    client, server = await tls_pair()
    await client.send_all(b"there")
    assert await server.receive_some() == b"there"
    await server.send_all(b"and back")
    assert await client.receive_some() == b"and back"


async def test_all_records_that_have_arrived_are_read_at_once() -> None:
    client, server = await tls_pair()
    for part in (b"one ", b"two ", bytes(50_000)):
        await client.send_all(part)
    assert await server.receive_some() == b"one two " + bytes(50_000)


async def test_what_is_sent_in_one_call_leaves_in_one_write() -> None:
    theirs, inner = memory_stream_pair()
    ours = Recording(inner)
    _, server = await tls_pair((theirs, ours))
    ours.sent.clear()
    await server.send_all(b"six by")
    [wire] = ours.sent
    assert records(wire) == [APPLICATION_DATA]


async def test_sending_nothing_sends_nothing() -> None:
    theirs, inner = memory_stream_pair()
    ours = Recording(inner)
    _, server = await tls_pair((theirs, ours))
    ours.sent.clear()
    await server.send_all(b"")
    assert ours.sent == []


async def test_an_end_with_close_notify_is_graceful() -> None:
    client, server = await tls_pair()
    await client.send_all(b"last words")
    await client.send_eof()
    assert await read_to_end(server) == b"last words"
    assert server.ended == "graceful"


async def test_an_end_without_close_notify_is_told_apart() -> None:
    client, server = await tls_pair()
    await client.send_all(b"last words")
    await client.send_eof(close_notify=False)
    assert await read_to_end(server) == b"last words"
    assert server.ended == "no-close-notify"


async def test_reading_goes_on_after_our_own_end() -> None:
    client, server = await tls_pair()
    await server.send_eof()
    assert await client.receive_some() == b""
    await client.send_all(b"still here")
    assert await server.receive_some() == b"still here"
    assert server.ended is None


async def test_the_end_may_come_while_unread_records_are_waiting() -> None:
    client, server = await tls_pair()
    await client.send_all(b"not read yet")
    await server.send_eof()
    assert await client.receive_some() == b""
    assert client.ended == "graceful"
    assert await server.receive_some() == b"not read yet"


async def test_what_came_before_a_broken_record_is_not_lost() -> None:
    client, server = await tls_pair()
    await client.send_all(b"fine")
    await client.transport.send_all(b"\x17\x03\x03\x00\x20" + bytes(32))
    assert await server.receive_some() == b"fine"
    with pytest.raises(ssl.SSLError):
        await server.receive_some()


async def test_a_peer_that_leaves_during_the_handshake_breaks_it() -> None:
    theirs, ours = memory_stream_pair()
    _, server_side = contexts()
    await theirs.send_all(b"\x16\x03\x01")
    await theirs.send_eof()
    with pytest.raises(trio.BrokenResourceError):
        await TLSStream(ours, server_side).do_handshake()


async def test_the_alert_that_openssl_chose_is_sent_when_a_handshake_fails() -> None:
    theirs, ours = memory_stream_pair()
    _, server_side = contexts()
    nobody = client_context(default_authority(), None)
    client = TLSStream(theirs, nobody, server_hostname="localhost")
    failures: list[str] = []

    async def shake_hands(stream: TLSStream) -> None:
        try:
            await stream.do_handshake()
        except ssl.SSLError as wrong:
            failures.append(wrong.reason or "")

    async with trio.open_nursery() as nursery:
        nursery.start_soon(shake_hands, TLSStream(ours, server_side))
        nursery.start_soon(shake_hands, client)
    assert failures == [
        "PEER_DID_NOT_RETURN_A_CERTIFICATE",
        "SSLV3_ALERT_HANDSHAKE_FAILURE",
    ]


@pytest.mark.parametrize("end", ["aclose", "reset"])
async def test_closing_takes_the_transport_with_it(end: str) -> None:
    client, server = await tls_pair()
    await (server.aclose() if end == "aclose" else server.reset())
    with pytest.raises(trio.ClosedResourceError):
        await server.send_all(b"too late")
    assert await client.receive_some() == b""
    assert client.ended == "no-close-notify"


# ---- refusing at the last moment --------------------------------------------------------


async def refuse(settings: SettingsKeywords, version: str) -> str | None:
    """Refuse at the end of a handshake: the client's error, or None if that cannot be."""
    theirs, ours = memory_stream_pair()
    client_side, server_side = contexts(settings)
    insist_on(client_side, version)
    client = TLSStream(theirs, client_side, server_hostname="localhost")
    recording = Recording(ours)
    server = TLSStream(recording, server_side)
    results: dict[str, bool | str | None] = {}

    async def serve() -> None:
        await server.do_handshake()
        results["refused"] = await server.refuse(CERTIFICATE_REVOKED)
        recording.sent.clear()
        await server.finish_handshake()
        await server.aclose()

    async def connect() -> None:
        try:
            await client.do_handshake()
            await client.finish_handshake()
        except ssl.SSLError as wrong:
            results["error"] = wrong.reason

    async with trio.open_nursery() as nursery:
        nursery.start_soon(serve)
        nursery.start_soon(connect)
    assert server.version == version
    assert results["refused"] == ("error" in results)
    if results["refused"]:
        assert recording.sent == []
    return str(results["error"]) if "error" in results else None


@pytest.mark.parametrize("version", ["TLSv1", "TLSv1.1", "TLSv1.2"])
async def test_an_alert_can_take_the_place_of_our_last_flight(version: str) -> None:
    assert await refuse({"tls_minimum": "1.0"}, version) == "SSLV3_ALERT_CERTIFICATE_REVOKED"


async def test_tls_1_3_leaves_no_room_for_such_an_alert() -> None:
    assert await refuse({"tls_maximum": "1.3"}, "TLSv1.3") is None


# ---- versions and tickets ---------------------------------------------------------------


async def test_tls_1_2_is_spoken_unless_asked_otherwise() -> None:
    client, server = await tls_pair()
    assert client.version == server.version == "TLSv1.2"


async def test_tls_1_3_is_spoken_when_asked() -> None:
    client, _ = await tls_pair(settings={"tls_maximum": "1.3"})
    assert client.version == "TLSv1.3"


async def test_no_ticket_comes_with_the_end_of_a_tls_1_2_handshake() -> None:
    theirs, inner = memory_stream_pair()
    ours = Recording(inner)
    await tls_pair((theirs, ours))
    assert records(ours.sent[-1]) == [CHANGE_CIPHER_SPEC, HANDSHAKE]


async def test_no_ticket_follows_a_tls_1_3_handshake() -> None:
    theirs, inner = memory_stream_pair()
    ours = Recording(inner)
    await tls_pair((theirs, ours), {"tls_maximum": "1.3"})
    # Its one flight goes out before the client's; whatever came later would be tickets.
    assert len(ours.sent) == 1


async def test_bytes_of_no_complete_record_are_counted() -> None:
    theirs, ours = memory_stream_pair()
    held = Recording(theirs)
    client, server = await tls_pair((held, ours))
    assert server.begun == 0
    held.sent.clear()
    held.holding = True
    await client.send_all(b"Hello")
    [record] = held.sent
    await theirs.send_all(record[:9])
    assert await server.receive_some(100) == b""
    assert server.begun == 9
    before = server.taken
    await theirs.send_all(record[9:])
    assert await server.receive_some() == b"Hello"
    assert (server.begun, server.taken) == (0, before + len(record) - 9)


async def heard_of(rest: bytes, server: TLSStream, peer: trio.abc.SendStream) -> bool:
    """Whether the server hears that more has come when this has."""
    await peer.send_all(rest)
    with trio.move_on_after(1):
        await server.hear_of_more()
        return True
    return False


async def test_a_byte_within_a_record_is_no_goodbye_whatever_it_is(
    autojump_clock: MockClock,
) -> None:
    inner, ours = memory_stream_pair()
    theirs = Recording(inner)
    client, server = await tls_pair((theirs, ours))
    theirs.holding = True
    while True:
        theirs.sent.clear()
        await client.send_all(b"one")
        await client.send_all(bytes(1000))
        one, two = theirs.sent
        # What an alert begins with, one in 256 bytes of any record, and never its own first one.
        if (at := two.find(b"\x15")) > 0:
            break
        await inner.send_all(one + two)
        await server.receive_some()
    await inner.send_all(one + two[:at])
    assert await server.receive_some() == b"one"
    assert await heard_of(two[at:], server, inner)
    assert await server.receive_some() == bytes(1000)


async def test_a_goodbye_is_nothing_more_that_waits(autojump_clock: MockClock) -> None:
    inner, ours = memory_stream_pair()
    theirs = Recording(inner)
    client, server = await tls_pair((theirs, ours))
    theirs.holding = True
    theirs.sent.clear()
    await client.send_eof()
    [goodbye] = theirs.sent
    # However it is cut.
    for part in (goodbye[:1], goodbye[1:4], goodbye[4:]):
        assert not await heard_of(part, server, inner)
    assert await read_to_end(server) == b""
    assert server.ended == "graceful"
