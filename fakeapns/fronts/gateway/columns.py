"""What frames in a row say, column by column: quicker than frame by frame.

Most rows are of one layout, and what stands at the same place in every frame is cut out of all of
them in one go: 0.3 µs a frame of 100 bytes, and 2 for the reader of any layout (measured).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from struct import Struct
from typing import NamedTuple

from ...protocol import TOKEN_SIZE, read_frame

#: Token, payload, identifier, expiration, priority.
Content = tuple[bytes, bytes, int | None, int | None, int | None]

#: What stands behind the payload of a command 2 frame with all items in order.
_REST = Struct(">3xI3xI3xB")
#: What stands before the token of a command 1 frame.
_ENHANCED_HEAD = Struct(">xII")


class Columns(NamedTuple):
    """A value for each frame, in order; None where it has none."""

    tokens: Sequence[bytes]
    payloads: Sequence[bytes]
    identifiers: Sequence[int | None]
    expirations: Sequence[int | None]
    priorities: Sequence[int | None]

    def rows(self) -> Iterator[Content]:
        """Frame by frame."""
        return zip(*self, strict=True)


def read_columns(
    frames: bytes,
    starts: Sequence[int],
    command: int,
    token_at: int,
    payload_at: int,
    tail: int | None,
) -> Columns:
    """The columns of frames; for `starts` and what follows see `Frames`."""
    begins, ends = starts[:-1], starts[1:]
    identifiers: Sequence[int | None]
    expirations: Sequence[int | None]
    priorities: Sequence[int | None]
    if not begins or tail is None:
        return _one_by_one(frames, begins, ends)
    if command == 2 and tail == _REST.size:
        rest = b"".join([frames[end - tail : end] for end in ends])
        identifiers, expirations, priorities = zip(*_REST.iter_unpack(rest), strict=True)
    elif command == 1:
        heads = b"".join([frames[begin : begin + _ENHANCED_HEAD.size] for begin in begins])
        identifiers, expirations = zip(*_ENHANCED_HEAD.iter_unpack(heads), strict=True)
        priorities = (None,) * len(begins)
    elif command == 0:
        identifiers = expirations = priorities = (None,) * len(begins)
    else:
        return _one_by_one(frames, begins, ends)
    return Columns(
        [frames[begin + token_at : begin + token_at + TOKEN_SIZE] for begin in begins],
        [frames[begin + payload_at : end - tail] for begin, end in zip(begins, ends, strict=True)],
        identifiers,
        expirations,
        priorities,
    )


def _one_by_one(frames: bytes, begins: Sequence[int], ends: Sequence[int]) -> Columns:
    read = [read_frame(frames[begin:end]) for begin, end in zip(begins, ends, strict=True)]
    return Columns(
        [each.token for each in read],
        [each.payload for each in read],
        [each.identifier for each in read],
        [each.expiration for each in read],
        [each.priority for each in read],
    )
