"""What Linux tells of the other end: as text that is made up, and of real connections."""

from __future__ import annotations

import contextlib
import socket
import sys
from ipaddress import ip_address
from pathlib import Path

import pytest
import trio
from trio.testing import memory_stream_pair

from fakeapns.servers.diag import FAMILY, Pair, answer, question
from fakeapns.servers.peers import TABLES, hasten, in_hex, pair_of, queues_in, send_queues

#: As `cat /proc/net/tcp` has it: a listener, both ends of a connection, and one that has ended.
TABLE = """\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:0893 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1758005 1
   1: 0100007F:C350 0100007F:0893 01 0000002F:00000000 01:00000014 00000000     0        0 1758010 2
   2: 0100007F:0893 0100007F:C350 01 00000000:00000011 00:00000000 00000000     0        0 1758011 1
   3: 0100007F:C351 0100007F:0893 06 00000000:00000000 03:00001732 00000000     0        0 0 3
   4: 0100007F:C3
"""
OURS = ("127.0.0.1", 2195)
WRITER = Pair(("127.0.0.1", 50_000), OURS)
GONE = Pair(("127.0.0.1", 50_001), OURS)
STRANGER = Pair(("192.0.2.7", 50_000), OURS)

little_endian = pytest.mark.skipif(sys.byteorder != "little", reason="the table is written so")
on_linux = pytest.mark.skipif(not TABLES[0].exists(), reason="only Linux has these tables")


@pytest.fixture
def tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which the tables are looked for: `tcp` and `tcp6`, of which none is there yet."""
    monkeypatch.setattr("fakeapns.servers.diag.FAMILY", None)
    monkeypatch.setattr("fakeapns.servers.peers.TABLES", (tmp_path / "tcp", tmp_path / "tcp6"))
    return tmp_path


@little_endian
def test_the_send_queue_of_a_peer_is_that_of_the_row_seen_from_there(tables: Path) -> None:
    (tables / "tcp").write_text(TABLE)
    assert send_queues([WRITER, GONE]) == {WRITER: 0x2F, GONE: 0}


@little_endian
def test_a_peer_that_is_in_no_table_is_not_to_be_seen(tables: Path) -> None:
    (tables / "tcp").write_text(TABLE)
    assert send_queues([STRANGER]) == {}


def test_where_there_are_no_tables_nobody_is_to_be_seen(tables: Path) -> None:
    assert send_queues([WRITER]) == {}


@little_endian
def test_a_client_on_a_socket_for_both_families_is_found_in_the_other_table(tables: Path) -> None:
    mapped = "0000000000000000FFFF00000100007F"
    (tables / "tcp").write_text(TABLE.splitlines()[0])
    (tables / "tcp6").write_text(
        f"   0: {mapped}:C350 {mapped}:0893 01 00000007:00000000 00:00000000 00000000     0\n"
    )
    assert send_queues([WRITER]) == {WRITER: 7}


@little_endian
@pytest.mark.parametrize(
    ("address", "as_there"),
    [
        ("127.0.0.1", "0100007F"),
        ("::1", "00000000000000000000000001000000"),
        ("2001:db8::1", "B80D0120000000000000000001000000"),
    ],
)
def test_addresses_are_words_as_the_machine_reads_them(address: str, as_there: str) -> None:
    assert in_hex(ip_address(address)) == as_there


def test_text_that_is_no_table_tells_nothing() -> None:
    assert list(queues_in("\0\n1 2 3\n" + "x " * 9, {"a b": WRITER})) == []


def test_what_is_over_memory_has_no_ends() -> None:
    ours, _ = memory_stream_pair()
    assert pair_of(ours) is None


def fill(client: socket.socket) -> None:
    """Write until no buffer on the way takes any more."""
    client.setblocking(False)
    with contextlib.suppress(BlockingIOError):
        while True:
            client.send(bytes(1_000_000))


@pytest.fixture(params=["asked", "in tables"])
def _seen(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """How the kernel tells."""
    if request.param == "asked":
        monkeypatch.setattr("fakeapns.servers.peers.TABLES", ())
    else:
        monkeypatch.setattr("fakeapns.servers.diag.FAMILY", None)


@on_linux
@pytest.mark.usefixtures("_seen")
@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
async def test_what_nobody_reads_stays_with_the_writer(host: str) -> None:
    [listener] = await trio.open_tcp_listeners(0, host=host)
    with socket.create_connection(listener.socket.getsockname()[:2]) as client:
        async with listener, await listener.accept() as server:
            pair = pair_of(server)
            assert pair is not None
            assert pair.peer == client.getsockname()[:2]
            assert send_queues([pair]) == {pair: 0}
            fill(client)
            assert send_queues([pair])[pair] > 0
            hasten(server.socket)
        # Behind the end there is nobody to ask about.
        assert pair_of(server) is None


@on_linux
@pytest.mark.usefixtures("_seen")
async def test_a_client_on_a_socket_for_both_families_is_seen() -> None:
    [listener] = await trio.open_tcp_listeners(0, host="127.0.0.1")
    with socket.socket(socket.AF_INET6) as client:
        client.connect(("::ffff:127.0.0.1", listener.socket.getsockname()[1]))
        async with listener, await listener.accept() as server:
            pair = pair_of(server)
            assert pair is not None
            assert send_queues([pair]) == {pair: 0}


# ---- what is asked, byte by byte -------------------------------------------------------------


@little_endian
@pytest.mark.skipif(FAMILY is None, reason="only Linux is asked")
def test_a_question_names_the_ends_as_seen_from_the_peer() -> None:
    assert question(WRITER) == bytes.fromhex(
        "48000000 1400 0100 00000000 00000000"  # 72 bytes, SOCK_DIAG_BY_FAMILY, a request
        "02 06 00 00 ffffffff"  # AF_INET, TCP, in whatever state
        "c350 0893 7f000001" + "00" * 12 + "7f000001" + "00" * 12 + "00000000" + "ff" * 8
    )


@little_endian
def test_an_answer_has_the_queue_and_an_error_has_none() -> None:
    found = "58000000 1400 0000 00000000 00000000 02010000" + "11" * 48 + "00000000 05000000 "
    assert answer(bytes.fromhex(found + "2f000000 00000000 00000000")) == 0x2F
    assert (
        answer(bytes.fromhex("24000000 0200 0000 00000000 00000000 feffffff") + bytes(16)) is None
    )
