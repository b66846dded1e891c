"""A server whose assertions wait for as long as it takes, and what they fail with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from fakeapns import FakeAPNs, ThreadedAPNs

from .test_thread_failures import outcome_of

#: Longer than any test waits: what returns before that knew that all was there.
FOREVER = "1h"


@contextmanager
def served(**settings: str) -> Iterator[ThreadedAPNs]:
    """A server whose assertions wait for as long as it takes."""
    with FakeAPNs(settle=FOREVER, **settings).in_thread() as apns:  # type: ignore[arg-type]
        yield apns


def failed(judge: Callable[[], object]) -> list[str]:
    """The lines of the failure that this ends with."""
    failure = outcome_of(judge)
    assert isinstance(failure, AssertionError)
    return str(failure).splitlines()
