"""A `drop` inside a frame: where it strikes, however TCP splits what a provider writes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakeapns.scenario.faults import Drop
from fakeapns.scenario.steps import On, Step

from ...frames import enhanced, framed, numbered, raw_frame, simple
from .conversation import Conversation

FRAME = framed(1)


def written(pieces: Iterable[bytes], *steps: Step, **settings: Any) -> Conversation:
    """A conversation in which a provider writes these pieces, each in a read of its own."""
    talk = Conversation(*steps, **settings)
    for piece in pieces:
        talk.write(piece)
    return talk


def cut(wire: bytes, places: Sequence[int]) -> list[bytes]:
    """The bytes in pieces."""
    ends = [0, *sorted(min(place, len(wire)) for place in places), len(wire)]
    return [wire[a:b] for a, b in pairwise(ends)]


def told(talk: Conversation) -> object:
    """All that must not depend on how the bytes came."""
    return (
        [(each.ordinal, each.identifier, each.outcome, each.status) for each in talk.notifications],
        [(each.ordinal, each.reason, each.outcome) for each in talk.malformed],
        [(each.step, each.fault, each.detail) for each in talk.faults],
        talk.unread,
    )


frames = st.sampled_from(
    [
        simple(),
        enhanced(2, numbered(2)),
        framed(3),
        framed(4, payload=b'{"aps":{"alert":"' + b"x" * 100 + b'"}}'),
        framed(5, token=b""),
        raw_frame(b"\x09\0\0"),
        raw_frame(b""),
        b"\x07",
    ]
)
sizes = st.integers(0, 210) | st.sampled_from(["5B", "64B", "1KiB"])
triggers = st.builds(
    On,
    notification=st.none() | st.integers(1, 4) | st.just("2.."),
    every=st.none() | st.integers(1, 3),
)


@settings(deadline=None)
@given(
    st.lists(frames, min_size=1, max_size=6),
    st.builds(Drop, after_bytes=sizes),
    triggers,
    st.lists(st.integers(0, 900), max_size=10),
)
def test_who_is_judged_does_not_depend_on_where_tcp_splits(
    wire: list[bytes], drop: Drop, on: On, places: list[int]
) -> None:
    whole = b"".join(wire)
    at_once = told(written([whole], Step(drop, on)))
    assert told(written(cut(whole, places), Step(drop, on))) == at_once
    assert told(written(wire, Step(drop, on))) == at_once
    assert told(written([bytes([byte]) for byte in whole], Step(drop, on))) == at_once


@settings(deadline=None)
@given(sizes, st.lists(st.integers(0, 400), max_size=6))
def test_a_frame_that_is_refused_before_it_is_complete_is_no_exception(
    size: int | str, places: list[int]
) -> None:
    whole = framed(1) + raw_frame(bytes(200)) + framed(2)
    step = Step(Drop(after_bytes=size), On(notification=2))
    at_once = told(written([whole], step, max_frame=100))
    assert told(written(cut(whole, places), step, max_frame=100)) == at_once


@pytest.mark.parametrize("size", [1, 10, len(FRAME) - 1])
@pytest.mark.parametrize("behind", [b"", FRAME * 10], ids=["alone", "more behind"])
def test_it_strikes_inside_the_frame_and_judges_those_before(size: int, behind: bytes) -> None:
    step = Step(Drop(after_bytes=size), On(notification=3))
    talk = written([FRAME * 3 + behind], step)
    assert talk.outcomes == ["accepted", "accepted"]
    assert talk.unread == len(FRAME + behind)
    assert [each.fault for each in talk.faults] == ["drop"]


def test_a_size_that_only_a_complete_frame_has_is_never_reached() -> None:
    step = Step(Drop(after_bytes=len(FRAME)), On(notification=2))
    assert written([FRAME * 3], step).outcomes == ["accepted"] * 3


def test_even_without_a_single_byte_the_frame_has_to_begin() -> None:
    talk = written([FRAME], Step(Drop(after_bytes=0), On(notification=2)))
    assert (talk.outcomes, talk.faults) == (["accepted"], [])
    talk.write(FRAME[:1])
    assert [each.fault for each in talk.faults] == ["drop"]
    assert talk.unread == 1
