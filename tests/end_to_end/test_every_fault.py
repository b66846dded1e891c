"""Every fault from the client's side of a real socket: what its page claims can be seen there."""

from __future__ import annotations

import ssl
import time
from typing import Any

import pytest

from fakeapns import ThreadedAPNs
from fakeapns.protocol import encode_error
from fakeapns.scenario.faults import (
    AcceptThenClose,
    Acknowledge,
    Alert,
    BadCertificate,
    Blackhole,
    ChangeDevice,
    Drop,
    Fault,
    Garbage,
    ReconnectBlock,
    Refuse,
    Reject,
    Shutdown,
    SlowHandshake,
    Stall,
    Throttle,
)

from ..frames import TOPIC, framed, numbered
from ..providers import PATIENCE, dial, knock, read_to_end
from .seen import (
    SECONDS,
    SILENT,
    Look,
    answer,
    is_silent,
    is_turned_away,
    look_at,
    sees,
    write_piece_by_piece,
)

CASES: list[Any] = []


# ---- the gateway ----------------------------------------------------------------------------


@sees(CASES, Reject("unknown"))
def an_error_that_names_it(apns: ThreadedAPNs) -> None:
    assert answer(apns) == encode_error(255, 7)


@sees(CASES, Reject(split=True))
def an_error_in_two_reads(apns: ThreadedAPNs) -> None:
    with dial(apns) as provider:
        provider.sendall(framed(7))
        assert (provider.recv(6), provider.recv(6)) == (b"\x08\x08\x00", b"\x00\x00\x07")


@sees(CASES, Reject(answer_on="next-connection"))
def an_error_that_greets_the_next_connection(apns: ThreadedAPNs) -> None:
    with dial(apns) as provider:
        provider.sendall(framed(7))
        apns.wait_for(1, outcome="rejected", timeout=PATIENCE)
        assert is_silent(provider)
    with dial(apns) as provider:
        assert read_to_end(provider) == encode_error(8, 7)


@sees(CASES, Drop())
def an_end_without_a_word(apns: ThreadedAPNs) -> None:
    assert answer(apns) == b""


@sees(CASES, Drop("no-close-notify"))
def an_end_that_may_be_an_attack(apns: ThreadedAPNs) -> None:
    context = apns.ssl_context()
    with context.wrap_socket(
        knock(apns), server_hostname="localhost", suppress_ragged_eofs=False
    ) as provider:
        provider.sendall(framed(7))
        with pytest.raises(ssl.SSLEOFError):
            provider.recv(1)


@sees(CASES, Drop(after_bytes=20))
def an_end_inside_a_frame(apns: ThreadedAPNs) -> None:
    with dial(apns) as provider:
        provider.sendall(framed(7)[:30])
        assert read_to_end(provider) == b""


@sees(CASES, Drop(), idle="50ms")
def an_end_of_a_quiet_line(apns: ThreadedAPNs) -> None:
    with dial(apns) as provider:
        assert read_to_end(provider) == b""


@sees(CASES, Shutdown())
def a_shutdown_that_names_the_last(apns: ThreadedAPNs) -> None:
    assert answer(apns) == encode_error(10, 7)


@sees(CASES, Acknowledge())
def a_status_of_no_error(apns: ThreadedAPNs) -> None:
    with dial(apns) as provider:
        provider.sendall(framed(7))
        assert provider.recv(6) == encode_error(0, 7)
        assert is_silent(provider)


@sees(CASES, Garbage("48 54 54 50 id"))
def bytes_that_are_no_answer(apns: ThreadedAPNs) -> None:
    assert answer(apns) == b"HTTP\x00\x00\x00\x07"


@sees(CASES, Stall("1h"))
@sees(CASES, Throttle(1))
@sees(CASES, Stall("1h"), after="0ms")
def a_write_that_blocks(apns: ThreadedAPNs) -> None:
    with dial(apns) as provider:
        provider.sendall(framed(1))
        provider.settimeout(SILENT)
        with pytest.raises(TimeoutError):
            write_piece_by_piece(provider)


@sees(CASES, Blackhole())
def silence_for_a_bad_notification(apns: ThreadedAPNs) -> None:
    with dial(apns) as provider:
        provider.sendall(framed(7) + framed(8, token=b""))
        assert is_silent(provider)


@sees(CASES, ChangeDevice("uninstall"))
def a_token_on_feedback_of_an_app_that_went_behind_a_push(apns: ThreadedAPNs) -> None:
    phone = apns.devices.add(TOPIC, numbered(7))
    with dial(apns) as provider:
        provider.sendall(framed(1, phone.token_bytes) + framed(2, phone.token_bytes))
    apns.wait_for(2, timeout=PATIENCE)
    assert phone.token_bytes in [entry.token for _, entry in apns.devices.feedback([TOPIC])]


# ---- connecting -----------------------------------------------------------------------------


@sees(CASES, Refuse("reset"))
@sees(CASES, Refuse("close"))
@sees(CASES, Refuse("before-handshake"))
def no_connection(apns: ThreadedAPNs) -> None:
    assert is_turned_away(apns)


@sees(CASES, ReconnectBlock(connections=1))
def no_second_connection(apns: ThreadedAPNs) -> None:
    dial(apns).close()
    assert is_turned_away(apns)


@sees(CASES, SlowHandshake(SECONDS))
def a_handshake_that_takes_its_time(apns: ThreadedAPNs) -> None:
    begin = time.monotonic()
    dial(apns).close()
    assert time.monotonic() - begin >= SECONDS


@sees(CASES, Alert("certificate-revoked"))
def an_alert_that_says_why(apns: ThreadedAPNs) -> None:
    with pytest.raises(ssl.SSLError, match=r"(?i)certificate.revoked"):
        dial(apns)


@sees(CASES, BadCertificate("expired"))
@sees(CASES, BadCertificate("untrusted"))
@sees(CASES, BadCertificate("wrong-host"))
def a_certificate_that_is_not_right(apns: ThreadedAPNs) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        dial(apns)


@sees(CASES, AcceptThenClose())
def an_end_as_soon_as_it_stands(apns: ThreadedAPNs) -> None:
    with dial(apns) as provider:
        assert read_to_end(provider) == b""


@pytest.mark.parametrize(("fault", "on", "look"), CASES)
def test_a_client_sees_it_and_it_is_on_record_once(
    fault: Fault, on: dict[str, Any], look: Look
) -> None:
    look_at(fault, on, look)
