"""What keeps bytes from being read as JSON, in words."""

from __future__ import annotations

import pytest

from fakeapns.push.payload import parse_payload


def wrong(payload: bytes) -> str:
    """What is said of a payload that cannot be read."""
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
    assert said.startswith(f"has half of a surrogate pair, {half} at byte {17 + at},")
    assert "truncated" not in said


def test_half_a_pair_as_bytes_is_told_from_other_bytes_that_are_no_utf_8() -> None:
    cesu = '"\ud83d\ude00"'.encode("utf-8", "surrogatepass")
    assert wrong(cesu) == "is not JSON: not UTF-8 at byte 1: ed a0 bd is half of a surrogate pair"
    assert wrong(b'"\xed"') == "is not JSON: not UTF-8 at byte 1"


@pytest.mark.parametrize(
    "payload",
    [b'{"aps":{"alert":"Hi', b'{"a":', b'{"a', rb'{"a":"\ud83d', rb'{"a":"\ud83d\ud', b'{"a":"\\'],
)
def test_a_payload_that_ends_too_early_is_truncated(payload: bytes) -> None:
    assert wrong(payload) == "is not JSON: truncated, it ends inside its JSON"


def test_other_encodings_are_named() -> None:
    assert "byte order mark" in wrong(b'\xef\xbb\xbf{"aps":{}}')
    assert "UTF-16" in wrong('{"aps":{}}'.encode("utf-16-le"))
    assert "UTF-16" in wrong('{"aps":{}}'.encode("utf-16-be"))


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        (b"[" * 513, "is nested deeper than 512 levels, where Apple's reader gives up"),
        (b'{"a":1e999}', "has a number too large for any float"),
        (b"[-1E+400]", "has a number too large for any float"),
        (b"1" + b"0" * 400 + b".5", "has a number too large for any float"),
        (b"[" + b"1" * 5000 + b"]", "has a number of too many digits to be read"),
        (b"-" + b"1" * 4301, "has a number of too many digits to be read"),
    ],
    ids=lambda value: repr(value[:12]) if isinstance(value, bytes) else None,
)
def test_of_what_is_json_by_its_grammar_nobody_says_that_it_is_none(
    payload: bytes, said: str
) -> None:
    assert wrong(payload) == said
