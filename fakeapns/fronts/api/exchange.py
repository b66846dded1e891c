"""What is said over HTTP/2 on one connection: requests and answers, and HTTP/2 itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from ...ledger import By, GoAwaySeen, Moment, Reason, ResetSeen, SettingsSeen
from ...protocol.http2 import (
    SETTINGS,
    ConnectionEnded,
    ErrorCode,
    Event,
    GoAwayReceived,
    Limits,
    PingAcknowledged,
    PingReceived,
    Request,
    RequestBroken,
    Setting,
    SettingsAcknowledged,
    SettingsReceived,
    StreamRefused,
    StreamReset,
    Wire,
    code_name,
)
from ..ending import Ending, Life
from ..front import Provider
from .answers import Answers
from .decisions import Decisions
from .reasons import Answer, answer
from .recorder import ApiRecorder
from .sender import ByCertificate, ByToken
from .shared import Api

#: "APNs allows only one stream for each connection until you post a push notification message with
#: a valid authentication token" (Sending notification requests to APNs).
_UNTIL_SIGNED = {**SETTINGS, Setting.MAX_CONCURRENT_STREAMS: 1}
#: Why a connection ends with these codes; with any other it is an error.
_REASONS: dict[int, Reason] = {
    ErrorCode.NO_ERROR: "ended",
    ErrorCode.ENHANCE_YOUR_CALM: "limit",
}
#: Bytes of the complaint in a client's GOAWAY that are kept.
_DEBUG = 1024
_ENDED = "the connection had been ended before"
_OTHER_ENVIRONMENT = b'{"reason":"BadCertificateEnvironment"}'


def _limits(most: int | None) -> Limits:
    """How much is kept of what a client sends: at least a payload that may have `most` bytes."""
    usual = Limits()
    if most is None or most <= usual.body:
        return usual
    return Limits(body=most, unfinished=usual.unfinished + most)


class Exchange:
    """The HTTP/2 of the connection `number`, whose `life` it may end. `said` is what is to be told
    of its end, each thing once.
    """

    def __init__(self, number: int, provider: Provider, api: Api, life: Life, now: Moment) -> None:
        self._api = api
        self._life = life
        by_certificate = provider.subject is not None
        settings = SETTINGS if by_certificate else _UNTIL_SIGNED
        self.wire = Wire(
            api.make, settings, limits=_limits(api.settings.api_payload_limit), shapes=api.shapes
        )
        self.recorder = ApiRecorder(api.ledger, number, now.wall - now.ahead)
        unique_ids = api.unique_ids if api.settings.environment == "sandbox" else None
        self.answers = Answers(self.wire, self.recorder, api.settings, unique_ids)
        sender: ByCertificate | ByToken
        if by_certificate:
            sender = ByCertificate(provider.topics, api.settings.topic)
        else:
            sender = ByToken(api.keyring, api.keyring.session(provider.address))
        self._decisions = Decisions(api, number, sender, self.answers, self.recorder, now)
        self._waiting_to_raise = not by_certificate
        self.said: dict[str, None] = {}
        self._settings = settings
        self._provider = provider

    def greet(self, now: Moment) -> None:
        """Say our SETTINGS, and GOAWAY behind them to who has come to the wrong environment."""
        self.recorder.note(SettingsSeen, now, by="server", values=dict(self._settings))
        if not self._provider.is_for(self._api.settings.environment):
            self._turn_away(self._provider, now)

    def handle(self, events: Sequence[Event], now: Moment) -> int:
        """The client has done this, in this order. How many of it had to be looked at singly."""
        at = singly = 0
        while at < len(events):
            alike = 0
            if self._life.ending is None:
                alike = self._decisions.take_alike(events, at, now)
            if alike:
                self.recorder.streams += alike
                at += alike
                continue
            event = events[at]
            at, singly = at + 1, singly + 1
            if isinstance(event, Request):
                self.recorder.streams += 1
                self._take(event, now)
            else:
                self._decisions.record(now)
                self._handle(event, now)
        self._decisions.record(now)
        return singly

    def _handle(self, event: Event, now: Moment) -> None:
        match event:
            case Request():
                pass
            case RequestBroken():
                self.recorder.streams += 1
                self._broken(event, now)
            case StreamRefused():
                self._refused(event, now)
            case StreamReset():
                self.answers.drop(event.stream)
                why = code_name(event.code)
                self._note_reset(event.stream, event.code, "provider", why, now)
            case GoAwayReceived():
                debug = event.debug[:_DEBUG].decode("utf-8", "replace")
                self._note_goaway("provider", event.last_stream, event.code, debug, now)
            case SettingsReceived():
                values = dict(event.values)
                self.recorder.note(SettingsSeen, now, by="provider", values=values)
            case ConnectionEnded():
                self._connection_ended(event, now)
            case PingReceived() | PingAcknowledged() | SettingsAcknowledged():
                pass
            case _:
                assert_never(event)

    def _take(self, request: Request, now: Moment) -> None:
        """A complete request: nobody looks at it once the connection has been ended."""
        if self._life.ending is not None:
            why = ": ".join(filter(None, (_ENDED, "; ".join(self.said))))
            self._decisions.discard(request, self._life.ending, why, now)
            return
        self._decisions.take(request, now)
        if self._waiting_to_raise and self._decisions.authenticated:
            self._raise_limit(now)

    def _broken(self, broken: RequestBroken, now: Moment) -> None:
        """A request that will never be complete."""
        request, said = broken.request, None
        if broken.by == "limit":
            said = answer("PayloadTooLarge")
        self.recorder.request(
            request.headers,
            now,
            stream=request.stream,
            body=request.body,
            answer=said,
            detail=broken.reason,
            complete=False,
        )
        if said is not None:
            self._too_large(request, said, now)
        elif broken.by != "end":
            by: By = "provider" if broken.by == "client" else "server"
            self._note_reset(request.stream, broken.code, by, broken.reason, now)

    def _too_large(self, request: Request, said: Answer, now: Moment) -> None:
        self.answers.say(self._api.asked(request), said, now)
        if self.wire.want_no_more(request.stream):
            why = "the rest of the body is not wanted"
            self._note_reset(request.stream, ErrorCode.NO_ERROR, "server", why, now)

    def _refused(self, refused: StreamRefused, now: Moment) -> None:
        """HTTP/2 itself forbids what came on a stream, or there were too many of them."""
        if refused.known:
            self.answers.drop(refused.stream)
        else:
            self.recorder.streams += 1
            self.recorder.request(
                refused.headers or (),
                now,
                stream=refused.stream,
                detail=refused.reason,
                complete=False,
            )
        self._note_reset(refused.stream, refused.code, "server", refused.reason, now)

    def _raise_limit(self, now: Moment) -> None:
        self._waiting_to_raise = False
        self.wire.update_settings(SETTINGS)
        self.recorder.note(SettingsSeen, now, by="server", values=dict(SETTINGS))

    # ---- the end ----------------------------------------------------------------------------

    def _connection_ended(self, ended: ConnectionEnded, now: Moment) -> None:
        """Nothing more is understood. The GOAWAY that says so is on its way already."""
        if ended.code:
            last = self.wire.last_stream
            self._note_goaway("server", last, ended.code, ended.reason, now)
            self.said[f"{code_name(ended.code)}: {ended.reason}"] = None
        if self._life.ending is None:
            # It may have been one of our limits; or the client's own wish, which leaves nothing on
            # its way: behind a GOAWAY it opens no stream.
            reason = _REASONS.get(ended.code, "error")
            self.end(now, reason=reason, by="server" if ended.code else "provider")

    def _turn_away(self, provider: Provider, now: Moment) -> None:
        """Take nothing, say so, and close: on a TLS session that stands, as Apple does
        (sideshow/apns2 #93, #117).
        """
        plays = self._api.settings.environment
        self.said[
            f"the client's certificate is for {provider.scope} only and the server plays {plays}: "
            f"use another certificate, or set environment={provider.scope}"
        ] = None
        self.say_goodbye(0, _OTHER_ENVIRONMENT, now)
        self.end(now)

    def say_goodbye(self, last_stream: int, debug: bytes, now: Moment) -> None:
        """Say GOAWAY, with this last stream."""
        self.wire.goaway(last_stream, 0, debug)
        self._note_goaway("server", last_stream, 0, debug.decode("utf-8", "replace"), now)

    def end(
        self,
        now: Moment,
        say: bytes | None = None,
        *,
        reason: Reason = "error",
        by: By = "server",
    ) -> None:
        """Close, once what was said has been read: this, or else what HTTP/2 has to say."""
        ending = Ending(
            reason=reason,
            by=by,
            cause=self._api.ledger.last_seq,
            behind=self.recorder.requests,
            answer=lambda by, then: self.wire.data_to_send() if say is None else say,
        )
        self._life.end(ending, 0.0, now)

    # ---- the record -------------------------------------------------------------------------

    def _note_reset(self, stream: int, code: int, by: By, detail: str | None, now: Moment) -> None:
        self.recorder.note(ResetSeen, now, stream=stream, by=by, code=code, detail=detail)

    def _note_goaway(self, by: By, last: int, code: int, debug: str, now: Moment) -> None:
        self.recorder.note(
            GoAwaySeen, now, by=by, last_stream=last, code=code, debug=debug, unprocessed=0
        )
