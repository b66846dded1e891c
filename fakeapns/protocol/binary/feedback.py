"""Feedback tuples, both ways. Layout: Binary Provider API, table A-5.

There is no count, no end mark and no acknowledgement: the close is the end (NWPusher's README;
apns4erl #24), and a tuple that is cut by it is all that tells a broken list from a whole one.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable

import msgspec

# Time and token length. The length is to be believed: grocer and rpush read records of 38 bytes,
# and lose step at the first token that has not 32.
_HEAD = struct.Struct(">IH")


class FeedbackTuple(msgspec.Struct, frozen=True, gc=False):
    """One app installation that is gone. `timestamp` is when that was, in epoch seconds."""

    timestamp: int
    token: bytes


def encode_feedback(tuples: Iterable[FeedbackTuple]) -> bytes:
    """The tuples as they go over the wire: back to back, no count, no separator.

    Raises `struct.error` for a time outside of 32 bits or a token over 65,535 bytes.
    """
    return b"".join(_HEAD.pack(each.timestamp, len(each.token)) + each.token for each in tuples)


class FeedbackParser:
    """Turns what the feedback service writes into tuples. For providers and tests.

    It never raises: any bytes are tuples, or the beginning of one.
    """

    def __init__(self) -> None:
        self._buffer = b""

    @property
    def unread(self) -> int:
        """Bytes of a tuple that is not complete: more than 0 at the end means it was cut."""
        # go-libapns calls that an error; other clients leave it out without a word.
        return len(self._buffer)

    def receive_data(self, data: bytes) -> list[FeedbackTuple]:
        """Take what has arrived; the tuples that are complete now."""
        self._buffer += data
        at = 0
        found = []
        while len(self._buffer) - at >= _HEAD.size:
            timestamp, size = _HEAD.unpack_from(self._buffer, at)
            end = at + _HEAD.size + size
            if end > len(self._buffer):
                break
            found.append(FeedbackTuple(timestamp, self._buffer[at + _HEAD.size : end]))
            at = end
        self._buffer = self._buffer[at:]
        return found
