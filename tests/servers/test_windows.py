"""A server that does not read is noticed by who writes: soon, and in every connection it may be."""

from __future__ import annotations

import socket
import ssl
import sys
from typing import Any

import pytest

from fakeapns import Drop, FakeAPNs, Reject, Stall, Throttle
from fakeapns.scenario.faults import Fault
from fakeapns.servers.windows import BUFFER, SEGMENT, Window

from ..frames import framed
from ..providers import dial
from .played import playing, step
from .proxied import dial_by_proxy

#: About 1,300 notifications, and a fifth of what the system would take at the least.
BURST = b"".join(framed(number, payload=bytes(200)) for number in range(2, 1300))
#: Seconds without any progress, after which a write is called blocked.
BLOCKED = 0.5


def is_held_up(provider: ssl.SSLSocket) -> bool:
    """Whether the burst does not fit between the two."""
    provider.settimeout(BLOCKED)
    try:
        for at in range(0, len(BURST), 4096):
            provider.send(BURST[at : at + 4096])
    except TimeoutError:
        return True
    return False


def is_narrow(provider: ssl.SSLSocket) -> bool:
    """Whether the two have agreed upon small segments, as nothing on one machine has them."""
    return provider.getsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG) <= SEGMENT


@pytest.mark.parametrize("fault", [Stall("1h"), Throttle(1)])
@pytest.mark.parametrize("triggers", [{"notification": 1}, {"after": "0ms"}])
def test_a_write_blocks_before_the_burst_is_out(fault: Fault, triggers: dict[str, Any]) -> None:
    with playing(step(fault, **triggers)).in_thread() as apns, dial(apns) as provider:
        provider.sendall(framed(1))
        assert is_held_up(provider)


def test_it_does_for_those_who_connect_behind_an_inject_and_no_more_once_all_is_well() -> None:
    with FakeAPNs().in_thread() as apns:
        apns.inject(Stall("1h"))
        with dial(apns) as provider:
            provider.sendall(framed(1))
            assert is_held_up(provider)
        apns.clear_faults()
        apns.inject(Stall("1h"), after="1h")
        apns.clear_faults()
        with dial(apns) as provider:
            assert not is_narrow(provider)


def test_it_does_after_a_restart_and_no_more_after_a_renewal() -> None:
    with FakeAPNs().in_thread() as apns:
        apns.inject(Throttle(1))
        apns.restart()
        with dial(apns) as provider:
            provider.sendall(framed(1))
            assert is_held_up(provider)
        apns.renew()
        with dial(apns) as provider:
            assert not is_narrow(provider)


def test_it_does_for_those_who_come_by_the_proxy() -> None:
    with FakeAPNs(proxy_port=0).in_thread() as apns:
        apns.inject(Stall("1h"))
        with dial_by_proxy(apns, "gateway.push.apple.com") as provider:
            provider.sendall(framed(1))
            assert is_held_up(provider)
        apns.clear_faults()
        with dial_by_proxy(apns, "gateway.push.apple.com") as provider:
            assert not is_narrow(provider)


# ---- one socket -----------------------------------------------------------------------------


class Options:
    """A socket that keeps its options, or does not know them."""

    def __init__(self, *, knows: bool = True) -> None:
        self._knows = knows
        self.set: list[tuple[int, int]] = []

    def getsockopt(self, level: int, option: int, /) -> int:
        self._ask()
        return 100_000

    def setsockopt(self, level: int, option: int, value: int, /) -> None:
        self._ask()
        self.set.append((option, value))

    def _ask(self) -> None:
        if not self._knows:
            raise OSError("no such option")


def test_a_window_is_set_only_when_something_changes_and_set_back_to_what_it_was() -> None:
    options = Options()
    window = Window(options)
    window.fit(narrow=False)
    assert options.set == []
    window.fit(narrow=True)
    window.fit(narrow=True)
    assert options.set == [(socket.TCP_MAXSEG, SEGMENT), (socket.SO_RCVBUF, BUFFER)]
    options.set.clear()
    window.fit(narrow=False)
    before = 50_000 if sys.platform == "linux" else 100_000
    assert options.set == [(socket.TCP_MAXSEG, 0), (socket.SO_RCVBUF, before)]


def test_a_system_without_these_options_serves_all_the_same() -> None:
    window = Window(Options(knows=False))
    window.fit(narrow=True)
    window.fit(narrow=False)


def test_a_system_without_segment_sizes_still_has_buffers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(socket, "TCP_MAXSEG")
    options = Options()
    Window(options).fit(narrow=True)
    assert options.set == [(socket.SO_RCVBUF, BUFFER)]


@pytest.mark.parametrize("fault", [Drop(), Reject()])
def test_faults_that_read_all_leave_the_window_as_it_is(fault: Fault) -> None:
    with playing(step(fault, notification=99_999)).in_thread() as apns, dial(apns) as provider:
        assert not is_narrow(provider)
