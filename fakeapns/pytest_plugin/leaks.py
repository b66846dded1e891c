"""Servers that nobody stopped: stopped here, and told of by the name of the test."""

from __future__ import annotations

import pytest

from ..fake import RUNNING, ThreadedAPNs
from .addresses import address
from .session_server import SHARED, asked_by
from .summary import tell

_INSTEAD = "use `with FakeAPNs().in_thread() as apns:`, call stop(), or ask make_apns for it"


def left_by(item: pytest.Item) -> list[str]:
    """Stop what this test has started and left running, a sentence for each."""
    found = [
        f"{_who(apns)} {_stopped(apns)}"
        for apns in list(RUNNING)
        # What a fixture keeps for further tests has another name there.
        if _who(apns) == item.nodeid
    ]
    return found + _failed(item)


def _failed(item: pytest.Item) -> list[str]:
    """Whether the session's server has failed, if this is a test to tell it to."""
    shared = item.config.stash.get(SHARED, None)
    if shared is None:
        return []
    shared.look()
    failure = shared.failure() if asked_by(item) else None
    return [] if failure is None else [failure]


def stop_the_rest(config: pytest.Config) -> None:
    """Stop all that is still running at the end of the session, to be told in its summary."""
    told = [f"{_who(apns)} {_stopped(apns)}" for apns in list(RUNNING)]
    if hasattr(config, "workeroutput"):
        # A worker of pytest-xdist has no summary of its own.
        config.workeroutput["fakeapns"] = told
    tell(config, told)


def _who(apns: ThreadedAPNs) -> str:
    where = apns.started_in or "something outside of any test"
    return where.removesuffix(" (setup)").removesuffix(" (call)").removesuffix(" (teardown)")


def _stopped(apns: ThreadedAPNs) -> str:
    where = address(apns)
    failure = ""
    try:
        apns.stop()
    except KeyboardInterrupt:
        raise
    except BaseException as wrong:
        failure = f", and it had failed: {wrong!r}"
    return f"has left a server running ({where}){failure}; it is stopped now: {_INSTEAD}"
