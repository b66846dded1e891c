"""Faults that act before a provider has said anything."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import msgspec

from ..units import Duration
from .base import Fault, Seconds, Stage

#: TLS alert descriptions that a server sends, RFC 5246 section 7.2.
AlertName = Literal[
    "handshake-failure",
    "bad-certificate",
    "unsupported-certificate",
    "certificate-revoked",
    "certificate-expired",
    "certificate-unknown",
    "unknown-ca",
    "access-denied",
    "protocol-version",
    "insufficient-security",
    "internal-error",
]
ALERTS: dict[AlertName, int] = {
    "handshake-failure": 40,
    "bad-certificate": 42,
    "unsupported-certificate": 43,
    "certificate-revoked": 44,
    "certificate-expired": 45,
    "certificate-unknown": 46,
    "unknown-ca": 48,
    "access-denied": 49,
    "protocol-version": 70,
    "insufficient-security": 71,
    "internal-error": 80,
}


class Refuse(Fault, frozen=True, tag="refuse"):
    """No connection: `reset` or `close` right after TCP has connected, or `before-handshake`,
    once the client has sent its first bytes.
    """

    stage: ClassVar[Stage] = "accept"
    how: Literal["reset", "close", "before-handshake"] = "reset"


class ReconnectBlock(Fault, frozen=True, tag="reconnect_block"):
    """More than so many `connections` `within` a time, and all are refused `for` a while.

    Each further attempt starts that while anew: Apple's block lapses "without attempts"
    (TN2265). The threshold was never published.
    """

    stage: ClassVar[Stage] = "accept"
    connections: Annotated[int, msgspec.Meta(ge=1)] = 10
    within: Duration = "1m"
    for_: Duration = msgspec.field(name="for", default="1h")


class SlowHandshake(Fault, frozen=True, tag="slow_handshake"):
    """Take so many `seconds`, a number or a duration, before the handshake begins."""

    stage: ClassVar[Stage] = "handshake"
    seconds: Seconds = 3


class Alert(Fault, frozen=True, tag="alert"):
    """Fail the handshake with a TLS alert: a name such as `certificate-revoked`, or a number.

    Not together with TLS 1.3, where the server has no way to say it in the open.
    """

    stage: ClassVar[Stage] = "handshake"
    alert: AlertName | Annotated[int, msgspec.Meta(ge=0, le=255)] = "certificate-revoked"

    @property
    def number(self) -> int:
        """The alert's description as it goes over the wire."""
        return self.alert if isinstance(self.alert, int) else ALERTS[self.alert]


class BadCertificate(Fault, frozen=True, tag="bad_certificate"):
    """Present a server certificate that is `expired`, from an `untrusted` CA, or for the
    `wrong-host`. Who does not check it sends to somebody who is not Apple: all is discarded.
    """

    stage: ClassVar[Stage] = "handshake"
    how: Literal["expired", "untrusted", "wrong-host"] = "untrusted"


class AcceptThenClose(Fault, frozen=True, tag="accept_then_close"):
    """A fine handshake, then a close without a byte: what a certificate of the wrong
    environment gets.
    """

    stage: ClassVar[Stage] = "open"
    after: Duration = "0ms"
