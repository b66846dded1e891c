"""What a client says in the clear, from real hellos and from hostile bytes."""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakeapns.servers import hello as reading
from fakeapns.servers import refusals
from fakeapns.servers.hello import MOST, Hello, extensions, overhear, server_name, vectors

from .streams import door, hello, insist_on


def client(version: str | None = None, *alpn: str) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if version:
        insist_on(context, version)
    if alpn:
        context.set_alpn_protocols(alpn)
    return context


def read(said: bytes) -> Hello:
    found = overhear(said).hello
    assert found is not None
    return found


def split(said: bytes, size: int) -> bytes:
    """The same hello in records of at most so many bytes."""
    body = said[5:]
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(said[:3] + len(each).to_bytes(2, "big") + each for each in pieces)


def test_a_hello_says_what_is_offered() -> None:
    context = client(None, "h2", "http/1.1")
    said = read(hello(context))
    assert said.versions == (0x0304, 0x0303)
    assert said.alpn == (b"h2", b"http/1.1")
    assert said.server_name == b"localhost"
    assert {each["id"] & 0xFFFF for each in context.get_ciphers()} <= set(said.suites)
    assert said.speaks_http


@pytest.mark.parametrize(
    ("version", "versions"),
    [("TLSv1", (0x0301,)), ("TLSv1.1", (0x0302,)), ("TLSv1.2", (0x0303,)), ("TLSv1.3", (0x0304,))],
)
def test_one_version_is_told_from_another(version: str, versions: tuple[int, ...]) -> None:
    said = read(hello(client(version)))
    assert said.versions == versions
    assert not said.speaks_http


@pytest.mark.parametrize("size", [1, 7, 100])
def test_a_hello_in_many_records_is_the_same(size: int) -> None:
    said = hello(client())
    assert read(split(said, size)) == read(said)
    assert overhear(split(said, size)[:-1]).hello is None


def test_a_hello_counts_when_it_is_there_to_its_last_byte() -> None:
    said = hello(client("TLSv1.3", "h2"))
    for size in range(len(said)):
        assert overhear(said[:size]).hello is None
    assert read(said) == read(said + b"more")


def test_the_hello_of_older_days_says_version_and_suites() -> None:
    suites = bytes.fromhex("00002f 000005 0700c0")
    body = b"\1\3\1\0\x09\0\0\0\x10" + suites + bytes(16)
    said = read(b"\x80" + bytes([len(body)]) + body)
    assert said == Hello((0x0301,), (0x002F, 0x0005))


def test_what_clients_make_up_is_no_version_and_no_suite() -> None:
    suites = bytes.fromhex("0a0a 1301 fafa 0a1a c02f")
    versions = bytes.fromhex("002b 0007 06 3a3a 0304 0303")
    body = b"\3\3" + bytes(33) + b"\0\x0a" + suites + b"\1\0" + b"\0\x0b" + versions
    said = b"\1\0" + len(body).to_bytes(2, "big") + body
    found = read(b"\x16\3\1" + len(said).to_bytes(2, "big") + said)
    assert found.suites == (0x1301, 0x0A1A, 0xC02F)
    assert found.versions == (0x0304, 0x0303)


def test_alerts_and_certificates_are_heard_until_it_is_encrypted() -> None:
    certificates = b"\x0b\0\0\x0d\0\0\x0a\0\0\2ab\0\0\2cd"
    said = b"\x16\3\3\0\x11" + certificates + b"\x15\3\3\0\2\2\x30"
    assert overhear(said).certificates == (b"ab", b"cd")
    assert overhear(said).alert == 48
    assert overhear(b"\x14\3\3\0\1\1" + said).alert is None


def padded(size: int) -> bytes:
    """A hello of one suite with an extension that makes it so long."""
    body = b"\3\3" + bytes(33) + b"\0\2\x13\1\1\0"
    extension = b"\0\x15" + (size - len(body) - 10).to_bytes(2, "big")
    body += (size - len(body) - 6).to_bytes(2, "big") + extension
    message = b"\1" + (size - 4).to_bytes(3, "big") + body.ljust(size - 4, b"\0")
    return b"\x16\3\1" + len(message).to_bytes(2, "big") + message


def test_more_than_any_hello_has_is_not_looked_into() -> None:
    assert read(split(padded(4000), 1)).suites == (0x1301,)
    assert len(split(padded(60_000), 1)) > MOST
    assert overhear(split(padded(60_000), 1)).hello is None
    ordinary = hello(client())
    assert overhear(ordinary + b"\x15\3\3\0\2\2\x30" * MOST).hello == read(ordinary)


