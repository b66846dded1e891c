"""A server that is not Apple."""

from __future__ import annotations

from typing import ClassVar

from .at import BadServer, Handshaking
from .base import Fault
from .stages import Service, Stage


class BadCertificate(Fault, frozen=True, tag="bad_certificate"):
    """Present a server certificate that is `expired`, from an `untrusted` CA, for the
    `wrong-host`, or with an `old-chain`: all of it, as of a CA that was given up.
    Who does not check it sends to somebody who is not Apple: all is discarded.
    """

    # Apple changed its CA, and providers that did not trust the new one were down for hours
    # (pushy #886); each time the question comes up again (parse-community/node-apn #161,
    # uniqush-push #271). On the day of such a change some addresses have the old chain and some the
    # new one (Apple's forum, January 2025). The opposite mistake, a client that checks nothing, is
    # never noticed in production.
    stages: ClassVar[tuple[Stage, ...]] = ("handshake",)
    services: ClassVar[tuple[Service, ...]] = ("gateway", "feedback", "api")
    how: BadServer = "untrusted"

    def act(self, at: Handshaking) -> None:
        """Present it."""
        at.present(self.how)
