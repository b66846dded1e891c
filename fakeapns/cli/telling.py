"""What the log of `serve` tells: everything, and many at once where they come too fast to be read.

A line for each of a hundred thousand a second is read by nobody, and costs four times what the
server needs for all the rest.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable
from operator import attrgetter

import trio

from ..ledger import (
    Alike,
    Bundle,
    Entry,
    Sort,
    blurred,
    describe,
    describe_run,
    encode_line,
    encode_run,
)

#: Seconds that a run is gathered for, and lines in which each entry is told by itself meanwhile:
#: about what a person can follow.
WINDOW, SINGLY = 1.0, 20
#: The effort of looking within a window: so many entries about which there is nothing to say, which
#: takes 10 to 30 ms, or a twentieth of them about which there may be (measured). In no flood does
#: the log cost more. What is odd about a sender shows in so many, and all of it in the ledger.
LOOKED_INTO = 10_000
#: Sorts of notifications that are told apart within a window.
SORTS = 100


def _goes_without_saying(sort: Sort) -> bool:
    """Whether a line more would say nothing: SETTINGS, two for each connection, and answers at once
    of which the line before has told.
    """
    if sort.kind == "settings":
        return True
    facts = dict(sort.facts) if sort.kind == "response" else {}
    return "http_status" in facts and not facts["delayed_ms"] and facts["detail"] is None


class Run:
    """Entries that are alike and not told yet: how many, and how many were not looked into.

    `sort` is what they have in common.
    """

    __slots__ = ("bundle", "count", "last", "sort", "unseen")

    def __init__(self, sort: Sort) -> None:
        self.sort = sort
        self.count = self.unseen = 0
        self.bundle: Bundle | None = None
        #: The `seq` of the last.
        self.last = 0

    def add(self, bundle: Bundle, alike: Alike) -> None:
        """Further ones, in a bundle."""
        if alike.sort is not self.sort and alike.sort != self.sort:
            self.sort = blurred(alike.sort)
        self.count += len(alike.indices)
        self.unseen += 0 if alike.effort else len(alike.indices)
        self.bundle, self.last = bundle, bundle.seq + alike.indices[-1]


class Telling:
    """Follows a ledger, and puts lines: of text, or of JSON.

    The first of each sort, and the first few in any case, have a line each; what else comes within
    a second is told in one line for all that are alike, and before anything else of its connection.
    Of more than some thousand in a second the others are told of, and not looked into.
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
        #: By connection, and what they have in common.
        self._runs: defaultdict[int | None, dict[Sort, Run]] = defaultdict(dict)
        #: The sort of those that came last, and their run.
        self._latest: tuple[Sort, Run] | None = None
        self._sorts = self._told = self._seen = 0
        self._ends = 0.0
        #: Whether there is something to tell that waits for the end of its window.
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
        end = bundle.seq + len(bundle)
        while seq < end:
            seq = self._look(bundle, seq)

    def _look(self, bundle: Bundle, seq: int) -> int:
        """Take what comes from this `seq` on, as far as it is worth a look: up to which."""
        look = self._seen < LOOKED_INTO
        for alike in bundle.alike(seq, look=look):
            self._take(bundle, alike)
            seq = bundle.seq + alike.indices.stop
            if look and self._seen >= LOOKED_INTO:
                break
        return seq

    async def keep_up(self) -> None:
        """Tell what has waited long enough. Until cancelled."""
        while True:
            await self._begun.wait()
            await trio.sleep(WINDOW)
            self._begun = trio.Event()
            self.flush()

    def flush(self) -> None:
        """Tell what has not been told."""
        self._sorts = self._told = self._seen = 0
        runs = [run for each in self._runs.values() for run in each.values()]
        self._runs.clear()
        self._latest = None
        self._tell_runs(runs)

    def _take(self, bundle: Bundle, alike: Alike) -> None:
        if _goes_without_saying(alike.sort):
            return
        if self._latest is not None and self._latest[0] is alike.sort and self._told >= SINGLY:
            self._seen += alike.effort
            self._latest[1].add(bundle, alike)
            self._begun.set()
            return
        runs = self._runs[alike.sort.connection]
        likeness = blurred(alike.sort)
        run = runs.get(likeness)
        first = run is None
        if first and self._sorts >= SORTS and likeness.kind == "notification" and likeness.is_odd:
            self._take(bundle, Alike(alike.sort.bare, alike.indices, effort=0))
            return
        if run is None:
            run = runs[likeness] = Run(alike.sort)
            self._sorts += 1
        self._latest = alike.sort, run
        self._seen += alike.effort
        singly = max(first, SINGLY - self._told)
        for index in alike.indices[:singly]:
            self._tell_runs(list(runs.values()))
            self._tell(bundle[index])
            self._told += 1
        if rest := alike.indices[singly:]:
            run.add(bundle, alike._replace(indices=rest))
            self._begun.set()

    def _tell_runs(self, runs: list[Run]) -> None:
        """Those of one connection, or of all, in the order of their last entries."""
        waiting = [run for run in runs if run.count]
        for run in sorted(waiting, key=attrgetter("last")):
            self._tell_run(run)

    def _tell_run(self, run: Run) -> None:
        assert run.bundle is not None
        last = run.bundle[run.last - run.bundle.seq]
        sort, count, unseen = run.sort, run.count, run.unseen
        run.count, run.unseen, run.bundle = 0, 0, None
        if count == 1:
            self._tell(last)
        elif self._as_json:
            self._put(encode_run(sort, last, count, unseen).decode().rstrip())
        else:
            self._put(describe_run(sort, last, count, unseen))

    def _tell(self, entry: Entry) -> None:
        self._put(encode_line(entry).decode().rstrip() if self._as_json else describe(entry))
