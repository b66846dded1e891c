"""What whoever reads a verdict has to know beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ..fake import FakeAPNs
from ..ledger import (
    ConnectionClosed,
    ConnectionOpened,
    ConnectionRefused,
    FaultFired,
    Ledger,
    Malformed,
)


def notes(apns: FakeAPNs) -> Iterator[str]:
    """Why nothing came, and what came that could not be read."""
    services = {entry.service for entry in apns.ledger.of(ConnectionOpened)}
    if not apns.notifications:
        why = _why_nothing(apns.ledger, connected="gateway" in services)
        yield "; ".join((why, *_last_words(apns.ledger)))
    malformed = apns.ledger.of(Malformed)
    if malformed:
        number = len(malformed)
        what = f"{number} frames were" if number > 1 else "1 frame was"
        yield f"{what} malformed: {malformed[0].reason}"


def _why_nothing(ledger: Ledger, *, connected: bool) -> str:
    disturbed = {fault.connection for fault in ledger.of(FaultFired)}
    if disturbed:
        return (
            f"the story disturbed connection {', '.join(map(str, sorted(disturbed)))} before "
            "anything could be sent, and it did not try again, or not often enough"
        )
    if connected:
        return "it connected to the gateway and sent no notification: APNS_WORK lists what to send"
    tried = len(ledger.of(ConnectionRefused))
    if tried:
        return f"it was refused {tried} time{'s' * (tried > 1)} and gave up"
    return (
        "it never connected: the gateway is at APNS_GATEWAY_HOST and APNS_GATEWAY_PORT, and "
        "what to send in the file APNS_WORK"
    )


def _last_words(ledger: Ledger) -> Iterator[str]:
    """What the ends of connections tell beside counts, each once."""
    details = Counter(each.detail for each in ledger.of(ConnectionClosed))
    yield from (detail for detail in details if detail is not None)


def refused(ledger: Ledger) -> Iterator[str]:
    """Connections that never came to speak though the story let them: how many, and why."""
    hints = Counter(
        entry.hint
        for entry in ledger.of(ConnectionRefused)
        if entry.reason not in ("fault", "stopped")
    )
    for hint, number in hints.items():
        yield f"{number} connection{'s' * (number > 1)} refused: {hint}"
