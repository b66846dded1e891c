"""What stands in a path instead of a token is named for what it is."""

from __future__ import annotations

from base64 import b64encode
from urllib.parse import quote

import pytest

from .dialogue import TOKEN, Dialogue

RAW = bytes(range(150, 182))
BASE64 = b64encode(RAW).decode()


@pytest.mark.parametrize(
    ("token", "why"),
    [
        (BASE64, "is no hex, but base64 text: decode the base64 first"),
        (quote(BASE64, safe=""), "is no hex, but base64 text: decode the base64 first"),
        (quote(f"<{RAW.hex(' ', 4)}>"), "is more than hex: leave out what are no digits"),
        ("undefined", "is no hex, but no token: there was none, so send nothing"),
        ("null", "is no hex, but no token: there was none, so send nothing"),
        ("(null)", "is no hex, but no token: there was none, so send nothing"),
        (
            quote("{length = 32, bytes = 0x9697 ... b5b6 }"),
            "is no hex, but a description: that describes the bytes, send these",
        ),
        (
            "0f0f0f0f-0000-4000-8000-00000000000a",
            "is no hex, but a UUID: that is a UUID, and no device token",
        ),
        (f"{TOKEN}?x=1", "a token in hex, and nothing behind it"),
        ("abc", "the token has 3 hex digits, and a token has an even number of them"),
        ("somebody's own words", "is no hex: write its bytes as hex digits"),
    ],
)
def test_what_stands_for_a_token_is_named(token: str, why: str) -> None:
    talk = Dialogue()
    talk.client.config.validate_outbound_headers = False
    if " " in token:
        token = quote(token)
    assert talk.push(token).reason == "BadDeviceToken"
    assert talk.latest.detail is not None
    assert talk.latest.detail.endswith(why)


def test_what_is_no_hex_stands_on_record_as_it_came_as_far_as_anybody_reads_it() -> None:
    talk = Dialogue()
    for token in ("no-hex", "abc", "x" * 200, "x" * 201, f"{TOKEN}/", f"{TOKEN}?a=b"):
        assert talk.push(token).reason == "BadDeviceToken"
        assert (talk.latest.token, talk.latest.token_bytes) == (token[:200], b"")
    assert talk.push(TOKEN.upper()).status == 200
    assert (talk.latest.token, talk.latest.token_bytes.hex()) == (TOKEN, TOKEN)
