"""What the log of `serve` tells: everything, and many at once where they come too fast to be read.

A line for each of a hundred thousand a second is read by nobody, and costs four times what the
server needs for all the rest.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import trio

from ..ledger import Bundle, Entry, Sort, describe, describe_run, encode_line, encode_run

#: Seconds that a run is gathered for, and lines in which each entry is told by itself meanwhile:
#: about what a person can follow.
WINDOW, SINGLY = 1.0, 20
#: Entries of a window that are looked into: that takes 10 to 30 ms (measured), so in no flood does
#: the log cost more. What is odd about a sender shows in so many, and all of it in the ledger.
LOOKED_INTO = 10_000


class Run:
    """Entries of one sort that are not told yet: how many, and how many were not looked into."""

    __slots__ = ("bundle", "count", "last", "unseen")

    def __init__(self) -> None:
        self.count = self.unseen = 0
        self.bundle: Bundle | None = None
        self.last = 0

    def add(self, bundle: Bundle, indices: range, *, looked_into: bool) -> None:
        """Further ones, in a bundle."""
        self.count += len(indices)
        self.unseen += 0 if looked_into else len(indices)
        self.bundle, self.last = bundle, indices[-1]


class Telling:
    """Follows a ledger, and puts lines: of text, or of JSON.

    The first of each sort, and the first few in any case, have a line each; what else comes within
    a second is told in one line for each sort, and before anything else of its connection. Of more
    than some thousand in a second the others are told of, and not looked into.
    """

    def __init__(
        self,
        put: Callable[[str], None],
        *,
        as_json: bool,
        verbose: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._put = put
        self._as_json = as_json
        self._verbose = verbose
        self._clock = clock
        self._runs: dict[Sort, Run] = {}
        self._told = self._seen = 0
        self._ends = 0.0
        self._begun = trio.Event()

    def news(self, bundle: Bundle, seq: int) -> None:
        """Tell of the entries of a bundle from this `seq` on, now or soon."""
        if self._verbose:
            for entry in bundle.since(seq):
                self._tell(entry)
            return
        now = self._clock()
        if now >= self._ends:
            self.flush()
            self._ends = now + WINDOW
        look = self._seen < LOOKED_INTO
        self._seen += bundle.seq + len(bundle) - seq
        for sort, indices in bundle.alike(seq, look=look):
            self._take(sort, bundle, indices, looked_into=look)

    async def keep_up(self) -> None:
        """Tell what has waited long enough. Until cancelled."""
        while True:
            await self._begun.wait()
            await trio.sleep(WINDOW)
            self.flush()

    def flush(self) -> None:
        """Tell what has not been told."""
        self._told = self._seen = 0
        runs, self._runs = self._runs, {}
        self._begun = trio.Event()
        for run in runs.values():
            self._tell_run(run)

    def _take(self, sort: Sort, bundle: Bundle, indices: range, *, looked_into: bool) -> None:
        singly = max(0, SINGLY - self._told)
        run = self._runs.get(sort)
        if run is None:
            run = self._runs[sort] = Run()
            singly = max(1, singly)
        for index in indices[:singly]:
            self._tell_what_waits(sort.connection)
            self._tell(bundle[index])
            self._told += 1
        if rest := indices[singly:]:
            run.add(bundle, rest, looked_into=looked_into)
            self._begun.set()

    def _tell_what_waits(self, connection: int | None) -> None:
        for sort, run in self._runs.items():
            if sort.connection == connection:
                self._tell_run(run)

    def _tell_run(self, run: Run) -> None:
        if run.bundle is None:
            return
        last: Entry = run.bundle[run.last]
        count, unseen = run.count, run.unseen
        run.count, run.unseen, run.bundle = 0, 0, None
        if count == 1:
            self._tell(last)
        elif self._as_json:
            self._put(encode_run(last, count, unseen).decode().rstrip())
        else:
            self._put(describe_run(last, count, unseen))

    def _tell(self, entry: Entry) -> None:
        self._put(encode_line(entry).decode().rstrip() if self._as_json else describe(entry))
