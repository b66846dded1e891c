"""What the record of a trial proves, in numbers and in sentences."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from ..fake import FakeAPNs
from ..ledger.audit import Audit
from ..provider import WorkItem


class Findings(msgspec.Struct, frozen=True, kw_only=True):
    """What was found. `reached` counts what came to us, whatever became of it.

    `shortfalls` are expectations that were not met, `explanations` how that came about.
    Without an audit nothing could be judged.
    """

    reached: int = 0
    audit: Audit | None = None
    shortfalls: tuple[str, ...] = ()
    explanations: tuple[str, ...] = ()

    def numbers(self) -> dict[str, int]:
        """What reports show, by name."""
        audit = self.audit
        return {
            "accepted": 0 if audit is None else audit.accepted,
            "lost": 0 if audit is None else len(audit.lost),
            "duplicated": 0 if audit is None else len(audit.duplicated),
            "resent": 0 if audit is None else len(audit.resent_after_refusal),
            "connections": 0 if audit is None else audit.connections,
        }


def findings_of(apns: FakeAPNs, items: Sequence[WorkItem]) -> Findings:
    """Hold the record of a server that has ended against what was to be sent."""
    reached = len(apns.notifications)
    if apns.ledger.dropped:
        what = (
            f"sent so much that {apns.ledger.dropped:,} entries were dropped from the record, "
            "and without them nothing can be judged"
        )
        return Findings(reached=reached, shortfalls=(what,))
    audit = apns.audit(items)
    if not reached:
        # That is a verdict of its own, and of what never came there is nothing to explain.
        return Findings(audit=audit)
    shortfalls = audit.shortfalls
    if not (shortfalls or audit.delivered) and apns.scenario.expect.min_accepted is None:
        # All refused, and rightly so: whether it can send at all is not known.
        shortfalls = ("not one was accepted",)
    return Findings(
        reached=reached,
        audit=audit,
        shortfalls=shortfalls,
        explanations=audit.explanations,
    )
