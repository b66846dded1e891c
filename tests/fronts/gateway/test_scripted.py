"""Tokens that ask for something."""

from __future__ import annotations

import pytest

from fakeapns.fronts.gateway.scripted import scripted
from fakeapns.push.triggers import Chosen
from fakeapns.scenario.faults import Drop, Fault, Reject, Stall


@pytest.mark.parametrize(
    ("token", "fault"),
    [
        ("ffff0008", Reject(8)),
        ("ffff00ff0102", Reject(255)),
        ("ffff0103", Stall("300ms")),
        ("ffff0200", Drop()),
        ("ffff00", Reject(0)),
        ("ffff01", Stall("0ms")),
        ("ffff02", Drop()),
    ],
)
def test_a_token_may_carry_instructions(token: str, fault: Fault) -> None:
    assert scripted(bytes.fromhex(token)) == Chosen(fault, None)


@pytest.mark.parametrize("token", ["ffff0300", "ffff03", "fffe0008", "ffff", "ff", ""])
def test_a_token_without_instructions_is_a_token(token: str) -> None:
    assert scripted(bytes.fromhex(token)) is None
