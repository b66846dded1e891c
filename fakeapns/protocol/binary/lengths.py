"""Which length of a frame was probably written wrong, guessed from what stands in it.

Nothing is decided by this: it is asked when a frame could not be read, was refused for a size, or
waits for bytes that do not come, and then said beside that. What gives a length away is the JSON
of the payload, whose end can be told from its brackets. The mistakes are old ones: characters
counted instead of bytes, as soon as a text is no ASCII; a number in the order of the machine
(0x0020 read as 8,192); the digits of a token counted instead of its bytes.
"""

from __future__ import annotations

import re
from struct import Struct

import msgspec

#: What is probably wrong with the length of a frame, and with that of the frame before it.
OddLengths = tuple[str | None, str | None]

_U16 = Struct(">H")
_U32 = Struct(">I")
_BRACKETS = re.compile(rb'"(?:[^"\\]|\\.)*+"|[{}]', re.DOTALL)
#: Bytes that are looked at for a payload's end, and for its beginning behind a token.
_LONGEST, _FAR = 8192, 220
#: Places at which a payload is tried: a token has few bytes that look like a beginning.
_TRIES = 8
#: Bytes of an item whose length may have been turned: less would be a guess.
_LEAST = 16
#: Bytes of the longest head of a frame, up to the length of a token.
_HEAD = 11
_ITEMS = range(1, 6)
_TOKEN, _PAYLOAD = 1, 2


def wrong_length(buffer: bytes, start: int, end: int) -> str | None:
    """The length that is probably wrong in the frame that begins at `start`, in words.

    `end` is where it ends as it was read. What stands behind that in `buffer` is looked at, too.
    None if nothing is strange, or nothing can be told.
    """
    match buffer[start]:
        case 0:
            return _in_plain(buffer, start + 3)
        case 1:
            return _in_plain(buffer, start + 11)
        case 2:
            return _in_items(buffer, start, end)
    return None


def _in_plain(buffer: bytes, token_at: int) -> str | None:
    """Commands 0 and 1: a token of some length, two bytes of length, and JSON."""
    if len(buffer) < token_at:
        return None
    announced: int = _U16.unpack_from(buffer, token_at - 2)[0]
    fits = _fits(buffer, token_at + announced)
    at = token_at + 1
    for _ in range(_TRIES):
        at = buffer.find(b"{", at + 1, token_at + _FAR)
        if at < 0:
            break
        payload = _object(buffer, at)
        size = at - 2 - token_at
        if payload is None:
            continue
        said: int = _U16.unpack_from(buffer, at - 2)[0]
        if size == announced:
            return _payload_words(buffer, at, said, payload)
        if fits:
            return None
        if _why(said, payload) is not None or said == len(payload):
            digits = ": its digits were counted" if announced == 2 * size else ""
            how = _turned(announced, size, _U16) or digits
            return f"the token's length is {announced:,}, and {size} bytes stand there{how}"
    return None


def _fits(buffer: bytes, at: int) -> bool:
    """Whether a payload's length stands here, behind which another frame may begin."""
    if at + 2 > len(buffer):
        return False
    return _may_begin(buffer, at + 2 + int(_U16.unpack_from(buffer, at)[0]))


def _in_items(buffer: bytes, start: int, end: int) -> str | None:
    """Command 2: the items, each once, until something else comes; then the frame's length."""
    at, seen = start + 5, set[int]()
    payload = b""
    limit = end if end > at else len(buffer)
    while at + 3 <= len(buffer) and buffer[at] in _ITEMS and buffer[at] not in seen:
        item, size = buffer[at], int(_U16.unpack_from(buffer, at + 1)[0])
        at += 3
        turned = int.from_bytes(size.to_bytes(2, "big"), "little")
        if item == _PAYLOAD and (found := _object(buffer, at)) is not None:
            payload = found
            said = _payload_words(buffer, at, size, found)
            if said is not None:
                return said
        elif at + size > limit >= at + turned and turned >= _LEAST:
            return f"the length of item {item} is {size:,}{_turned(size, turned, _U16)}"
        seen.add(item)
        at += size
    announced: int = _U32.unpack_from(buffer, start + 1)[0] if len(buffer) >= start + 5 else 0
    real = at - start - 5
    backwards = _turned(announced, real, _U32)
    # What is in the frame and may begin another one may as well be an item that is there twice.
    enough = bool(backwards) or real > announced or at + _HEAD <= len(buffer)
    if real == announced or not (enough and {_TOKEN, _PAYLOAD} <= seen and _may_begin(buffer, at)):
        return None
    how = backwards or _why(announced - real + len(payload), payload) or ""
    return f"the frame's length is {announced:,}, and its items have {real:,} bytes{how}"


def _may_begin(buffer: bytes, at: int) -> bool:
    """Whether a frame may begin here, or nothing is there yet: lengths begin with zeros."""
    match buffer[at : at + 1]:
        case b"\0":
            return buffer[at + 1 : at + 2] in (b"", b"\0")
        case b"\1":
            return buffer[at + 9 : at + 10] in (b"", b"\0")
        case b"\2":
            return not buffer[at + 1 : at + 3].strip(b"\0")
        case nothing:
            return nothing == b"" and at == len(buffer)


def _payload_words(buffer: bytes, at: int, said: int, payload: bytes) -> str | None:
    """What is strange about the length of a payload that begins here."""
    size = len(payload)
    # A line break or a NUL behind the JSON was counted with good reason.
    rest = buffer[at + size : at + said]
    if said == size or (len(rest) == said - size and not rest.strip(b" \t\r\n\0")):
        return None
    how = _why(said, payload) or ""
    return f"the payload's length is {said:,}, and its JSON has {size:,} bytes{how}"


def _why(said: int, payload: bytes) -> str | None:
    """What was probably counted or written instead of a payload's bytes."""
    turned = _turned(said, len(payload), _U16)
    if turned:
        return turned
    text = payload.decode("utf-8", "replace")
    # Java and JavaScript count an emoji as two.
    counts = (len(text), len(text.encode("utf-16-le")) // 2)
    if said != len(payload) and said in counts:
        return ": characters were counted instead of bytes"
    return None


def _turned(said: int, real: int, form: Struct) -> str:
    """Words for a length whose bytes are in the order of the machine; nothing if they are not."""
    if said == real or not 0 <= said < 1 << 8 * form.size:
        return ""
    little = int.from_bytes(form.pack(said), "little")
    return f": that is {real:,} with its bytes in the wrong order" if little == real else ""


def _object(buffer: bytes, at: int) -> bytes | None:
    """The whole JSON object that begins here, if one does."""
    if buffer[at : at + 1] != b"{":
        return None
    depth = 0
    for token in _BRACKETS.finditer(buffer, at, at + _LONGEST):
        depth += {b"{": 1, b"}": -1}.get(token[0], 0)
        if depth == 0:
            found = buffer[at : token.end()]
            try:
                msgspec.json.decode(found)
            except (msgspec.MsgspecError, ValueError, RecursionError):
                # No JSON, or its text is no UTF-8; msgspec's errors are ValueErrors from 0.21 on.
                return None
            return found
    return None
