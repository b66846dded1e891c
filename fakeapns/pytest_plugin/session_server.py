"""The server of a whole session, which every test finds as new."""

from __future__ import annotations

import os
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from ..certificates import Authority
from ..fake import FakeAPNs, check_arguments
from ..ledger import Ledger
from ..ledger.audit import digest_of
from .arguments import MARKER, complete, default_scenario
from .mistakes import in_one_sentence
from .servers import start

#: Earlier tests whose records are kept, to know their late notifications by, and how many
#: entries these may have.
_EARLIER = 5
_MOST = 10_000


class Shared:
    """`apns`, and what the tests before this one have recorded."""

    def __init__(
        self, config: pytest.Config, authority: Authority, arguments: dict[str, Any]
    ) -> None:
        with in_one_sentence():
            check_arguments(arguments, "apns_session_arguments")
            given = complete(config, arguments, authority, default_scenario(config))
            self.apns = FakeAPNs(**given).in_thread()
            start(self.apns, arguments)
        self._test = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" ")[0]
        self._earlier: deque[tuple[str, Ledger]] = deque(maxlen=_EARLIER)
        #: The test under which something has gone wrong, and what, until that is told. In the
        #: braces goes under which one it was.
        self._failed: tuple[str, str] | None = None

    def renew(self, test: str) -> None:
        """Be as new for this test. Raises what starting raises, if it has to be started."""
        self.look()
        self._look_for_late_mishaps()
        if 1 < len(self.apns.ledger) <= _MOST:
            self._earlier.append((self._test, self.apns.ledger))
        self._test = test
        self.apns.renew()

    def end(self) -> None:
        """Stop. Raises what the server has failed with, and fails for what was never told."""
        self.apns.stop()
        if (failure := self.failure()) is not None:
            raise pytest.fail.Exception(failure, pytrace=False)

    def look(self) -> None:
        """Stop the server if it has failed, so that it can start anew, and remember why."""
        if not self.apns.has_failed():
            return
        failure = "its thread has ended"
        try:
            self.apns.stop()
        except KeyboardInterrupt:
            raise
        except BaseException as wrong:
            # What ends a thread may be a SystemExit, or one of pytest's outcomes.
            failure = repr(wrong)
            if wrong.__cause__ is not None:
                failure += f", because of {wrong.__cause__!r}"
        self._remember(f"has failed{{}}, and starts anew: {failure}")

    def _look_for_late_mishaps(self) -> None:
        """Remember what a function of a test has raised when that was over already."""
        try:
            self.apns.reraise()
        except KeyboardInterrupt:
            raise
        except BaseException as wrong:
            self._remember(f"has called a function{{}} that raised {wrong!r}")

    def _remember(self, what: str) -> None:
        self._failed = self._failed or (self._test, what)

    def failure(self) -> str | None:
        """What the server has failed with, if it did: told once."""
        if self._failed is None:
            return None
        (test, what), self._failed = self._failed, None
        where = "" if test == self._test else f" under {test}"
        return "the server of apns_session " + what.replace("{}", where, 1)

    def late(self) -> Iterator[str]:
        """Sentences on notifications that look like those of an earlier test."""
        now = Counter(map(digest_of, self.apns.notifications))
        for test, ledger in reversed(self._earlier):
            again = sum(now.pop(each, 0) for each in map(digest_of, ledger.notifications()))
            if again:
                which, them = ("was", "it") if again == 1 else ("were", "them")
                yield (
                    f"{again} of these {which} recorded in {test} too: unless this test sent "
                    f"{them} again, a sender of that one is late, or was made to send again when "
                    "its connection was closed"
                )


SHARED: pytest.StashKey[Shared] = pytest.StashKey()
#: The same beside a test that has used it: behind the last one the fixture is gone.
_USED: pytest.StashKey[Shared] = pytest.StashKey()


def asked_by(item: pytest.Item) -> bool:
    """Whether the test, or a fixture of it, has the session's server by name."""
    return "apns_session" in getattr(item, "fixturenames", ())


def begin(item: pytest.Item) -> None:
    """Before a test and all its fixtures. Fails only a test that has `apns_session`."""
    shared = item.config.stash.get(SHARED, None)
    if not asked_by(item):
        if shared is not None:
            # If it does not start, the next test that needs it says why.
            with suppress(Exception):
                shared.renew(item.nodeid)
        return
    # Also for a test that is not to run: its report has nothing of the one before.
    if shared is not None:
        with in_one_sentence():
            shared.renew(item.nodeid)
    if item.get_closest_marker("apns") is not None and not (
        {"make_apns", "apns_trio"} & set(getattr(item, "fixturenames", ()))
    ):
        pytest.fail(
            f"{MARKER} does not apply to apns_session, which is one server for all tests: use "
            "the fixture apns, or override apns_session_arguments",
            pytrace=False,
        )


def used_by(item: pytest.Item) -> Shared | None:
    """The session's server, if the test asked for it or something was sent to it."""
    shared = item.config.stash.get(SHARED, None)
    if shared is not None and (
        asked_by(item)
        # The first entry is that of the start.
        or len(shared.apns.ledger) > 1
    ):
        item.stash[_USED] = shared
    return item.stash.get(_USED, None)
