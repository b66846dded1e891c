"""What an audit found, in numbers, in lists and in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from ...scenario import Expect
from ...text import readable
from ..entries import Entry
from .expectations import shortfalls, within
from .explain import Explainer
from .finding import Finding
from .identity import Key
from .intention import Intention, Meant
from .journal import Journal

#: The findings of which more than a few are cut.
_LISTS = (
    *("lost", "duplicated", "resent_unanswered", "refused", "withheld", "resent_after_refusal"),
    *("out_of_order", "unexpected"),
)
#: Those of which nothing is wrong, those that are told only where there are any, and those that
#: came too often.
_RIGHT = ("refused", "withheld", "resent_unanswered")
_RARE = ("withheld", "resent_unanswered")
_TWICE = ("duplicated", "resent_unanswered")
_SHOWN = 5


class Audit(msgspec.Struct, frozen=True, kw_only=True):
    """What became of what was meant, as lists of notifications and as numbers.

    `lost` were never accepted and never refused for a fault of their own. `duplicated` were
    accepted more often than meant; where no answer had told of that, as the provider API owes one,
    they are `resent_unanswered` instead, which is right unless a scenario bounds it. `refused` were
    rejected for their own fault, rightly not accepted; those that came again all the same are
    `resent_after_refusal`. `withheld` never came, or not again, and feedback has listed their
    tokens, or an answer of the provider API has said that their devices are gone, whenever that
    was. `out_of_order` were accepted only behind one that was meant later, and `unexpected` though
    nobody meant them. What is meant several times is in a list as often as it is concerned.

    `received` counts all that reached us, whatever became of it, `accepted` what was accepted,
    `delivered` how many of the intended were, and `accepted_once` how many of these once.

    `connections` counts connections for pushes, `side_by_side` how many of them were open at a time
    at most, `refused_connections` those that never came to speak, `errors` those that the server
    ended before their time; `streams_refused` are those of HTTP/2 that it refused since no more may
    be open at once, and `provider_tokens` how many tokens of a team have signed pushes within 20
    minutes, at most. `reconnects_per_error` are attempts to connect behind an error, None without
    any. `first_replay` are the seconds from an error to the first notification that it had
    swallowed coming again, one for each error after which that happened. `sent_after_feedback`
    counts notifications to tokens that feedback had listed before, and `resent_after_refusal` has
    what came again when its refusal could be known: nobody is blamed for what was written before,
    however late it was read.

    `findings` has each expectation that was not met; `shortfalls` a sentence for each,
    `explanations` what happened in each case, `lessons` what to do about it, and `ok` says whether
    there is none. `advice` is what the scenario says to senders, if it does, and `arriving` what
    may still come to be recorded, a sentence for each.
    """

    intended: int
    received: int
    accepted: int
    delivered: int
    accepted_once: int
    lost: tuple[Meant, ...]
    duplicated: tuple[Meant, ...]
    resent_unanswered: tuple[Meant, ...]
    refused: tuple[Meant, ...]
    withheld: tuple[Meant, ...]
    resent_after_refusal: tuple[Meant, ...]
    out_of_order: tuple[Meant, ...]
    unexpected: tuple[Meant, ...]
    connections: int
    side_by_side: int
    refused_connections: int
    errors: int
    streams_refused: int
    provider_tokens: int
    reconnects_per_error: float | None
    first_replay: tuple[float, ...]
    feedback_read: bool
    sent_after_feedback: int
    expect: Expect
    findings: tuple[Finding, ...]
    advice: str | None = None
    arriving: tuple[str, ...] = ()

    @property
    def shortfalls(self) -> tuple[str, ...]:
        """A sentence for each expectation that was not met."""
        return tuple(each.text for each in self.findings)

    @property
    def explanations(self) -> tuple[str, ...]:
        """What happened in each case, and what may still come."""
        told = [line for each in self.findings for line in each.explanations]
        return (*told, *(self.arriving if told else ()))

    @property
    def lessons(self) -> tuple[str, ...]:
        """What a sender should do about it, a sentence for each kind and reason."""
        return tuple(dict.fromkeys(line for each in self.findings for line in each.advice))

    @property
    def ok(self) -> bool:
        """Whether all that was expected was reached, and nothing was made up."""
        return not self.findings

    def as_dict(self) -> dict[str, Any]:
        """Everything, as JSON has it."""
        found: dict[str, Any] = msgspec.to_builtins(self)
        for told, each in zip(found["findings"], self.findings, strict=True):
            told["advice"] = list(each.advice)
        words = {"shortfalls": list(self.shortfalls), "explanations": list(self.explanations)}
        return {"ok": self.ok, **found, **words}

    def __str__(self) -> str:
        return readable("\n".join(_lines(self)))


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
    journal = Journal(intention)
    for entry in recorded:
        journal.take(entry)
    found = _conclude(intention, journal, expect or Expect(), tuple(arriving))
    return msgspec.structs.replace(found, advice=advice)


def _conclude(
    intention: Intention, journal: Journal, expect: Expect, arriving: tuple[str, ...]
) -> Audit:
    resent = journal.resent()
    positions = {**_positions(intention, journal), "resent_after_refusal": sorted(resent)}
    errors = sum(trail.ended_by_error for trail in journal.trails.values())
    delivered = sum(map(min, journal.accepted, intention.times))
    found: dict[str, Any] = {
        "intended": len(intention),
        "received": journal.received,
        "accepted": sum(journal.accepted) + journal.accepted_unmeant,
        "delivered": delivered,
        "accepted_once": delivered - sum(len(positions[name]) for name in _TWICE),
        "connections": len(journal.trails),
        "side_by_side": journal.widest,
        "refused_connections": len(journal.turned_away),
        "errors": errors,
        "streams_refused": sum(journal.streams.over_the_limit.values()),
        "provider_tokens": journal.provider_tokens.most,
        "reconnects_per_error": round(journal.reconnects / errors, 2) if errors else None,
        "first_replay": tuple(_delays(journal)),
        "feedback_read": journal.feedback_read,
        "sent_after_feedback": sum(journal.sent_after_feedback.values()),
    }
    counts = {name: len(each) for name, each in positions.items()}
    counts["unexpected"] = len(journal.unexpected)
    explainer = Explainer(intention, journal, positions, resent, arriving=bool(arriving))
    findings = explainer.findings(shortfalls(expect, {**found, **counts}))
    lists: dict[str, Any] = {
        name: tuple(map(intention.meant, each)) for name, each in positions.items()
    }
    return Audit(
        **found,
        **lists,
        unexpected=tuple(journal.unexpected.values()),
        expect=expect,
        findings=tuple(findings),
        arriving=arriving,
    )


def _positions(intention: Intention, journal: Journal) -> dict[str, list[int]]:
    """Which notifications each finding is about; what is meant several times as often."""
    knowledge = journal.knowledge
    times, accepted, refusals = intention.times, journal.accepted, journal.refusals
    lost: list[int] = []
    withheld: list[int] = []
    for position, meant in enumerate(times):
        if accepted[position] < meant:
            rightly = knowledge.knows_of_gone and knowledge.is_gone(
                *intention.registration(position)
            )
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
        "out_of_order": journal.out_of_order,
    }


def _delays(journal: Journal) -> Iterator[float]:
    """Seconds from each error to its first replay."""
    for trail in journal.trails.values():
        # A pool may send on one connection what it does not know yet to be lost on another.
        replayed, error_at = trail.replayed, trail.error_at
        if replayed is not None and error_at is not None and replayed >= error_at:
            yield round(replayed - error_at, 6)


# ---- in words -------------------------------------------------------------------------------


def _lines(audit: Audit) -> Iterator[str]:
    extra = f" ({audit.accepted_once} once)" if audit.accepted != audit.accepted_once else ""
    yield f"intended {audit.intended}, accepted {audit.accepted}{extra}"
    for name in _LISTS:
        found: tuple[Meant, ...] = getattr(audit, name)
        if name in _RARE and not found:
            # Most have no list to heed, and all their answers.
            continue
        yield f"{name} {within(len(found), getattr(audit.expect, name, None))}"
        if not audit.ok and name not in _RIGHT:
            yield from _some(found)
    yield _connections(audit)
    yield f"feedback {'read' if audit.feedback_read else 'not read'}" + (
        f", {audit.sent_after_feedback} sent to tokens that it had listed"
        if audit.sent_after_feedback
        else ""
    )
    for finding in audit.findings:
        yield f"- {finding.text}"
        yield from (f"  {text}" for text in finding.explanations)
        yield from (f"  what to do: {text}" for text in finding.advice)
    if audit.findings and audit.advice:
        yield f"the story's advice: {audit.advice}"
    if audit.findings:
        yield from (f"  {each}" for each in audit.arriving)


def _some(found: tuple[Meant, ...]) -> Iterator[str]:
    yield from (f"  {each}" for each in found[:_SHOWN])
    if len(found) > _SHOWN:
        yield f"  … and {len(found) - _SHOWN} more"


def _connections(audit: Audit) -> str:
    facts = [f"connections {audit.connections}"]
    if audit.side_by_side > 1:
        facts.append(f"side by side {audit.side_by_side}")
    if audit.refused_connections:
        facts.append(f"refused {audit.refused_connections}")
    if audit.provider_tokens > 1:
        facts.append(f"provider tokens {audit.provider_tokens}")
    if audit.streams_refused:
        facts.append(f"streams refused {audit.streams_refused}")
    if audit.errors:
        facts.append(f"ended by errors {audit.errors}")
        facts.append(f"reconnects per error {audit.reconnects_per_error:g}")
    if audit.first_replay:
        slowest = max(audit.first_replay)
        facts.append(f"first replay after {slowest:.3f} s at most")
    return ", ".join(facts)
