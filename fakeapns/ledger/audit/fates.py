"""What became of a push over HTTP/2 that was not processed, or accepted and not answered.

What a sender saw of it decides what is right: a stream above a GOAWAY's last one was never looked
at, and behind silence Apple may have it all the same.
"""

from __future__ import annotations

from ...protocol import REASONS
from ...protocol.http2 import ErrorCode, code_name
from ..api_entries import ApiRequest, GoAwaySeen, ResetSeen
from ..entries import FaultFired
from .journal import Journal
from .trail import Sight, Trail

#: A short name, and a clause.
Fate = tuple[str, str]

#: Faults behind which a connection looks alive and is not.
_DEADLY = frozenset({"blackhole"})


class Fates:
    """Tells them from what was noted."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._streams = journal.streams

    def unprocessed(self, sight: Sight) -> Fate:
        """Why nobody looked at a push."""
        reset, goaway = self._streams.reset_of(sight), self._streams.goaway_above(sight)
        trail = self._journal.trails[sight.connection]
        cause = self._journal.causes.get(sight.cause or 0)
        if reset is not None:
            refused = reset.code == ErrorCode.REFUSED_STREAM
            return "refused-stream" if refused else "reset-stream", of_reset(reset)
        if goaway is not None:
            return _why_it_left(goaway), of_goaway(goaway)
        if isinstance(cause, FaultFired) and cause.fault == "unanswered":
            return "never-answered", f"a fault ({cause.fault}), and no answer came on its stream"
        if isinstance(cause, FaultFired) and cause.fault in _DEADLY:
            return "dead-connection", f"a connection that was dead and looked alive ({cause.fault})"
        by = f" ({cause.fault})" if isinstance(cause, FaultFired) else ""
        return _why_it_ended(trail), f"an end of the connection before that{by}"

    def incomplete(self, request: ApiRequest) -> Fate:
        """Why a request for a push was never complete, or not looked at."""
        if self._streams.was_over_the_limit(request):
            return "over-the-limit", "refused (REFUSED_STREAM)"
        trail = self._journal.trails.get(request.connection)
        reason, what = ("", "") if trail is None else self.hindrance(trail)
        if reason == "behind-a-goaway" and self._streams.is_above_a_goaway(request):
            reason = "above-a-goaway"
        return reason or "never-complete", f"never complete{what and f' when {what}'}"

    def hindrance(self, trail: Trail) -> Fate:
        """What kept things from coming on a connection, or behind it; empty if nothing did."""
        this, names = f"connection {trail.connection}", {each.fault for each in trail.faults}
        if trail.goaway is not None:
            left = _why_it_left(trail.goaway)
            reason = "behind-a-goaway" if left == "above-a-goaway" else left
            return reason, f"{this} was told {of_goaway(trail.goaway)}"
        if names & _DEADLY:
            return "dead-connection", f"{this} was dead and looked alive"
        if "no_credit" in names:
            return "never-complete", f"{this} gave no credit for bodies (no_credit)"
        if trail.disturbed:
            return "cut-off", f"{this} was ended by a fault ({trail.faults[-1].fault})"
        if left := self._streams.unanswered(trail.connection, trail.closed):
            return "beside-no-answer", f"{left} of {this} had no answer at its end"
        return "", ""

    def unanswered(self, sight: Sight) -> Fate:
        """Why a sender had no answer to a push that was accepted."""
        trail = self._journal.trails[sight.connection]
        late, reset = self._streams.late_answer(sight), self._streams.reset_of(sight)
        if late is not None:
            return "answered-late", f"its answer left {late.delayed_ms / 1000:g} s later"
        if reset is not None:
            return "half-answer", f"{of_reset(reset)} came behind the headers of its answer"
        fault = self._journal.behind.get(sight.seq)
        own = "" if fault is None else fault.fault
        if fault is not None and own == "partial_answer":
            return "half-answer", f"its answer never ended ({own}, {fault.detail})"
        if own != "unanswered" and any(each.fault in _DEADLY for each in trail.faults):
            return "dead-connection", "the connection was dead and looked alive"
        if trail.cut and trail.closed is not None and trail.closed.reason != "stopped":
            return "cut-off", "the connection ended between the request and its answer"
        if own != "unanswered" and trail.goaway is not None:
            return "dead-connection", f"nothing came any more behind {of_goaway(trail.goaway)}"
        return "never-answered", "no answer ever came on its stream, and others did go on"


def of_goaway(entry: GoAwaySeen) -> str:
    """A GOAWAY, with what it says."""
    said = f" ({entry.debug})" if entry.debug else ""
    return f"GOAWAY with {entry.last_stream} as its last stream{said}"


def of_reset(entry: ResetSeen) -> str:
    """A stream that was ended, and by whom."""
    return f"RST_STREAM by the {entry.by} ({code_name(entry.code)})"


def _why_it_left(goaway: GoAwaySeen) -> str:
    """Whether sending again is all that it wants, as a reason."""
    is_about_who = any(
        f'"{reason}"' in goaway.debug for reason, code in REASONS.items() if code == 403
    )
    return "credentials" if is_about_who else "above-a-goaway"


def _why_it_ended(trail: Trail) -> str:
    return "cut-off" if trail.cut else "not-processed"
