"""Tokens that were sent as text, and tokens that only look like it."""

from __future__ import annotations

from base64 import b64encode, urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakeapns.push.text_tokens import relation, token_text

TOKEN = bytes.fromhex("740f4707bebcf74f9b7c25d48e3358945f6aa01da5ddb387462c7eaf61bb78ad")
HEX = TOKEN.hex()
GROUPS = " ".join(HEX[at : at + 8] for at in range(0, 64, 8))

TEXTS = {
    "hex": HEX,
    "upper-case": HEX.upper(),
    "brackets": f"<{GROUPS}>",
    "spaces": GROUPS,
    "colons": TOKEN.hex(":"),
    "0x": f"0x{HEX}",
    "padded": f"{HEX}\0\0",
    "line": f"{HEX}\n",
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_hex_that_nobody_decoded_is_named_and_is_the_token(text: str) -> None:
    said = token_text(text.encode())
    assert said is not None
    assert "decode the hex first" in str(said)
    assert said.token == TOKEN
    assert relation(text.encode(), TOKEN) == "the wanted token as hex text"


@pytest.mark.parametrize("text", [HEX, f"<{GROUPS}>", GROUPS], ids=["hex", "brackets", "spaces"])
def test_text_that_was_cut_to_the_size_of_a_token_is_still_told(text: str) -> None:
    cut = text.encode()[:32]
    assert "decode the hex first (a part of it is missing)" in str(token_text(cut))
    assert relation(cut, TOKEN) == "the wanted token as hex text"


@pytest.mark.parametrize("size", [44, 43, 32])
@pytest.mark.parametrize("encode", [b64encode, urlsafe_b64encode])
def test_base64_that_nobody_decoded_is_named_and_is_the_token(size: int, encode: object) -> None:
    assert callable(encode)
    text = encode(TOKEN)[:size]
    assert "decode the base64 first" in str(token_text(text))
    assert relation(text, TOKEN) == "the wanted token as base64 text"


@pytest.mark.parametrize(
    "text", ["(null)", "null", "nil", "<null>", "None", "undefined", "Optional(nil)", "(null)\0\0"]
)
def test_the_text_for_nothing_is_named(text: str) -> None:
    assert "there was none, so send nothing" in str(token_text(text.encode()))


@pytest.mark.parametrize(
    "text", ["32 bytes", "{length = 32, bytes = 0x740f4707", f'Optional("{HEX}")']
)
def test_what_languages_print_of_bytes_is_named(text: str) -> None:
    assert "that describes the bytes" in str(token_text(text.encode()))


def test_a_uuid_and_any_other_text_is_named() -> None:
    assert "a UUID" in str(token_text(b"9f3d1c52-8d0a-4a5e-b1f0-2b7f0a6f1c11"))
    assert "'device token of alice'" in str(token_text(b"device token of alice"))


@pytest.mark.parametrize("byte", range(256))
def test_a_token_made_of_one_byte_is_none(byte: int) -> None:
    assert token_text(bytes([byte]) * 32) is None
    assert token_text(bytes([byte]) + bytes(31)) is None


@given(st.binary(min_size=16, max_size=100))
def test_a_token_of_binary_is_none(token: bytes) -> None:
    # Printable ones are texts, and one in 10^14 of those that are made by chance: see the module.
    assert token.rstrip(b"\0\r\n").decode("latin-1").isprintable() or token_text(token) is None


@given(st.binary(max_size=100), st.binary(max_size=100))
def test_no_token_raises_or_breaks_a_line(found: bytes, wanted: bytes) -> None:
    assert str(token_text(found)).isprintable()
    relation(found, wanted)


def test_a_wanted_token_that_is_text_is_told_too() -> None:
    assert relation(TOKEN, HEX.encode()) == "the token that is wanted as hex text"
    assert relation(TOKEN, bytes(32)) is None
