"""Why nothing came of which a notification could be made."""

from __future__ import annotations

from collections import Counter

from ..ledger import (
    ConnectionClosed,
    ConnectionOpened,
    ConnectionRefused,
    FaultFired,
    Ledger,
    Malformed,
)
from ..ledger.audit import TurnedAway
from .cause import Cause, of_refusal, of_verdict
from .verdict import NOTHING_SENT


def why_nothing(ledger: Ledger) -> tuple[Cause, str]:
    """The cause, and a sentence. Whoever the story disturbed is not blamed for that."""
    away = TurnedAway.of(ledger)
    own = away.own("gateway") or away.own("proxy")
    opened = ledger.of(ConnectionOpened)
    services = {each.service for each in opened}
    theirs = {each.connection for each in opened if each.service == "gateway"}
    theirs |= {each.connection for each in away.at("gateway")}
    disturbed = sorted({each.connection for each in ledger.of(FaultFired)} & theirs)
    if own:
        commonest = Counter(each.reason for each in own).most_common(1)[0][0]
        refused: ConnectionRefused = next(each for each in own if each.reason == commonest)
        times = f"{len(own)} time{'s' * (len(own) > 1)}"
        return of_refusal(NOTHING_SENT, refused), f"it was refused {times} and gave up"
    ends = [each for each in ledger.of(ConnectionClosed) if each.connection in theirs]
    unread = sum(each.unread_bytes for each in ends)
    if ledger.of(Malformed) or unread:
        what = f"{unread:,} bytes that were not read" if unread else "no frame that could be read"
        return of_verdict(NOTHING_SENT, "unreadable"), f"it sent {what}"
    if disturbed:
        return of_verdict(NOTHING_SENT, "gave-up"), (
            f"the story disturbed connection {', '.join(map(str, disturbed))} before "
            "anything could be sent, and it did not try again, or not often enough"
        )
    if "gateway" in services:
        return of_verdict(NOTHING_SENT, "connected"), (
            "it connected to the gateway and sent no notification: APNS_WORK lists what to send"
        )
    return of_verdict(NOTHING_SENT, "elsewhere" if services else ""), (
        f"it never connected{' to the gateway' if services else ''}: the gateway is at "
        "APNS_GATEWAY_HOST and APNS_GATEWAY_PORT, and what to send in the file APNS_WORK"
    )
