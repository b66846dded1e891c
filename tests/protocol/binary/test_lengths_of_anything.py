"""Whatever comes, guesses about lengths raise nothing and take no time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakeapns.protocol.binary.lengths import wrong_length

LATIN = '{"aps":{"alert":"Grüße"}}'.encode("latin-1")


@pytest.mark.parametrize("command", [b"\x00", b"\x01" + bytes(8)])
def test_text_that_is_no_utf_8_gives_nothing_away(command: bytes) -> None:
    frame = command + b"\x00\x20" + bytes(range(32)) + b"\x00\x3c" + LATIN
    assert wrong_length(frame, 0, len(frame)) is None


@given(st.binary(max_size=400), st.sampled_from([b"\x00", b"\x01", b"\x02"]))
def test_no_bytes_raise_anything(rest: bytes, command: bytes) -> None:
    frame = command + rest
    wrong_length(frame, 0, len(frame))


@given(st.lists(st.sampled_from([LATIN, b"{", b'"', b"\\", b"{}", b"\xff", b"}"]), max_size=99))
def test_no_brackets_raise_anything(parts: list[bytes]) -> None:
    frame = b"\x00\x00\x20" + bytes(range(32)) + b"\x00\x3c" + b"".join(parts)
    wrong_length(frame, 0, len(frame))


def test_a_payload_is_looked_for_at_a_few_places_only() -> None:
    # 220 places with 8 KiB behind each took two seconds.
    tried = b"\x00\x00\x20" + b"\x7b" * 7 + b"\x11" * 32 + b"\x00\x02{}"
    assert wrong_length(tried, 0, len(tried)) is not None
    given_up = b"\x00\x00\x20" + b"\x7b" * 20 + b"\x11" * 32 + b"\x00\x02{}"
    assert wrong_length(given_up, 0, len(given_up)) is None
