"""When a loop is at rest: all its tasks wait, and nothing that they wait for is there.

What a task has read and not handed over yet is found in this way, which no look at sockets does.
"""

from __future__ import annotations

import trio


class Rest:
    """Waits for that, for one server."""

    # As `trio.testing.wait_all_tasks_blocked` does, whose module imports pytest: half a second
    # where nobody else has done that (measured).

    def __init__(self) -> None:
        self._resting: set[trio.lowlevel.Task] = set()

    async def reached(self) -> None:
        """Wait until all tasks of this loop wait but those that are here themselves."""
        me = trio.lowlevel.current_task()
        others = _Others(self._resting)
        self._resting.add(me)
        trio.lowlevel.add_instrument(others)
        try:
            quiet = 0
            # In one round of the loop whoever may run runs, in any order, then it is looked who may
            # next. One round in which nobody was woken may have somebody in it who was before.
            while quiet < 2:
                others.stir = False
                await trio.lowlevel.checkpoint()
                quiet = 0 if others.stir else quiet + 1
        finally:
            trio.lowlevel.remove_instrument(others)
            self._resting.discard(me)


class _Others(trio.abc.Instrument):
    """Notices that a task may run, except for these."""

    def __init__(self, resting: set[trio.lowlevel.Task]) -> None:
        self._resting = resting
        self.stir = False

    def task_scheduled(self, task: trio.lowlevel.Task) -> None:
        """Called by trio."""
        self.stir = self.stir or task not in self._resting
