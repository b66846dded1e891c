"""What whoever reads a verdict has to know beside it."""

from __future__ import annotations

from collections.abc import Iterator

from ..fake import FakeAPNs
from ..ledger import ConnectionClosed, Ledger, Malformed
from ..ledger.audit import TurnedAway
from ..scenario import Sender
from .nothing import why_nothing


def notes(apns: FakeAPNs, service: Sender | None = None) -> Iterator[str]:
    """Why nothing came, and what came that could not be read."""
    if not apns.notifications:
        yield "; ".join((why_nothing(apns.ledger, service)[1], *_told_of_ends(apns.ledger)))
    malformed = apns.ledger.of(Malformed)
    if malformed:
        number = len(malformed)
        what = f"{number} frames were" if number > 1 else "1 frame was"
        yield f"{what} malformed: {malformed[0].reason}"


def _told_of_ends(ledger: Ledger) -> Iterator[str]:
    """What the ends of connections tell beside counts, each once."""
    details = dict.fromkeys(each.detail for each in ledger.of(ConnectionClosed))
    yield from (detail for detail in details if detail is not None)


def refused(ledger: Ledger) -> Iterator[str]:
    """Connections that never came to speak: by which step of the story, and for which of the
    client's own reasons.
    """
    return TurnedAway.of(ledger).in_words()
