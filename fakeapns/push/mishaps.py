"""What functions of the user have raised where a server had to call them.

A server that ended for it would take away what the rest of the test is about, and a traceback in
its thread is seen by nobody: so it is kept, and raised where the test asks for something next.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from traceback import format_exception_only
from typing import TypeVar

#: Different ones that are told of, behind the first.
_MOST = 100

A = TypeVar("A")
R = TypeVar("R")


class Mishaps:
    """Calls functions of the user, and keeps the first exception until somebody is told.

    Servers call in their thread what is told in the test's: `setdefault` and `pop` are one
    operation each, so no exception is lost in between.
    """

    def __init__(self) -> None:
        #: None or one.
        self._first: dict[None, BaseException] = {}
        self._others: Counter[str] = Counter()

    def call(self, function: Callable[[A], R], argument: A, otherwise: R) -> R:
        """What the function returns, or `otherwise` if it raises."""
        __tracebackhide__ = True
        try:
            return function(argument)
        except KeyboardInterrupt:
            raise
        except BaseException as raised:
            # Tests end themselves with what is no Exception, such as pytest's `fail` and `skip`.
            self.keep(raised)
            return otherwise

    def keep(self, raised: BaseException) -> None:
        """Have this told, if it is the first, or noted on that."""
        if self._first.setdefault(None, raised) is not raised:
            line = _in_a_line(raised)
            known = line in self._others or len(self._others) < _MOST
            self._others[line if known else "something else"] += 1

    def take(self) -> BaseException | None:
        """What was raised first, with notes on the rest, and forget it; None if nothing was."""
        first = self._first.pop(None, None)
        others, self._others = self._others, Counter()
        if first is not None:
            for line, times in others.items():
                again = "" if times == 1 else f", {times} times"
                first.add_note(f"behind it a function that the server called raised {line}{again}")
        return first

    def tell(self, beside: BaseException | None = None) -> None:
        """Raise what was raised, if it was, once; or note it on what is being raised already."""
        __tracebackhide__ = True
        found = self.take()
        if found is None or found is beside:
            return
        if beside is None:
            raise found
        beside.add_note(f"a function that the server called had raised {_in_a_line(found)}")


def _in_a_line(raised: BaseException) -> str:
    """The exception in words, also if it cannot say what it is."""
    return format_exception_only(raised)[-1].strip()
