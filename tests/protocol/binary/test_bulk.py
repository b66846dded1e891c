"""The short way through the parser gives what the long way gives, for any bytes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakeapns.protocol import NEED_DATA, Event, GatewayParser, NotificationReceived

from ...frames import PAYLOAD, TOKEN, enhanced, raw_frame, simple
from .cases import ALL_ITEMS, COMMON, FRAMES, FrameCase, pull, write
from .test_gateway_properties import cut, hostile, payloads, sent, tokens, uint32

common_tokens = st.binary(min_size=32, max_size=32)
notifications = st.one_of(
    st.builds(NotificationReceived, st.just(0), common_tokens, payloads),
    st.builds(NotificationReceived, st.just(1), common_tokens, payloads, uint32, uint32),
    st.builds(
        NotificationReceived,
        st.just(2),
        common_tokens,
        payloads,
        st.none() | uint32,
        st.none() | uint32,
        st.sampled_from([None, 5, 10]),
    ),
)
#: Layouts that the short way knows.
common = st.builds(write, notifications)
#: The same with the items in any order.
ordered = st.builds(write, notifications, st.permutations(ALL_ITEMS))
#: Command 2 with a body of items that are nearly right.
items = st.lists(
    st.one_of(
        st.just(b"\x01\x00\x20" + TOKEN),
        st.just(b"\x02\x00\x16" + PAYLOAD),
        st.just(b"\x03\x00\x04\x00\x00\x00\x2a"),
        st.just(b"\x04\x00\x04\x00\x00\x00\x00"),
        st.sampled_from([b"\x05\x00\x01" + bytes([each]) for each in (0, 5, 10, 11)]),
        st.builds(lambda token: b"\x01" + len(token).to_bytes(2, "big") + token, tokens),
        st.builds(lambda item, size: bytes([item, 0, size]), st.integers(0, 6), st.integers(0, 9)),
    ),
    max_size=6,
).map(lambda parts: raw_frame(b"".join(parts)))


@st.composite
def spoiled(draw: st.DrawFn) -> bytes:
    """A frame of a common layout with one byte that is another, and perhaps cut short."""
    wire = bytearray(draw(common))
    # Most bytes that mean something stand at the ends.
    place = draw(st.integers(0, min(44, len(wire) - 1)) | st.integers(-18, -1))
    wire[place] = draw(st.integers(0, 255) | st.integers(0, 40))
    return bytes(wire[: draw(st.none() | st.integers(0, len(wire)))])


wires = st.lists(
    st.one_of(
        st.lists(common, max_size=5).map(b"".join),
        common,
        ordered,
        items,
        spoiled(),
        sent.map(lambda one: write(*one)),
        hostile,
    ),
    max_size=8,
).map(b"".join)
limits = st.sampled_from([1, 31, 32, 60, 78, 100, 200, 65_535]) | st.integers(1, 400)


def step_by_step(parser: GatewayParser) -> list[tuple[Event, int]]:
    """All events that are complete, each with what is unread behind it."""
    found: list[tuple[Event, int]] = []
    while (event := parser.next_event()) is not NEED_DATA:
        found.append((event, parser.unread))
    return found


def fast_events(parser: GatewayParser) -> list[Event]:
    """All events that are complete, the short way first."""
    events: list[Event] = []
    while True:
        frames = parser.next_frames()
        if frames is not None:
            events += frames
            continue
        event = parser.next_event()
        if event is NEED_DATA:
            return events
        events.append(event)


@settings(deadline=None, max_examples=400)
@given(wires, limits, st.data())
def test_the_short_way_and_the_long_way_give_equal_events_from_equal_bytes(
    wire: bytes, limit: int, data: st.DataObject
) -> None:
    fast, slow = GatewayParser(limit), GatewayParser(limit, fast=False)
    for chunk in cut(wire, data):
        fast.receive_data(chunk)
        slow.receive_data(chunk)
        assert fast.begun() == slow.begun()
        expected = step_by_step(slow)
        at = 0
        while at < len(expected):
            frames = fast.next_frames()
            if frames is None:
                assert fast.next_event() == expected[at][0]
                at += 1
            else:
                assert frames
                assert list(frames) == [event for event, _ in expected[at : at + len(frames)]]
                # Somebody may be interrupted in the middle of them.
                kept = data.draw(st.integers(0, len(frames)))
                fast.put_back(frames[kept:])
                at += kept
            if at:
                assert fast.unread == expected[at - 1][1]
        assert fast.next_frames() is None
        assert fast.next_event() is NEED_DATA
        assert fast.unread == slow.unread
        assert fast.begun() == slow.begun()


@settings(deadline=None, max_examples=400)
@given(wires, limits, st.data())
def test_what_is_put_back_comes_again_whatever_comes_or_is_asked_before(
    wire: bytes, limit: int, data: st.DataObject
) -> None:
    fast, slow = GatewayParser(limit), GatewayParser(limit, fast=False)
    for chunk in cut(wire, data):
        fast.receive_data(chunk)
        slow.receive_data(chunk)
        for kept in data.draw(st.lists(st.none() | st.integers(0, 3), max_size=4)):
            if data.draw(st.booleans()):
                assert fast.begun() == slow.begun()
            frames = None if kept is None else fast.next_frames()
            if frames is None:
                event = fast.next_event()
                assert event == slow.next_event()
                if event is not NEED_DATA:
                    own, before = fast.odd_lengths()
                    expected = slow.odd_lengths()
                    # The frame before one that was put back is not known any more.
                    assert (own, before or expected[1]) == expected
            else:
                fast.put_back(frames[kept:])
                assert list(frames[:kept]) == [slow.next_event() for _ in frames[:kept]]
            assert fast.unread == slow.unread
    assert fast_events(fast) == pull(slow)
    assert fast.unread == slow.unread


@settings(deadline=None)
@given(st.lists(common, max_size=8), st.data())
def test_where_tcp_splits_common_frames_does_not_matter(
    frames: list[bytes], data: st.DataObject
) -> None:
    wire = b"".join(frames)
    fast = GatewayParser()
    events: list[Event] = []
    for chunk in cut(wire, data):
        fast.receive_data(chunk)
        events += fast_events(fast)
    slow = GatewayParser(fast=False)
    slow.receive_data(wire)
    assert events == pull(slow)
    assert fast.unread == 0


@pytest.mark.parametrize("case", FRAMES, ids=lambda case: case.name)
def test_every_known_frame_is_read_the_same_in_a_row(case: FrameCase) -> None:
    parser = GatewayParser()
    parser.receive_data(case.wire * 3)
    assert fast_events(parser) == [case.event] * 3


def both_ways(wire: bytes, limit: int = 65_535) -> None:
    """Read the bytes both ways, all at once."""
    fast, slow = GatewayParser(limit), GatewayParser(limit, fast=False)
    fast.receive_data(wire)
    slow.receive_data(wire)
    assert fast_events(fast) == pull(slow)
    assert fast.unread == slow.unread


@pytest.mark.parametrize("frame", COMMON, ids=lambda frame: f"{frame[0]}-{len(frame)}")
def test_no_single_byte_makes_a_difference_between_the_two(frame: bytes) -> None:
    for place in range(len(frame)):
        for value in {*range(12), 32, 255, frame[place] - 1, frame[place] + 1}:
            spoilt = bytearray(frame)
            spoilt[place] = value % 256
            both_ways(frame + spoilt + frame * 3)


@pytest.mark.parametrize("frame", COMMON, ids=lambda frame: f"{frame[0]}-{len(frame)}")
def test_no_limit_makes_a_difference_between_the_two(frame: bytes) -> None:
    for limit in range(1, len(frame) + 2):
        both_ways(frame * 3, limit)


@pytest.mark.parametrize("limit", [31, 32, 33, 99, 100, 101])
@pytest.mark.parametrize("frame", [simple(payload=bytes(100)), enhanced(payload=bytes(100))])
def test_a_payload_may_be_longer_than_its_token(frame: bytes, limit: int) -> None:
    both_ways(frame * 3, limit)
