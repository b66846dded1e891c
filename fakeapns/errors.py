"""What can go wrong on *our* side, by who has to act.

A provider's mistake is never an exception: it is data, recorded in the ledger.
"""

from __future__ import annotations

from collections.abc import Iterable

from .text import nearest, readable, shown


class FakeAPNsError(Exception):
    """Any of those below. The text says what to do; `exit_code` is the command line's."""

    exit_code = 1

    def __init__(self, text: str) -> None:
        # Names of files, values and lines of other people are in there, and all end in a terminal.
        super().__init__(readable(text))


class StartError(FakeAPNsError):
    """The machine does not allow it: a port, a folder, a file."""


class UsageError(FakeAPNsError, ValueError):
    """An argument, option or setting is wrong."""

    exit_code = 2


class ScenarioError(FakeAPNsError, ValueError):
    """A scenario is wrong. The text has a line for each mistake, with its place in the file."""

    exit_code = 3


def unknown_name(
    what: str, name: object, known: Iterable[str], push: type[object] | None = None
) -> str:
    """One sentence for a name that does not exist: what there is, and the nearest.

    Where a function of a `push` may be given instead, it can ask for all that this type has.
    """
    names = sorted(known)
    near = nearest(name, names) if isinstance(name, str) else None
    hint = "" if near is None else f"; did you mean {near}?"
    instead = ""
    if push is not None and isinstance(name, str) and hasattr(push, name):
        hint, instead = "", f"; write where=lambda push: push.{name} == …"
    return f"{what} {shown(name)} does not exist{hint} (known: {', '.join(names)}){instead}"
