"""The promise of the proxy: it opens no connection to anywhere and looks up no name, whatever it
is asked for.

Watched below everything that could do so: CPython tells of each such call before it is made (PEP
578), by whichever library and in whichever thread.
"""

from __future__ import annotations

import contextlib
import socket
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from fakeapns import FakeAPNs, ThreadedAPNs
from fakeapns.ledger.entries import ConnectionOpened, ConnectionRefused

from ..frames import framed
from ..providers import await_entries, dial, knock, read_to_end
from .proxied import ESTABLISHED, dial_by_proxy, request

#: What leads out of a process: to another, to a resolver, or to a program that does it.
WAYS_OUT = {
    *("socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo"),
    *("socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo", "urllib.Request"),
    *("subprocess.Popen", "os.system", "os.exec", "os.fork", "os.posix_spawn", "ctypes.dlopen"),
}


class Watch:
    """Notes what other threads than the test's own do that leads out, while it is `on`."""

    def __init__(self) -> None:
        self.on = False
        self.seen: list[str] = []
        # There is no way to remove one again.
        sys.addaudithook(self._note)

    def _note(self, event: str, arguments: tuple[object, ...]) -> None:
        in_test = threading.current_thread() is threading.main_thread()
        if self.on and event in WAYS_OUT and not in_test:
            self.seen.append(f"{event} {arguments}")

    @contextlib.contextmanager
    def over(self) -> Iterator[None]:
        """Fail if any was seen meanwhile."""
        self.seen.clear()
        self.on = True
        try:
            yield
        finally:
            self.on = False
        assert self.seen == []


WATCH = Watch()


@pytest.fixture(scope="module")
def apns() -> Iterator[ThreadedAPNs]:
    """A server that has been asked for something already, and has loaded what it needs for that."""
    with FakeAPNs(proxy_port=0, plain_api_port=0).in_thread() as running:
        with dial_by_proxy(running, "gateway.push.apple.com") as connection:
            connection.sendall(framed())
            running.wait_for()
        dial(running, service="api").close()
        # In TLS 1.3 a client is through before the server is.
        await_entries(running, ConnectionOpened, 2)
        yield running


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[socket.socket]:
    """Somebody else's server on this machine, at all of its addresses."""
    with socket.create_server(("", 0)) as listening:
        listening.setblocking(False)
        yield listening


def told(apns: ThreadedAPNs, data: bytes) -> bytes:
    """What the proxy says to this, up to the end."""
    with knock(apns, "proxy") as connection:
        with contextlib.suppress(OSError):
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
        with contextlib.suppress(ConnectionResetError):
            return read_to_end(connection)
        return b""


def test_what_is_watched_for_is_seen(elsewhere: socket.socket) -> None:
    def go_out() -> None:
        with WATCH.over(), socket.create_connection(("localhost", elsewhere.getsockname()[1])):
            elsewhere.accept()[0].close()

    with ThreadPoolExecutor(1) as threads, pytest.raises(AssertionError):
        threads.submit(go_out).result()
    assert [each.partition(" ")[0] for each in WATCH.seen[:2]] == [
        "socket.getaddrinfo",
        "socket.connect",
    ]


HOSTS = [
    *(
        "example.com",
        "localhost",
        "localhost.",
        "127.0.0.1",
        "127.0.0.2",
        "0.0.0.0",
        "[::1]",
        "[::]",
    ),
    *("[::]", "127.1", "2130706433", "0x7f.0.0.1", "0177.0.0.1", "[::ffff:7f00:1]"),
    *("[::ffff:127.0.0.2]",),
    *("169.254.169.254", "metadata.google.internal", "10.0.0.1", "[fe80::1%25eth0]", "api"),
    *("api.push.apple.com.example.com", "api.push.apple.com@example.com", "push.apple.com"),
    *("example.com#api.push.apple.com", "example.com/api.push.apple.com", "xn--bcher-kva.test"),
    *("api.push.apple.com%00.example.com", "*.push.apple.com", "a" * 63 + ".test", "a" * 255),
    *(
        "b\u00fccher.example",
        "\u0130.example",
        "api.push.apple.com\uff0eexample.com",
        "-",
        "_",
        "%",
    ),
]


