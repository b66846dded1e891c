"""Writes the entries of one connection to the API."""

from __future__ import annotations

from base64 import b64encode

from ...ledger import (
    Answering,
    ApiClosed,
    ApiNotification,
    ApiRequest,
    ApiResponse,
    By,
    DelayedBy,
    How,
    Ledger,
    Moment,
    Outcome,
    Reason,
)
from ...protocol.http2 import Header
from ...push import Push, envelope_warnings
from ..recorder import Recorder
from .headers import whole_headers
from .reasons import Answer
from .senders import Signed

#: Bytes of a body that are kept of a request that is no push, and characters of an odd token.
_BODY, _TOKEN = 4096, 200


class ApiRecorder(Recorder):
    """The record of one connection. `requests` counts those that were complete, `streams` all that
    were opened.
    """

    __slots__ = ("requests", "since", "streams")

    def __init__(self, ledger: Ledger, connection: int, since: float) -> None:
        super().__init__(ledger, connection)
        #: The earliest moment, in epoch seconds, at which anything may have been written on it.
        self.since = since
        self.requests = 0
        self.streams = 0

    def push(
        self,
        push: Push,
        signed: Signed,
        outcome: Outcome,
        now: Moment,
        *,
        warnings: tuple[str, ...],
        answer: Answer | None,
        answering: Answering | bool = True,
        violations: tuple[str, ...] = (),
        detail: str | None = None,
        behind: int | None = None,
        cause: int | None = None,
    ) -> int:
        """Record a push, and what becomes of it; the entry's `seq`."""
        self._outcomes[outcome] += 1
        self.received += 1
        reason = None if answer is None else answer.reason
        shown = envelope_warnings(push.token_bytes, push.expiration, self.since, in_digits=True)
        entry = self._ledger.record(
            ApiNotification,
            now,
            connection=push.connection,
            ordinal=push.ordinal,
            command=None,
            identifier=None,
            token_bytes=push.token_bytes,
            topic=push.topic,
            payload_bytes=push.payload_bytes,
            expiration=push.expiration,
            priority=push.priority,
            outcome=outcome,
            status=reason,
            behind=behind,
            cause=cause,
            warnings=warnings + signed.warnings + shown,
            reason=reason,
            stream=push.stream,
            apns_id=push.apns_id,
            http_status=None if answer is None else answer.status,
            envelope=signed.envelope,
            answering=answering,
            violations=violations,
            token_text=None if push.token_text is None else push.token_text[:_TOKEN],
            detail=detail,
        )
        return entry.seq

    def request(
        self,
        headers: tuple[Header, ...],
        now: Moment,
        *,
        stream: int,
        body: bytes = b"",
        answer: Answer | None = None,
        detail: str | None = None,
        channel: str | None = None,
        complete: bool = True,
    ) -> int:
        """Record a request that is no push, or never became one; the entry's `seq`."""
        said = dict(reversed(headers))
        method, path = said.get(b":method"), said.get(b":path")
        entry = self.note(
            ApiRequest,
            now,
            ordinal=self.requests if complete else 0,
            stream=stream,
            method=None if method is None else method.decode("latin-1"),
            path=None if path is None else path.decode("utf-8", "replace"),
            headers=whole_headers(headers),
            body_base64=b64encode(body[:_BODY]).decode("ascii"),
            http_status=None if answer is None else answer.status,
            reason=None if answer is None else answer.reason,
            channel=channel,
            detail=detail,
        )
        return entry.seq

    def answered(
        self,
        stream: int,
        answer: Answer,
        now: Moment,
        *,
        seconds: float = 0.0,
        by: DelayedBy = "none",
        detail: str | None = None,
    ) -> None:
        """Record that an answer has left, so many seconds behind its decision."""
        self.note(
            ApiResponse,
            now,
            stream=stream,
            http_status=answer.status,
            reason=answer.reason,
            delayed_ms=round(seconds * 1000),
            delayed_by=by,
            detail=detail,
            timestamp=answer.timestamp,
        )

    def ended(
        self,
        closed: tuple[By, How, Reason],
        unread: int,
        unanswered: int,
        now: Moment,
        detail: str | None,
    ) -> None:
        """Record the end; `unread` bytes belonged to no complete request."""
        counts = {"streams": self.streams, "requests": self.requests, "unanswered": unanswered}
        by, how, reason = closed
        self.closed(by, how, reason, unread, now, detail, kind=ApiClosed, **counts)
