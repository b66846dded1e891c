"""Scenario files made from the types that read them, and the same with something wrong."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

import msgspec
from hypothesis import strategies as st
from msgspec import inspect

from fakeapns.scenario.faults import FAULTS, Fault
from fakeapns.scenario.inhabitants import ChannelEntry, DeviceEntry
from fakeapns.scenario.problems import fields
from fakeapns.scenario.pushes import PushEntry
from fakeapns.scenario.scenario import Expect
from fakeapns.scenario.settings import Settings
from fakeapns.scenario.steps import On, Step

Draw = Callable[[st.SearchStrategy[Any]], Any]
Table = dict[str, Any]

_INTEGERS = 2**63 - 1
#: What TOML can hold apart from tables and dates.
SCALARS = (
    st.booleans()
    | st.integers(-_INTEGERS, _INTEGERS)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5)
)


def right(kind: inspect.Type) -> st.SearchStrategy[Any]:
    """Values of this type, as TOML has them."""
    match kind:
        case inspect.Metadata(type=inner):
            return right(inner)
        case inspect.UnionType(types=types):
            return st.one_of([right(each) for each in types if not _is_none(each)])
        case inspect.StrType(pattern=str(pattern)):
            return st.from_regex(pattern, fullmatch=True)
        case inspect.StrType():
            return st.text(min_size=kind.min_length or 0, max_size=9)
        case inspect.IntType():
            low, high = kind.ge, kind.le
            return st.integers(
                -_INTEGERS if low is None else low, _INTEGERS if high is None else high
            )
        case inspect.FloatType(ge=low, le=high):
            return st.floats(low, high, allow_nan=False, allow_infinity=False) | st.integers(0, 1)
        case inspect.BoolType():
            return st.booleans()
        case inspect.LiteralType(values=values):
            return st.sampled_from(values)
        case inspect.StructType(cls=cls):
            return tables(cls)
        case inspect.DictType():
            return st.dictionaries(st.text(max_size=5), SCALARS, max_size=2)
        case inspect.VarTupleType(item_type=item):
            return st.lists(right(item), min_size=kind.min_length or 0, max_size=2)
    raise AssertionError(kind)


def _is_none(kind: inspect.Type) -> bool:
    return isinstance(kind, inspect.NoneType)


def tables(
    cls: type[msgspec.Struct], without: tuple[str, ...] = ("where",)
) -> st.SearchStrategy[Table]:
    """Tables of this kind: all keys that have to be there, and any others."""
    required: dict[str, Any] = {}
    optional: dict[str, Any] = {}
    for field in fields(cls):
        if field.key not in without:
            values = right(inspect.type_info(field.type))
            (required if field.required else optional)[field.key] = values
    return st.fixed_dictionaries(required, optional=optional)


def _faults(kind: type[Fault]) -> st.SearchStrategy[Table]:
    name = st.just(kind.__struct_config__.tag)
    beside = tables(Step, without=("fault",))
    return st.builds(lambda name, own, on: {"fault": name, **own, **on}, name, tables(kind), beside)


STEPS = st.one_of([_faults(kind) for kind in FAULTS])
#: Settings may be written in more ways than their type says.
SETTINGS = st.builds(
    dict.__or__,
    tables(Settings),
    st.fixed_dictionaries(
        {},
        optional={
            "client_ca": st.text(max_size=5),
            "push_types": st.sampled_from(["alert", "voip"]),
            "tls_minimum": st.sampled_from([1.0, 1.1, 1.2, 1.3]),
            "tls_maximum": st.sampled_from([1.0, 1.1, 1.2, 1.3]),
            "api_tls_minimum": st.sampled_from([1.2, 1.3]),
            "api_tls_maximum": st.sampled_from([1.2, 1.3]),
        },
    ),
)
FILES: st.SearchStrategy[Table] = st.fixed_dictionaries(
    {"about": st.text(min_size=1, max_size=9)},
    optional={
        "seed": st.integers(-_INTEGERS, _INTEGERS),
        "gateway": SETTINGS,
        "device": st.lists(tables(DeviceEntry), max_size=2),
        "channel": st.lists(tables(ChannelEntry), max_size=2),
        "push": st.lists(tables(PushEntry), max_size=2),
        "step": st.lists(STEPS, max_size=2),
        "expect": tables(Expect),
    },
)
#: Every key there is, to be put where it does not belong.
_TABLES = (*FAULTS, On, DeviceEntry, ChannelEntry, PushEntry, Expect, Settings)
KEYS = sorted(
    {field.key for kind in _TABLES for field in fields(kind)} | {"where", "name", "type", "x"}
)
_WRONG = SCALARS | st.sampled_from(
    [0, 1, 5.0, 1.0, "5", "5s", "5s\n", "5..2", "2..5", "1b", "id", "reset", {}, [], [{}], [1]]
).map(deepcopy)


def parts(value: Any) -> Iterator[Any]:
    """A table or list and all those inside it."""
    if isinstance(value, dict | list):
        yield value
        for each in value.values() if isinstance(value, dict) else value:
            yield from parts(each)


@st.composite
def mutated(draw: Draw) -> Table:
    """A file in which some key or value is another, is missing, or is there beside the rest."""
    file: Table = deepcopy(draw(FILES))
    for _ in range(draw(st.integers(1, 3))):
        part = draw(st.sampled_from(list(parts(file))))
        if isinstance(part, list):
            part.append(draw(_WRONG))
            continue
        key = draw(st.sampled_from([*part, *KEYS]))
        if draw(st.booleans()):
            part[key] = draw(_WRONG)
        else:
            value = part.pop(key, draw(_WRONG))
            if draw(st.booleans()):
                part[draw(st.sampled_from(KEYS))] = value
    return file


def to_toml(file: Table) -> str:
    """The text of a file."""
    return "".join(f"{_text(key)} = {_value(value)}\n" for key, value in file.items())


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return (
            "{" + ", ".join(f"{_text(key)} = {_value(each)}" for key, each in value.items()) + "}"
        )
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_value, value)) + "]"
    return _text(value) if isinstance(value, str) else json.dumps(value)


def _text(text: str) -> str:
    # JSON's strings are TOML's but for one character.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
