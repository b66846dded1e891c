"""A server that is not Apple."""

from __future__ import annotations

from typing import ClassVar, Literal

from .at import Handshaking
from .base import Fault
from .stages import Service, Stage


class BadCertificate(Fault, frozen=True, tag="bad_certificate"):
    """Present a server certificate that is `expired`, from an `untrusted` CA, or for the
    `wrong-host`. Who does not check it sends to somebody who is not Apple: all is discarded.
    """

    # Apple changed its CA, and providers that did not trust the new one were down for hours
    # (pushy #886); each time the question comes up again (parse-community/node-apn #161,
    # uniqush-push #271). The opposite mistake, a client that checks nothing, is never noticed in
    # production.
    stages: ClassVar[tuple[Stage, ...]] = ("handshake",)
    services: ClassVar[tuple[Service, ...]] = ("gateway", "feedback")
    how: Literal["expired", "untrusted", "wrong-host"] = "untrusted"

    def act(self, at: Handshaking) -> None:
        """Present it."""
        at.present(self.how)
