"""Tokens that nobody has are told at a glance, and never one that somebody has."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fakeapns.push import Devices

from ...frames import TOPIC


def test_without_devices_no_token_is_worth_a_look() -> None:
    assert list(Devices(lambda: 0.0).heads.among(bytes(range(256)))) == []


@given(st.sets(st.binary(min_size=1, max_size=3), max_size=40), st.binary(max_size=64))
def test_it_finds_each_byte_that_a_token_here_begins_with(tokens: set[bytes], of: bytes) -> None:
    devices = Devices(lambda: 0.0)
    for token in tokens:
        devices.add(TOPIC, token)
    found = list(devices.heads.among(of))
    heads = {each[0] for each in tokens}
    assert found == [at for at, byte in enumerate(of) if byte in heads]
