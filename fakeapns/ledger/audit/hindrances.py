"""What kept from coming what nobody has seen: the end of a connection, what it was told or could
not carry, or that none was let in. Where nothing did, the reason is empty.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..entries import Malformed
from .fates import Fates
from .journal import Journal
from .trail import Trail

#: A short name, and a clause that is put behind a sentence.
Hindrance = tuple[str, str]


class Hindrances:
    """Tells of them from what was noted."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._fates = Fates(journal)

    def behind(self, trail: Trail) -> Hindrance:
        """What kept from coming what would have come behind the last one on a connection."""
        own = self._on(trail)
        return own if own[0] else next(self._elsewhere(trail), ("", ""))

    def of_any(self) -> Hindrance:
        """The same for what may have been on any of several connections, or on none."""
        found = (self._on(trail) for trail in self._journal.trails.values())
        own = next((each for each in found if each[0]), None)
        return own or next(self._kept_away(), ("", ""))

    def at_the_gateway(self, trail: Trail) -> str:
        """What ended a connection of the gateway, as a reason for what is missing behind."""
        status = None if trail.response is None else trail.response.status
        if isinstance(trail.failed, Malformed):
            return "behind-a-bad-frame"
        if status == "shutdown":
            return "behind-a-shutdown"
        if status == "no-error" and not trail.ended_by_error:
            return "no-error"
        if trail.named:
            return "behind-an-error"
        if status is not None or trail.ended_by_error or trail.disturbed:
            return "behind-a-silent-end"
        return ""

    def _on(self, trail: Trail) -> Hindrance:
        if trail.service != "api":
            return self.at_the_gateway(trail), ""
        reason, what = self._fates.hindrance(trail)
        # How it ended is told already.
        told = trail.goaway is not None or trail.disturbed
        return reason, "" if told or not what else f"; {what}"

    def _elsewhere(self, trail: Trail) -> Iterator[Hindrance]:
        """Over HTTP/2 work goes on side by side: who gave up what waited when an earlier connection
        ended has sent the rest on this one.
        """
        for other in self._journal.trails.values() if trail.service == "api" else ():
            reason, what = self._fates.hindrance(other)
            if reason and other.connection < trail.connection:
                yield reason, f"; {what}"
        yield from self._kept_away()

    def _kept_away(self) -> Iterator[Hindrance]:
        """Connections that were not let in for the story's sake: they are told of besides."""
        if self._journal.turned_away.by_the_story():
            yield "turned-away", ""
