"""Failures that are about how fakeapns is used: the sentence, and nothing of our own code."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType

import pytest

from ..errors import FakeAPNsError

_OURS = Path(__file__).parents[1]
#: Our hooks, through which every test is called.
_HOOKS = Path(__file__).with_name("__init__.py")
_BLOCKING = (".wait_", ".reset(", ".restart(", ".start(", ".stop(", ".renew(")


@contextmanager
def in_one_sentence() -> Iterator[None]:
    """Where only a fixture of ours is on the way, a mistake is its text and no traceback."""
    sentence = ""
    try:
        yield
    except FakeAPNsError as wrong:
        sentence = str(wrong)
    if sentence:
        raise pytest.fail.Exception(sentence, pytrace=False) from None


def shorten(found: pytest.ExceptionInfo[BaseException], *, whole: bool) -> None:
    """Leave our frames out of what a mistake's report shows, and say what Python cannot know.

    With `whole`, for `--full-trace`, the frames stay. Never raises: in a hook that would end
    the run.
    """
    # The exception is anybody's: it may have no source, or fail to say what it is.
    with suppress(Exception):
        _shorten(found, whole)


def _shorten(found: pytest.ExceptionInfo[BaseException], whole: bool) -> None:
    if found.errisinstance(FakeAPNsError):
        if not whole:
            _cut(found.tb)
    elif found.errisinstance(TypeError) and "await" in str(found.value):
        statement = str(found.traceback[-1].statement)
        if any(name in statement for name in _BLOCKING):
            found.value.add_note(
                "A server in a thread, such as the fixture apns, blocks until it is done: leave "
                "out `await`, or await the twin whose name ends in _async."
            )


def _cut(trace: TracebackType) -> None:
    """End the traceback where the user's code has called ours."""
    caller: TracebackType | None = None
    entry: TracebackType | None = trace
    while entry is not None:
        path = Path(entry.tb_frame.f_code.co_filename)
        below = entry.tb_next
        if path == _HOOKS:
            # Everything so far is pytest on its way to the test.
            caller = None
        elif not path.is_relative_to(_OURS) and below is not None:
            called = Path(below.tb_frame.f_code.co_filename)
            if caller is None and called != _HOOKS and called.is_relative_to(_OURS):
                caller = entry
        entry = below
    if caller is not None:
        caller.tb_next = None
