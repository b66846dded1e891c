"""Mistakes as values: how they read, and objects that refuse to be made wrong."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakeapns.errors import ScenarioError
from fakeapns.scenario.problems import (
    Checked,
    Field,
    Path,
    Problem,
    Problems,
    allowed_values,
    fields,
    in_words,
    unknown,
    wrong_value,
)
from fakeapns.scenario.units import Count, Duration

from .tomls import patient


class Inner(Checked, frozen=True):
    """Part of another."""

    size: Annotated[int, msgspec.Meta(ge=1)] = 1


class Thing(Checked, frozen=True, kw_only=True):
    """Something with one field of each kind."""

    name: str
    colour: Literal["red", "green"] = "red"
    for_: Duration = msgspec.field(name="for", default="1s")
    inner: Inner | None = None
    parts: tuple[Inner, ...] = ()
    notes: dict[str, Any] = msgspec.field(default_factory=dict)

    def problems(self) -> Any:
        """A rule that no type can say."""
        if self.name == self.colour:
            yield Problem(("name",), "a thing is not called by its colour")
            yield Problem(("colour",), "nor the reverse")


# ---- how a problem reads ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        (Problem((), "nothing is there"), "nothing is there"),
        (Problem(("about",), "text is missing"), "text is missing, about"),
        (Problem(("a",), "no", ("x", "y")), "no, a; allowed: x, y"),
        (Problem((), "no", ("x", "y"), "x"), "no; allowed: x, y; did you mean x?"),
        (Problem((), "no", (), "x"), "no; did you mean x?"),
    ],
)
def test_a_problem_says_what_where_and_what_would_be_right(problem: Problem, text: str) -> None:
    assert str(problem) == text


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (("about",), "about"),
        (("gateway", "tokens"), "gateway.tokens"),
        (("step", 0), "step 1"),
        (("step", 1, "fault"), "step 2, fault"),
        (("step", 9, "on", "payload", "aps.badge"), "step 10, on.payload.aps.badge"),
        (("gateway", "client_ca", 1), "gateway.client_ca.1"),
        (("a\nb",), "a\\nb"),
        ((), ""),
    ],
)
def test_a_path_in_words_counts_from_1(path: Path, text: str) -> None:
    assert in_words(path) == text


def test_a_problem_can_be_seen_from_further_up() -> None:
    inner = Problem(("on", "token"), "no", ("a",), "b")
    assert inner.within("step", 3) == Problem(("step", 3, "on", "token"), "no", ("a",), "b")


def test_a_name_that_does_not_exist_is_answered_with_all_and_the_nearest() -> None:
    found = unknown("fault", "rejct", ["stall", "reject"], ("fault",))
    assert str(found) == (
        "unknown fault 'rejct', fault; allowed: reject, stall; did you mean reject?"
    )
    assert unknown("fault", "zzz", ["stall"]).near is None


def test_many_problems_are_one_error_with_a_line_each() -> None:
    error = Problems([Problem(("a",), "one"), Problem(("b",), "two")])
    assert isinstance(error, ScenarioError)
    assert str(error) == "one, a\ntwo, b"
    assert len(error.problems) == 2


# ---- objects that check themselves ----------------------------------------------------------


def test_what_is_right_is_made() -> None:
    thing = Thing(name="x", colour="green", for_="2s", inner=Inner(3), parts=(Inner(),))
    assert (thing.for_, thing.inner, thing.parts) == ("2s", Inner(3), (Inner(1),))


def test_all_wrong_values_are_named_at_once_by_their_keys_in_a_file() -> None:
    with pytest.raises(Problems) as refused:
        Thing(name=3, colour="blue", for_="2")  # type: ignore[arg-type]
    assert [(each.path, each.allowed) for each in refused.value.problems] == [
        (("name",), ("text",)),
        (("colour",), ("green", "red")),
        (("for",), ("a duration such as 250ms or 1h30m",)),
    ]


def test_rules_are_asked_only_when_all_types_are_right() -> None:
    with pytest.raises(Problems) as refused:
        Thing(name="red")
    assert [each.path for each in refused.value.problems] == [("name",), ("colour",)]
    with pytest.raises(Problems) as refused:
        Thing(name="red", for_="2")
    assert [each.path for each in refused.value.problems] == [("for",)]


def test_an_object_inside_an_object_may_be_written_as_a_table() -> None:
    plain: Any = {"size": 3}
    lists: Any = [plain, Inner(2)]
    thing = Thing(name="x", inner=plain, parts=lists)
    assert thing == Thing(name="x", inner=Inner(3), parts=(Inner(3), Inner(2)))
    assert isinstance(thing.inner, Inner)


def test_a_table_that_was_given_can_be_changed_later_without_harm() -> None:
    notes = {"a": 1}
    thing = Thing(name="x", notes=notes)
    notes["a"] = 2
    assert thing.notes == {"a": 1}


def test_an_object_inside_an_object_is_checked_too() -> None:
    with pytest.raises(Problems) as refused:
        Thing(name="x", inner={"size": 0})  # type: ignore[arg-type]
    assert str(refused.value) == "{'size': 0} is wrong, inner; allowed: { size = … }"


def test_a_long_value_is_shown_in_part() -> None:
    with pytest.raises(Problems) as refused:
        Inner("x" * 1000)  # type: ignore[arg-type]
    assert str(refused.value) == f"'{'x' * 58}… is wrong, size; allowed: a number from 1"


# ---- what a field takes, in words -----------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (str, ["text"]),
        (bool, ["true, false"]),
        (int, ["a whole number"]),
        (float, ["a number"]),
        (Annotated[int, msgspec.Meta(ge=2)], ["a number from 2"]),
        (Annotated[int, msgspec.Meta(ge=2, le=5)], ["2 to 5"]),
        (Annotated[float, msgspec.Meta(ge=0, le=1)], ["0 to 1"]),
        (Annotated[float, msgspec.Meta(ge=0)], ["a number from 0"]),
        (Literal["b", "a"], ["a", "b"]),
        (Literal[5, 10], ["5", "10"]),
        (Literal["own"] | int, ["own", "a whole number"]),
        (str | None, ["text"]),
        (Inner, ["{ size = … }"]),
        (dict[str, Any], ["a table"]),
        (Count, ["a number from 0", "a range such as 2..5 or 3.."]),
    ],
)
def test_what_a_field_takes_can_be_said_in_words(kind: Any, words: list[str]) -> None:
    assert list(allowed_values(Field("x", "x", kind, False))) == words


def test_the_nearest_name_is_told_for_text_only() -> None:
    field = Field("x", "x", Literal["graceful", "reset"] | int, False)
    wrong = wrong_value(field, "gracefully")
    assert wrong is not None
    assert wrong.near == "graceful"
    assert wrong_value(field, 2.5) == Problem(
        ("x",), "2.5 is wrong", ("graceful", "reset", "a whole number")
    )
    assert wrong_value(field, 2) is None


def test_fields_are_in_order_with_their_keys() -> None:
    assert [(each.name, each.key, each.required) for each in fields(Thing)][:3] == [
        ("name", "name", True),
        ("colour", "colour", False),
        ("for_", "for", False),
    ]


@patient
@given(st.lists(st.text() | st.integers(0), max_size=5))
def test_any_path_can_be_put_into_one_line_of_words(path: list[str | int]) -> None:
    words = in_words(tuple(path))
    assert words.isprintable()
    assert all(str(part) in words for part in path if isinstance(part, str) and part.isprintable())
