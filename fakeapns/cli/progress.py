"""Progress: a bar on a terminal, nothing in a pipe."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from .outlet import Outlet, Through

if TYPE_CHECKING:
    from rich.progress import Task


@contextmanager
def progress_bar(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """Yields what to call with the number that is done. Draws on stderr, if that is a terminal.

    The bar shows how many a second there are, and the time that is left. It needs rich, which
    comes with the `server` extra; without it there is none.
    """
    try:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            ProgressColumn,
            TextColumn,
            TimeRemainingColumn,
        )
        from rich.text import Text
    except ImportError:
        yield lambda done: None
        return

    class RateColumn(ProgressColumn):
        """How many a second, as `rate` has it."""

        def render(self, task: Task) -> Text:
            return Text(rate(task.finished_speed or task.speed))

    if not Console(file=sys.stderr).is_terminal:
        yield lambda done: None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        RateColumn(),
        TimeRemainingColumn(),
    )
    # A terminal that was stopped by Ctrl-S holds up who draws the bar, and nobody else.
    with (
        closing(Outlet(sys.stderr)) as outlet,
        Progress(*columns, console=Console(file=Through(outlet)), transient=True) as bar,
    ):
        task = bar.add_task(what, total=total)
        yield lambda done: bar.update(task, completed=done)


def rate(speed: float | None) -> str:
    """So many a second in words, empty while nobody knows."""
    return "" if speed is None else f"{speed:,.0f}/s"
