"""Devices in a file, as `fakeapns serve --devices` reads it: JSON Lines, one device a line."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import IO

import trio

from ..errors import UsageError
from ..inputs import open_input
from ..push import Changed, Landing, Reading, Roll
from .both_forms import Surface, house_of

#: Bytes of the file if it is a pipe: several million devices.
_MOST = 1 << 29
#: Bytes of a line, and lines that are read in one go: a few milliseconds.
_LONGEST, _SLICE = 4096, 500


class DeviceFile:
    """The devices of a server that stand in this file, beside all others.

    Both ways to read raise `UsageError` for a file that cannot be read, and for a line that is no
    device, with its number; then nothing has changed.
    """

    def __init__(self, apns: Surface, path: Path) -> None:
        self.path = path
        self._house = house_of(apns)
        self._roll = Roll(self._house.model)

    def read(self) -> Changed:
        """Read it, for the first time or again."""
        reading = self._roll.read()
        with self._opened() as file:
            for _ in self._slices(reading, file):
                pass
        return reading.changed

    async def read_again(self) -> Changed:
        """The same in the server's loop, which goes on serving meanwhile: what is new is added,
        what is not there any more removed, what is different changed.
        """
        reading = self._roll.read()
        # It may be a pipe that nobody writes to yet.
        with await trio.to_thread.run_sync(self._opened) as file:
            for _ in self._slices(reading, file):
                await trio.lowlevel.checkpoint()
        return reading.changed

    def _opened(self) -> IO[bytes]:
        try:
            return open_input(self.path, _MOST)
        except (OSError, ValueError) as wrong:
            raise self._unreadable(wrong) from None

    def _unreadable(self, wrong: OSError | ValueError) -> UsageError:
        reason = getattr(wrong, "strerror", None) or wrong
        return UsageError(f"cannot read the devices in {self.path}: {reason}")

    def _lines(self, file: IO[bytes]) -> Iterator[bytes]:
        try:
            while line := file.readline(_LONGEST):
                yield line
        except OSError as wrong:
            raise self._unreadable(wrong) from None

    def _slices(self, reading: Reading, file: IO[bytes]) -> Iterator[None]:
        lines = enumerate(self._lines(file), 1)
        while some := list(islice(lines, _SLICE)):
            for number, line in some:
                self._take(reading, number, line)
            yield
        yield from self._changing(reading.apply())

    def _take(self, reading: Reading, number: int, line: bytes) -> None:
        # Some editors put a mark in front.
        text = line.removeprefix(BOM_UTF8) if number == 1 else line
        try:
            if len(line) == _LONGEST:
                raise UsageError(f"the line has {_LONGEST:,} bytes or more")
            if text.strip():
                reading.take(text)
        except UsageError as wrong:
            raise UsageError(
                f"{self.path}:{number}: {wrong}; each line is a JSON object with token (hex) and "
                "topic, and with state, since and environment where they matter"
            ) from None

    def _changing(self, slices: Iterator[list[Landing]]) -> Iterator[None]:
        left = True

        def change() -> list[Landing]:
            nonlocal left
            for landings in slices:
                return landings
            left = False
            return []

        while left:
            self._house.change(change)
            yield
