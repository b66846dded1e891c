"""What is said over HTTP/2 on one connection: requests and answers, and HTTP/2 itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from ...ledger import By, Moment, Reason, SettingsSeen
from ...protocol.http2 import (
    ConnectionEnded,
    ErrorCode,
    Event,
    GoAwayReceived,
    PingAcknowledged,
    PingReceived,
    Request,
    RequestBroken,
    Setting,
    SettingsAcknowledged,
    SettingsReceived,
    StreamRefused,
    StreamReset,
    code_name,
)
from ...push import Chosen
from .decisions import Decisions
from .headers import HEADERS
from .reasons import Answer, answer
from .senders import ByCertificate, ByToken
from .standing import Standing

#: Why a connection ends with these codes; with any other it is an error.
_REASONS: dict[int, Reason] = {
    ErrorCode.NO_ERROR: "ended",
    ErrorCode.ENHANCE_YOUR_CALM: "limit",
}
#: Bytes of the complaint in a client's GOAWAY that are kept.
_DEBUG = 1024
_OTHER_ENVIRONMENT = b'{"reason":"BadCertificateEnvironment"}'


class Exchange:
    """The HTTP/2 of one connection, which it may end."""

    def __init__(self, standing: Standing) -> None:
        self._standing = standing
        self._wire = standing.wire
        self._answers = standing.answers
        self._recorder = standing.recorder
        api, provider = standing.api, standing.provider
        by_certificate = provider.subject is not None
        self._sender: ByCertificate | ByToken
        if by_certificate:
            self._sender = ByCertificate(provider.topics, api.settings.topic)
        else:
            self._sender = ByToken(api.keyring, api.keyring.session(provider.address))
        self._decisions = Decisions(standing, self._sender)
        self._waiting_to_raise = not by_certificate

    def greet(self, now: Moment) -> None:
        """Say our SETTINGS, and GOAWAY behind them to who has come to the wrong environment."""
        self._standing.terms.begin(now)
        if not self._standing.provider.is_for(self._standing.api.settings.environment):
            self._turn_away(now)

    def act(self, chosen: Chosen, now: Moment) -> None:
        """Let a fault act between two requests."""
        self._decisions.record(now)
        self._decisions.act(chosen, now)

    def handle(self, events: Sequence[Event], now: Moment) -> tuple[int, int]:
        """The client has done this, in this order. How much of it was dealt with before a fault
        wants nothing more to be looked at, and how much of that singly.
        """
        standing, at, singly = self._standing, 0, 0
        while at < len(events) and not standing.appetite.stalled:
            alike = self._decisions.take_alike(events, at, now) if standing.is_plain else 0
            if alike:
                self._recorder.streams += alike
                at += alike
                continue
            event = events[at]
            at, singly = at + 1, singly + 1
            if isinstance(event, Request):
                self._recorder.streams += 1
                self._take(event, now)
            else:
                self._decisions.record(now)
                self._handle(event, now)
        self._decisions.record(now)
        standing.terms.looked_at(now)
        return at, singly

    def _handle(self, event: Event, now: Moment) -> None:
        match event:
            case Request():
                pass
            case RequestBroken():
                self._recorder.streams += 1
                self._broken(event, now)
            case StreamRefused():
                self._refused(event, now)
            case StreamReset():
                self._answers.drop(event.stream)
                why = code_name(event.code)
                self._standing.note_reset(event.stream, event.code, "provider", why, now)
            case GoAwayReceived():
                debug = event.debug[:_DEBUG].decode("utf-8", "replace")
                self._standing.note_goaway("provider", event.last_stream, event.code, debug, now)
            case SettingsReceived():
                values = dict(event.values)
                self._recorder.note(SettingsSeen, now, by="provider", values=values)
            case ConnectionEnded():
                self._connection_ended(event, now)
            case SettingsAcknowledged():
                self._sender.room = event.values.get(Setting.MAX_HEADER_LIST_SIZE, HEADERS)
            case PingReceived() | PingAcknowledged():
                pass
            case _:
                assert_never(event)

    def _take(self, request: Request, now: Moment) -> None:
        """A complete request: nobody looks at it where it is cut off."""
        cut = self._standing.cut(request.stream, now)
        if cut is not None:
            self._decisions.discard(request, cut, now)
            return
        self._decisions.take(request, now)
        if self._waiting_to_raise and self._decisions.authenticated:
            self._waiting_to_raise = False
            # Who was told to open no more streams needs no room for some.
            if not self._standing.goodbyes.said:
                self._standing.terms.raise_limit(now)

    def _broken(self, broken: RequestBroken, now: Moment) -> None:
        """A request that will never be complete."""
        request, said = broken.request, None
        if broken.by == "limit" and self._standing.cut(request.stream, now) is None:
            wedged = self._standing.wedged
            said = answer("PayloadTooLarge" if wedged is None else wedged.reason)
        self._recorder.request(
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
            self._standing.note_reset(request.stream, broken.code, by, broken.reason, now)

    def _too_large(self, request: Request, said: Answer, now: Moment) -> None:
        self._answers.say(self._standing.api.asked(request), said, now)
        if self._wire.want_no_more(request.stream):
            why = "the rest of the body is not wanted"
            self._standing.note_reset(request.stream, ErrorCode.NO_ERROR, "server", why, now)

    def _refused(self, refused: StreamRefused, now: Moment) -> None:
        """HTTP/2 itself forbids what came on a stream, or there were too many of them."""
        if refused.known:
            self._answers.drop(refused.stream)
        else:
            self._recorder.streams += 1
            self._recorder.request(
                refused.headers or (),
                now,
                stream=refused.stream,
                detail=refused.reason,
                complete=False,
            )
        self._standing.note_reset(refused.stream, refused.code, "server", refused.reason, now)

    # ---- the end ----------------------------------------------------------------------------

    def _connection_ended(self, ended: ConnectionEnded, now: Moment) -> None:
        """Nothing more is understood. The GOAWAY that says so is on its way already, but from a
        connection of which nothing is heard any more.
        """
        standing = self._standing
        if ended.code:
            standing.said[f"{code_name(ended.code)}: {ended.reason}"] = None
            if not standing.is_mute:
                last = self._wire.last_processed
                standing.note_goaway("server", last, ended.code, ended.reason, now)
        if standing.life.ending is None and not standing.is_mute:
            # It may have been one of our limits; or the client's own wish, which leaves nothing on
            # its way: behind a GOAWAY it opens no stream.
            reason = _REASONS.get(ended.code, "error")
            standing.end(now, reason=reason, by="server" if ended.code else "provider")

    def _turn_away(self, now: Moment) -> None:
        """Take nothing, say so, and close: on a TLS session that stands, as Apple does
        (sideshow/apns2 #93, #117).
        """
        standing = self._standing
        scope, plays = standing.provider.scope, standing.api.settings.environment
        standing.said[
            f"the client's certificate is for {scope} only and the server plays {plays}: "
            f"use another certificate, or set environment={scope}"
        ] = None
        standing.say_goaway(0, 0, _OTHER_ENVIRONMENT, now)
        standing.end(now)