class Counted(bytes):
    """Counts the bytes that are copied out of it."""

    copied = 0

    def __getitem__(self, key: Any) -> Any:
        found = super().__getitem__(key)
        Counted.copied += len(found) if isinstance(found, bytes) else 1
        return Counted(found) if isinstance(found, bytes) else found


@pytest.mark.parametrize(
    "split_up",
    [
        lambda data: list(vectors(data, 1)),
        lambda data: list(vectors(data, 3)),
        lambda data: list(extensions(data)),
    ],
)
def test_however_many_parts_there_are_each_byte_is_looked_at_once(
    split_up: Callable[[bytes], list[object]],
) -> None:
    Counted.copied = 0
    assert len(split_up(Counted(12_000))) >= 3000
    assert Counted.copied <= 2 * 12_000


@pytest.mark.parametrize("how", ["broken", "left", "late"])
def test_a_hello_is_read_once_to_say_why_nothing_came_of_it(
    how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_so_far: list[bytes] = []

    def counted(heard: bytes) -> reading.Overheard:
        read_so_far.append(heard)
        return overhear(heard)

    monkeypatch.setattr(refusals, "overhear", counted)
    said = hello(client())
    attempt = refusals.Attempt(door(port=1), said, answered=True, trusted=(), held_up=False)
    wrong = ssl.SSLError()
    wrong.reason = "NO_SHARED_CIPHER"
    refused = attempt.broken(wrong) if how == "broken" else getattr(attempt, how)()
    assert (refused.hint != "", read_so_far) == (True, [said])


@given(st.binary(max_size=200), st.booleans())
def test_no_bytes_raise(data: bytes, framed: bool) -> None:
    if framed:
        body = b"\1\0" + len(data).to_bytes(2, "big") + data
        data = b"\x16\3\1" + len(body).to_bytes(2, "big") + body
    overhear(data)


@settings(deadline=None)
@given(st.data())
def test_a_damaged_hello_raises_nothing(data: st.DataObject) -> None:
    said = bytearray(hello(client(None, "h2")))
    for at in data.draw(st.lists(st.integers(5, len(said) - 1), max_size=5)):
        said[at] = data.draw(st.integers(0, 255))
    overhear(bytes(said))


# ---- the name alone ---------------------------------------------------------------------


@pytest.mark.parametrize("version", [None, "TLSv1", "TLSv1.2", "TLSv1.3"])
@pytest.mark.parametrize("alpn", [(), ("h2",)])
@pytest.mark.parametrize("size", [1, 7, 100, 1 << 14])
def test_the_name_alone_is_that_of_the_whole_hello(
    version: str | None, alpn: tuple[str, ...], size: int
) -> None:
    said = hello(client(version, *alpn))
    assert server_name(split(said, size)) == "localhost"
    # What comes behind it, such as a certificate, does not matter.
    assert server_name(said + said) == "localhost"
    assert server_name(said[:-1]) in (None, "localhost")


def test_a_hello_without_a_name_has_none() -> None:
    context = client()
    context.check_hostname = False
    outgoing = ssl.MemoryBIO()
    with contextlib.suppress(ssl.SSLWantReadError):
        context.wrap_bio(ssl.MemoryBIO(), outgoing).do_handshake()
    assert server_name(outgoing.read()) is None


@pytest.mark.parametrize("name", [b"a" * 5000, b"\xc3\xbc.example", b"A.B", b"\0"])
def test_a_name_may_be_anything_and_is_kept_in_short(name: bytes) -> None:
    said = hello(client())
    entry = len(name).to_bytes(2, "big") + name
    listed = (len(entry) + 1).to_bytes(2, "big") + b"\0" + entry
    ours = b"\0\0" + len(listed).to_bytes(2, "big") + listed
    theirs = b"\0\0\0\x0e\0\x0c\0\0\x09localhost"
    assert said.count(theirs) == 1
    at = said.index(theirs)
    grown = len(ours) - len(theirs)
    front = bytearray(said[:at])
    begin = 44 + front[43]
    begin += 2 + int.from_bytes(front[begin : begin + 2], "big")
    begin += 1 + front[begin]
    for place, width in ((3, 2), (6, 3), (begin, 2)):
        size = int.from_bytes(front[place : place + width], "big") + grown
        front[place : place + width] = size.to_bytes(width, "big")
    found = server_name(bytes(front) + ours + said[at + len(theirs) :])
    assert found == name.decode("ascii", "replace").lower()[:255]


@given(st.binary(max_size=200), st.integers(0, 600), st.binary(max_size=4))
def test_no_bytes_make_it_raise(data: bytes, at: int, other: bytes) -> None:
    said = hello(client())
    for heard in (data, b"\x16\x03\x01" + data, said[:at] + other + said[at:], said[:at]):
        found = server_name(heard)
        assert found is None or len(found) <= 255
