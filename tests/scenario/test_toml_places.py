"""Where each key of a TOML text stands."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import example, given, settings

from fakeapns.scenario.toml_places import Path, find_places

from .tomls import documents, patient

KEY = r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*')"""
DOTTED = re.compile(rf"{KEY}(?:[ \t]*\.[ \t]*{KEY})*")
HEADER = re.compile(rf"\[\[?[ \t]*({DOTTED.pattern})[ \t]*\]")

STORY = """\
# A comment with [brackets] and a = sign.
about = "One = two # three [four]"

[gateway]
tokens = "any"
"client_ca" = [
    "a.pem",  # not b.pem = 1
    'c]d.pem',
]

[[device]]
topic = "com.example.app"
  token = "1b"
[[step]]
on = { notification = 3, payload = { "aps.badge" = 3, aps.alert = "x" } }
fault = "reject"
[[step]]
on.token = '''
"2c" = 1'''
fault = "drop"
[step.more.still]
x = 1
"""


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (("about",), (2, 1)),
        (("gateway",), (4, 1)),
        (("gateway", "tokens"), (5, 1)),
        (("gateway", "client_ca"), (6, 1)),
        (("gateway", "client_ca", 0), (7, 5)),
        (("gateway", "client_ca", 1), (8, 5)),
        (("device",), (11, 1)),
        (("device", 0), (11, 1)),
        (("device", 0, "token"), (13, 3)),
        (("step",), (14, 1)),
        (("step", 0, "on"), (15, 1)),
        (("step", 0, "on", "notification"), (15, 8)),
        (("step", 0, "on", "payload"), (15, 26)),
        (("step", 0, "on", "payload", "aps.badge"), (15, 38)),
        (("step", 0, "on", "payload", "aps"), (15, 55)),
        (("step", 0, "on", "payload", "aps", "alert"), (15, 55)),
        (("step", 0, "fault"), (16, 1)),
        (("step", 1), (17, 1)),
        (("step", 1, "on"), (18, 1)),
        (("step", 1, "on", "token"), (18, 1)),
        (("step", 1, "fault"), (20, 1)),
        (("step", 1, "more"), (21, 1)),
        (("step", 1, "more", "still"), (21, 1)),
        (("step", 1, "more", "still", "x"), (22, 1)),
    ],
)
def test_every_key_of_a_story_has_its_place(path: Path, place: tuple[int, int]) -> None:
    assert find_places(STORY)[path] == place


def test_a_text_without_keys_has_no_places() -> None:
    assert find_places("") == find_places("# x = 1\r\n\r\n") == {}


def paths_in(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every key and list element, with its value."""
    inside: Iterator[tuple[str | int, Any]] = iter(())
    if isinstance(value, dict):
        inside = iter(value.items())
    elif isinstance(value, list):
        inside = iter(enumerate(value))
    for key, part in inside:
        yield (*path, key), part
        yield from paths_in(part, (*path, key))


def offset(text: str, line: int, column: int) -> int:
    """How many characters come before a place."""
    return sum(len(each) + 1 for each in text.split("\n")[: line - 1]) + column - 1


def keys_at(rest: str) -> list[str]:
    """The parts of the key, or of the header, that a text begins with."""
    header = HEADER.match(rest)
    dotted = DOTTED.match(header[1] if header else rest)
    assert dotted, rest
    found = []
    value: Any = tomllib.loads(f"{dotted[0]} = 0")
    while isinstance(value, dict):
        [(key, value)] = value.items()
        found.append(key)
    return found


def begins_with(rest: str, value: Any) -> bool:
    """Whether a text begins with this value."""
    for end in range(1, len(rest) + 1):
        try:
            found = tomllib.loads(f"x = {rest[:end]}")["x"]
        except tomllib.TOMLDecodeError:
            continue
        if repr(found) == repr(value):
            return True
    return False


@settings(patient, max_examples=200)
@given(documents())
@example(STORY)
def test_whatever_can_be_parsed_has_a_place_and_is_there(text: str) -> None:
    places = find_places(text)
    found = dict(paths_in(tomllib.loads(text)))
    assert set(places) == set(found)
    for path, value in found.items():
        rest = text[offset(text, *places[path]) :]
        if isinstance(path[-1], str):
            assert path[-1] in keys_at(rest)
        elif not rest.startswith("[["):
            assert begins_with(rest, value)
        else:
            assert path[-2] in keys_at(rest) or begins_with(rest, value)


@patient
@given(documents())
def test_places_of_the_tables_of_a_list_are_in_order(text: str) -> None:
    places = find_places(text)
    for path, place in places.items():
        if isinstance(path[-1], int) and path[-1] > 0:
            assert places[(*path[:-1], path[-1] - 1)] < place
