"""Stories of a server that reads late: who waits is through, who gives up sends all of it twice."""

from __future__ import annotations

import contextlib
import socket
import ssl

import pytest

from fakeapns import FakeAPNs, ThreadedAPNs
from fakeapns.ledger.audit import Audit
from fakeapns.ledger.entries import FaultFired

from ..frames import numbered
from ..providers import PATIENCE, dial
from .wire import pack

#: As many as the stories of the catalogue are made for, as `chaos` has them sent.
MEANT = [(numbered(each), b'{"aps":{"alert":"number %d"}}' % each) for each in range(1, 501)]
#: Seconds for which an impatient sender lets a write block.
IMPATIENT = 0.3


def send(apns: ThreadedAPNs, patience: float) -> None:
    """Write them one by one; where a write takes too long, begin again on a new connection."""
    for _ in range(10):
        with dial(apns) as provider, contextlib.suppress(TimeoutError):
            provider.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            provider.settimeout(patience)
            write(provider)
            return


def write(provider: ssl.SSLSocket) -> None:
    for number, (token, payload) in enumerate(MEANT, start=1):
        provider.sendall(pack(token, payload, number))


def play(name: str, patience: float) -> Audit:
    with FakeAPNs(scenario=name, settle="30s").in_thread() as apns:
        send(apns, patience)
        apns.wait_for(len(MEANT), timeout=PATIENCE)
        assert apns.ledger.of(FaultFired)
        return apns.audit(MEANT)


@pytest.mark.parametrize("name", ["stalled-reader", "slow-reader"])
def test_who_waits_is_through_with_one_connection(name: str) -> None:
    assert play(name, PATIENCE).shortfalls == ()


def test_who_gives_up_on_a_blocked_write_sends_twice() -> None:
    audit = play("stalled-reader", IMPATIENT)
    assert len(audit.duplicated) > 0
    assert audit.connections > 1