@pytest.mark.parametrize("host", HOSTS)
def test_another_host_is_told_no_and_nobody_is_asked(
    apns: ThreadedAPNs, elsewhere: socket.socket, host: str
) -> None:
    port = elsewhere.getsockname()[1]
    apns.reset()
    with WATCH.over():
        for number in (port, 443, 80, 22, 53):
            said = told(apns, request(host, number))
            assert said.startswith((b"HTTP/1.1 403 ", b"HTTP/1.1 400 "))
            assert said.endswith(b".\n")
        refused = await_entries(apns, ConnectionRefused, 5)
    assert {each.service for each in refused} == {"proxy"}
    assert apns.ledger.of(ConnectionOpened) == []
    with pytest.raises(BlockingIOError):
        elsewhere.accept()


@pytest.mark.parametrize(
    "data",
    [
        *(f"{method} http://{{elsewhere}}/ HTTP/1.1\r\nHost: {{elsewhere}}\r\n\r\n"
          for method in ("GET", "POST", "OPTIONS", "TRACE", "HEAD")),
        "GET / HTTP/1.1\r\nHost: {elsewhere}\r\nUpgrade: h2c\r\n\r\n",
        "GET ftp://{elsewhere}/ HTTP/1.1\r\n\r\n",
        "CONNECT api.push.apple.com HTTP/1.1\r\nHost: {elsewhere}\r\n\r\n",
        "CONNECT {elsewhere} HTTP/1.1\r\nHost: api.push.apple.com:443\r\n\r\n",
        "PROXY TCP4 127.0.0.1 127.0.0.1 5000 {port}\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "\5\1\0\5\1\0\3\x09localhost\0\x50",
        "\4\1\0\x50\x7f\0\0\1\0",
        "CONNECT " + "h" * 65_536,
        "CONNECT api.push.apple.com:443 HTTP/1.1\r\n" + "x: y\r\n" * 20_000,
        "CONNECT api.push",
        "",
    ],
)  # fmt: skip
def test_whatever_else_it_is_asked_nobody_is_asked(
    apns: ThreadedAPNs, elsewhere: socket.socket, data: str
) -> None:
    port = elsewhere.getsockname()[1]
    apns.reset()
    with WATCH.over():
        said = told(apns, data.format(elsewhere=f"127.0.0.1:{port}", port=port).encode())
        [refused] = await_entries(apns, ConnectionRefused)
    assert said == b"" or said.startswith(b"HTTP/1.1 4")
    assert refused.hint
    assert apns.ledger.of(ConnectionOpened) == []
    with pytest.raises(BlockingIOError):
        elsewhere.accept()


def test_nor_is_anybody_when_it_leads_somewhere(apns: ThreadedAPNs) -> None:
    before = len(apns.accepted)
    with WATCH.over():
        for host in ("gateway.push.apple.com", "gateway.sandbox.push.apple.com"):
            with dial_by_proxy(apns, host) as connection:
                connection.sendall(framed())
                connection.unwrap()
        apns.wait_for(before + 2)


_METHODS = [b"CONNECT ", b"GET ", b"POST ", b"PROXY ", b"\x16\x03\x01", b"\5\1\0"]
_PARTS = [b"http://", b" HTTP/1.1", b" HTTP/1.0", b"\r\n", b"\r\n\r\n", b"Host: ", b"\0"]
_PLACES = [b"127.0.0.1", b"localhost", b"example.com", b"api.push.apple.com", b"[::1]"]
_MARKS = [b":", b"@", b"/", b".", b"%", b"443", b"80"]
_WORDS = st.sampled_from(_METHODS + _PARTS + _PLACES + _MARKS)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.one_of(_WORDS, st.binary(max_size=12)), max_size=14).map(b"".join))
@example(b"CONNECT localhost:80 HTTP/1.1\r\n\r\n")
@example(b"CONNECT api.push.apple.com:443 HTTP/1.1\r\n\r\nCONNECT example.com:443 HTTP/1.1\r\n\r\n")
def test_however_it_is_asked_nobody_is_asked(apns: ThreadedAPNs, data: bytes) -> None:
    apns.reset()
    with WATCH.over():
        said = told(apns, data)
        [refused] = await_entries(apns, ConnectionRefused)
    assert refused.reason in (
        *("no-connect", "foreign-host", "disconnected"),
        # It was led to one of ours, and did not shake hands there.
        *("plain-http", "not-tls", "tls-error", "http"),
    )
    assert said.startswith((b"HTTP/1.1 4", ESTABLISHED)) or said == b""
