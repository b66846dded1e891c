"""What clients see of faults: the cases, and what they have in common."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from typing import Any, TypeVar

import pytest

from fakeapns import FakeAPNs, ThreadedAPNs
from fakeapns.ledger.entries import ConnectionRefused, FaultFired
from fakeapns.protocol import FeedbackTuple, encode_feedback
from fakeapns.scenario.faults import (
    Fault,
    Service,
)

from ..frames import TOPIC, framed, numbered
from ..providers import await_entries, dial, knock, read_to_end

SINCE = 1_600_000_000
LISTED = [numbered(each) for each in (1, 2, 3)]
WIRE = encode_feedback([FeedbackTuple(SINCE, token) for token in LISTED])
#: More than a connection takes that is not read.
LOTS = b"".join(framed(number, payload=bytes(200)) for number in range(2, 1300))
#: Seconds without any progress, after which somebody is called silent.
SILENT = 0.3
SECONDS = 0.4

Look = Callable[[ThreadedAPNs], None]
F = TypeVar("F", bound=Look)


def sees(cases: list[Any], fault: Fault, **on: Any) -> Callable[[F], F]:
    """What a client sees of this fault, with this trigger, as one more of the cases."""

    def remember(look: F) -> F:
        cases.append(pytest.param(fault, on, look, id=f"{fault.name}: {look.__name__}"))
        return look

    return remember


def answer(apns: ThreadedAPNs) -> bytes:
    """All that comes back for one notification, number 7."""
    with dial(apns) as provider:
        provider.sendall(framed(7))
        return read_to_end(provider)


def listed(apns: ThreadedAPNs) -> bytes:
    """The list of the feedback service, to its end."""
    with dial(apns, service="feedback") as reader:
        return read_to_end(reader)


def is_silent(provider: ssl.SSLSocket) -> bool:
    """Whether nothing comes, not even an end."""
    provider.settimeout(SILENT)
    try:
        provider.recv(1)
    except TimeoutError:
        return True
    return False


def write_piece_by_piece(provider: ssl.SSLSocket, wire: bytes = LOTS) -> None:
    """As a sender does. Raises `TimeoutError` where a write blocks."""
    for at in range(0, len(wire), 4096):
        provider.send(wire[at : at + 4096])


def is_turned_away(apns: ThreadedAPNs, service: Service = "gateway") -> bool:
    """Whether a connection ends before anything is said."""
    # Without `ssl`, which in CPython 3.11 leaves a socket open that is reset this early.
    # The reset may come as early as the connection stands, to whom it is a failed connect.
    try:
        with knock(apns, service) as bare:
            bare.sendall(b"\x16")
            return bare.recv(1) == b""
    except ConnectionError:
        return True


def look_at(fault: Fault, on: dict[str, Any], look: Look) -> None:
    """Have a client look at it: that it is there, and on record once."""
    with FakeAPNs().in_thread() as apns:
        for token in LISTED:
            apns.devices.add(TOPIC, token, "uninstalled", since=SINCE, listed=True)
        apns.devices.add(TOPIC, numbered(9))
        apns.inject(fault, times=1, **on)
        look(apns)
        [entry] = await_entries(apns, FaultFired)
        assert entry.fault == fault.name
        # Whoever the story turned away is told so, and not blamed.
        assert {each.reason for each in apns.ledger.of(ConnectionRefused)} <= {"fault"}
