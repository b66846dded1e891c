"""Durations and ranges as people write them."""

from __future__ import annotations

import pytest

from fakeapns.errors import UsageError
from fakeapns.scenario.units import Budget, CountRange, DurationRange, parse_duration, parse_size


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0ms", 0),
        ("250ms", 0.25),
        ("1.5s", 1.5),
        ("20m", 1200),
        ("1h30m", 5400),
        ("2d", 172_800),
        ("1m1s1ms", 61.001),
    ],
)
def test_a_duration_is_numbers_with_units(text: str, seconds: float) -> None:
    assert parse_duration(text) == pytest.approx(seconds)


@pytest.mark.parametrize(
    "text", ["", "5", "1.5", "s", "-1s", "1 s", " 1s", "1s ", "1s\n", "1x", ".5s", "1e3s", "soon"]
)
def test_anything_else_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(UsageError, match=r"is no duration: write a number and a unit.*250ms"):
        parse_duration(text)


@pytest.mark.parametrize("number", [5, 1.5, None, True])
def test_a_bare_number_is_no_duration_either(number: object) -> None:
    with pytest.raises(UsageError, match="is no duration"):
        parse_duration(number)


def test_a_range_of_durations_has_two_ends() -> None:
    found = DurationRange.parse("75ms..500ms")
    assert (found.low, found.high) == (0.075, 0.5)
    assert [found.at(0), found.at(1)] == [0.075, 0.5]
    assert found.at(0.5) == pytest.approx(0.2875)


def test_a_single_duration_is_a_range_without_width() -> None:
    found = DurationRange.parse("2s")
    assert found == DurationRange(2, 2)
    assert found.at(0.7) == 2


@pytest.mark.parametrize("text", ["..", "1s..", "..1s", "1s..2", "1..2s", "1s...2s"])
def test_both_ends_need_a_number_and_a_unit(text: str) -> None:
    with pytest.raises(UsageError, match="is no duration"):
        DurationRange.parse(text)


def test_a_range_of_durations_does_not_run_backwards() -> None:
    with pytest.raises(UsageError, match="runs backwards"):
        DurationRange.parse("500ms..75ms")


@pytest.mark.parametrize(
    ("given", "inside", "outside"),
    [
        (3, [3], [2, 4]),
        ("3", [3], [2, 4]),
        ("2..5", [2, 3, 5], [1, 6]),
        ("3..", [3, 4, 10**9], [0, 2]),
        ("3..3", [3], [2, 4]),
        (0, [0], [1]),
    ],
)
def test_a_range_of_numbers_includes_both_ends(
    given: int | str, inside: list[int], outside: list[int]
) -> None:
    found = CountRange.parse(given)
    assert all(number in found for number in inside)
    assert not any(number in found for number in outside)


@pytest.mark.parametrize("given", ["", "..", "..3", "-1", -1, "1.5", "1...3", "x", "3\n", True])
def test_anything_else_is_no_range_of_numbers(given: int | str) -> None:
    with pytest.raises(UsageError, match=r"is no number or range: write 3, 2\.\.5 or 3\.\."):
        CountRange.parse(given)


def test_what_was_read_before_makes_nothing_else_a_number() -> None:
    assert 1 in CountRange.parse(1)
    with pytest.raises(UsageError, match="True is no number or range"):
        CountRange.parse(True)


def test_a_range_of_numbers_does_not_run_backwards() -> None:
    with pytest.raises(UsageError, match="runs backwards"):
        CountRange.parse("5..2")


@pytest.mark.parametrize(
    ("text", "size"), [("0B", 0), ("10B", 10), ("16KiB", 16_384), ("2MiB", 2_097_152)]
)
def test_a_size_is_a_number_with_a_unit(text: str, size: int) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "10", "B", "-1B", "1.5KiB", "10 B", "10B\n", "10KB", "10kib"])
def test_anything_else_is_no_size(text: str) -> None:
    with pytest.raises(UsageError, match=r"is no size: write a number and a unit.*16KiB"):
        parse_size(text)


def test_a_bare_number_is_no_size_either() -> None:
    with pytest.raises(UsageError, match="10 is no size"):
        parse_size(10)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "many", "seconds"), [("3/1h", 3, 3600), ("0/1d", 0, 86_400), ("10/1m30s", 10, 90)]
)
def test_a_budget_is_a_number_in_a_duration(text: str, many: int, seconds: float) -> None:
    assert Budget.parse(text) == Budget(many, seconds)


@pytest.mark.parametrize("text", ["", "3", "3/", "/1h", "3/1", "1h/3", "-3/1h", "3 / 1h", "3/1h\n"])
def test_a_budget_needs_both(text: str) -> None:
    with pytest.raises(UsageError, match="is no budget: write a number and a duration, as in 3/1h"):
        Budget.parse(text)


def test_a_budget_for_no_time_is_none() -> None:
    with pytest.raises(UsageError, match="'3/0s' is for no time"):
        Budget.parse("3/0s")
