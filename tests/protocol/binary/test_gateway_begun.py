"""How much of a frame that is not complete has come, and what is left unread on purpose."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakeapns.protocol import GatewayParser

from ...frames import enhanced, framed, raw_frame, simple
from .cases import pull, single_bytes

FRAMES = [simple(), enhanced(7), framed(8), framed(None), raw_frame(b"\x09")]
each_frame = pytest.mark.parametrize("frame", FRAMES, ids=len)


def fed(*pieces: bytes) -> GatewayParser:
    """A parser that has been given these pieces and asked after each for all there is."""
    parser = GatewayParser()
    for piece in pieces:
        parser.receive_data(piece)
        pull(parser)
    return parser


def test_of_nothing_nothing_has_begun() -> None:
    assert GatewayParser().begun() == 0
    assert fed(framed(1)).begun() == 0
    assert fed(framed(1), b"").begun() == 0


@each_frame
@pytest.mark.parametrize("bytewise", [False, True])
@pytest.mark.parametrize("before", [b"", framed(1) + simple()], ids=["first", "third"])
def test_every_byte_of_a_frame_counts_until_it_is_complete(
    frame: bytes, bytewise: bool, before: bytes
) -> None:
    for size in range(len(frame)):
        part = frame[:size]
        parser = fed(before, *(single_bytes(part) if bytewise else [part]))
        assert parser.begun() == size


@each_frame
@pytest.mark.parametrize("behind", [b"", b"\x02", framed(2) * 100], ids=len)
def test_of_a_complete_frame_all_but_the_last_byte_and_nothing_behind_it(
    frame: bytes, behind: bytes
) -> None:
    parser = GatewayParser()
    parser.receive_data(frame + behind)
    assert parser.begun() == len(frame) - 1
    # Asking changes nothing.
    assert parser.begun() == len(frame) - 1
    assert parser.unread == len(frame) + len(behind)
    parser.next_event()
    assert parser.begun() == min(len(behind), len(framed(2)) - 1)


@settings(deadline=None)
@given(st.lists(st.sampled_from(FRAMES), min_size=1, max_size=5), st.data())
def test_it_depends_on_what_has_come_and_not_on_how(
    frames: Sequence[bytes], data: st.DataObject
) -> None:
    wire = b"".join(frames)[: data.draw(st.integers(0, sum(map(len, frames))))]
    places = sorted(data.draw(st.lists(st.integers(0, len(wire)), max_size=8)))
    pieces = [wire[a:b] for a, b in zip([0, *places], [*places, len(wire)], strict=True)]
    assert fed(*pieces).begun() == fed(wire).begun() == fed(*single_bytes(wire)).begun()


def test_a_byte_that_is_no_command_is_a_frame_of_one_byte() -> None:
    parser = GatewayParser()
    parser.receive_data(b"\x09" + framed(1))
    assert parser.begun() == 0
    pull(parser)
    # Where framing is lost no frame begins any more.
    parser.receive_data(framed(2))
    assert parser.begun() == 0


def test_the_rest_of_a_frame_that_was_refused_early_is_no_beginning() -> None:
    parser = GatewayParser(max_frame=10)
    parser.receive_data(raw_frame(bytes(20))[:8])
    assert len(pull(parser)) == 1
    assert parser.begun() == 0
    parser.receive_data(bytes(17))
    assert parser.begun() == 0
    parser.receive_data(b"\x02\0\0")
    assert parser.begun() == 3


# ---- giving up --------------------------------------------------------------------------


def test_what_is_given_up_is_counted_as_unread_and_never_looked_at() -> None:
    parser = GatewayParser()
    parser.receive_data(framed(1)[:10])
    parser.give_up()
    parser.receive_data(framed(1)[10:] + framed(2))
    assert pull(parser) == []
    assert parser.begun() == 0
    assert parser.unread == len(framed(1) + framed(2))


def test_what_comes_behind_does_not_pile_up() -> None:
    parser = GatewayParser()
    before, behind = bytes([2]) * 100_000, bytes([2]) * 100_000
    held = sys.getrefcount(before)
    parser.receive_data(before)
    assert sys.getrefcount(before) > held
    parser.give_up()
    parser.receive_data(behind)
    assert sys.getrefcount(before) == sys.getrefcount(behind) == held
    assert parser.unread == 200_000
