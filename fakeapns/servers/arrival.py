"""What a fault wants of a connection that has not shaken hands yet."""

from __future__ import annotations

from typing import Literal

from ..push import Chosen, Mishaps
from ..scenario.faults import Accepting, BadServer, Handshaking
from .refusals import Refused


class Arriving(Accepting, Handshaking):
    """For a fault: it says here what is to be done, and the reception does it.

    `detail` is what goes on record.
    """

    def __init__(self) -> None:
        self.detail = ""
        self.refused: Literal["reset", "close", "before-handshake"] | None = None
        self.pause = 0.0
        #: Whether the handshake fails, and the alert that it fails with.
        self.fails = False
        self.alerted: int | None = None
        self.certificate: BadServer | None = None

    def explains(self, turned_away: str | None) -> bool:
        """Whether a client that did this was driven to it: by a bad certificate to any alert, by
        waiting to leaving.
        """
        if turned_away is None:
            return False
        return self.certificate is not None or (self.pause > 0 and turned_away == "left")

    def refuse(self, how: Literal["reset", "close", "before-handshake"]) -> None:
        """End the connection."""
        self.refused, self.detail = how, how

    def wait(self, seconds: float, detail: str) -> None:
        """Do nothing for so long, then shake hands."""
        self.pause, self.detail = seconds, detail

    def alert(self, number: int | None, detail: str) -> None:
        """Answer the client's first bytes with a fatal TLS alert, or with None by leaving."""
        self.fails, self.alerted, self.detail = True, number, detail

    def present(self, how: BadServer) -> None:
        """Present a certificate that the client should refuse."""
        self.certificate, self.detail = how, how


def asked(chosen: Chosen | None, mishaps: Mishaps) -> Arriving:
    """What a fault asks for; nothing without one."""
    arriving = Arriving()
    if chosen is not None:
        mishaps.call(chosen.fault.act, arriving, otherwise=None)
    return arriving


def asked_for(
    chosen: Chosen, arriving: Arriving | None = None, turned_away: str | None = None
) -> Refused:
    """What is told of a client that a fault has turned away, or that turned away from it."""
    why = chosen.reason
    if arriving is not None and turned_away is not None:
        # Whoever turns away from this does what it should: nothing is to be mended.
        how = f" ({arriving.certificate})" if arriving.certificate else ""
        why += f"{how}: the client {turned_away}, and was right to"
    return Refused("fault", why)
