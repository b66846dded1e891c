"""A fair part: bounded, spread evenly, and what is rare is whole."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from fakeapns.inspector.timeline.sample import Sample


def test_what_is_not_too_much_is_kept_as_it_came() -> None:
    sample: Sample[int] = Sample(10)
    for number in range(10):
        sample.add("accepted", number)
    assert sample.items == list(range(10))
    assert sample.left_out == 0


def test_of_too_much_every_nth_is_kept() -> None:
    sample: Sample[int] = Sample(10)
    for number in range(100):
        sample.add("accepted", number)
    steps = {later - earlier for earlier, later in pairwise(sample.items)}
    assert len(steps) == 1
    assert 5 <= len(sample.items) <= 10
    assert sample.left_out == 100 - len(sample.items)


def test_what_is_rare_stays_whole() -> None:
    sample: Sample[tuple[str, int]] = Sample(40)
    for number in range(1000):
        kind = "accepted" if number % 100 else "rejected"
        sample.add(kind, (kind, number))
    assert [number for kind, number in sample.items if kind == "rejected"] == [*range(0, 1000, 100)]


@given(st.lists(st.sampled_from("abc")), st.integers(1, 20))
def test_there_are_never_too_many_and_the_count_is_right(kinds: list[str], most: int) -> None:
    sample: Sample[int] = Sample(most)
    for number, kind in enumerate(kinds):
        sample.add(kind, number)
        # One of each kind is always kept.
        assert len(sample.items) <= max(most, len(set(kinds)))
        assert sample.left_out == number + 1 - len(sample.items)
