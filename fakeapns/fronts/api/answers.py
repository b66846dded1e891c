"""The answers of one connection: said at once, or held until a delay is over."""

from __future__ import annotations

import math
from collections.abc import Container, Iterable, Iterator, Sequence

import msgspec

from ...ledger import Answering, DelayedBy, Moment
from ...protocol.http2 import Header, Wire
from ...scenario import Settings
from ...scenario.faults import Delay, delay_parts
from .asked import Asked
from .reasons import FINE, Answer
from .recorder import ApiRecorder

_JSON: Header = (b"content-type", b"application/json")
#: One client in wide use never gives any back, and stops reading errors behind 65,535 bytes of them
#: (aioapns).
_NO_CREDIT = "the client gives no credit for more (WINDOW_UPDATE)"


class _Held(msgspec.Struct):
    """An answer that waits, until a moment or for so many further notifications."""

    asked: Asked
    answer: Answer
    answering: Answering
    decided: float
    due: float
    countdown: int | None


class Answers:
    """Says what requests are answered, and puts on record what is not said of a push itself.

    `unique_ids` makes up what Apple's development environment says with each that it takes.
    """

    def __init__(
        self,
        wire: Wire,
        recorder: ApiRecorder,
        settings: Settings,
        unique_ids: Iterator[bytes] | None,
    ) -> None:
        self._wire = wire
        self._recorder = recorder
        self._idle_limit = settings.idle_limit_seconds
        self._as_printed = settings.documented_reason_names
        self._unique_ids = unique_ids
        self._held: dict[int, _Held] = {}
        #: Requests that were complete and that nobody has answered.
        self.unanswered = 0

    @property
    def due(self) -> float:
        """When `wake` is due, in seconds since the start; infinite if nothing is held."""
        return min((each.due for each in self._held.values()), default=math.inf)

    @property
    def are_held(self) -> bool:
        """Whether some wait."""
        return bool(self._held)

    @property
    def awaited(self) -> Container[int]:
        """The streams on which the client waits for an answer."""
        return self._wire.awaited

    def all_fine(self, streams: Sequence[int], ids: Iterable[bytes]) -> int:
        """Say 200 to several, up to the first with nothing to answer any more; to how many."""
        return self._all_fine(streams, (((b"apns-id", each),) for each in ids))

    def _all_fine(self, streams: Sequence[int], headers: Iterable[tuple[Header, ...]]) -> int:
        if self._unique_ids is not None:
            headers = map(self._with_unique_id, headers)
        return self._wire.respond_to_all(streams, 200, headers)

    def _with_unique_id(self, headers: tuple[Header, ...]) -> tuple[Header, ...]:
        assert self._unique_ids is not None
        return (*headers, (b"apns-unique-id", next(self._unique_ids)))

    def can_say(self, stream: int) -> bool:
        """Whether the client still waits for an answer on this stream."""
        return stream in self._wire.awaited

    def say(self, asked: Asked, answer: Answer, now: Moment) -> bool:
        """Answer a request now; False if there is nothing to answer any more."""
        said = self._write(asked, answer)
        if said and answer is not FINE:
            self._record(asked.stream, answer, 0.0, "none", now)
        return said

    def begin(self, asked: Asked, answer: Answer, *, half: bool) -> None:
        """Say its headers and no more, or `half` of its body, too; it never ends."""
        self.unanswered += 1
        body = answer.body(as_printed=self._as_printed)
        headers = self._headers(asked, answer)
        if self._wire.begin_response(asked.stream, answer.status, headers) and half:
            self._wire.send_body(asked.stream, body[: len(body) // 2])

    def in_bytes(self, asked: Asked, answer: Answer) -> bytes:
        """What would be written to say it, and nothing else. It counts as not answered."""
        self.unanswered += 1
        self._write(asked, answer)
        return self._wire.data_to_send()

    def hold(self, asked: Asked, answer: Answer, delay: Delay | float, now: Moment) -> Answering:
        """Answer once a delay is over; what follows whether that has happened."""
        seconds, countdown = delay_parts(delay)
        due = now.t + (self._idle_limit if countdown else seconds)
        held = _Held(asked, answer, Answering(), now.t, due, countdown)
        self._held[asked.stream] = held
        return held.answering

    def notification_came(self, now: Moment) -> None:
        """A further notification has come."""
        if not self._held:
            return
        for held in tuple(self._held.values()):
            if held.countdown is not None:
                held.countdown -= 1
                held.due = now.t + self._idle_limit
                if held.countdown <= 0:
                    self._release(held, "notifications", now)

    def wake(self, now: Moment) -> None:
        """Say what is due."""
        for held in sorted(self._due_at(now), key=lambda each: each.due):
            by: DelayedBy = "time" if held.countdown is None else "idle-limit"
            self._release(held, by, now)

    def _due_at(self, now: Moment) -> Iterator[_Held]:
        return (held for held in tuple(self._held.values()) if held.due <= now.t)

    def drop(self, stream: int) -> None:
        """The client waits for no answer to this one any more."""
        held = self._held.pop(stream, None)
        if held is not None:
            self._give_up(held)

    def give_up_above(self, last: int) -> None:
        """Say nothing any more of what waits on a stream above this one."""
        for stream in [each for each in self._held if each > last]:
            self.drop(stream)

    def over(self) -> str | None:
        """Nothing more is said; what was to be and could not, as a clause."""
        size = self._wire.held_back
        for held in self._held.values():
            self._give_up(held)
        self._held.clear()
        return f"{size:,} bytes of answers were never sent: {_NO_CREDIT}" if size else None

    def _give_up(self, held: _Held) -> None:
        held.answering.answered = False
        self.unanswered += 1

    def _release(self, held: _Held, by: DelayedBy, now: Moment) -> None:
        del self._held[held.asked.stream]
        said = self._write(held.asked, held.answer)
        held.answering.answered = said
        if said:
            self._record(held.asked.stream, held.answer, now.t - held.decided, by, now)

    def _record(
        self, stream: int, answer: Answer, seconds: float, by: DelayedBy, now: Moment
    ) -> None:
        held_back = self._held_back(stream) if answer.body() else None
        self._recorder.answered(stream, answer, now, seconds=seconds, by=by, detail=held_back)

    def _held_back(self, stream: int) -> str | None:
        size = self._wire.held_back_on(stream)
        return f"{size:,} bytes of its body wait: {_NO_CREDIT}" if size else None

    def _write(self, asked: Asked, answer: Answer) -> bool:
        if answer is FINE:
            said = self._all_fine((asked.stream,), (asked.ids,)) == 1
        else:
            body = answer.body(as_printed=self._as_printed)
            headers = self._headers(asked, answer)
            said = self._wire.respond(asked.stream, answer.status, headers, body)
        self.unanswered += not said
        return said

    def _headers(self, asked: Asked, answer: Answer) -> tuple[Header, ...]:
        return asked.ids + answer.headers + ((_JSON,) if answer.body() else ())
