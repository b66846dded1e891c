"""The servers of one test: made, remembered for its report, and stopped behind it."""

from __future__ import annotations

from typing import Any

import pytest

from ..certificates import Authority
from ..errors import StartError
from ..fake import RUNNING, FakeAPNs, Surface, ThreadedAPNs, check_arguments
from ..scenario import Scenario
from .arguments import complete

#: The arguments that ask for a port.
PORTS = ("gateway_port", "feedback_port", "api_port", "plain_api_port", "proxy_port")
#: The servers that a test's fixtures have made.
SERVERS: pytest.StashKey[list[Surface]] = pytest.StashKey()


class Servers:
    """Makes the servers of a test, all with the same authority."""

    def __init__(
        self,
        item: pytest.Item,
        authority: Authority,
        scenario: Scenario | str | None,
        defaults: dict[str, Any],
    ) -> None:
        self._item = item
        self._authority = authority
        self._scenario = scenario
        self._defaults = defaults
        self._started: list[ThreadedAPNs] = []

    def prepare(self) -> FakeAPNs:
        """A server for the test's own trio loop, not started."""
        apns = self._new(self._defaults)
        self._remember(apns)
        return apns

    def make(self, **arguments: Any) -> ThreadedAPNs:
        """A running server. The arguments are those of `FakeAPNs`, and raise what they raise.

        Those that are not given are the defaults that the test's marker has.
        """
        check_arguments(arguments, "make_apns")
        arguments = {**self._defaults, **arguments}
        apns = self._new(arguments).in_thread()
        start(apns, arguments)
        self._started.append(apns)
        self._remember(apns)
        return apns

    def stop(self) -> None:
        """Stop what was started. Raises the first failure of a server, with the others' notes."""
        failures: list[BaseException] = []
        for apns in reversed(self._started):
            try:
                apns.stop()
            except KeyboardInterrupt:
                raise
            except BaseException as failure:
                # What a function of the test has raised may be one of pytest's outcomes.
                failures.append(failure)
        if failures:
            for other in failures[1:]:
                failures[0].add_note(f"another server failed too: {other!r}")
            raise failures[0]

    def _new(self, arguments: dict[str, Any]) -> FakeAPNs:
        given = complete(self._item.config, arguments, self._authority, self._scenario)
        return FakeAPNs(**given)

    def _remember(self, apns: Surface) -> None:
        self._item.stash.setdefault(SERVERS, []).append(apns)


def start(apns: ThreadedAPNs, arguments: dict[str, Any]) -> None:
    """Start it. Raises `StartError` that knows of the other servers of this process."""
    try:
        apns.start()
    except StartError:
        wanted = {arguments.get(name) for name in PORTS}
        for other in list(RUNNING):
            for port in wanted.intersection(other.ports):
                raise StartError(
                    f"port {port} is taken by another FakeAPNs, started in {other.started_in}: "
                    "give no port, and each server gets a free one"
                ) from None
        raise
