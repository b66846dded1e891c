"""Assertions take in what is on its way before they judge, and say what is not to be taken in."""

from __future__ import annotations

import socket
import ssl
import threading

import pytest

from fakeapns import FakeAPNs, SlowHandshake, Stall, Throttle
from fakeapns.ledger.audit import audit

from ..frames import PAYLOAD, framed, numbered
from ..providers import PATIENCE, dial, knock, shake_hands
from .judging import FOREVER, failed, served
from .test_thread_failures import outcome_of


@pytest.fixture(params=["peers are asked for", "peers are in tables", "peers are not seen"])
def rounds(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """How often to try, where send queues are to be seen and where not: there it takes longer."""
    if request.param == "peers are asked for":
        return 100
    monkeypatch.setattr("fakeapns.servers.diag.FAMILY", None)
    if request.param == "peers are in tables":
        return 30
    monkeypatch.setattr("fakeapns.servers.peers.TABLES", ())
    return 10


def a_hundred(number: int) -> list[tuple[bytes, bytes]]:
    """Notifications, as pairs."""
    return [(numbered(100 * number + each), PAYLOAD) for each in range(100)]


def frames(meant: list[tuple[bytes, bytes]]) -> bytes:
    return b"".join(framed(1, token, payload) for token, payload in meant)


# ---- behind a correct sender ----------------------------------------------------------------


def test_an_audit_right_behind_a_sender_that_stays_is_right(rounds: int) -> None:
    with served() as apns, dial(apns) as connection:
        for number in range(rounds):
            meant = a_hundred(number)
            connection.sendall(frames(meant))
            apns.assert_audit(meant)
            apns.reset()


def test_an_audit_right_behind_a_sender_that_leaves_is_right(rounds: int) -> None:
    with served() as apns:
        for number in range(rounds):
            meant = a_hundred(number)
            with dial(apns) as connection:
                connection.sendall(frames(meant))
            assert apns.audit(meant).ok
            apns.reset()


def test_many_small_writes_are_counted_to_the_last(rounds: int) -> None:
    # What Nagle's algorithm holds back is not here yet.
    with served() as apns, dial(apns) as connection:
        for _ in range(rounds):
            for _ in range(5):
                connection.sendall(framed(1))
            apns.assert_accepted(5)
            assert len(apns.find("accepted")) == 5
            apns.reset()


def test_nothing_accepted_means_that_nothing_is_on_its_way_either(rounds: int) -> None:
    with served() as apns, dial(apns) as connection:
        for _ in range(rounds):
            apns.assert_nothing_accepted()
            apns.assert_accepted(0)
            connection.sendall(framed(1))
            with pytest.raises(AssertionError, match=r"^expected nothing accepted, found 1\n"):
                apns.assert_nothing_accepted()
            apns.reset()


def test_what_comes_on_several_connections_is_all_counted(rounds: int) -> None:
    with served() as apns:
        connections = [dial(apns) for _ in range(4)]
        for _ in range(rounds):
            for number, connection in enumerate(connections):
                connection.sendall(framed(number, b"" if number == 3 else numbered(number)))
            apns.assert_accepted(3)
            apns.assert_rejected(1, status="missing-token")
            apns.assert_discarded(0)
            # That one is closed, for its error.
            connections[3].close()
            connections[3] = dial(apns)
            apns.reset()
        for connection in connections:
            connection.close()


def test_settling_is_to_be_had_alone(rounds: int) -> None:
    with served() as apns, dial(apns) as connection:
        for number in range(rounds):
            connection.sendall(framed(number))
            apns.settle()
            assert len(apns.accepted) == number + 1


# ---- in the middle of something -------------------------------------------------------------


def shake_hands_and_send(raw: socket.socket, context: ssl.SSLContext, data: bytes) -> None:
    """What a client of TLS 1.3 may do: its last words of the handshake and data in one write."""
    tls, _, outgoing = shake_hands(raw, context)
    tls.write(data)
    raw.sendall(outgoing.read())


def test_what_comes_with_the_end_of_a_handshake_counts() -> None:
    with served(tls_minimum="1.3", tls_maximum="1.3") as apns:
        context = apns.ssl_context()
        for number in range(20):
            with knock(apns) as raw:
                shake_hands_and_send(raw, context, framed(1))
                apns.assert_accepted(number + 1)


def test_a_handshake_that_goes_on_is_waited_for() -> None:
    with served(tls_minimum="1.3", tls_maximum="1.3") as apns, knock(apns) as raw:
        found: list[BaseException | None] = []
        judging = threading.Thread(
            target=lambda: found.append(outcome_of(lambda: apns.assert_accepted(1)))
        )
        judging.start()
        shake_hands_and_send(raw, apns.ssl_context(), framed(1))
        judging.join(PATIENCE)
        assert found == [None]


def test_a_handshake_that_hangs_is_named() -> None:
    with FakeAPNs(settle="250ms").in_thread() as apns, knock(apns), knock(apns, "feedback"):
        assert failed(lambda: apns.assert_accepted(1)) == [
            "expected exactly 1 accepted, found 0",
            "recorded: nothing",
            "connection 1 was still in its handshake",
            "connection 2 was still in its handshake",
        ]


def test_a_crowd_that_hangs_does_not_fill_the_screen() -> None:
    with FakeAPNs(settle="250ms").in_thread() as apns:
        waiting = [knock(apns) for _ in range(15)]
        lines = failed(lambda: apns.assert_accepted(1))[2:]
        assert lines[-1] == "… and 5 more connections like these"
        assert len(lines) == 11
        for connection in waiting:
            connection.close()


def test_what_holds_does_not_wait_for_a_handshake_that_hangs() -> None:
    with served() as apns, knock(apns), dial(apns) as connection:
        connection.sendall(framed(1, numbered(1)))
        apns.assert_accepted()
        apns.assert_audit([(numbered(1), PAYLOAD)])
        # It begins to hold while it is waited for.
        connection.sendall(framed(2, numbered(2)))
        apns.assert_accepted(token=numbered(2))
        apns.assert_audit([(numbered(number), PAYLOAD) for number in (1, 2)])


def test_half_a_frame_is_named_and_not_waited_for() -> None:
    with served() as apns, dial(apns) as connection:
        connection.sendall(framed(1) + framed(2)[:61])
        assert failed(lambda: apns.assert_accepted(2))[-1] == (
            "connection 1 is open: 61 of 72 bytes of a frame have come"
        )
        connection.sendall(framed(2)[61:])
        apns.assert_accepted(2)


def test_half_a_record_of_tls_is_named_and_not_waited_for() -> None:
    with served() as apns, knock(apns) as raw:
        shake_hands_and_send(raw, apns.ssl_context(), framed(1))
        apns.assert_accepted(1)
        raw.sendall(b"\x17\x03\x03\x01\x00" + bytes(32))
        assert failed(lambda: apns.assert_accepted(2))[-1] == (
            "37 bytes of connection 1 wait for the rest of a TLS record"
        )


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (Stall(FOREVER), "stall for 1h"),
        (Throttle(1), "throttle 1 bytes a second"),
    ],
)
def test_a_connection_that_a_fault_keeps_from_reading_is_named_and_not_waited_for(
    fault: Stall | Throttle, why: str
) -> None:
    with served() as apns, dial(apns) as connection:
        apns.inject(fault, identifier=1)
        connection.sendall(framed(1))
        # Nothing waits there yet.
        assert "not read" not in "".join(failed(lambda: apns.assert_accepted(2)))
        connection.sendall(framed(2))
        lines = failed(lambda: apns.assert_accepted(2))
        assert f"connection 1 is not read: {why}" in lines


