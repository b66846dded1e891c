"""Connections that never came to speak: those that the story had so, and those that were refused
for what their client did.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..entries import ConnectionRefused, Entry, FaultFired
from .phrases import connections, were


class TurnedAway:
    """Takes entries in order, and tells apart whose doing it was.

    A client that gives up on a bad certificate, or on a handshake that a step holds up, does as
    it should: no hint for it.
    """

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self._refused: list[ConnectionRefused] = []
        self._faults: dict[int, FaultFired] = {}
        for entry in entries:
            if isinstance(entry, ConnectionRefused):
                self.refused(entry)
            elif isinstance(entry, FaultFired):
                self.disturbed(entry)

    def refused(self, entry: ConnectionRefused) -> None:
        """Note a connection that never came to speak."""
        self._refused.append(entry)

    def disturbed(self, entry: FaultFired) -> None:
        """Note a fault; one that acts before a handshake is the reason for what comes of it."""
        self._faults.setdefault(entry.connection, entry)

    def __len__(self) -> int:
        return len(self._refused)

    def at(self, service: str) -> list[ConnectionRefused]:
        """Those to this service."""
        return [each for each in self._refused if each.service == service]

    def own(self, service: str | None = None) -> list[ConnectionRefused]:
        """Those that are the client's own affair."""
        return [
            each
            for each in self._refused
            if service in (None, each.service)
            and each.reason not in ("fault", "stopped")
            and each.connection not in self._faults
        ]

    # ---- in words ---------------------------------------------------------------------------

    def by_story(self) -> Iterator[str]:
        """A sentence for each step that kept connections from speaking, and one for a stop."""
        groups: dict[tuple[str, str], list[int]] = {}
        for each in self._refused:
            groups.setdefault((each.service, self._whose(each)), []).append(each.connection)
        for (service, whose), numbers in groups.items():
            if whose:
                yield f"{_which(numbers, service)} {were(numbers)} {whose}"

    def by_client(self) -> Iterator[str]:
        """A sentence for each reason of the client's own making, with what to do about it."""
        groups: dict[tuple[str, str, str], list[int]] = {}
        for each in self.own():
            key = each.service, each.reason, each.hint
            groups.setdefault(key, []).append(each.connection)
        for (service, reason, hint), numbers in groups.items():
            yield f"{_which(numbers, service)} {were(numbers)} refused, {reason}: {hint}"

    def _whose(self, entry: ConnectionRefused) -> str:
        fault = self._faults.get(entry.connection)
        if fault is None:
            named = {"fault": "refused by the story", "stopped": "ended as the server stopped"}
            return named.get(entry.reason, "")
        step = "" if fault.step is None else f"step {fault.step} of "
        how = "refused" if entry.reason == "fault" else "disturbed in the handshake"
        return f"{how} by {step}the story, {fault.fault}"


def _which(numbers: list[int], service: str) -> str:
    return connections(numbers) + (" to feedback" if service == "feedback" else "")
