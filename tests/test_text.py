"""Lines for people: whatever a provider sends, one line, and nothing that a terminal obeys."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakeapns.ledger.audit.result import audit
from fakeapns.ledger.entries import ConnectionOpened, ConnectionRefused, Notification
from fakeapns.ledger.words import describe
from fakeapns.text import nearest, printable

from .frames import TOKEN, TOPIC

#: What a terminal obeys, and what some readers take for the end of a line.
CONTROL = {
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\x00": "\\x00",
    "\x07": "\\x07",
    "\x1b[2J": "\\x1b[2J",
    "\x7f": "\\x7f",
    "\x85": "\\x85",
    "\x9b": "\\x9b",
    "\u2028": "\\u2028",
    "\u202e": "\\u202e",
}
each_control = pytest.mark.parametrize("character", CONTROL, ids=ascii)


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
def test_what_a_terminal_obeys_is_written_out(character: str) -> None:
    assert printable(f"a{character}b") == f"a{CONTROL[character]}b"


@pytest.mark.parametrize("text", ["", "plain", 'a "b" \\n', "é 😀 �", "it's", "…"])
def test_everything_else_stays_as_it_is(text: str) -> None:
    assert printable(text) == text


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


@each_control
def test_what_was_lost_cannot_leave_its_line(character: str) -> None:
    found = audit([], [(TOKEN, f"no JSON: {character}")])
    assert str(found).splitlines()[2] == (
        f"  number 1 token {TOKEN.hex()[:8]}… payload no JSON: {CONTROL[character]}"
    )


def test_the_nearest_name_is_the_one_that_was_meant() -> None:
    assert nearest("rejct", ["stall", "reject"]) == "reject"
    assert nearest("x", iter(["stall"])) is None
