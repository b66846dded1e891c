"""Text for people: one line, nothing that a terminal obeys, and always possible to write."""

from __future__ import annotations

import json

import pytest

from fakeapns.files import json_report
from fakeapns.text import ascii_json, encodable, nearest, printable

from .controls import CONTROL, each_control


@each_control
def test_what_a_terminal_obeys_is_written_out(character: str) -> None:
    assert printable(f"a{character}b") == f"a{CONTROL[character]}b"


@pytest.mark.parametrize("text", ["", "plain", 'a "b" \\n', "é 😀 �", "it's", "…"])
def test_everything_else_stays_as_it_is(text: str) -> None:
    assert printable(text) == text


def test_what_no_utf_8_can_hold_is_written_out() -> None:
    assert encodable("a\udcffb é") == "a\\udcffb é"


@each_control
def test_a_report_for_programs_has_nothing_that_a_terminal_obeys(character: str) -> None:
    content = {f"a{character}": [f"{character}é😀", 1]}
    written = json_report(content).decode("ascii")
    assert all(line.isprintable() for line in written.split("\n"))
    assert json.loads(written) == content


def test_what_stands_between_the_strings_of_json_is_blank() -> None:
    assert ascii_json('{"a":\t"\t\u202e",\n"b":\r1}') == '{"a": " \\u202e",\n"b": 1}'


def test_the_nearest_name_is_the_one_that_was_meant() -> None:
    assert nearest("rejct", ["stall", "reject"]) == "reject"
    assert nearest("x", iter(["stall"])) is None
