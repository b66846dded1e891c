"""From what was meant and what is on record to an audit: whom it concerns, and the numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from ...scenario import Expect
from ..entries import Entry
from .expectations import shortfalls
from .explain import Explainer
from .identity import Key
from .intention import Intention
from .journal import Journal
from .pruned import Pruned
from .result import TWICE, Audit


def audit(
    recorded: Iterable[Entry],
    intended: Iterable[Any],
    *,
    key: Key | None = None,
    expect: Expect | None = None,
    advice: str | None = None,
    arriving: Sequence[str] = (),
) -> Audit:
    """Hold what was recorded against what was intended, and against what is expected.

    `recorded` are ledger entries in order. Each intended notification is a pair of token and
    payload, a mapping with these keys, or an object with these attributes; payloads are bytes,
    text or Python objects. `key` tells notifications apart by something else: a function of
    an object with `token` and `payload`, or a dotted path into the payload. `expect` and `advice`
    are the scenario's. `arriving` says, a sentence each, what may still come to be recorded. Raises
    `UsageError` for what is no notification, and if nothing was intended.
    """
    intention = Intention(intended, key)
    wanted = expect or Expect()
    journal = Journal(
        intention, compare=wanted.sent_as_listed, badges=wanted.stale_badges is not None
    )
    for entry in recorded:
        journal.take(entry)
    found = _conclude(intention, journal, wanted, tuple(arriving))
    return msgspec.structs.replace(found, advice=advice)


def _conclude(
    intention: Intention, journal: Journal, expect: Expect, arriving: tuple[str, ...]
) -> Audit:
    resent = journal.resent.found
    positions = {**_positions(intention, journal), "resent_after_refusal": sorted(resent)}
    errors = sum(trail.ended_by_error for trail in journal.trails.values())
    delivered = sum(map(min, journal.accepted, intention.times))
    found: dict[str, Any] = {
        "intended": len(intention),
        "received": journal.received,
        "accepted": sum(journal.accepted) + journal.unmeant.accepted,
        "delivered": delivered,
        "accepted_once": delivered - sum(len(positions[name]) for name in TWICE),
        "connections": len(journal.trails),
        "side_by_side": journal.widest,
        "refused_connections": len(journal.turned_away),
        "errors": errors,
        "streams_refused": sum(journal.streams.over_the_limit.values()),
        "provider_tokens": journal.provider_tokens.most,
        "reconnects_per_error": round(journal.reconnects / errors, 2) if errors else None,
        "first_replay": tuple(_delays(journal)),
        "feedback_read": journal.feedback_read,
        "sent_after_feedback": sum(journal.in_vain.after_feedback.values()),
        "altered": len(journal.as_listed.altered),
        "stale_badges": len(journal.badges.stale),
        "fates": dict(journal.landed.numbers),
        "sent_after_gone": sum(each.times for each in journal.in_vain.after_answers),
        "resent_with_new_id": sum(each.times for each in journal.retries.renamed.values()),
        "resent_at_once": sum(each.times for each in journal.retries.hasty.values()),
    }
    counts = {name: len(each) for name, each in positions.items()}
    counts["unexpected"] = len(journal.unmeant.unexpected)
    explainer = Explainer(intention, journal, positions, resent, arriving=bool(arriving))
    findings = explainer.findings(shortfalls(expect, {**found, **counts}))
    lists: dict[str, Any] = {
        name: tuple(map(intention.meant, each)) for name, each in positions.items()
    }
    return Audit(
        **found,
        **lists,
        unexpected=journal.unmeant.unexpected,
        expect=expect,
        findings=tuple(findings),
        arriving=arriving,
    )


def _positions(intention: Intention, journal: Journal) -> dict[str, list[int]]:
    """Which notifications each finding is about; what is meant several times as often."""
    gone = journal.knowledge.gone
    times, accepted, refusals = intention.times, journal.accepted, journal.refusals
    lost: list[int] = []
    withheld: list[int] = []
    for position, meant in enumerate(times):
        if accepted[position] < meant:
            rightly = gone and gone.is_gone(*intention.registration(position))
            missing = [position] * (meant - accepted[position] - refusals.get(position, 0))
            (withheld if rightly else lost).extend(missing)
    duplicated: list[int] = []
    for position in sorted(journal.doubled):
        meant = times[position]
        rescued = journal.rescued.get(position, 0)
        duplicated += [position] * min(accepted[position] - meant - rescued, meant)
    rescues: list[int] = []
    for position, rescued in sorted(journal.rescued.items()):
        rescues += [position] * min(rescued, times[position])
    refused: list[int] = []
    for position in sorted(refusals):
        refused += [position] * min(refusals[position], times[position])
    return {
        "lost": lost,
        "duplicated": duplicated,
        "resent_unanswered": rescues,
        "refused": refused,
        "withheld": withheld,
        "pruned": Pruned(intention, journal).among(lost),
        "out_of_order": journal.out_of_order,
    }


def _delays(journal: Journal) -> Iterator[float]:
    """Seconds from each error to its first replay."""
    for trail in journal.trails.values():
        # A pool may send on one connection what it does not know yet to be lost on another.
        replayed, error_at = trail.replayed, trail.error_at
        if replayed is not None and error_at is not None and replayed >= error_at:
            yield round(replayed - error_at, 6)
