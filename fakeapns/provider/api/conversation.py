"""One connection to the provider API without I/O: what to send next, and what an answer means."""

from __future__ import annotations

from math import inf

import msgspec

from ...protocol.http2 import (
    ClientEvent,
    ClientWire,
    ConnectionEnded,
    ErrorCode,
    GoAwayReceived,
    Limits,
    Response,
    StreamRefused,
    StreamReset,
    code_name,
)
from .answers import EXPIRED, HOPELESS, Fate, judge, told_in
from .delivery import Delivery
from .target import Target
from .tokens import SOONEST

#: Streams at once where the server allows more.
MOST_STREAMS = 1000
#: Bytes of bodies that may wait for credit before no further push is begun.
_MOST_HELD_BACK = 64 * 1024
#: How a server begins that speaks no HTTP/2.
_HTTP_1 = b"HTTP/1."


class _Sent(msgspec.Struct, frozen=True, gc=False):
    """A push that has no answer yet: its position, the token that went with it, and when it did."""

    position: int
    jwt: str | None
    since: float


class Conversation:
    """Takes pushes from a delivery and gives their fates back. All moments are epoch seconds.

    Call `wake` and then `data_to_send` whenever something came or `deadline` has, until `over`.
    """

    def __init__(
        self, target: Target, delivery: Delivery, now: float, most: int = MOST_STREAMS
    ) -> None:
        self._target = target
        self._delivery = delivery
        self._wire = ClientWire(target.make, limits=Limits(streams=most))
        self._sent: dict[int, _Sent] = {}
        self._heard = now
        # The token that goes out here, and since when.
        self._jwt: str | None = None
        self._signed_since = now
        # When something was over last, whatever became of it.
        self._moved = now
        self._pinged = False
        self._retires = False
        self._failed_on: set[int] = set()
        #: Whether nothing more comes of this connection.
        self.over = False
        #: How many streams were answered, and how many were without an answer when it ended.
        self.answered = self.unanswered = 0
        #: How it ended, as a clause; and what makes another attempt hopeless.
        self.ending = self.hopeless = ""

    @property
    def greeted(self) -> bool:
        """Whether the server has said SETTINGS."""
        return self._wire.greeted

    @property
    def leaves(self) -> bool:
        """Whether nothing more is begun here, and only answers are awaited, closed or not."""
        return self._retires or self._wire.parting

    @property
    def deadline(self) -> float:
        """When `wake` is due though nothing came."""
        due = self._delivery.next_moment if self._room else inf
        return min(self._ping_at, self._lost_at, self._stuck_at, self._too_late_at, due)

    def data_to_send(self) -> bytes:
        """All that is to be written now."""
        return self._wire.data_to_send()

    def receive(self, data: bytes, now: float) -> None:
        """Take what the server has said."""
        if self.over:
            return
        if not self._wire.greeted and data.startswith(_HTTP_1):
            self.hopeless = "the server answers in HTTP/1.1: that is no port of the provider API"
        self._heard = now
        self._pinged = False
        for event in self._wire.receive_data(data):
            self._take(event, now)

    def lost(self, why: str) -> None:
        """The connection is no more, and what was unanswered on it is to be sent again."""
        if not self.over:
            self._end(why if self.greeted else f"{why} before it had said SETTINGS")

    def wake(self, now: float) -> None:
        """Do what is due at this moment."""
        if not self.over:
            self._look_at_the_clock(now)
        if not self.over:
            self._fill(now)
        if not self.over and self.leaves and not self._sent:
            self._end(self.ending)
        if not self.over and self._delivery.finished:
            self._end("everything was answered")

    # ---- what is due --------------------------------------------------------------------------

    @property
    def _room(self) -> int:
        crowded = self._retires or self._wire.held_back > _MOST_HELD_BACK
        return 0 if crowded else self._wire.room

    @property
    def _silent_since(self) -> float:
        """Since when it owes a word: an answer, or its SETTINGS; infinity where it does not."""
        if self._sent:
            return max(self._heard, self._oldest)
        return inf if self._wire.greeted else self._heard

    @property
    def _oldest(self) -> float:
        return next(iter(self._sent.values())).since

    @property
    def _ping_at(self) -> float:
        return inf if self._pinged else self._silent_since + self._target.patience / 2

    @property
    def _lost_at(self) -> float:
        return self._silent_since + self._target.patience

    @property
    def _too_late_at(self) -> float:
        """When the oldest request has waited too long."""
        return self._oldest + self._target.patience if self._sent else inf

    @property
    def _stuck_at(self) -> float:
        """When it has allowed no stream for too long, though there was something to send."""
        if self._sent or self._wire.room or not self._wire.greeted:
            return inf
        return max(self._moved, self._delivery.next_moment) + self._target.patience

    def _look_at_the_clock(self, now: float) -> None:
        within = f"{self._target.patience:g} seconds"
        if now >= self._lost_at:
            self._end(f"the server said nothing for {within}")
        elif now >= self._stuck_at:
            self._end(f"the server allowed no stream for {within}")
        elif now >= self._too_late_at and self._wire.held_back:
            # It answers what it has, and takes no more of what it has not.
            self._end(f"the server gave no credit for {within}")
        while now >= self._too_late_at:
            stream = next(iter(self._sent))
            status = self._wire.status_of(stream)
            self._wire.reset(stream, ErrorCode.CANCEL)
            self._without_end(stream, status, f"no answer within {within}", now)
        if now >= self._ping_at:
            self._pinged = True
            self._wire.ping()

    def _fill(self, now: float) -> None:
        target, delivery = self._target, self._delivery
        self._sign(now)
        while self._room and delivery.next_moment <= now:
            position = delivery.take(now)
            push = delivery.pushes[position]
            headers = push.headers(target.scheme, target.authority, self._jwt)
            stream = self._wire.request(headers, push.payload)
            self._sent[stream] = _Sent(position, self._jwt, now)

    def _sign(self, now: float) -> None:
        """Sign with the token of all connections, where this one may have a new one."""
        tokens = self._target.tokens
        jwt = None if tokens is None else tokens.current(now)
        if jwt == self._jwt:
            return
        if self._jwt is not None and now - self._signed_since < SOONEST:
            # What was opened in the last minutes of a token would be told
            # TooManyProviderTokenUpdates for the next one (pushy #931, #946).
            self._retire("its token is too old, and it was opened too late for another")
            return
        self._jwt, self._signed_since = jwt, now

    def _over(self, stream: int, now: float) -> _Sent:
        """Nothing more is awaited on this stream."""
        self._moved = now
        return self._sent.pop(stream)

    # ---- what comes ---------------------------------------------------------------------------

    def _take(self, event: ClientEvent, now: float) -> None:
        match event:
            case Response():
                self._answer(event, now)
            case StreamReset():
                self._reset(event, now)
            case StreamRefused():
                why = f"HTTP/2 forbids its answer: {event.reason}"
                self._without_end(event.stream, None, why, now)
            case GoAwayReceived():
                self._goodbye(event, now)
            case ConnectionEnded() if not self.over:
                self._end(self.ending or event.reason)

    def _answer(self, event: Response, now: float) -> None:
        sent = self._over(event.stream, now)
        self.answered += 1
        told = told_in(event.body)
        why = f"{event.status} {told.reason or 'without a reason'}"
        match judge(event.status, told.reason):
            case Fate.ACCEPTED:
                self._delivery.accept(sent.position)
            case Fate.LATER:
                self._fail_for_now(event.status, sent.position)
                self._delivery.later(sent.position, why, now)
            case Fate.GONE:
                self._delivery.strike_off(sent.position, why, told.since)
            case Fate.RENEW if self._renewed(sent.jwt, now):
                self._delivery.again([sent.position])
            case _:
                self._delivery.refuse(sent.position, why)

    def _renewed(self, jwt: str | None, now: float) -> bool:
        """Whether there is another token. It goes out on another connection: this one may have
        wedged (pushy closes it), and wants no second token before twenty minutes have gone.
        """
        tokens = self._target.tokens
        if jwt is None or tokens is None or not tokens.renew(jwt, now):
            return False
        self._retire(f"the server said {EXPIRED}")
        return True

    def _fail_for_now(self, status: int, position: int) -> None:
        """400 is about the connection. So may be a 5xx twice for the same push: some answer nothing
        else any more until one is opened anew.
        """
        if status == 400 or (status >= 500 and position in self._failed_on):
            self._retire(f"the server said {status} and nothing against the push")
        if status >= 500:
            self._failed_on.add(position)

    def _reset(self, event: StreamReset, now: float) -> None:
        refused = event.code == ErrorCode.REFUSED_STREAM
        if refused and self._wire.parting:
            # It is the connection that is refused, and the next one will do.
            self._delivery.again([self._over(event.stream, now).position])
        else:
            why = f"its stream was reset: {code_name(event.code)}"
            self._without_end(event.stream, event.status, why, now, free=refused)

    def _without_end(
        self, stream: int, status: int | None, why: str, now: float, *, free: bool = False
    ) -> None:
        """Its answer has no end. If it had begun with 200, nothing else is to come."""
        sent = self._over(stream, now)
        if status == 200:
            self._delivery.accept(sent.position)
        else:
            self._delivery.later(sent.position, why, now, free=free)

    def _goodbye(self, event: GoAwayReceived, now: float) -> None:
        reason = told_in(event.debug).reason
        said = reason or event.debug.decode("utf-8", "replace") or code_name(event.code)
        tokens = self._target.tokens
        jwt = None if tokens is None else tokens.current(now)
        if reason in HOPELESS or (reason == EXPIRED and not self._renewed(jwt, now)):
            self.hopeless = f"the server ended the connection: {reason}"
        # Whatever the wire does about it: of two, the first says why (pushy #312).
        self.ending = self.ending or f"the server said GOAWAY: {said!a}"

    def _retire(self, why: str) -> None:
        """Begin nothing more here, and wait for the answers that are still to come."""
        self._retires = True
        self.ending = self.ending or why

    def _end(self, why: str) -> None:
        self.over = True
        self.ending = why
        self.unanswered = len(self._sent)
        for stream, sent in self._sent.items():
            if self._wire.status_of(stream) == 200:
                self._delivery.accept(sent.position)
            else:
                self._delivery.again([sent.position])
        self._sent.clear()
        self._wire.goodbye()