def test_a_fault_that_holds_up_a_handshake_is_named_and_not_waited_for() -> None:
    with served() as apns:
        apns.inject(SlowHandshake(3600))
        with knock(apns):
            assert failed(lambda: apns.assert_accepted(1))[-2:] == [
                "connection 1 is not read: slow_handshake, 3600 seconds",
                "faults that fired: slow_handshake",
            ]


def test_a_wait_in_vain_says_what_is_not_taken_in_either() -> None:
    with served() as apns, dial(apns) as connection:
        connection.sendall(framed(1)[:20])
        apns.settle()
        assert failed(lambda: apns.wait_for(timeout=0))[-1] == (
            "connection 1 is open: 20 of 72 bytes of a frame have come"
        )


def test_an_audit_never_says_never_of_what_may_still_arrive() -> None:
    meant = a_hundred(1)
    with served() as apns, dial(apns) as connection:
        connection.sendall(frames(meant[:99]) + framed(1, *meant[99])[:10])
        lines = failed(lambda: apns.assert_audit(meant))
        assert "never reached" not in "\n".join(lines)
        assert "number 100 (token …000000c7) had not reached the gateway" in "\n".join(lines)
        assert lines[-1].startswith("  connection 1 is open: 10 of ")
        # Of a correct one it has nothing to say.
        assert apns.audit(meant[:99]).explanations == ()
    # Once it is over, what is left unread is known, and that it may be in there.
    assert "it may be among the 10 unread bytes of connection 1" in str(audit(apns.ledger, meant))


def test_nobody_at_all_may_still_arrive_either() -> None:
    with FakeAPNs(settle="250ms").in_thread() as apns, knock(apns):
        lines = failed(lambda: apns.assert_audit(a_hundred(1)))
        assert "  no connection to the gateway or the provider API had been opened" in lines
        assert lines[-1] == "  connection 1 was still in its handshake"
