"""Why nothing came of which a notification could be made."""

from __future__ import annotations

from collections import Counter

from ..ledger import (
    ApiRequest,
    ConnectionClosed,
    ConnectionOpened,
    ConnectionRefused,
    FaultFired,
    Ledger,
    Malformed,
)
from ..ledger.audit import TurnedAway
from ..scenario import Sender
from .cause import Cause, of_refusal, of_verdict
from .verdict import NOTHING_SENT

#: Where each service is, for whoever never came there.
_ADDRESSES: dict[str, str] = {
    "api": "the provider API is at APNS_API_URL",
    "gateway": "the gateway is at APNS_GATEWAY_HOST and APNS_GATEWAY_PORT",
}
_NAMES: dict[str, str] = {"api": "the provider API", "gateway": "the gateway"}


def why_nothing(ledger: Ledger, service: Sender | None = None) -> tuple[Cause, str]:
    """The cause, and a sentence, of a sender to this service, or to either. Whoever the story
    disturbed is not blamed for that.
    """
    wanted = _NAMES if service is None else {service: _NAMES[service]}
    away = TurnedAway.of(ledger)
    own = away.own_for_pushes() or away.own("proxy")
    opened = ledger.of(ConnectionOpened)
    services = {each.service for each in opened}
    theirs = {each.connection for each in opened if each.service in wanted}
    theirs |= {each.connection for each in away.for_pushes() if each.service in wanted}
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
    if requests := ledger.of(ApiRequest):
        why = requests[0].detail or requests[0].reason
        many = "a request" if len(requests) == 1 else f"{len(requests):,} requests"
        return of_verdict(NOTHING_SENT, "no-push"), f"it sent {many} that came to no push: {why}"
    if found := [name for each, name in wanted.items() if each in services]:
        return of_verdict(NOTHING_SENT, "connected"), (
            f"it connected to {found[0]} and sent no notification: APNS_WORK lists what to send"
        )
    where = ", ".join(_ADDRESSES[each] for each in wanted)
    to = f" to {' or '.join(wanted.values())}" if services else ""
    return of_verdict(NOTHING_SENT, "elsewhere" if services else ""), (
        f"it never connected{to}: {where}, and what to send in the file APNS_WORK"
    )


def wrong_service(found: Sender, service: Sender) -> tuple[Cause, str]:
    """The cause, and a sentence, where a sender speaks to another service than it was taken for."""
    cause = of_verdict(NOTHING_SENT, "other-service", f"it speaks to {_NAMES[found]}")
    return cause, (
        f"the command sends to {_NAMES[found]}, and is played with as one that sends to "
        f"{_NAMES[service]}: say --service {found}"
    )
