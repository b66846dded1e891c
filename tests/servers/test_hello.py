"""What a client says in the clear, from real hellos and from hostile bytes."""

from __future__ import annotations

import ssl

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakeapns.servers.hello import Hello, overhear

from .streams import hello, insist_on


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
