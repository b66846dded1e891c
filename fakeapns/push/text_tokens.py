"""Tokens that were sent as text: what their bytes say, and whose token that is.

Common to all is that nobody notices: the gateway takes any bytes, and the device never hears of it.

A token that is one is as good as random bytes. That 32 of them are all printable has a
chance of (95/256)^32, about 2 in 10^14, and of digits of hex alone (22/256)^32, some 10^-34; longer
ones have less. Shorter than 16 bytes no token ever was, so what is said of these is of words alone.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode
from binascii import Error

import msgspec

from ..text import within

#: Bytes of a token, and the least that can be told from chance.
_SIZE, _LEAST = 32, 16
_SHOWN = 40

_HEX = re.compile(r"[0-9a-fA-F]+")
#: What people's logs put between the digits: NSData's brackets and spaces, colons, dashes, 0x.
_NOISE = re.compile(r"^0[xX]|[\s<>:-]")
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]+={0,2}")
#: What languages print where there is nothing.
_NOTHING = re.compile(
    r"[(<]?(null|nil|none|undefined|nan|true|false|empty)[)>]?|optional\(nil\)", re.IGNORECASE
)
#: What they print of bytes instead of the bytes: NSData since iOS 13, Swift's Data, JavaScript.
_DESCRIPTION = re.compile(r"\{length ?=.*|\d+ bytes|\[object .*|optional\(.*", re.IGNORECASE)


class TokenText(msgspec.Struct, frozen=True):
    """What the bytes of a token say. `kind` is how: hex, base64, or in words of its own.

    `token` is what they stand for, or the beginning of that if the text was cut; None where they
    stand for no bytes.
    """

    text: str
    kind: str
    advice: str
    token: bytes | None = None

    def stands_for(self, wanted: bytes) -> bool:
        """Whether they are this token as text, or enough of its beginning to tell."""
        found = self.token
        return found is not None and len(found) >= 8 and wanted.startswith(found)

    def __str__(self) -> str:
        return f"the token's bytes are the text {within(self.text, _SHOWN)!r}: {self.advice}"


def token_text(token: bytes) -> TokenText | None:
    """What a token's bytes are as text, or None where they are what a token should be."""
    if not token.isascii() or not token:
        return None
    text = token.decode("ascii").rstrip("\0\r\n")
    if not text.isprintable():
        return None
    if _NOTHING.fullmatch(text.strip()):
        return TokenText(text, "no token", "there was none, so send nothing")
    if _DESCRIPTION.fullmatch(text):
        return TokenText(text, "a description", "that describes the bytes, send these")
    # One byte all over is what people make up, in tests: no text has that but a token in hex.
    if len(text) < _LEAST or (len(text) <= _SIZE and len(set(text)) == 1):
        return None
    return _hex(text) or _base64(text) or TokenText(text, "text", "send the bytes of a token")


def _hex(text: str) -> TokenText | None:
    if _UUID.fullmatch(text):
        return TokenText(text, "a UUID", "that is a UUID, and no device token")
    digits = _NOISE.sub("", text)
    if not _HEX.fullmatch(digits):
        return None
    decoded = bytes.fromhex(digits[: len(digits) // 2 * 2])
    cut = " (a part of it is missing)" if len(decoded) < _SIZE else ""
    return TokenText(text, "hex text", f"decode the hex first{cut}", decoded)


def _base64(text: str) -> TokenText | None:
    """Only what could be a token: words without a space have the same letters."""
    if not _BASE64.fullmatch(text):
        return None
    letters = text.rstrip("=").translate(str.maketrans("+/", "-_"))
    whole = letters[: len(letters) // 4 * 4]
    try:
        decoded = urlsafe_b64decode(letters + "=" * (-len(letters) % 4))
    except Error:
        decoded = urlsafe_b64decode(whole)
    mixed = re.search("[a-z]", letters) and re.search("[A-Z]", letters)
    if len(decoded) == _SIZE or text.endswith("=") or (mixed and len(text) == _SIZE):
        return TokenText(text, "base64 text", "decode the base64 first", decoded)
    return None


def relation(found: bytes, wanted: bytes) -> str | None:
    """What a token has to do with the one that was wanted, in words; None if nothing."""
    said = token_text(found)
    if said is not None and said.stands_for(wanted):
        return f"the wanted token as {said.kind}"
    # The test itself may have it as text.
    said = token_text(wanted)
    if said is not None and said.stands_for(found):
        return f"the token that is wanted as {said.kind}"
    return None
