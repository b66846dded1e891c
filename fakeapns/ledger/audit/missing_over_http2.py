"""What is missing over HTTP/2: not processed, refused for a while, or begun and never complete."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..api_entries import ApiRequest
from .clauses import Clauses
from .fates import Fates
from .journal import Journal
from .phrases import Told, its, they, were
from .refusal import says_gone
from .trail import Sight

#: What a reason asks of its sender, where that is not what its status does.
_REASONS = {
    "TooManyRequests": "too-many-requests",
    "TooManyProviderTokenUpdates": "token-updates",
    "IdleTimeout": "idle-timeout",
    "Shutdown": "shutdown-answer",
}


class MissingOverHTTP2:
    """Tells of what was lost over the provider API, by position."""

    def __init__(self, journal: Journal, say: Clauses) -> None:
        self._journal = journal
        self._say = say
        self._fates = Fates(journal)

    def unprocessed(self, lost: Sequence[int]) -> Iterator[Told]:
        """Those that came, and that nobody looked at."""
        alike: dict[tuple[int, str, str], list[int]] = {}
        for position in lost:
            sight = self._journal.undone[position]
            fate = self._fates.unprocessed(sight)
            alike.setdefault((sight.connection, *fate), []).append(position)
        for (connection, reason, what), positions in alike.items():
            yield (
                reason,
                f"{self._say.which(positions)} came on connection {connection}, {were(positions)} "
                f"not processed for {what}, and not seen again; {self._say.then(connection)}",
            )

    def rejected(self, lost: Sequence[int]) -> Iterator[Told]:
        """Those that were refused for no fault of their own."""
        alike: dict[tuple[int, str, str], list[int]] = {}
        for position in lost:
            sight = self._journal.undone[position]
            told = "" if sight.told else ", of which no whole answer came"
            way = sight.connection, f"{sight.status}{sight.why}{told}", self._asks(sight)
            alike.setdefault(way, []).append(position)
        for (connection, status, reason), positions in alike.items():
            yield (
                reason,
                f"{self._say.which(positions)} {were(positions)} rejected on connection "
                f"{connection} with {status}, which is no fault of {its(positions)} own, and not "
                f"seen again; {self._say.then(connection)}",
            )

    def _asks(self, rejected: Sight) -> str:
        """Who has to do something about what was rejected for no fault of its own, as a reason."""
        name = rejected.name
        code = rejected.code or 0
        if code == 403:
            return "credentials"
        if name in _REASONS and name != "Shutdown":
            return _REASONS[name]
        if not rejected.told:
            return "half-answer"
        faults = self._journal.trails[rejected.connection].faults
        if any(each.fault == "wedge" and each.seq < rejected.seq for each in faults):
            return "wedged"
        if name in _REASONS:
            return _REASONS[name]
        # What else is lost with 400 was told of a connection.
        return "server-error" if code >= 500 else "about-the-request"

    # ---- never seen as a push ---------------------------------------------------------------

    def was_seen(self, position: int) -> bool:
        """Whether there is more to say of one than that it never came."""
        return self._in_part(position) is not None or self._pruned_for(position) is not None

    def seen_in_part(self, unseen: Sequence[int]) -> Iterator[Told]:
        """Those whose requests were never complete, and those that their sender struck off."""
        cut: dict[tuple[int, str, str], list[int]] = {}
        pruned: dict[tuple[int, str, bool], list[int]] = {}
        for position in unseen:
            request, refusal = self._in_part(position), self._pruned_for(position)
            if request is not None:
                over = self._journal.streams.was_over_the_limit(request)
                reason = "over-the-limit" if over else "never-complete"
                why = request.detail or "no reason is on record"
                cut.setdefault((request.connection, reason, why), []).append(position)
            elif refusal is not None:
                what = f"{refusal.status}{refusal.why}"
                way = refusal.connection, what, says_gone(refusal.name)
                pruned.setdefault(way, []).append(position)
        for (connection, reason, why), positions in cut.items():
            what = "refused (REFUSED_STREAM)" if reason == "over-the-limit" else "never complete"
            streams = "a stream" if len(positions) == 1 else "streams"
            yield (
                reason,
                f"{self._say.which(positions)} came on {streams} of connection {connection} that "
                f"{were(positions)} {what}, and not seen again: {why}; "
                f"{self._say.then(connection)}",
            )
        for (connection, status, stale), positions in pruned.items():
            why = (
                "of a time before the last registration of its device"
                if stale
                else "which says nothing against the device"
            )
            yield (
                "pruned-too-soon" if stale else "pruned",
                f"{self._say.which(positions)} never came, though others behind {they(positions)} "
                f"did: what was sent to {its(positions)} token before was rejected on connection "
                f"{connection} with {status}, {why}",
            )

    def _in_part(self, position: int) -> ApiRequest | None:
        token = self._say.token(position)
        return self._journal.streams.never_complete(token) if token else None

    def _pruned_for(self, position: int) -> Sight | None:
        """What a token may have been struck off for, where others behind this one came."""
        refusal = self._journal.called_names.get(self._say.token(position))
        if refusal is None:
            return None
        behind = any(trail.furthest > position for trail in self._journal.trails.values())
        return refusal if behind else None
