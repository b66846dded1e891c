"""Where in a TOML text each key stands: `tomllib` does not say, and people need to know.

The text has been parsed before, so it is sound; this only walks over it.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections import defaultdict

#: A key path with list positions in it, as in `("step", 1, "on", "token")`.
Path = tuple[str | int, ...]
#: Line and column, both from 1.
Place = tuple[int, int]

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_KEY = re.compile(r"""[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'""")
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}'
    r"|'''.*?'{3,5}"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
_BARE = re.compile(r"[^,\]}\n#]+")


def find_places(text: str) -> dict[Path, Place]:
    """The place of every key, table and list element of a sound TOML text."""
    return _Walk(text).run()


class _Walk:
    def __init__(self, text: str) -> None:
        self._text = text
        self._lines = [0, *(each.end() for each in re.finditer("\n", text))]
        self._at = 0
        self._places: dict[Path, Place] = {}
        self._tables: defaultdict[Path, int] = defaultdict(int)

    def run(self) -> dict[Path, Place]:
        """Walk over the whole text, table by table."""
        table: Path = ()
        self._skip(_BLANK)
        while self._at < len(self._text):
            if self._text[self._at] == "[":
                table = self._header()
            else:
                self._assignment(table)
            self._skip(_BLANK)
        return self._places

    def _header(self) -> Path:
        start = self._at
        many = self._text.startswith("[[", start)
        self._at += 2 if many else 1
        self._skip(_SPACE)
        path = self._resolve(self._keys(), start)
        self._skip(_SPACE)
        self._at += 2 if many else 1
        if many:
            position = self._tables[path]
            self._tables[path] += 1
            path = (*path, position)
        self._note(path, start)
        return path

    def _resolve(self, keys: list[str], start: int) -> Path:
        """A header's path: the tables of a list are meant by its latest."""
        path: Path = ()
        for number, key in enumerate(keys, start=1):
            path = (*path, key)
            self._note(path, start)
            if number < len(keys) and path in self._tables:
                path = (*path, self._tables[path] - 1)
        return path

    def _assignment(self, table: Path) -> None:
        start = self._at
        path: Path = table
        for key in self._keys():
            path = (*path, key)
            self._note(path, start)
        self._skip(_SPACE)
        self._at += 1
        self._skip(_SPACE)
        self._value(path)

    def _keys(self) -> list[str]:
        keys = []
        while True:
            raw = self._take(_KEY)
            keys.append(next(iter(tomllib.loads(f"{raw} = 0"))))
            self._skip(_SPACE)
            if not self._text.startswith(".", self._at):
                return keys
            self._at += 1
            self._skip(_SPACE)

    def _value(self, path: Path) -> None:
        match self._text[self._at]:
            case "[":
                self._elements(path)
            case "{":
                self._members(path)
            case '"' | "'":
                self._take(_STRING)
            case _:
                self._take(_BARE)

    def _elements(self, path: Path) -> None:
        self._at += 1
        position = 0
        while not self._closed("]"):
            self._note((*path, position), self._at)
            self._value((*path, position))
            position += 1

    def _members(self, path: Path) -> None:
        self._at += 1
        while not self._closed("}"):
            self._assignment(path)

    def _closed(self, bracket: str) -> bool:
        """Skip to the next element; whether there is none."""
        self._skip(_BLANK)
        if self._text.startswith(",", self._at):
            self._at += 1
            self._skip(_BLANK)
        if not self._text.startswith(bracket, self._at):
            return False
        self._at += 1
        return True

    def _skip(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self._text, self._at)
        assert match is not None
        self._at = match.end()

    def _take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self._text, self._at)
        assert match is not None, f"not sound TOML at offset {self._at}"
        self._at = match.end()
        return match[0]

    def _note(self, path: Path, offset: int) -> None:
        line = bisect_right(self._lines, offset)
        self._places.setdefault(path, (line, offset - self._lines[line - 1] + 1))
