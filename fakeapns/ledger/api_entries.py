"""The kinds of ledger entries that only the provider API has, and what it has to add to others."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from ..scenario.faults import Service
from .entries import By, ConnectionClosed, DelayedBy, Entry, Notification

#: Names of headers and their values; those of a header that was repeated in a list.
HeaderFacts = Mapping[str, str | tuple[str, ...]]


class Envelope(msgspec.Struct, frozen=True, eq=False):
    """What many pushes of one provider have in common, kept once for all of them.

    `headers` are those that nothing else stands for, without `authorization`. `key_id` and
    `team_id` are those of the token that signed it in, and `provider_token` is a digest that tells
    it from others, 16 digits of hex; None where a certificate did.
    """

    push_type: str | None = None
    collapse_id: str | None = None
    channel: str | None = None
    key_id: str | None = None
    team_id: str | None = None
    provider_token: str | None = None
    headers: HeaderFacts = {}


class Answering(msgspec.Struct, gc=False):
    """Whether an answer has left that was not sent at once: None as long as that may be."""

    answered: bool | None = None


class ApiNotification(Notification, frozen=True, gc=False, kw_only=True, tag="notification"):
    """One push as it came over the provider API: a finished request to a device or a channel.

    `ordinal` is the number of the request on its connection, from 1. `status` and `reason`
    are Apple's reason for not taking it, `violations` all of them in the order in which they are
    looked at, and `detail` says the first in words. A token that is no hex stands in `token_text`
    as it came, 200 characters of it. `answering` is True where the answer left at once, False
    where none ever will.
    """

    stream: int
    apns_id: str | None
    http_status: int | None
    envelope: Envelope
    answering: Answering | bool = True
    violations: tuple[str, ...] = ()
    token_text: str | None = None
    detail: str | None = None

    @property
    def service(self) -> Service:
        """The service that it came to."""
        return "api"

    @property
    def token(self) -> str:
        """The device token in lower-case hex, or as it came where it is no hex."""
        return self.token_bytes.hex() if self.token_text is None else self.token_text

    @property
    def why(self) -> str | None:
        """Why it was not taken, in words."""
        return self.detail

    @property
    def answered(self) -> bool | None:
        """Whether the answer has left: None where it may still, False where it never will."""
        return self.answering if isinstance(self.answering, bool) else self.answering.answered

    @property
    def push_type(self) -> str | None:
        """What its header `apns-push-type` says."""
        return self.envelope.push_type

    @property
    def collapse_id(self) -> str | None:
        """What its header `apns-collapse-id` says."""
        return self.envelope.collapse_id

    @property
    def channel(self) -> str | None:
        """The channel that it is broadcast to; it has no token then."""
        return self.envelope.channel

    @property
    def is_broadcast(self) -> bool:
        """Whether it is for a channel. A push to a device has a token, be it none that is good."""
        return self.channel is not None or not self.token

    @property
    def key_id(self) -> str | None:
        """The key of the token that signed it in."""
        return self.envelope.key_id

    @property
    def team_id(self) -> str | None:
        """The team of the token that signed it in."""
        return self.envelope.team_id

    @property
    def provider_token(self) -> str | None:
        """What tells the token that signed it in from others."""
        return self.envelope.provider_token

    @property
    def headers(self) -> HeaderFacts:
        """Its remaining headers."""
        return self.envelope.headers

    # ---- in words -----------------------------------------------------------------------

    @property
    def verdict(self) -> str:
        """What became of it, with the answer unless it says that all is well."""
        code = None if self.http_status == 200 else self.http_status
        return " ".join(str(each) for each in (self.outcome, code, self.status) if each is not None)

    @property
    def whom(self) -> str:
        """Whom it is for and on which stream, as a clause."""
        channel = "no channel" if self.channel is None else f"channel {self.channel}"
        to = f"{channel} {self.about}" if self.is_broadcast else super().whom
        kind = "" if self.push_type is None else f" type {self.push_type[:40]}"
        return f"stream {self.stream} {to}{kind}"


class ApiRequest(Entry, frozen=True, gc=False, kw_only=True, tag="request"):
    """A request that is no push, or that never became one: `detail` says why, in words. Requests
    about channels are such; `channel` is the one that it is about.

    `ordinal` is its number on its connection, 0 where HTTP/2 refused it before it was one.
    `body_base64` is the first 4 KiB of its body. `http_status` is None where it was not answered.
    """

    connection: int
    ordinal: int
    stream: int
    method: str | None
    path: str | None
    headers: HeaderFacts
    body_base64: str
    http_status: int | None
    reason: str | None
    channel: str | None = None
    detail: str | None = None

    @property
    def fulfilled(self) -> bool:
        """Whether it got what it asked for: only requests about channels do."""
        return self.http_status is not None and 200 <= self.http_status < 300


class ApiResponse(Entry, frozen=True, gc=False, kw_only=True, tag="response"):
    """An answer has left: any but that to an accepted push which is answered at once.

    `delayed_ms` are milliseconds from the decision, and `delayed_by` is what ended that delay.
    `timestamp` is what a 410 says of its device, in epoch milliseconds: gone since then. `detail`
    says in words what of it could not leave yet, None if nothing.
    """

    connection: int
    stream: int
    http_status: int
    reason: str | None
    delayed_ms: int
    delayed_by: DelayedBy
    detail: str | None = None
    timestamp: int | None = None


class GoAwaySeen(Entry, frozen=True, gc=False, kw_only=True, tag="goaway"):
    """One side will take no further streams. `debug` is what it says of it, as text.

    `unprocessed` are how many streams above `last_stream` had been opened.
    """

    connection: int
    by: By
    last_stream: int
    code: int
    debug: str
    unprocessed: int


class ResetSeen(Entry, frozen=True, gc=False, kw_only=True, tag="stream.reset"):
    """One side ended a stream by RST_STREAM: `detail` says why, in words."""

    connection: int
    stream: int
    by: By
    code: int
    detail: str | None


class SettingsSeen(Entry, frozen=True, gc=False, kw_only=True, tag="settings"):
    """One side has said SETTINGS: `values` by their numbers (RFC 9113, 6.5.2)."""

    connection: int
    by: By
    values: Mapping[int, int]


class ApiClosed(ConnectionClosed, frozen=True, gc=False, kw_only=True, tag="connection.closed"):
    """A connection of the provider API is over. `received` counts notifications.

    `streams` were opened, `requests` were complete, and `unanswered` of these got no answer.
    """

    streams: int
    requests: int
    unanswered: int
