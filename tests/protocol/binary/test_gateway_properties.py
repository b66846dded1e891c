"""What holds for any notifications, any bytes and any way in which TCP cuts them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from fakeapns.protocol import Event, FrameMalformed, GatewayParser, NotificationReceived

from ...frames import raw_frame
from .cases import ALL_ITEMS, events_of, pull, single_bytes, write

uint32 = st.integers(0, 0xFFFFFFFF)
tokens = st.binary(max_size=120)
payloads = st.binary(max_size=300)


class Sent(NamedTuple):
    """A notification and the order in which its items are written."""

    event: NotificationReceived
    order: Sequence[int] = ALL_ITEMS


sent = st.one_of(
    st.builds(Sent, st.builds(NotificationReceived, st.just(0), tokens, payloads)),
    st.builds(Sent, st.builds(NotificationReceived, st.just(1), tokens, payloads, uint32, uint32)),
    st.builds(
        Sent,
        st.builds(
            NotificationReceived,
            st.just(2),
            tokens,
            payloads,
            st.none() | uint32,
            st.none() | uint32,
            st.sampled_from([None, 5, 10]),
        ),
        st.permutations(ALL_ITEMS),
    ),
)
#: Bytes that get past the command byte and the length of a frame now and then.
hostile = st.one_of(
    st.binary(max_size=40),
    st.builds(raw_frame, st.binary(max_size=40)),
    st.builds(lambda head, rest: bytes([head]) + rest, st.integers(0, 2), st.binary(max_size=20)),
)


def cut(wire: bytes, data: st.DataObject) -> list[bytes]:
    """The bytes in pieces of any size, empty ones included."""
    places = sorted(data.draw(st.lists(st.integers(0, len(wire)), max_size=8)))
    return [wire[a:b] for a, b in zip([0, *places], [*places, len(wire)], strict=True)]


@settings(deadline=None)
@given(sent)
def test_what_is_written_is_read_again(one: Sent) -> None:
    assert events_of([write(*one)]) == [one.event]


@settings(deadline=None)
@given(st.lists(sent, max_size=6), st.binary(max_size=4), st.data())
def test_where_tcp_splits_does_not_matter(
    many: list[Sent], tail: bytes, data: st.DataObject
) -> None:
    # The tail is the beginning of a frame: command 2 cannot be judged before its fifth byte.
    rest = b"\x02" + tail if len(tail) < 4 else b""
    wire = b"".join(write(*one) for one in many) + rest
    parser = GatewayParser()
    assert events_of(cut(wire, data), parser) == [one.event for one in many]
    assert parser.unread == len(rest)


@settings(deadline=None)
@given(st.lists(hostile, max_size=6), st.data())
def test_hostile_bytes_read_the_same_however_they_are_split(
    pieces: list[bytes], data: st.DataObject
) -> None:
    wire = b"".join(pieces)
    whole, split, bytewise = GatewayParser(), GatewayParser(), GatewayParser()
    expected = [_told(event) for event in events_of([wire], whole)]
    assert [_told(event) for event in events_of(cut(wire, data), split)] == expected
    assert [_told(event) for event in events_of(single_bytes(wire), bytewise)] == expected
    assert whole.unread == split.unread == bytewise.unread


def _told(event: Event) -> object:
    if isinstance(event, FrameMalformed) and not event.framed:
        # Refused at once, so it can only show what had arrived by then.
        return event.command, event.identifier, event.reason
    return event


@settings(deadline=None)
@given(st.lists(hostile), st.integers(1, 100))
def test_no_bytes_can_crash_the_parser(chunks: list[bytes], max_frame: int) -> None:
    parser = GatewayParser(max_frame)
    events = events_of(chunks, parser)
    arrived = sum(map(len, chunks))
    assert 0 <= parser.unread <= arrived - len(events)
    assert pull(parser) == []
    assert all(len(event.data) <= 64 for event in events if isinstance(event, FrameMalformed))
    assert all(event.framed for event in events[:-1] if isinstance(event, FrameMalformed))


@settings(deadline=None)
@given(st.lists(sent | st.binary(max_size=60), max_size=6))
def test_every_byte_is_in_a_frame_or_counted_as_unread(frames: list[Sent | bytes]) -> None:
    wires = [raw_frame(one) if isinstance(one, bytes) else write(*one) for one in frames]
    parser = GatewayParser()
    read = 0
    for wire in wires:
        parser.receive_data(wire[:1])
        assert parser.unread == 1
        parser.receive_data(wire[1:])
        read += len(pull(parser))
        assert parser.unread == 0
    assert read == len(wires)
