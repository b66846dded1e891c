"""Every fault from the client's side of a real socket: what its page claims can be seen there.

And it is on record then, once; a client for whom nothing went wrong has none on record.
"""

from __future__ import annotations

import socket
import ssl
import struct
import time
from collections.abc import Callable
from typing import Any, TypeVar

import pytest

from fakeapns import FakeAPNs, ThreadedAPNs
from fakeapns.ledger.entries import ConnectionClosed, ConnectionRefused, FaultFired
from fakeapns.protocol import FeedbackTuple, encode_error, encode_feedback
from fakeapns.scenario.faults import (
    BY_NAME,
    AcceptThenClose,
    Acknowledge,
    Alert,
    BadCertificate,
    Blackhole,
    Drop,
    Fault,
    FeedbackCut,
    FeedbackDelay,
    FeedbackRepeat,
    FeedbackSilent,
    FeedbackSplit,
    FeedbackStale,
    Garbage,
    ReconnectBlock,
    Refuse,
    Reject,
    Service,
    Shutdown,
    SlowHandshake,
    Stall,
    Throttle,
)

from ..frames import TOPIC, framed, numbered
from ..providers import PATIENCE, await_entries, dial, knock, read_to_end

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
CASES: list[Any] = []


def sees(fault: Fault, **on: Any) -> Callable[[F], F]:
    """What a client sees of this fault, with this trigger."""

    def remember(look: F) -> F:
        CASES.append(pytest.param(fault, on, look, id=f"{fault.name}: {look.__name__}"))
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


def write_piece_by_piece(provider: ssl.SSLSocket) -> None:
    """As a sender does. Raises `TimeoutError` where a write blocks."""
    for at in range(0, len(LOTS), 4096):
        provider.send(LOTS[at : at + 4096])


def is_turned_away(apns: ThreadedAPNs, service: Service = "gateway") -> bool:
    """Whether a connection ends before anything is said."""
    # Without `ssl`, which in CPython 3.11 leaves a socket open that is reset this early.
    with knock(apns, service) as bare:
        try:
            bare.sendall(b"\x16")
            return bare.recv(1) == b""
        except ConnectionError:
            return True


# ---- the gateway ----------------------------------------------------------------------------


@sees(Reject("unknown"))
def an_error_that_names_it(apns: ThreadedAPNs) -> None:
    assert answer(apns) == encode_error(255, 7)


@sees(Reject(split=True))
def an_error_in_two_reads(apns: ThreadedAPNs) -> None:
    with dial(apns) as provider:
        provider.sendall(framed(7))
        assert (provider.recv(6), provider.recv(6)) == (b"\x08\x08\x00", b"\x00\x00\x07")


@sees(Reject(answer_on="next-connection"))
def an_error_that_greets_the_next_connection(apns: ThreadedAPNs) -> None:
    with dial(apns) as provider:
        provider.sendall(framed(7))
        apns.wait_for(1, outcome="rejected", timeout=PATIENCE)
        assert is_silent(provider)
    with dial(apns) as provider:
        assert read_to_end(provider) == encode_error(8, 7)


@sees(Drop())
def an_end_without_a_word(apns: ThreadedAPNs) -> None:
    assert answer(apns) == b""


@sees(Drop("no-close-notify"))
def an_end_that_may_be_an_attack(apns: ThreadedAPNs) -> None:
    context = apns.ssl_context()
    with context.wrap_socket(
        knock(apns), server_hostname="localhost", suppress_ragged_eofs=False
    ) as provider:
        provider.sendall(framed(7))
        with pytest.raises(ssl.SSLEOFError):
            provider.recv(1)


@sees(Drop(after_bytes=20))
def an_end_inside_a_frame(apns: ThreadedAPNs) -> None:
    with dial(apns) as provider:
        provider.sendall(framed(7)[:30])
        assert read_to_end(provider) == b""


@sees(Drop(), idle="50ms")
def an_end_of_a_quiet_line(apns: ThreadedAPNs) -> None:
    with dial(apns) as provider:
        assert read_to_end(provider) == b""


@sees(Shutdown())
def a_shutdown_that_names_the_last(apns: ThreadedAPNs) -> None:
    assert answer(apns) == encode_error(10, 7)


@sees(Acknowledge())
def a_status_of_no_error(apns: ThreadedAPNs) -> None:
    with dial(apns) as provider:
        provider.sendall(framed(7))
        assert provider.recv(6) == encode_error(0, 7)
        assert is_silent(provider)


@sees(Garbage("48 54 54 50 id"))
def bytes_that_are_no_answer(apns: ThreadedAPNs) -> None:
    assert answer(apns) == b"HTTP\x00\x00\x00\x07"


