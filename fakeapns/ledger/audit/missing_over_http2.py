"""What is missing over HTTP/2: not processed, refused for a while, or begun and never complete."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..api_entries import ApiRequest
from .clauses import Clauses
from .fates import Fates
from .journal import Journal
from .phrases import Told, alike, its, were
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
        ways: dict[tuple[int, str, str], list[int]] = {}
        for position in lost:
            sight = self._journal.undone[position]
            fate = self._fates.unprocessed(sight)
            ways.setdefault((sight.connection, *fate), []).append(position)
        for (connection, reason, what), positions in ways.items():
            yield (
                reason,
                f"{self._say.which(positions)} came on connection {connection}, {were(positions)} "
                f"not processed for {what}, and not seen again; {self._say.then(connection)}",
            )

    def rejected(self, lost: Sequence[int]) -> Iterator[Told]:
        """Those that were refused for no fault of their own."""
        ways: dict[tuple[int, str, str], list[int]] = {}
        for position in lost:
            sight = self._journal.undone[position]
            way = sight.connection, alike(self._answer(sight)), self._asks(sight)
            ways.setdefault(way, []).append(position)
        for (connection, _, reason), positions in ways.items():
            answer = self._answer(self._journal.undone[positions[0]])
            yield (
                reason,
                f"{self._say.which(positions)} {were(positions)} rejected on connection "
                f"{connection} with {answer}, which is no fault of {its(positions)} own, and not "
                f"seen again; {self._say.then(connection)}",
            )

    def _answer(self, rejected: Sight) -> str:
        told = "" if rejected.told else ", of which no whole answer came"
        return f"{rejected.status}{rejected.why}{told}"

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
                reason, what = self._fates.incomplete(request)
                why = f"{what}, and not seen again: {request.detail or 'no reason is on record'}"
                cut.setdefault((request.connection, reason, why), []).append(position)
            elif refusal is not None:
                what = f"{refusal.status}{refusal.why}"
                way = refusal.connection, what, says_gone(refusal.name)
                pruned.setdefault(way, []).append(position)
        for (connection, reason, why), positions in cut.items():
            streams = "a stream" if len(positions) == 1 else "streams"
            yield (
                reason,
                f"{self._say.which(positions)} came on {streams} of connection {connection} that "
                f"{were(positions)} {why}; {self._say.then(connection)}",
            )
        for (connection, status, stale), positions in pruned.items():
            why = (
                "of a time before the last registration of its device"
                if stale
                else "which says nothing against the device"
            )
            yield (
                "pruned-too-soon" if stale else "pruned",
                f"{self._say.which(positions)} never came, though others did: "
                f"what was sent to {its(positions)} token before was rejected on connection "
                f"{connection} with {status}, {why}",
            )

    def _in_part(self, position: int) -> ApiRequest | None:
        token = self._say.token(position)
        return self._journal.streams.never_complete(token) if token else None

    def _pruned_for(self, position: int) -> Sight | None:
        return self._journal.struck_off.for_what(position)
