"""What keeps bytes from being JSON, in words."""

from __future__ import annotations

import pytest

from fakeapns.push.payload import parse_payload


def wrong(payload: bytes) -> str:
    """What is said of a payload that is no JSON."""
    with pytest.raises(ValueError, match=r".") as raised:
        parse_payload(payload)
    return str(raised.value)


@pytest.mark.parametrize(
    ("text", "half", "at"),
    [
        (rb"\ud83d", r"\ud83d", 0),
        (rb"\ud83d and more", r"\ud83d", 0),
        (rb"Tea \ud83d\n", r"\ud83d", 4),
        (rb"\ude00", r"\ude00", 0),
        (rb"\\ \ud83d\u0041", r"\ud83d", 3),
        (rb"\ud83d\ud83d\ude00", r"\ud83d", 0),
        (rb"\ud83d\ude00\uD83D", r"\uD83D", 12),
    ],
)
def test_half_a_surrogate_pair_is_no_truncation(text: bytes, half: str, at: int) -> None:
    said = wrong(b'{"aps":{"alert":"' + text + b'"}}')
    assert said.startswith(f"{half} at byte {17 + at} is half of a surrogate pair")
    assert "truncated" not in said


def test_half_a_pair_as_bytes_is_told_from_other_bytes_that_are_no_utf_8() -> None:
    cesu = '"\ud83d\ude00"'.encode("utf-8", "surrogatepass")
    assert wrong(cesu) == "not UTF-8 at byte 1: ed a0 bd is half of a surrogate pair"
    assert wrong(b'"\xed"') == "not UTF-8 at byte 1"


@pytest.mark.parametrize(
    "payload",
    [b'{"aps":{"alert":"Hi', b'{"a":', b'{"a', rb'{"a":"\ud83d', rb'{"a":"\ud83d\ud', b'{"a":"\\'],
)
def test_a_payload_that_ends_too_early_is_truncated(payload: bytes) -> None:
    assert wrong(payload) == "truncated, it ends inside its JSON"


def test_other_encodings_are_named() -> None:
    assert "byte order mark" in wrong(b'\xef\xbb\xbf{"aps":{}}')
    assert "UTF-16" in wrong('{"aps":{}}'.encode("utf-16-le"))
    assert "UTF-16" in wrong('{"aps":{}}'.encode("utf-16-be"))
