"""TOML texts in every style that people write, each with what can be said about it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

#: For properties whose examples take a while to make on a busy machine.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

Draw = Callable[[st.SearchStrategy[str]], str]

#: What makes a string or a comment hard to read over.
_CONFUSING = ["", "a", "]", "}", "#", "=", ",", "[[", "{", " ", "ü", "'", "\N{PILE OF POO}"]
_SPACE = st.sampled_from(["", " ", "\t "])
_COMMENT = st.sampled_from(["", "# [x] = 1", "#\"'''", '# ]}"""'])
_LITERAL = st.lists(st.sampled_from([c for c in _CONFUSING if c != "'"]), max_size=3).map("".join)
_BASIC = st.lists(st.sampled_from([*_CONFUSING, '\\"', "\\\\", "\\n", "\\u00fc"]), max_size=3).map(
    "".join
)


@st.composite
def scalars(draw: Draw) -> str:
    """One value without parts."""
    literal, basic = draw(_LITERAL), draw(_BASIC)
    line = draw(st.sampled_from(["", "\n", '\n"" ', " \\\n  "]))
    return draw(
        st.sampled_from(
            [
                "12",
                "-0.5e3",
                "0xff",
                "true",
                "inf",
                "1979-05-27 07:32:00",
                f"'{literal}'",
                f'"{basic}"',
                f"'''{literal}\n{literal}'''",
                f'"""{basic}{line}{basic}"""',
                f'"""{basic}x""{line}x"""""',
            ]
        )
    )


class _Writer:
    """Writes one document. Every key is new, so that none is there twice."""

    def __init__(self, draw: Draw, newline: str) -> None:
        self._draw = draw
        self._newline = newline
        self._numbers = count(1)

    def key(self) -> str:
        """A key that was not there before, in any notation."""
        number = next(self._numbers)
        style = self._draw(st.sampled_from(["bare", "literal", "basic"]))
        if style == "bare":
            return f"a-{number}_b"
        text = self._draw(_LITERAL if style == "literal" else _BASIC)
        return f"'{text}{number}'" if style == "literal" else f'"{text}{number}"'

    def keys(self) -> str:
        """A key of one, two or three parts."""
        dot = self._draw(_SPACE) + "." + self._draw(_SPACE)
        return dot.join(self.key() for _ in range(self.number(1, 3)))

    def number(self, low: int, high: int) -> int:
        """A number from low to high."""
        return int(self._draw(st.integers(low, high).map(str)))

    def gap(self) -> str:
        """What may stand between the elements of a list."""
        comment = self._draw(_COMMENT)
        return comment + self._newline if comment else self._draw(_SPACE)

    def value(self, depth: int) -> str:
        """A value, with parts down to so many levels."""
        kind = self._draw(st.sampled_from(["scalar", "list", "table"] if depth else ["scalar"]))
        if kind == "scalar":
            return self._draw(scalars()).replace("\n", self._newline)
        parts = range(self.number(0, 3))
        if kind == "table":
            return "{" + ",".join(f" {self.assignment(depth - 1)} " for _ in parts) + "}"
        elements = [self.gap() + self.value(depth - 1) + self.gap() for _ in parts]
        trailing = "," if elements and self.number(0, 1) else ""
        return "[" + ",".join(elements) + trailing + self.gap() + "]"

    def assignment(self, depth: int) -> str:
        """Keys and their value."""
        return f"{self.keys()}{self._draw(_SPACE)}={self._draw(_SPACE)}{self.value(depth)}"

    def lines(self) -> list[str]:
        """A few assignments."""
        return [
            self._draw(_SPACE) + self.assignment(2) + " " + self._draw(_COMMENT)
            for _ in range(self.number(0, 2))
        ]

    def document(self) -> str:
        """Assignments, tables, lists of tables, and tables below those."""
        lines = self.lines()
        for _ in range(self.number(0, 3)):
            path, space = self.keys(), self._draw(_SPACE)
            if self.number(0, 1):
                lines += [f"{space}[{space}{path}{space}] {self._draw(_COMMENT)}", *self.lines()]
                continue
            for _ in range(self.number(1, 3)):
                lines += [f"[[{space}{path}{space}]]{self._draw(_COMMENT)}", *self.lines()]
                if self.number(0, 1):
                    lines += [f"[{path}.{self.keys()}]", *self.lines()]
        return self._newline.join(lines) + self._draw(st.sampled_from(["", self._newline]))


@st.composite
def documents(draw: Draw) -> str:
    """A sound TOML text."""
    return _Writer(draw, draw(st.sampled_from(["\n", "\r\n"]))).document()
