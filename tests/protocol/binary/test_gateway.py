"""Reading what providers write: every frame whole, byte by byte, and with bytes behind it."""

from __future__ import annotations

import pytest

from fakeapns.protocol import NEED_DATA, FrameMalformed, GatewayParser, NotificationReceived

from ...frames import PAYLOAD, TOKEN, enhanced, framed, raw_frame, simple
from .cases import FRAMES, FrameCase, events_of, pull, single_bytes

each_frame = pytest.mark.parametrize("case", FRAMES, ids=lambda case: case.name)


@each_frame
def test_a_frame_is_read_whole(case: FrameCase) -> None:
    parser = GatewayParser()
    assert events_of([case.wire], parser) == [case.event]
    assert parser.unread == 0


@each_frame
def test_a_frame_is_read_byte_by_byte_and_not_before_its_last(case: FrameCase) -> None:
    parser = GatewayParser()
    *head, last = single_bytes(case.wire)
    assert events_of(head, parser) == []
    assert parser.unread == len(head)
    assert events_of([last], parser) == [case.event]
    assert parser.unread == 0


@each_frame
@pytest.mark.parametrize("trailing", [b"\x00", b"\x01\x00\x00", b"\x02\x00\x00\x00"])
def test_bytes_behind_a_frame_are_kept_for_the_next(case: FrameCase, trailing: bytes) -> None:
    parser = GatewayParser()
    assert events_of([case.wire + trailing], parser) == [case.event]
    assert parser.unread == len(trailing)


@each_frame
def test_a_frame_after_any_other_is_read_as_if_it_came_first(case: FrameCase) -> None:
    for other in FRAMES:
        assert events_of([other.wire + case.wire]) == [other.event, case.event]


def test_commands_may_be_mixed_on_one_connection() -> None:
    wire = simple() + enhanced(7) + framed(8) + simple(b"\x01") + framed(None) + enhanced(9)
    events = events_of([wire])
    assert [(event.command, event.identifier) for event in events] == [
        (0, None),
        (1, 7),
        (2, 8),
        (0, None),
        (2, None),
        (1, 9),
    ]


def test_asking_too_often_or_feeding_nothing_changes_nothing() -> None:
    parser = GatewayParser()
    assert parser.next_event() is NEED_DATA
    parser.receive_data(b"")
    assert parser.next_event() is NEED_DATA
    parser.receive_data(simple()[:10])
    assert [parser.next_event(), parser.next_event()] == [NEED_DATA, NEED_DATA]
    parser.receive_data(b"")
    parser.receive_data(simple()[10:])
    assert parser.next_event() == NotificationReceived(0, TOKEN, PAYLOAD)
    assert parser.next_event() is NEED_DATA


def test_frames_can_be_pulled_one_at_a_time_while_more_arrive() -> None:
    parser = GatewayParser()
    parser.receive_data(enhanced(1) + enhanced(2)[:20])
    first = parser.next_event()
    parser.receive_data(enhanced(2)[20:] + enhanced(3))
    rest = pull(parser)
    assert isinstance(first, NotificationReceived)
    assert [first.identifier, *(event.identifier for event in rest)] == [1, 2, 3]


@pytest.mark.parametrize("order", [(5, 4, 3, 2, 1), (3, 1, 2, 4, 5), (2, 1), (4, 2, 5, 1, 3)])
def test_items_may_come_in_any_order(order: tuple[int, ...]) -> None:
    wire = framed(42, expiration=9, priority=5, order=order)
    [event] = events_of([wire])
    assert isinstance(event, NotificationReceived)
    assert (event.token, event.payload) == (TOKEN, PAYLOAD)
    assert event.identifier == (42 if 3 in order else None)


@pytest.mark.parametrize(
    ("body", "token", "payload"),
    [
        (b"", b"", b""),
        (b"\x01\x00\x01t", b"t", b""),
        (b"\x02\x00\x01p", b"", b"p"),
    ],
    ids=["no-items", "only-a-token", "only-a-payload"],
)
def test_a_missing_item_is_no_matter_of_form(body: bytes, token: bytes, payload: bytes) -> None:
    assert events_of([raw_frame(body)]) == [NotificationReceived(2, token, payload)]


@pytest.mark.parametrize("priority", [5, 10])
def test_both_priorities_are_read(priority: int) -> None:
    [event] = events_of([framed(priority=priority)])
    assert isinstance(event, NotificationReceived)
    assert event.priority == priority


def test_a_frame_of_the_greatest_length_is_waited_for() -> None:
    body = b"\x02" + (65_532).to_bytes(2, "big") + bytes(65_532)
    parser = GatewayParser()
    assert events_of([raw_frame(body)[:-1]], parser) == []
    assert events_of([b"\x00"], parser) == [NotificationReceived(2, b"", bytes(65_532))]


def test_a_frame_as_long_as_a_smaller_limit_is_read() -> None:
    wire = framed()
    [event] = events_of([wire], GatewayParser(max_frame=len(wire) - 5))
    assert isinstance(event, NotificationReceived)
    [event] = events_of([wire], GatewayParser(max_frame=len(wire) - 6))
    assert isinstance(event, FrameMalformed)


@pytest.mark.parametrize("wire", [simple(), enhanced()], ids=["simple", "enhanced"])
def test_tokens_and_payloads_up_to_the_limit_are_read(wire: bytes) -> None:
    [event] = events_of([wire], GatewayParser(max_frame=32))
    assert isinstance(event, NotificationReceived)
    [event] = events_of([wire], GatewayParser(max_frame=31))
    assert isinstance(event, FrameMalformed)


# ---- looking ahead ------------------------------------------------------------------------------


@pytest.mark.parametrize("frame", [simple(), enhanced(1), framed(1)], ids=["0", "1", "2"])
def test_how_much_of_the_next_frame_has_come_is_known_before_it_is_looked_at(frame: bytes) -> None:
    parser = GatewayParser()
    for size in range(1, len(frame)):
        parser.receive_data(frame[size - 1 : size])
        assert parser.begun() == size
    # Of a complete one the last byte does not count: it is not inside any more.
    parser.receive_data(frame[-1:] + frame[:5])
    assert parser.begun() == len(frame) - 1
    assert parser.next_event() is not NEED_DATA
    assert parser.begun() == 5


def test_a_parser_that_was_given_up_leaves_everything_unread() -> None:
    parser = GatewayParser()
    parser.receive_data(framed(1) + framed(2)[:7])
    assert parser.next_event() is not NEED_DATA
    parser.give_up()
    parser.receive_data(b"more")
    assert parser.next_event() is NEED_DATA
    assert (parser.begun(), parser.unread) == (0, 11)
