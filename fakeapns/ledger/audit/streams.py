"""What befell the streams of HTTP/2: what had a push on one not processed, or not answered."""

from __future__ import annotations

from ...protocol.http2 import ErrorCode, Setting
from ..api_entries import (
    ApiClosed,
    ApiRequest,
    ApiResponse,
    GoAwaySeen,
    ResetSeen,
    SettingsSeen,
)
from ..entries import ConnectionClosed
from .trail import Sight

#: A stream, by its connection.
Where = tuple[int, int]
_DEVICE = "/3/device/"


class Streams:
    """Takes entries in order; what they say of a push is asked for behind the last one."""

    def __init__(self) -> None:
        #: Streams refused since no more may be open at once, by connection.
        self.over_the_limit: dict[int, int] = {}
        #: Requests that were no push, nor half a one, by connection and why.
        self.no_pushes: dict[tuple[int, str], int] = {}
        #: How many streams may be open at once as the server said it last, and how many the client
        #: has ended itself, by connection.
        self._limit: dict[int, int] = {}
        self._given_up: dict[int, int] = {}
        self._incomplete: dict[Where, ApiRequest] = {}
        self._by_token: dict[str, ApiRequest] = {}
        self._resets: dict[Where, ResetSeen] = {}
        self._goaways: dict[int, list[GoAwaySeen]] = {}
        self._late: dict[Where, ApiResponse] = {}

    # ---- what is noted ----------------------------------------------------------------------

    def request(self, entry: ApiRequest) -> None:
        """One that is no push. Those that were never complete have no number; half a push is known
        by its token.
        """
        if entry.fulfilled:
            return
        if not entry.ordinal:
            self._incomplete[entry.connection, entry.stream] = entry
            if entry.path is not None and entry.path.startswith(_DEVICE):
                self._by_token.setdefault(entry.path.removeprefix(_DEVICE).lower(), entry)
                return
        why = entry.connection, entry.detail or entry.reason or "no reason is on record"
        self.no_pushes[why] = self.no_pushes.get(why, 0) + 1

    def settings(self, entry: SettingsSeen) -> None:
        """One side has said SETTINGS."""
        limit = entry.values.get(Setting.MAX_CONCURRENT_STREAMS)
        if entry.by == "server" and limit is not None:
            self._limit[entry.connection] = limit

    def reset(self, entry: ResetSeen) -> None:
        """A stream was reset. One that nobody had looked at yet was refused for a limit; what a
        fault refuses was a push by then.
        """
        where = entry.connection, entry.stream
        if entry.by != "server":
            self._given_up[entry.connection] = self._given_up.get(entry.connection, 0) + 1
            return
        self._resets.setdefault(where, entry)
        if entry.code == ErrorCode.REFUSED_STREAM and where in self._incomplete:
            many = self.over_the_limit.get(entry.connection, 0)
            self.over_the_limit[entry.connection] = many + 1

    def goaway(self, entry: GoAwaySeen) -> None:
        """One side takes no more streams."""
        if entry.by == "server":
            self._goaways.setdefault(entry.connection, []).append(entry)

    def answered(self, entry: ApiResponse) -> None:
        """An answer has left later than its push came."""
        if entry.http_status == 200:
            self._late[entry.connection, entry.stream] = entry

    # ---- what that says of a push -----------------------------------------------------------

    def reset_of(self, sight: Sight) -> ResetSeen | None:
        """What ended its stream, if the server did."""
        return self._resets.get((sight.connection, sight.stream or 0))

    def goaway_above(self, sight: Sight) -> GoAwaySeen | None:
        """The GOAWAY that says so of it. Of two the first has the words (pushy #312)."""
        stream = sight.stream or 0
        found = self._goaways.get(sight.connection, ())
        return next((each for each in found if stream > each.last_stream), None)

    def late_answer(self, sight: Sight) -> ApiResponse | None:
        """Its 200, if that left later."""
        return self._late.get((sight.connection, sight.stream or 0))

    def never_complete(self, token: str) -> ApiRequest | None:
        """The first request for a token, in hex, that never was complete, if any was."""
        return self._by_token.get(token)

    def is_above_a_goaway(self, request: ApiRequest) -> bool:
        """Whether such a request lies above the last stream of one."""
        found = self._goaways.get(request.connection, ())
        return any(request.stream > each.last_stream for each in found)

    def unanswered(self, connection: int, closed: ConnectionClosed | None) -> str:
        """How many streams waited for an answer when a connection ended, of how many that may be
        open at once, in words; empty if none did.
        """
        if not isinstance(closed, ApiClosed):
            return ""
        left = closed.unanswered - self._given_up.get(connection, 0)
        limit = self._limit.get(connection)
        if left < 1:
            return ""
        return f"{left:,} of the {limit:,} streams" if limit else f"{left:,} streams"

    def was_over_the_limit(self, request: ApiRequest) -> bool:
        """Whether such a request was refused since there were too many."""
        reset = self._resets.get((request.connection, request.stream))
        return reset is not None and reset.code == ErrorCode.REFUSED_STREAM
