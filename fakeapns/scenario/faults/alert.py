"""A handshake that the server refuses in TLS's own words."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import msgspec

from .at import Handshaking
from .base import Fault
from .stages import Service, Stage

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


class Alert(Fault, frozen=True, tag="alert"):
    """Fail the handshake with a TLS alert: a name such as `certificate-revoked`, or a number; with
    `eof` it ends without one.

    Not together with TLS 1.3, where the server has no way to say it in the open; `eof` is fine
    there. On the provider API that is the setting `api_tls_maximum`.
    """

    # 44 is what a sandbox certificate gets at production, and a revoked one anywhere (TN2265).
    # Clients of the time knew expired, unknown CA and certificate unknown, too (NWPusher,
    # mod_apns #21), and a new universal certificate was refused for a while, then taken
    # (NWPusher #18). Others met the same as an EOF (django-push-notifications #251, grocer #88,
    # java-apns #251).
    stages: ClassVar[tuple[Stage, ...]] = ("handshake",)
    services: ClassVar[tuple[Service, ...]] = ("gateway", "feedback", "api")
    alert: AlertName | Literal["eof"] | Annotated[int, msgspec.Meta(ge=0, le=255)] = (
        "certificate-revoked"
    )

    @property
    def number(self) -> int | None:
        """The alert's description as it goes over the wire; None where nothing does."""
        if self.alert == "eof":
            return None
        return self.alert if isinstance(self.alert, int) else ALERTS[self.alert]

    def impossible(self, service: Service, tls_maximum: str) -> str | None:
        """In TLS 1.3 a client takes encrypted alerts only, once it has seen our first flight."""
        if tls_maximum != "1.3" or self.number is None:
            return None
        do = "set api_tls_maximum to 1.2" if service == "api" else "leave tls_maximum at 1.2"
        return f"an alert cannot be sent in the open with TLS 1.3: {do}"

    def act(self, at: Handshaking) -> None:
        """Send the alert."""
        number = self.number
        at.alert(number, "eof" if number is None else f"{self.alert} ({number})")
