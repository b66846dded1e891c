"""One reader for each command: bytes of a frame in, an event out.

All readers have the same contract: given the bytes from `start` on, a reader returns the event
and where the frame ends (which may be where no bytes are yet, if it is refused at once), or,
when the frame is not complete, how many bytes it needs in all as far as it can tell. Readers
never raise and never look behind the frame. `limit` bounds what a length field may announce.

Layouts: Legacy Notification Format, listings B-1 and B-2 (commands 0 and 1); Binary
Provider API, tables A-1 to A-3 (command 2).

What a wrong length does depends on the command. Commands 0 and 1 do not say how long they are, so
it shifts all that follows: a client that wrote a wrong token length got status 4, since the
payload's length was read out of its token (houston #56, go-libapns #14). Command 2 announces the
frame's length first, so whatever is wrong inside, the next frame can be found; 128 says that
(table A-4). The real service closed after it all the same, but what came behind can be told to
those who lost it.
"""

from __future__ import annotations

from collections.abc import Callable
from struct import Struct

from msgspec.structs import replace

from ..first_bytes import ENOUGH, recognise, undecided
from .events import Event, FrameMalformed, NotificationReceived

Read = tuple[Event, int] | int

#: Bytes of what cannot be read that are kept for people. What is wrong is among the first of
#: them, or else as many bytes are before it as help to see where it stands.
SHOWN, _AT_LEAST, _BEFORE = 64, 8, 16
#: Up to this length the frame behind a refused one is looked for, whatever the limit is. The
#: longest that makes sense announces 2,172 bytes (token 100, payload 2,048, all items), or 4,220
#: with a payload of 4,096. What is far beyond is no length: 78 in the wrong byte order is 1.3 GB,
#: and whoever waited for those would never answer.
MAX_FRAME = 65_535

_LENGTH = Struct(">H")
_ENHANCED_HEAD = Struct(">IIH")
_FRAME_LENGTH = Struct(">I")
_ITEM = Struct(">BH")

TOKEN, PAYLOAD, IDENTIFIER, EXPIRATION, PRIORITY = 1, 2, 3, 4, 5
# Whether a token or a payload is too long or empty has statuses of its own: that is for the judge.
_ANY_SIZE = -1
_ITEM_SIZES = {TOKEN: _ANY_SIZE, PAYLOAD: _ANY_SIZE, IDENTIFIER: 4, EXPIRATION: 4, PRIORITY: 1}
# Apple has a meaning for these two (table A-3). What others got is not known, so 128 is ours.
_PRIORITIES = (5, 10)


def _read_simple(buffer: bytes, start: int, limit: int) -> Read:
    if len(buffer) - start < 3:
        return 3
    return _read_token_and_payload(buffer, start, start + 1, limit, None, None)


def _read_enhanced(buffer: bytes, start: int, limit: int) -> Read:
    if len(buffer) - start < 11:
        return 11
    # Listing B-2 writes the expiration with htonl and copies the identifier as it lies in memory:
    # to the gateway those are four bytes that it gives back. Read and written big-endian, they are.
    identifier, expiration, _ = _ENHANCED_HEAD.unpack_from(buffer, start + 1)
    return _read_token_and_payload(buffer, start, start + 9, limit, identifier, expiration)


def _read_token_and_payload(
    buffer: bytes,
    start: int,
    at: int,
    limit: int,
    identifier: int | None,
    expiration: int | None,
) -> Read:
    command = buffer[start]
    parts = []
    for name in ("token", "payload"):
        if len(buffer) < at + 2:
            return at + 2 - start
        size: int = _LENGTH.unpack_from(buffer, at)[0]
        at += 2
        if size > limit:
            # Only for a limit that was lowered: two bytes cannot announce more than MAX_FRAME.
            reason = f"{name} length {size} is over the limit of {limit}"
            return malformed(buffer, start, at, command, identifier, reason, framed=False)
        if len(buffer) < at + size:
            return at + size - start
        parts.append(buffer[at : at + size])
        at += size
    token, payload = parts
    return NotificationReceived(command, token, payload, identifier, expiration), at


