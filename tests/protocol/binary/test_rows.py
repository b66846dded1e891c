"""Frames that were found in a row: which are, and that a row of them is like a list."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fakeapns.protocol import (
    NEED_DATA,
    FrameMalformed,
    Frames,
    GatewayParser,
    NotificationReceived,
    read_frame,
)

from ...frames import enhanced, framed, numbered, raw_frame, simple
from .cases import COMMON, FRAMES, FrameCase, pull


@pytest.mark.parametrize("frame", COMMON, ids=lambda frame: f"{frame[0]}-{len(frame)}")
def test_the_short_way_is_really_taken(frame: bytes) -> None:
    parser = GatewayParser()
    parser.receive_data(frame * 50 + frame[:-1])
    frames = parser.next_frames()
    assert frames is not None
    assert len(frames) == 50
    assert parser.unread == len(frame) - 1


@pytest.mark.parametrize(
    "other",
    [simple(), enhanced(), framed(1, order=(2, 1, 3)), raw_frame(b"\x09"), b"\x09", framed()[:-1]],
    ids=["simple", "enhanced", "reordered", "malformed", "unknown", "partial"],
)
def test_frames_of_another_kind_end_a_row(other: bytes) -> None:
    parser = GatewayParser()
    parser.receive_data(framed() * 3 + other)
    frames = parser.next_frames()
    assert frames is not None
    assert len(frames) == 3
    assert parser.unread == len(other)


def test_a_parser_may_be_told_to_take_the_long_way() -> None:
    parser = GatewayParser(fast=False)
    parser.receive_data(framed())
    assert parser.next_frames() is None
    assert len(pull(parser)) == 1


def test_a_row_is_not_looked_for_before_there_is_enough() -> None:
    parser = GatewayParser()
    assert parser.next_frames() is None
    parser.receive_data(framed()[:20])
    assert parser.next_frames() is None
    assert parser.next_event() is NEED_DATA
    parser.receive_data(framed()[20:30])
    assert parser.next_frames() is None
    parser.receive_data(framed()[30:])
    assert parser.next_frames() is not None


def test_nothing_comes_behind_what_cannot_be_framed() -> None:
    parser = GatewayParser()
    parser.receive_data(b"\x09" + framed() * 3)
    assert parser.next_frames() is None
    assert isinstance(parser.next_event(), FrameMalformed)
    assert parser.next_frames() is None
    assert parser.unread == len(framed()) * 3


@pytest.mark.parametrize("frame", [simple, enhanced, framed], ids=["0", "1", "2"])
def test_the_first_byte_of_each_token_is_at_hand(frame: Callable[..., bytes]) -> None:
    parser = GatewayParser()
    parser.receive_data(b"".join(frame(token=bytes([each]) * 32) for each in range(50)))
    frames = parser.next_frames()
    assert frames is not None
    assert frames.token(7) == b"\x07" * 32
    assert frames.token_heads(0, 50) == bytes(range(50))
    assert frames.token_heads(7, 9) == b"\x07\x08"
    assert frames.token_heads(49, 50) == b"\x31"
    assert frames.token_heads(3, 3) == b""


# ---- put back ---------------------------------------------------------------------------


def parser_with(*frames: bytes) -> tuple[GatewayParser, Frames]:
    """One to which these have come, and the row that it gave."""
    parser = GatewayParser()
    parser.receive_data(b"".join(frames))
    found = parser.next_frames()
    assert found is not None
    return parser, found


def test_nobody_looks_again_for_what_was_put_back() -> None:
    parser, frames = parser_with(*map(framed, range(9)))
    rest = frames[4:]
    parser.put_back(rest)
    assert parser.next_frames() is rest
    assert parser.unread == 0


@pytest.mark.parametrize("asked", [False, True])
def test_what_comes_behind_a_row_that_was_put_back_is_a_row_of_its_own(asked: bool) -> None:
    parser, frames = parser_with(framed(1), framed(2), framed(3)[:30])
    parser.put_back(frames[1:])
    parser.receive_data(framed(3)[30:] + framed(4))
    if asked:
        # For that all that came is joined, and stands elsewhere.
        assert parser.begun() == len(framed(2)) - 1
    rows = list(iter(parser.next_frames, None))
    assert [[each.identifier for each in row] for row in rows] == [[2], [3, 4]]
    assert parser.unread == 0


def test_a_frame_read_by_itself_is_not_in_the_row_that_was_put_back() -> None:
    parser, frames = parser_with(framed(1), framed(2), framed(3))
    parser.put_back(frames[1:])
    assert pull(parser) == list(frames[1:])
    assert parser.next_frames() is None
    assert parser.unread == 0


def test_what_was_put_back_is_given_up_with_all_the_rest() -> None:
    parser, frames = parser_with(framed(1), framed(2))
    parser.put_back(frames[1:])
    parser.give_up()
    assert parser.next_frames() is None
    assert parser.unread == len(framed(2))


def test_a_row_that_was_taken_whole_leaves_nothing_to_put_back() -> None:
    parser, frames = parser_with(framed(1), framed(2))
    parser.put_back(frames[2:])
    assert parser.next_frames() is None
    assert parser.unread == 0


# ---- rows as sequences ------------------------------------------------------------------


def row(count: int, behind: bytes = b"") -> tuple[Frames, list[NotificationReceived]]:
    """Frames that follow one another, and the same as a list."""
    parser = GatewayParser()
    wire = [framed(each, numbered(each), b'{"a":%d}' % each) for each in range(count)]
    parser.receive_data(b"".join(wire) + behind)
    frames = parser.next_frames()
    assert frames is not None
    expected = [
        NotificationReceived(2, numbered(each), b'{"a":%d}' % each, each) for each in range(count)
    ]
    return frames, expected


places = st.none() | st.integers(-12, 12)


@settings(deadline=None)
@given(st.integers(1, 9), places, places, places, places, st.sampled_from([b"", simple(), b"\x09"]))
@example(3, 3, None, None, None, b"")
@example(3, 3, None, None, None, b"\x09")
def test_a_row_is_cut_like_a_list(
    count: int, a: int | None, b: int | None, c: int | None, d: int | None, behind: bytes
) -> None:
    frames, expected = row(count, behind)
    assert list(frames[a:b]) == expected[a:b]
    assert len(frames[a:b]) == len(expected[a:b])
    assert bool(frames[a:b]) == bool(expected[a:b])
    assert list(frames[a:b][c:d]) == expected[a:b][c:d]
    assert frames[a:b].command == 2


@pytest.mark.parametrize("index", [0, 1, 4, -1, -5])
def test_a_row_is_indexed_like_a_list(index: int) -> None:
    frames, expected = row(5)
    assert frames[index] == expected[index]
    assert list(reversed(frames)) == expected[::-1]
    assert expected[index] in frames


@pytest.mark.parametrize("index", [5, -6])
def test_what_is_not_in_a_row_cannot_be_had(index: int) -> None:
    with pytest.raises(IndexError):
        row(5)[0][index]


def test_a_row_cannot_be_taken_in_steps() -> None:
    with pytest.raises(ValueError, match="makes no sense"):
        row(5)[0][::2]


def test_a_row_may_be_read_after_the_parser_has_gone_on() -> None:
    parser = GatewayParser()
    parser.receive_data(framed(1) + framed(2) + framed(3)[:10])
    frames = parser.next_frames()
    assert frames is not None
    parser.receive_data(framed(3)[10:])
    assert [each.identifier for each in parser.next_frames() or ()] == [3]
    assert [each.identifier for each in frames] == [1, 2]


# ---- single frames ----------------------------------------------------------------------


@pytest.mark.parametrize("case", FRAMES, ids=lambda case: case.name)
def test_a_frame_that_was_kept_is_read_again(case: FrameCase) -> None:
    assert read_frame(case.wire) == case.event


def test_a_frame_over_the_usual_limit_is_read_again_too() -> None:
    frame = framed(payload=bytes(65_535))
    parser = GatewayParser(max_frame=100_000)
    parser.receive_data(frame)
    frames = parser.next_frames()
    assert frames is not None
    assert frames[0] == read_frame(frame)
    assert len(frames[0].payload) == 65_535


@pytest.mark.parametrize("frame", COMMON, ids=lambda frame: f"{frame[0]}-{len(frame)}")
def test_a_row_tells_of_payloads_and_what_is_behind_them_without_reading_a_frame(
    frame: bytes,
) -> None:
    parser = GatewayParser()
    parser.receive_data(frame * 3)
    frames = parser.next_frames()
    assert frames is not None
    expected = frames[0].payload
    for index in range(3):
        assert frames.payload(index) == expected
        assert frames.payload_size(index) == len(expected)
    assert frames.tail == len(frame) - frames.payload_at - len(expected)
    assert frames[1:].tail == frames.tail


def test_a_row_in_which_that_differs_says_so() -> None:
    parser = GatewayParser()
    parser.receive_data(framed(1, priority=10) + framed(2))
    frames = parser.next_frames()
    assert frames is not None
    assert len(frames) == 2
    assert frames.tail is None
