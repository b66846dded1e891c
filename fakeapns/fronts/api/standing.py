"""Where one connection to the API stands: what faults have made of it, and how it ends."""

from __future__ import annotations

import math

import msgspec

from ...ledger import By, GoAwaySeen, Moment, Reason, ResetSeen
from ...protocol.http2 import SETTINGS, Limits, Omitted, Wire
from ...push import Chosen, Occasion
from ...scenario.faults import CloseKind, Delay
from ..appetite import Appetite
from ..ending import Ending, Life
from ..front import Provider
from ..unseen import Unseen
from .answers import Answers
from .goodbye import Goodbye, Goodbyes
from .recorder import ApiRecorder
from .shared import Api
from .silence import Cut, Silence
from .terms import UNTIL_SIGNED, Terms


class Wedged(msgspec.Struct, frozen=True):
    """A fault that has everything on the connection refused, for one of Apple's reasons."""

    chosen: Chosen
    reason: str


class Standing:
    """The connection `number`, which opened `now`.

    `said` is what is to be told of its end, each thing once. HTTP/2 is written once it `speaks`,
    and no more where it `is_mute`.
    """

    def __init__(self, number: int, provider: Provider, api: Api, now: Moment) -> None:
        self.number = number
        self.provider = provider
        self.api = api
        self.opened = now.t
        self.life = Life(api.settings)
        self.appetite = Appetite()
        self.recorder = ApiRecorder(api.ledger, number, now.wall - now.ahead)
        usual = UNTIL_SIGNED if provider.subject is None else SETTINGS
        limits = _limits(api.settings.api_payload_limit)
        self.wire = Wire(api.make, usual, limits=limits, shapes=api.shapes)
        self.terms = Terms(self.wire, self.recorder, usual)
        unique_ids = api.unique_ids if api.settings.environment == "sandbox" else None
        self.answers = Answers(self.wire, self.recorder, api.settings, unique_ids)
        #: Pushes on it that were judged.
        self.judged = 0
        self.said: dict[str, None] = {}
        #: Who agreed upon HTTP/2 may wait for our SETTINGS, and to whoever speaks something else
        #: they would be noise.
        self.speaks = False
        self._is_silenced = False
        self.goodbyes = Goodbyes()
        self.wedged: Wedged | None = None
        self.silence = Silence()

    def occasion(self, now: Moment) -> Occasion:
        """What is known between two requests."""
        elapsed, topics = now.t - self.opened, self.provider.topics
        return Occasion(
            *(self.number, topics, self.judged, elapsed), host=self.provider.host, service="api"
        )

    @property
    def is_mute(self) -> bool:
        """Whether nothing of HTTP/2 leaves any more: a fault wants it so, or our side is closed."""
        return self._is_silenced or self.life.is_shut

    # ---- what becomes of what comes ---------------------------------------------------------

    @property
    def is_plain(self) -> bool:
        """Whether no fault has anything to do with what comes next."""
        special = self.life.ending or self.goodbyes.strictest or self.wedged
        quiet = self.silence.since < math.inf or self.terms.await_success
        return special is None and not quiet

    def cut(self, stream: int, now: Moment) -> Cut | None:
        """Why a request on this stream is not processed; None if it is."""
        ending, goodbye = self.life.ending, self.goodbyes.strictest
        if goodbye is not None and stream > goodbye.last:
            why = f"its stream is above {goodbye.last}, the last one of a GOAWAY"
            return Cut(goodbye.behind, goodbye.cause, why)
        if ending is not None:
            said = filter(None, ("the connection had been ended before", "; ".join(self.said)))
            return Cut(ending.behind, ending.cause, ": ".join(said))
        return self.silence.cut(now)

    def something_came(self, now: Moment) -> None:
        """Bytes have come, of a request or not."""
        if self.life.ending is None:
            self.silence.cut(now)

    def lose(self, requests: int) -> None:
        """So many had come, and nobody looked before the connection broke."""
        if requests:
            self.recorder.streams += requests
            self.recorder.requests += requests
            self.answers.unanswered += requests
            lost = "a request" if requests == 1 else f"{requests:,} requests"
            self.said[f"{lost} had come that a fault kept from being read, and are lost"] = None

    # ---- dead -------------------------------------------------------------------------------

    def fall_silent(self, since: float, because: Unseen | int, now: Moment) -> None:
        """Take all that comes from then on, and say nothing. What begins first counts."""
        self.silence.begin(since, self.recorder.requests, because)
        if self.is_dead(now.t):
            self.say_the_rest()

    def is_dead(self, t: float) -> bool:
        """Whether nothing that comes then is answered."""
        return self.silence.since <= t

    # ---- what is due ------------------------------------------------------------------------

    @property
    def due(self) -> float:
        """When `wake` is due, in seconds since the start."""
        if self.is_mute:
            return math.inf
        leaves = self.goodbyes.due if self.speaks else math.inf
        return min(self.silence.since, leaves, self.terms.due, self.answers.due)

    def wake(self, now: Moment) -> None:
        """Do what is due."""
        if self.is_dead(now.t):
            self.say_the_rest()
        if self.is_mute:
            return
        self.terms.wake(now)
        self.say_goodbyes(now)
        if not self.is_mute:
            self.answers.wake(now)

    # ---- how it ends ------------------------------------------------------------------------

    def take_leave(self, goodbye: Goodbye, now: Moment) -> None:
        """Process no stream above its last one from now on, and say so when it is due."""
        self.wire.process_up_to(goodbye.last)
        self.goodbyes.add(goodbye)
        self.say_goodbyes(now)

    def say_goodbyes(self, now: Moment) -> None:
        """Say those that are due, up to one behind which nothing is said."""
        while self.speaks and not self.is_mute and (goodbye := self.goodbyes.take(now.t)):
            for debug in goodbye.debug:
                self.say_goaway(goodbye.last, goodbye.code, debug, now)
            if goodbye.then == "silent":
                self.fall_silent(now.t, goodbye.cause, now)

    def say_goaway(self, last: int, code: int, debug: bytes, now: Moment) -> None:
        """Say that no stream above the last one is processed, or above that of another before."""
        last = self.wire.goaway(last, code, debug)
        text = debug.decode("utf-8", "replace")
        self.note_goaway("server", last, code, text, now, self.wire.opened_above(last))
        # "Not processed" and an answer do not go together.
        self.answers.give_up_above(last)

    def part(self, now: Moment) -> None:
        """Close behind a GOAWAY, if nothing is owed that it promises: to be called when all that
        has come is looked at.
        """
        goodbye = self.goodbyes.closing
        if goodbye is None or self.life.ending is not None or self.is_mute:
            return
        owes = self.answers.are_held or self.wire.held_back
        if not owes and not self.wire.unfinished_up_to(self.wire.last_processed):
            self.end(now, reason="shutdown", cause=goodbye.cause, behind=goodbye.behind)

    def end(
        self,
        now: Moment,
        say: bytes | None = None,
        *,
        reason: Reason = "error",
        by: By = "server",
        cause: int | None = None,
        behind: int | None = None,
    ) -> None:
        """Close, once what was said has been read: this, or else what HTTP/2 has to say."""
        ending = Ending(
            reason=reason,
            by=by,
            cause=self.api.ledger.last_seq if cause is None else cause,
            behind=self.recorder.requests if behind is None else behind,
            answer=lambda by, then: self.wire.data_to_send() if say is None else say,
        )
        self.life.end(ending, 0.0, now)

    def break_off(
        self, cause: int, close: CloseKind, delay: Delay, say: bytes, now: Moment
    ) -> None:
        """End it as a fault wants it: what was said before leaves, and behind it only this."""
        self.say_the_rest()
        ending = Ending(
            reason="fault",
            cause=cause,
            behind=self.recorder.requests,
            answer=lambda by, then: say,
            close=close,
        )
        self.life.end(ending, delay, now)

    def say_the_rest(self) -> None:
        """Say what is to be said, and nothing of HTTP/2 any more."""
        self.say_so_far()
        self._is_silenced = True

    def say_so_far(self) -> None:
        """Let what is to be said leave before anything else does. What is not to be heard is
        dropped: it does not wait for the client.
        """
        if self.speaks and (said := self.wire.data_to_send()) and not self.is_mute:
            self.life.say(said)

    def begin_without(self, because: Unseen, now: Moment, *, goaway: bool) -> None:
        """Leave out the SETTINGS that the connection begins with, or say GOAWAY in their place."""
        cause = because.seen(now)
        # SETTINGS, and nothing else yet.
        self.wire.data_to_send()
        self.terms.leave_out(Omitted.SETTINGS, because)
        self.terms.leave_out(Omitted.SETTINGS_ACK, because)
        if goaway:
            self.say_goaway(0, 0, b"", now)
            self.end(now, reason="fault", cause=cause)

    # ---- the record -------------------------------------------------------------------------

    def note_reset(self, stream: int, code: int, by: By, detail: str | None, now: Moment) -> None:
        """Put on record that a stream was ended, where that is said."""
        if by == "server" and self.is_mute:
            return
        self.recorder.note(ResetSeen, now, stream=stream, by=by, code=code, detail=detail)

    def note_goaway(
        self, by: By, last: int, code: int, debug: str, now: Moment, unprocessed: int = 0
    ) -> None:
        """Put on record that one side takes no more streams."""
        self.recorder.note(
            *(GoAwaySeen, now),
            by=by,
            last_stream=last,
            code=code,
            debug=debug,
            unprocessed=unprocessed,
        )

    def over(self) -> str | None:
        """The connection is over: what was to be said and could not, as a clause."""
        self.appetite.over()
        self.terms.over()
        self.silence.over()
        return self.answers.over()


def _limits(most: int | None) -> Limits:
    """How much is kept of what a client sends: at least a payload that may have `most` bytes."""
    usual = Limits()
    if most is None or most <= usual.body:
        return usual
    return Limits(body=most, unfinished=usual.unfinished + most)
