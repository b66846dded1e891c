"""What a service asks of TLS, as the settings have it."""

from __future__ import annotations

from typing import Literal

import msgspec

from .faults import Service
from .settings import Settings

#: What HTTP/2 is called in a handshake (RFC 9113, 3.2).
HTTP2 = "h2"


class TLSTerms(msgspec.Struct, frozen=True, kw_only=True):
    """The terms on which a service shakes hands.

    `minimum` and `maximum` are versions, as in "1.2", of the settings whose names begin with
    `setting`. A client certificate is asked for, and without one nobody is let in if it is
    `required`. `environment` is the one that it has to be for; where that is None the front says
    so itself. `alpn` is agreed upon with who offers it, and nobody has to.
    """

    minimum: str
    maximum: str
    setting: Literal["tls", "api_tls"] = "tls"
    required: bool = True
    environment: Literal["production", "sandbox"] | None = None
    alpn: str | None = None

    @classmethod
    def of(cls, service: Service, settings: Settings) -> TLSTerms:
        """Those of this service."""
        if service == "api":
            return cls(
                minimum=settings.api_tls_minimum,
                maximum=settings.api_tls_maximum,
                setting="api_tls",
                required=False,
                alpn=HTTP2,
            )
        return cls(
            minimum=settings.tls_minimum,
            maximum=settings.tls_maximum,
            required=settings.client_certificate == "required",
            environment=settings.environment,
        )
