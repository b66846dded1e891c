"""A ledger file read back: the same entries, and the same questions to ask of them.

Lines are read as they are asked for, so a ledger of a million takes no memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar, Unpack

import msgspec

from ..errors import UsageError
from .criteria import Criteria, Wanted
from .decoding import Decoder
from .entries import Entry, Notification, Outcome, ServerStarted
from .recording import Recording

E = TypeVar("E", bound=Entry)

_START = b'{"kind":"server.started",'


class RecordedLedger:
    """One run of a ledger file: the last one, or the one whose id begins with `run`.

    `torn` is the length of a last line that was cut off, as by a machine that lost power; what
    came before it counts. `dropped` is always 0: a file keeps everything. Raises `UsageError`
    for what is no ledger; on reading for a line that is none, or is not there any more.
    """

    dropped = 0

    def __init__(self, path: Path | str, run: str | None = None) -> None:
        self.path = Path(path)
        try:
            self._data = Recording(self.path)
        except (OSError, ValueError) as wrong:
            reason = getattr(wrong, "strerror", None) or wrong
            raise UsageError(f"cannot read the ledger {self.path}: {reason}") from None
        size = self._data.size
        whole = self._data.rfind(b"\n", 0, size) + 1
        if run is None and self._data.read(whole, min(whole + len(_START), size)) == _START:
            raise UsageError(
                f"{self.path}: the last run was cut off in its first line; name another with --run"
            )
        self._begin, end = self._bounds(run, whole)
        self._end = self._without_torn_line(end)
        self.torn = end - self._end
        if end == whole:
            self.torn += size - whole
        started = self._entry(self._begin, end)
        assert isinstance(started, ServerStarted)
        self.started = started

    def _bounds(self, run: str | None, whole: int) -> tuple[int, int]:
        """Where the run begins and ends."""
        end = whole
        starts = self._starts(whole)
        for begin in starts:
            if run is None:
                return begin, end
            started = self._entry(begin, end)
            if isinstance(started, ServerStarted) and started.run.startswith(run):
                return begin, end
            end = begin
        if run is not None and end != whole:
            raise UsageError(f"{self.path} has no run {run}: leave --run out for the last one")
        raise UsageError(
            f"{self.path} is no ledger of fakeapns: give the file of `fakeapns serve --ledger`"
        )

    def _starts(self, end: int) -> Iterator[int]:
        """Where runs begin, the last one first."""
        while (end := self._data.rfind(_START, 0, end)) >= 0:
            if end == 0 or self._data.read(end - 1, end) == b"\n":
                yield end

    def _without_torn_line(self, end: int) -> int:
        """Where the whole lines end: the next run has closed what this one left open."""
        begin = max(self._data.rfind(b"\n", self._begin, end - 1) + 1, self._begin)
        line = self._data.line(begin, end - 1)
        try:
            self._decoded(line, begin)
        except UsageError:
            return begin
        return end

    @property
    def last_seq(self) -> int:
        """The `seq` of the last entry: how many there are."""
        begin = self._data.rfind(b"\n", self._begin, self._end - 1) + 1
        return self._entry(max(begin, self._begin), self._end - 1).seq

    def __iter__(self) -> Iterator[Entry]:
        begin, decoder = self._begin, Decoder()
        for line in self._data.lines(begin, self._end):
            yield self._decoded(line, begin, decoder)
            begin += len(line) + 1

    def _entry(self, begin: int, end: int) -> Entry:
        """The entry whose line begins here, and ends there at the latest."""
        return self._decoded(self._data.line(begin, end), begin)

    def _decoded(self, line: bytes, begin: int, decoder: Decoder | None = None) -> Entry:
        try:
            return (decoder or Decoder()).entry(line)
        except (
            msgspec.MsgspecError,
            ArithmeticError,
            ValueError,
            TypeError,
            RecursionError,
        ) as wrong:
            number = sum(1 for _ in self._data.lines(0, begin)) + 1
            raise UsageError(f"{self.path}:{number}: is no ledger line: {wrong}") from None

    def of(self, kind: type[E]) -> list[E]:
        """The entries of one kind, in order."""
        return [entry for entry in self if isinstance(entry, kind)]

    def notifications(
        self, outcome: Outcome | None = None, *, since: int = 0, **criteria: Unpack[Criteria]
    ) -> list[Notification]:
        """The notifications to which all that is given applies, in order.

        Entries before the one whose `seq` is `since` are left out. Raises `UsageError` for
        criteria that cannot be.
        """
        wanted = Wanted.of(outcome, **criteria)
        return [each for each in self.of(Notification) if each.seq >= since and wanted.holds(each)]
