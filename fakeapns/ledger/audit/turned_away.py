"""Connections that never came to speak: those that the story had so, and those that were refused
for what their client did.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...scenario.faults import BY_NAME
from ..entries import ConnectionRefused, Entry, FaultFired
from ..ledger import Ledger
from .phrases import connections, were


class TurnedAway:
    """Takes entries in order, and tells apart whose doing it was: the story's is called `fault`."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self._refused: list[ConnectionRefused] = []
        self._faults: dict[int, FaultFired] = {}
        for entry in entries:
            if isinstance(entry, ConnectionRefused):
                self.refused(entry)
            elif isinstance(entry, FaultFired):
                self.disturbed(entry)

    @classmethod
    def of(cls, ledger: Ledger) -> TurnedAway:
        """Those of a ledger, however many notifications it has."""
        return cls([*ledger.of(FaultFired), *ledger.of(ConnectionRefused)])

    def refused(self, entry: ConnectionRefused) -> None:
        """Note a connection that never came to speak."""
        self._refused.append(entry)

    def disturbed(self, entry: FaultFired) -> None:
        """Note a fault: the first one of a connection is why it did not come to speak."""
        self._faults.setdefault(entry.connection, entry)

    def __len__(self) -> int:
        return len(self._refused)

    def at(self, service: str) -> list[ConnectionRefused]:
        """Those to this service."""
        return [each for each in self._refused if each.service == service]

    def for_pushes(self) -> list[ConnectionRefused]:
        """Those to any that takes pushes, or on the way there."""
        return [each for each in self._refused if may_be_for_pushes(each)]

    def by_the_story(self) -> list[ConnectionRefused]:
        """Those for pushes that the story had so."""
        return [each for each in self.for_pushes() if each.reason == "fault"]

    def own(self, service: str | None = None) -> list[ConnectionRefused]:
        """Those that are the client's own affair."""
        return [
            each
            for each in self._refused
            if service in (None, each.service) and each.reason not in ("fault", "stopped")
        ]

    def own_for_pushes(self) -> list[ConnectionRefused]:
        """Those of them that may have been for pushes."""
        return [each for each in self.own() if may_be_for_pushes(each)]

    # ---- in words ---------------------------------------------------------------------------

    def in_words(self) -> Iterator[str]:
        """Whom the story kept away, then who is to blame for that himself."""
        yield from self.by_story()
        yield from self.by_client()

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
        if entry.reason == "stopped":
            return "ended as the server stopped"
        if entry.reason != "fault":
            return ""
        fault = self._faults.get(entry.connection)
        if fault is None:
            return "refused by the story"
        kind = BY_NAME.get(fault.fault)
        # A client that minds a bad certificate, or will not wait, has left by itself.
        shaking = kind is not None and kind.stages[0] == "handshake"
        step = "" if fault.step is None else f"step {fault.step} of "
        how = "disturbed in the handshake" if shaking else "refused"
        return f"{how} by {step}the story, {fault.fault}"


def may_be_for_pushes(entry: ConnectionRefused) -> bool:
    """Whether pushes may have been what it was for. Behind a proxy a whole process may be, with
    all that it wants of other hosts.
    """
    return entry.service != "feedback" and entry.reason != "foreign-host"


def _which(numbers: list[int], service: str) -> str:
    to = {"feedback": " to feedback", "api": " to the provider API", "proxy": " to the proxy"}
    return connections(numbers) + to.get(service, "")