def _read_framed(buffer: bytes, start: int, limit: int) -> Read:
    items = start + 5
    if len(buffer) < items:
        return 5
    length: int = _FRAME_LENGTH.unpack_from(buffer, start + 1)[0]
    if length > limit:
        reason = f"frame length {length} is over the limit of {limit}"
        # Known at once, and the frame behind it still to be found, if not by waiting for gigabytes.
        framed = length <= MAX_FRAME
        end = items + length if framed else items
        return malformed(buffer, start, end, 2, None, reason, framed=framed)
    end = items + length
    if len(buffer) < end:
        return 5 + length
    found, wrong, place = _walk_items(buffer, items, end)
    identifier = _number(found.get(IDENTIFIER))
    if wrong is not None:
        return malformed(buffer, start, end, 2, identifier, wrong, framed=True, place=place)
    return NotificationReceived(
        command=2,
        token=found.get(TOKEN, b""),
        payload=found.get(PAYLOAD, b""),
        identifier=identifier,
        expiration=_number(found.get(EXPIRATION)),
        priority=_number(found.get(PRIORITY)),
    ), end


def _walk_items(buffer: bytes, at: int, end: int) -> tuple[dict[int, bytes], str | None, int]:
    """The items between `at` and `end`, the first thing wrong with them, and where that stands.

    A wrong item does not end the walk as long as its end is known: the identifier to echo
    comes from the whole frame, not from the items seen so far. Most clients write it behind token
    and payload, so it would be lost just where it is needed. Any order is taken, since production
    took 1-2-3-4-5 (PyAPNs, rpush) as well as 3-1-2-4-5 (pushy 0.4.3).
    """
    found: dict[int, bytes] = {}
    wrong: str | None = None
    place = at
    while at < end:
        begin = at
        if end - at < 3:
            problem: str | None = f"{end - at} bytes are left over behind the last item"
            at = end
        else:
            item, size = _ITEM.unpack_from(buffer, at)
            at += 3
            data = buffer[at : min(at + size, end)]
            problem = _item_problem(item, data, found)
            if at + size > end:
                # go-libapns gives its priority a length of 4 and writes one byte (`connection.go`).
                problem = f"item {item} announces {size} bytes and {end - at} are left"
            at += size
        if problem is None:
            found[item] = data
        elif wrong is None:
            wrong, place = problem, begin
    return found, wrong, place


def _item_problem(item: int, data: bytes, found: dict[int, bytes]) -> str | None:
    size = _ITEM_SIZES.get(item)
    if size is None:
        # Met by go-libapns in its tests before Apple's table had it: "invalid frame item id".
        return f"item id {item} is unknown"
    if item in found:
        # "Exactly one" of the required ones (table A-3). What two get is not known: 128 is ours.
        return f"item {item} appears twice"
    if size not in (_ANY_SIZE, len(data)):
        return f"item {item} has {len(data)} bytes instead of {size}"
    if item == PRIORITY and data[0] not in _PRIORITIES:
        return f"priority {data[0]} is neither 5 nor 10"
    return None


def read_unknown(buffer: bytes, start: int, *, patient: bool) -> Read:
    """What begins with none of the three commands. Who is `patient` waits for bytes to tell from
    whether it may be another protocol.
    """
    begin = buffer[start : start + ENOUGH]
    if patient and undecided(begin):
        return len(begin) + 1
    command = buffer[start]
    reason = f"command byte 0x{command:02x} is unknown"
    event, end = malformed(buffer, start, start + 1, command, None, reason, framed=False)
    return replace(event, spoken=recognise(begin)), end


def _number(data: bytes | None) -> int | None:
    return None if data is None else int.from_bytes(data, "big")


def malformed(
    buffer: bytes,
    start: int,
    end: int,
    command: int,
    identifier: int | None,
    reason: str,
    *,
    framed: bool,
    place: int | None = None,
) -> tuple[FrameMalformed, int]:
    """What cannot be read, and where it ends; `place` is where the reason can be seen."""
    near = place is None or place - start + _AT_LEAST <= SHOWN
    first = start if near or place is None else place - _BEFORE
    # Where framing is lost, the bytes behind it help to find out why.
    shown = buffer[first : min(first + SHOWN, end if framed else len(buffer))]
    return FrameMalformed(command, identifier, reason, shown, framed, first - start), end


READERS: dict[int, Callable[[bytes, int, int], Read]] = {
    0: _read_simple,
    1: _read_enhanced,
    2: _read_framed,
}


def read_frame(frame: bytes) -> NotificationReceived:
    """The notification in one complete frame that has been parsed before.

    `frame` is all of it, command byte first. Raises `AssertionError` or `KeyError` for other bytes:
    `GatewayParser` is for those that nobody has looked at.
    """
    read = READERS[frame[0]](frame, 0, max(MAX_FRAME, len(frame)))
    assert isinstance(read, tuple)
    assert isinstance(read[0], NotificationReceived)
    return read[0]
