"""Mistakes in a scenario: each with the path of the key it is about, all of them at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, get_type_hints

import msgspec
from msgspec import inspect

from ..errors import ScenarioError
from ..text import nearest, printable, shown
from .units import WHOLE

#: The keys that lead to a value, with list positions counted from 0.
Path = tuple[str | int, ...]


class Problem(msgspec.Struct, frozen=True):
    """One mistake: where, what, and what would be right.

    With `named` the sentence itself names the key that the path ends with.
    """

    path: Path
    what: str
    allowed: tuple[str, ...] = ()
    near: str | None = None
    named: bool = False

    def within(self, *path: str | int) -> Problem:
        """The same problem, seen from further up."""
        return msgspec.structs.replace(self, path=(*path, *self.path))

    def __str__(self) -> str:
        where = in_words(self.path[:-1] if self.named else self.path)
        text = f"{self.what}, {where}" if where else self.what
        if self.allowed:
            text += f"; allowed: {', '.join(self.allowed)}"
        if self.near is not None:
            text += f"; did you mean {self.near}?"
        return text


class Problems(ScenarioError):
    """Raised with everything that is wrong with an object."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


def unknown(
    what: str, name: str, known: Iterable[str], path: Path = (), *, named: bool = False
) -> Problem:
    """The problem of a name that does not exist. With `named` it is the path's last key."""
    names = tuple(sorted(known))
    return Problem(path, f"unknown {what} {name!r}", names, nearest(name, names), named)


def in_words(path: Path) -> str:
    """`step 2, on.token` for `("step", 1, "on", "token")`."""
    parts: list[str] = []
    rest = list(path)
    while len(rest) > 1 and isinstance(rest[1], int):
        parts.append(f"{rest[0]} {int(rest[1]) + 1}")
        rest = rest[2:]
    if rest:
        parts.append(".".join(map(str, rest)))
    # A key may hold anything, and a problem is a line.
    return printable(", ".join(parts))


class Checked(msgspec.Struct, frozen=True):
    """An object that refuses to be made wrong: in Python as from a file."""

    def problems(self) -> Iterator[Problem]:
        """What is wrong with fields whose types are right, paths seen from here."""
        yield from ()

    def __post_init__(self) -> None:
        found = []
        for field in fields(type(self)):
            given = getattr(self, field.name)
            problem = wrong_value(field, given)
            if problem is not None:
                found.append(problem)
            elif isinstance(given, Mapping | list):
                # In Python tables and lists may be written as in a file.
                made = msgspec.convert(given, field.type)
                msgspec.structs.force_setattr(self, field.name, made)
        found = found or list(self.problems())
        if found:
            raise Problems(found)


class Field(msgspec.Struct, frozen=True):
    """A field of an object: its name in Python, its key in a file, its type."""

    name: str
    key: str
    type: Any
    required: bool


@lru_cache(maxsize=256)
def fields(kind: type[msgspec.Struct]) -> tuple[Field, ...]:
    """The fields of a type, in order."""
    hints = get_type_hints(kind, include_extras=True)
    return tuple(
        Field(each.name, each.encode_name, hints[each.name], each.required)
        for each in msgspec.structs.fields(kind)
    )


def wrong_value(field: Field, value: Any) -> Problem | None:
    """The problem with a value that its field cannot have, if it cannot."""
    if not _fits(field, value):
        return _explain(field, value)
    if isinstance(value, int) and value not in WHOLE:
        return too_large((field.key,))
    return None


def too_large(path: Path) -> Problem:
    """The problem of a whole number that no ledger and no other reader of TOML can hold."""
    return Problem(path, "the number is too large", ("what fits into 64 bits",))


def allowed_values(field: Field) -> tuple[str, ...]:
    """What the field takes: names as they are, anything else in words."""
    names: list[str] = []
    words: list[str] = []
    for kind in _alternatives(inspect.type_info(field.type)):
        if isinstance(kind, inspect.VarTupleType) and isinstance(
            kind.item_type, inspect.LiteralType
        ):
            kind = kind.item_type
        if isinstance(kind, inspect.LiteralType):
            names += map(str, kind.values)
        else:
            words.append(_in_words(kind))
    return (*names, *(word for word in words if word))


def _fits(field: Field, value: Any) -> bool:
    try:
        msgspec.convert(value, field.type)
    except (msgspec.ValidationError, ValueError):
        # A `ValueError` is of a number that it cannot write down.
        return False
    return True


def _explain(field: Field, value: Any) -> Problem:
    if isinstance(value, tuple | list) and _is_list(inspect.type_info(field.type)):
        # Of several it is one that is wrong, unless none is too few.
        value = next((each for each in value if not _fits(field, (each,))), [])
    allowed = allowed_values(field)
    if _is_list(inspect.type_info(field.type)) and value in allowed:
        return Problem(
            (field.key,),
            f"{shown(value)} is no list: write [{msgspec.json.encode(value).decode()}]",
        )
    near = nearest(value, allowed) if isinstance(value, str) else None
    return Problem((field.key,), f"{shown(value)} is wrong", allowed, near)


def _is_list(kind: inspect.Type) -> bool:
    bare = kind.type if isinstance(kind, inspect.Metadata) else kind
    return isinstance(bare, inspect.VarTupleType)


def _alternatives(kind: inspect.Type) -> Iterator[inspect.Type]:
    if isinstance(kind, inspect.UnionType):
        for each in kind.types:
            yield from _alternatives(each)
    else:
        yield kind


def _in_words(kind: inspect.Type) -> str:
    if isinstance(kind, inspect.Metadata):
        schema = kind.extra_json_schema or {}
        return str(schema.get("description") or _in_words(kind.type))
    match kind:
        case inspect.StrType():
            return "text"
        case inspect.BoolType():
            return "true, false"
        case inspect.IntType(ge=None) | inspect.FloatType(ge=None):
            return "a number" if isinstance(kind, inspect.FloatType) else "a whole number"
        case inspect.IntType(ge=low, le=None) | inspect.FloatType(ge=low, le=None):
            return f"a number from {low}"
        case inspect.IntType(ge=low, le=high) | inspect.FloatType(ge=low, le=high):
            return f"{low} to {high}"
        case inspect.StructType():
            keys = ", ".join(f"{each.encode_name} = …" for each in kind.fields)
            return f"{{ {keys} }}"
        case inspect.VarTupleType(item_type=inspect.Metadata() as each):
            return f"a list, each {_in_words(each)}"
        case inspect.DictType():
            return "a table"
        case _:
            return ""
