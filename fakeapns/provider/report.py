"""What a provider knows of what it has sent."""

from __future__ import annotations

import msgspec


class Report(msgspec.Struct):
    """What a provider knows in the end. `refused` maps positions, from 0, to why, in words.

    `underway` have been written on the connection at hand, and may yet be refused. `withheld` are
    those that were not sent, or not again, since their receiver is gone, and why.
    """

    intended: int
    accepted: int = 0
    refused: dict[int, str] = msgspec.field(default_factory=dict)
    withheld: dict[int, str] = msgspec.field(default_factory=dict)
    resent: int = 0
    connections: int = 0
    underway: int = 0

    @property
    def done(self) -> int:
        """How many need not be written again, as far as is known."""
        return self.accepted + len(self.refused) + len(self.withheld) + self.underway


class SendError(Exception):
    """The server cannot be reached, or nothing gets through to it."""
