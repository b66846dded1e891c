"""The kinds of ledger entries, with the keys of their lines."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Literal

import msgspec

from ..push import Readable, short_token
from ..scenario import Expect
from ..scenario.faults import Service
from ..text import EMPTY, beginning, printable

Outcome = Literal["accepted", "rejected", "discarded"]
#: Where a connection may be turned away: at a service, or by the proxy that leads to them.
Place = Service | Literal["proxy"]


class Entry(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One thing that happened.

    `seq` counts from 1 without gaps, `t` is seconds since the server started on the clock
    that delays run on, `wall` epoch seconds.
    """

    seq: int
    t: float
    wall: float

    @property
    def at(self) -> datetime:
        """When it happened, UTC."""
        return datetime.fromtimestamp(self.wall, UTC)


class Notification(Readable, Entry, frozen=True, gc=False, kw_only=True, tag="notification"):
    """One push as the provider sent it.

    `ordinal` is the number of its frame on its connection, from 1. `status` is the name of
    the status that was decided for it, or None. A discarded notification came `behind` the
    frame with that ordinal (0: before any), because of the entry whose `seq` is `cause`.
    `identifier`, `expiration` (epoch seconds) and `priority` are None where the frame has none,
    and `warnings` are the mistakes that Apple lets pass, in words. `reason` says why a rejected one
    was, the fault that asked for it too.
    """

    connection: int
    ordinal: int
    command: int | None
    identifier: int | None
    token_bytes: bytes
    topic: str | None
    payload_bytes: bytes
    expiration: int | None
    priority: int | None
    outcome: Outcome
    status: str | None = None
    behind: int | None = None
    cause: int | None = None
    warnings: tuple[str, ...] = ()
    reason: str | None = None

    @property
    def service(self) -> Service:
        """The service that it came to."""
        return "gateway"

    @property
    def why(self) -> str | None:
        """Why it was not taken, in words."""
        return self.reason

    # What the provider API knows of its pushes is nothing here, and takes no memory.

    @property
    def stream(self) -> int | None:
        """Its stream, of HTTP/2."""
        return None

    @property
    def apns_id(self) -> str | None:
        """What its answer is told from others by."""
        return None

    @property
    def push_type(self) -> str | None:
        """What its header `apns-push-type` says."""
        return None

    @property
    def collapse_id(self) -> str | None:
        """What its header `apns-collapse-id` says."""
        return None

    @property
    def channel(self) -> str | None:
        """The channel that it is broadcast to."""
        return None

    @property
    def is_broadcast(self) -> bool:
        """Whether it is for a channel, also where it names none: then it has no token."""
        return False

    @property
    def http_status(self) -> int | None:
        """What it was answered with; None where it was not."""
        return None

    @property
    def violations(self) -> tuple[str, ...] | None:
        """All of Apple's reasons for not taking it, in the order in which they are looked at."""
        return None

    @property
    def key_id(self) -> str | None:
        """The key of the token that signed it in."""
        return None

    @property
    def team_id(self) -> str | None:
        """The team of the token that signed it in."""
        return None

    @property
    def provider_token(self) -> str | None:
        """What tells the token that signed it in from others."""
        return None

    @property
    def headers(self) -> Mapping[str, str | tuple[str, ...]] | None:
        """Its remaining headers."""
        return None

    @property
    def answered(self) -> bool | None:
        """Whether its answer has left."""
        return None

    # ---- in words -----------------------------------------------------------------------

    @property
    def verdict(self) -> str:
        """What became of it, with the error if there is one: `rejected invalid-token`."""
        return f"{self.outcome} {self.status}" if self.status else self.outcome

    @property
    def whom(self) -> str:
        """Whom it is for, as a clause."""
        return f"token {short_token(self.token)} {self.about}"

    @property
    def about(self) -> str:
        """Which app it is for, as a clause."""
        return "no topic" if self.topic is None else f"topic {self.topic}"

    def __str__(self) -> str:
        text = beginning(self.payload_bytes, 60) or EMPTY
        which = f"connection {self.connection} #{self.ordinal}"
        return printable(f"{which} {self.verdict} {self.whom} payload {text}")


