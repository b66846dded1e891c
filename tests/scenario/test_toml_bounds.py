"""Keys and lists that go on and on: a mistake with its place, and nothing else is taken for one."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given

from fakeapns.errors import ScenarioError
from fakeapns.scenario.toml import parse_scenario
from fakeapns.scenario.toml_bounds import place_of_long_key, place_too_deep

from .tomls import documents

MANY = 50_000
LONG = ".".join("a" * MANY)
#: Strings that look as if they ended elsewhere than they do.
STRINGS = r'''x = 'a#b'
y = "\"" # '
z = """
\""" x """"
'''


def mistake(text: str) -> str:
    with pytest.raises(ScenarioError) as refused:
        parse_scenario(f'about = "x"\n{text}', "story.toml")
    return str(refused.value)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (f"{LONG} = 1", "2:1"),
        (f"[{LONG}]", "2:2"),
        (f"[[ {LONG}]]", "2:4"),
        (f"x = {{ {LONG} = 1 }}", "2:7"),
        (f"x = [1, # {{\n {{b = 1, {LONG} = 1 }}]", "3:10"),
        (" .\t".join(["'a.b'"] * MANY) + " = 1", "2:1"),
        (".".join([r'"a\".b"'] * MANY) + " = 1", "2:1"),
        (f"{STRINGS} {LONG} = 1", "6:2"),
    ],
    ids=range(8),
)
def test_a_key_of_any_number_of_parts_is_refused_before_it_is_parsed(
    text: str, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tomllib, "loads", lambda _: pytest.fail("parsed"))
    assert mistake(text) == f"story.toml:{place}: the key has 50,000 parts; allowed: up to 100"


@pytest.mark.parametrize("parts", [1, 2, 100])
def test_a_hundred_parts_are_a_key(parts: int) -> None:
    assert "unknown key 'a'" in mistake(".".join(["a"] * parts) + " = 1")


@pytest.mark.parametrize(
    "text",
    [
        f'advice = "{LONG}"',
        f"advice = '{LONG}'",
        rf'advice = "\"{LONG}" # {LONG}',
        f'advice = """\n{LONG} = 1\n""\\"{LONG}"""""',
        f"advice = '''\n{LONG} = 1\n''{LONG}'''",
        f'# "\n#"""{LONG}\nadvice = "{LONG}"',
        "advice = '''" + "[{" * MANY + "'''",
        "advice = 'x' # " + "[" * MANY,
    ],
    ids=range(8),
)
def test_what_stands_in_strings_and_comments_is_no_key_and_no_list(text: str) -> None:
    tomllib.loads(text)
    assert (place_of_long_key(text), place_too_deep(text)) == (None, None)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("x = " + "[" * 101 + "]" * 101, "2:105"),
        ("x = " + "[" * MANY + "]" * MANY, "2:105"),
        ("x = " + "[" * MANY, "2:105"),
        ("x = " + "{a = " * 101 + "1" + "}" * 101, "2:505"),
        ("x = " + "[{a = " * 300 + "1" + "}]" * 300, "2:305"),
    ],
    ids=range(5),
)
def test_lists_and_tables_of_any_depth_are_refused_where_it_is_too_much(
    text: str, place: str
) -> None:
    told = f"story.toml:{place}: too many lists and tables within each other; allowed: 100"
    assert mistake(text) == told


def test_a_hundred_lists_within_each_other_are_a_value() -> None:
    assert "unknown key 'x'" in mistake("x = " + "[" * 100 + "]" * 100)


@given(documents())
def test_no_sound_text_of_ordinary_size_is_refused(text: str) -> None:
    assert (place_of_long_key(text), place_too_deep(text)) == (None, None)
