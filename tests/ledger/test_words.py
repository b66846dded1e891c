"""Lines for people: whatever a provider sends, one line, and nothing that a terminal obeys."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from fakeapns.ledger.entries import ConnectionOpened, ConnectionRefused, Notification
from fakeapns.ledger.words import describe

from ..controls import CONTROL, each_control
from ..frames import TOKEN, TOPIC


def notification(payload: bytes, **changed: Any) -> Notification:
    """A notification with this payload."""
    usual: dict[str, Any] = {
        "connection": 1,
        "ordinal": 7,
        "command": 2,
        "identifier": 42,
        "token_bytes": TOKEN,
        "topic": TOPIC,
        "payload_bytes": payload,
        "expiration": None,
        "priority": None,
        "outcome": "accepted",
    }
    return Notification(seq=1, t=0.25, wall=0.0, **(usual | changed))


@each_control
def test_a_payload_cannot_leave_its_line(character: str) -> None:
    entry = notification(b'{"aps":{"alert":"%s"}}' % character.encode())
    for line in (str(entry), describe(entry)):
        assert line.endswith(f'payload {{"aps":{{"alert":"{CONTROL[character]}"}}}}')


@settings(deadline=None)
@given(st.binary(max_size=80), st.text(max_size=20), st.text(max_size=20))
def test_no_bytes_leave_their_line(payload: bytes, topic: str, warning: str) -> None:
    entry = notification(payload, topic=topic, warnings=(warning,))
    assert str(entry).isprintable()
    assert describe(entry).isprintable()


@each_control
def test_what_a_client_s_certificate_says_cannot_leave_its_line(character: str) -> None:
    opened = ConnectionOpened(
        seq=1,
        t=0.25,
        wall=0.0,
        connection=1,
        service="gateway",
        peer="memory",
        tls="TLSv1.2",
        topic=f"x{character}y",
        certificate=f"CN=x{character}y",
    )
    assert describe(opened) == (
        "    0.250s connection.opened connection=1 service=gateway peer=memory tls=TLSv1.2 "
        f"topic=x{CONTROL[character]}y certificate=CN=x{CONTROL[character]}y"
    )


def test_an_empty_payload_is_something_to_see() -> None:
    for line in (str(notification(b"")), describe(notification(b""))):
        assert line.endswith("payload (empty)")


def test_a_hint_cannot_leave_its_line() -> None:
    refused = ConnectionRefused(
        seq=1,
        t=0.25,
        wall=0.0,
        connection=1,
        service="gateway",
        peer="memory",
        reason="tls-error",
        hint="a\nb",
    )
    assert describe(refused).endswith(" hint=a\\nb")


def test_a_line_has_no_more_of_a_value_than_anybody_reads() -> None:
    opened = ConnectionOpened(
        seq=1, t=0.25, wall=0.0, connection=1, service="gateway", peer="::1", tls="TLSv1.2",
        topic="t" * 4000, certificate="c" * 16_000,
    )  # fmt: skip
    assert len(describe(opened)) < 1200
    assert f"topic={'t' * 499}… " in describe(opened)
