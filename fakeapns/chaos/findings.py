"""What the record of a trial proves, in numbers and in sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import msgspec

from ..fake import FakeAPNs
from ..ledger.audit import Audit, Finding, within
from ..provider import WorkItem


class Findings(msgspec.Struct, frozen=True, kw_only=True):
    """What was found. `reached` counts what came to us, whatever became of it.

    `found` are expectations that were not met. Without an audit nothing could be judged.
    """

    reached: int = 0
    audit: Audit | None = None
    found: tuple[Finding, ...] = ()

    @property
    def shortfalls(self) -> tuple[str, ...]:
        """A sentence for each expectation that was not met."""
        return tuple(each.text for each in self.found)

    @property
    def explanations(self) -> tuple[str, ...]:
        """How that came about."""
        return tuple(line for each in self.found for line in each.explanations)

    def numbers(self) -> dict[str, int]:
        """What reports show, by name: `resent` after a refusal, `rescued` without an answer."""
        audit = self.audit
        return {
            "accepted": 0 if audit is None else audit.accepted,
            "lost": 0 if audit is None else len(audit.lost),
            "duplicated": 0 if audit is None else len(audit.duplicated),
            "resent": 0 if audit is None else len(audit.resent_after_refusal),
            "rescued": 0 if audit is None else len(audit.resent_unanswered),
            "connections": 0 if audit is None else audit.connections,
        }

    def allowances(self) -> dict[str, int]:
        """How much of these the story allows for; nothing is said of what may not be at all."""
        if self.audit is None:
            return {}
        expect = self.audit.expect
        allowed = {
            "lost": expect.lost,
            "duplicated": expect.duplicated,
            "resent": expect.resent_after_refusal,
            "rescued": expect.resent_unanswered,
        }
        return {name: number for name, number in allowed.items() if number}

    def cells(self) -> dict[str, str]:
        """The numbers as a table has them, beside what is allowed: `100 of 100`."""
        allowed = self.allowances()
        return {
            name: f"{number} of {allowed[name]}" if name in allowed else str(number)
            for name, number in self.numbers().items()
        }

    def allowed(self) -> Iterator[str]:
        """The same in words."""
        numbers = self.numbers()
        for name, number in self.allowances().items():
            yield f"{name} {within(numbers[name], number)}"


def findings_of(apns: FakeAPNs, items: Sequence[WorkItem]) -> Findings:
    """Hold the record of a server that has ended against what was to be sent."""
    reached = len(apns.notifications)
    if apns.ledger.dropped:
        what = (
            f"sent so much that {apns.ledger.dropped:,} entries were dropped from the record, "
            "and without them nothing can be judged"
        )
        too_much = Finding(kind="received", reasons=("too-much",), text=what)
        return Findings(reached=reached, found=(too_much,))
    audit = apns.audit(items)
    if not reached:
        # That is a verdict of its own, and of what never came there is nothing to explain.
        return Findings(audit=audit)
    found = audit.findings
    if not (found or audit.delivered) and apns.scenario.expect.min_accepted is None:
        # All refused, and rightly so: whether it can send at all is not known.
        found = (_none_accepted(apns),)
    return Findings(reached=reached, audit=audit, found=found)


def _none_accepted(apns: FakeAPNs) -> Finding:
    statuses = Counter(str(each.status) for each in apns.rejected)
    return Finding(
        kind="min_accepted",
        reasons=("refused",),
        text="not one was accepted",
        explanations=tuple(
            f"{number} {'was' if number == 1 else 'were'} refused with {status}"
            for status, number in statuses.most_common()
        ),
    )