@sees(Stall("1h"))
@sees(Throttle(1))
@sees(Stall("1h"), after="0ms")
def a_write_that_blocks(apns: ThreadedAPNs) -> None:
    with dial(apns) as provider:
        provider.sendall(framed(1))
        provider.settimeout(SILENT)
        with pytest.raises(TimeoutError):
            write_piece_by_piece(provider)


@sees(Blackhole())
def silence_for_a_bad_notification(apns: ThreadedAPNs) -> None:
    with dial(apns) as provider:
        provider.sendall(framed(7) + framed(8, token=b""))
        assert is_silent(provider)


# ---- connecting -----------------------------------------------------------------------------


@sees(Refuse("reset"))
@sees(Refuse("close"))
@sees(Refuse("before-handshake"))
def no_connection(apns: ThreadedAPNs) -> None:
    assert is_turned_away(apns)


@sees(ReconnectBlock(connections=1))
def no_second_connection(apns: ThreadedAPNs) -> None:
    dial(apns).close()
    assert is_turned_away(apns)


@sees(SlowHandshake(SECONDS))
def a_handshake_that_takes_its_time(apns: ThreadedAPNs) -> None:
    begin = time.monotonic()
    dial(apns).close()
    assert time.monotonic() - begin >= SECONDS


@sees(Alert("certificate-revoked"))
def an_alert_that_says_why(apns: ThreadedAPNs) -> None:
    with pytest.raises(ssl.SSLError, match=r"(?i)certificate.revoked"):
        dial(apns)


@sees(BadCertificate("expired"))
@sees(BadCertificate("untrusted"))
@sees(BadCertificate("wrong-host"))
def a_certificate_that_is_not_right(apns: ThreadedAPNs) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        dial(apns)


@sees(AcceptThenClose())
def an_end_as_soon_as_it_stands(apns: ThreadedAPNs) -> None:
    with dial(apns) as provider:
        assert read_to_end(provider) == b""


@sees(AcceptThenClose(), service="feedback")
@sees(FeedbackCut())
def an_end_without_a_list(apns: ThreadedAPNs) -> None:
    assert listed(apns) == b""


@sees(Refuse(), service="feedback", connection=1)
def no_feedback_while_the_gateway_is_well(apns: ThreadedAPNs) -> None:
    with dial(apns) as provider:
        provider.sendall(framed(7))
        apns.assert_accepted(1)
    assert is_turned_away(apns, "feedback")
    assert listed(apns) == WIRE


# ---- feedback -------------------------------------------------------------------------------


@sees(FeedbackCut(after_tuples=1, after_bytes=10))
def a_list_that_breaks_off(apns: ThreadedAPNs) -> None:
    assert listed(apns) == WIRE[:48]


@sees(FeedbackCut(after_tuples=1, close="reset"))
def a_list_that_breaks_off_with_a_reset(apns: ThreadedAPNs) -> None:
    with dial(apns, service="feedback") as reader:
        assert WIRE.startswith(reader.recv(100))
        await_entries(apns, ConnectionClosed)
        with socket.socket(fileno=reader.detach()) as bare:
            bare.settimeout(PATIENCE)
            with pytest.raises(ConnectionResetError):
                read_to_end(bare)


@sees(FeedbackSplit(sizes=(1, 50)))
def a_list_in_several_reads(apns: ThreadedAPNs) -> None:
    with dial(apns, service="feedback") as reader:
        reads = []
        while data := reader.recv(65_536):
            reads.append(data)
    assert b"".join(reads) == WIRE
    assert [len(each) for each in reads] == [1, 50, 1, 50, 1, 11]


@sees(FeedbackDelay("400ms"))
def a_list_that_is_late(apns: ThreadedAPNs) -> None:
    begin = time.monotonic()
    assert listed(apns) == WIRE
    assert time.monotonic() - begin >= SECONDS


@sees(FeedbackRepeat())
def a_list_twice(apns: ThreadedAPNs) -> None:
    assert listed(apns) == WIRE + WIRE


@sees(FeedbackStale("1h"))
def a_list_with_somebody_who_is_there(apns: ThreadedAPNs) -> None:
    found = listed(apns)
    assert found.endswith(WIRE)
    [(timestamp, size)] = struct.iter_unpack(">IH", found[: -len(WIRE)][:6])
    assert (size, found[6:38]) == (32, numbered(9))
    assert time.time() - timestamp > 3500


@sees(FeedbackSilent())
def a_list_without_an_end(apns: ThreadedAPNs) -> None:
    with dial(apns, service="feedback") as reader:
        assert reader.recv(65_536) == WIRE
        assert is_silent(reader)


# ---- all of them ----------------------------------------------------------------------------


@pytest.mark.parametrize(("fault", "on", "look"), CASES)
def test_a_client_sees_it_and_it_is_on_record_once(
    fault: Fault, on: dict[str, Any], look: Look
) -> None:
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


def test_no_fault_is_left_out() -> None:
    assert {case.values[0].name for case in CASES} == set(BY_NAME)