By = Literal["server", "provider"]


How = Literal["graceful", "no-close-notify", "half", "reset", "lost"]


Reason = Literal["error", "silent-error", "shutdown", "fault", "limit", "idle", "ended", "stopped"]


DelayedBy = Literal["none", "time", "notifications", "idle-limit", "provider-ended"]


class ServerStarted(Entry, frozen=True, gc=False, kw_only=True, tag="server.started"):
    """Always `seq` 1. `run` is the id of this start; `expect` is what the scenario expects, so
    that a ledger can be judged by itself.
    """

    run: str
    version: str
    scenario: str | None
    seed: int | None
    expect: Expect | None = None


class ConnectionOpened(Entry, frozen=True, gc=False, kw_only=True, tag="connection.opened"):
    """A handshake succeeded. `certificate` is the subject of the client's, if it had one.

    `peer` is an address with its port, `tls` the version as in `TLSv1.2`, `topic` the first of
    those that the connection stands for, `alpn` the protocol that TLS has agreed upon, if any,
    `host` the name that the client asked the proxy for, or else by SNI.
    """

    connection: int
    service: Service
    peer: str
    tls: str | None
    topic: str | None
    certificate: str | None
    alpn: str | None = None
    host: str | None = None


class ConnectionRefused(Entry, frozen=True, gc=False, kw_only=True, tag="connection.refused"):
    """A connection that never came to speak: why, and what to do about it in words.

    `reason` is a short name, as in `client-does-not-trust-ca`, `hint` a sentence, and `host` the
    name that the client had asked for by then: see `ConnectionOpened`. One that the proxy has led
    nowhere came to the `service` "proxy".
    """

    connection: int
    service: Place
    peer: str
    reason: str
    hint: str
    host: str | None = None


class Malformed(Entry, frozen=True, gc=False, kw_only=True, tag="malformed"):
    """Something that is no notification. `status` is None where Apple would close silently.

    `reason` is what is wrong with it in words. `bytes_hex` are 64 of its bytes, the first ones
    unless `bytes_at` says that they begin further on: what the reason speaks of is among them.
    """

    connection: int
    ordinal: int
    command: int
    identifier: int | None
    reason: str
    bytes_hex: str
    status: str | None
    outcome: Outcome
    bytes_at: int = 0


class Response(Entry, frozen=True, gc=False, kw_only=True, tag="response"):
    """An error packet was sent, and what ended its delay.

    `status` is the name of its `code`, `bytes_hex` all six bytes, `delayed_ms` milliseconds from
    the decision.
    """

    connection: int
    status: str
    code: int
    identifier: int
    delayed_ms: int
    delayed_by: DelayedBy
    bytes_hex: str


class FaultFired(Entry, frozen=True, gc=False, kw_only=True, tag="fault"):
    """A fault acted, or says in `detail` why it came to nothing. `step` counts from 1, None for a
    scripted token.
    """

    connection: int
    step: int | None
    fault: str
    detail: str


class ConnectionClosed(Entry, frozen=True, gc=False, kw_only=True, tag="connection.closed"):
    """A connection is over. `received` counts frames: the sum of the four behind it.

    `unread_bytes` arrived and belong to none of those; what stayed in the kernel nobody knows.
    `detail` says in words what they were, or what TLS said last; None where neither is to be told.
    """

    connection: int
    by: By
    how: How
    reason: Reason
    received: int
    accepted: int
    rejected: int
    discarded: int
    malformed: int
    unread_bytes: int
    detail: str | None = None


class FeedbackSent(Entry, frozen=True, gc=False, kw_only=True, tag="feedback.sent"):
    """One tuple of the feedback list was handed out.

    `token` is hex, `timestamp` when the app was removed, in epoch seconds.
    """

    connection: int
    token: str
    topic: str
    timestamp: int
