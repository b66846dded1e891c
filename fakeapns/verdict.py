"""What a provider reached, held against what a scenario expects."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from .audit import Audit
from .entries import ConnectionOpened, FeedbackSent
from .notification import Entry, Notification
from .scenario import Expect


class Use(msgspec.Struct):
    """What a provider used on the way.

    `sent_after_feedback` counts notifications to tokens that feedback had listed before.
    """

    connections: int = 0
    feedback_read: bool = False
    sent_after_feedback: int = 0


def count_use(entries: Iterable[Entry]) -> Use:
    """What the ledger says that was used."""
    use = Use()
    listed: set[str] = set()
    for entry in entries:
        match entry:
            case Notification():
                use.sent_after_feedback += entry.token in listed
            case ConnectionOpened(service="gateway"):
                use.connections += 1
            case ConnectionOpened():
                use.feedback_read = True
            case FeedbackSent(token=token):
                listed.add(token)
    return use


def shortfalls(expect: Expect, audit: Audit, use: Use) -> list[str]:
    """Each expectation that was not met, in words. Empty if all were."""
    found = []
    for name in ("lost", "duplicated", "resent_after_refusal"):
        number, allowed = len(getattr(audit, name)), getattr(expect, name)
        if number > allowed:
            found.append(f"{name} {number}, expected at most {allowed}")
    if expect.max_connections is not None and use.connections > expect.max_connections:
        found.append(f"connections {use.connections}, expected at most {expect.max_connections}")
    if expect.min_accepted is not None and audit.accepted < expect.min_accepted:
        found.append(f"accepted {audit.accepted}, expected at least {expect.min_accepted}")
    if expect.feedback_read is not None and use.feedback_read != expect.feedback_read:
        found.append("feedback was not read" if expect.feedback_read else "feedback was read")
    allowed_after = expect.sent_after_feedback
    if allowed_after is not None and use.sent_after_feedback > allowed_after:
        found.append(
            f"sent {use.sent_after_feedback} to tokens that feedback had listed, "
            f"expected at most {allowed_after}"
        )
    return found
