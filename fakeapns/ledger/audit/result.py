"""What an audit found, in numbers, in lists and in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from ...scenario import Expect
from ...text import readable
from .expectations import within
from .finding import Finding
from .intention import Meant

#: The findings of which more than a few are cut.
_LISTS = (
    *("lost", "pruned", "duplicated", "resent_unanswered", "refused", "withheld"),
    *("resent_after_refusal", "out_of_order", "unexpected"),
)
#: Those of which nothing is wrong, those that are told only where there are any, and those that
#: came too often.
_RIGHT = ("refused", "withheld", "resent_unanswered")
_RARE = ("pruned", "withheld", "resent_unanswered")
TWICE = ("duplicated", "resent_unanswered")
_SHOWN = 5


class Audit(msgspec.Struct, frozen=True, kw_only=True):
    """What became of what was meant, as lists of notifications and as numbers.

    `lost` were never accepted and never refused for a fault of their own. `duplicated` were
    accepted more often than meant; where no answer had told of that, as the provider API owes one,
    they are `resent_unanswered` instead, which is right unless a scenario bounds it. `refused` were
    rejected for their own fault, rightly not accepted; those that came again all the same are
    `resent_after_refusal`. `withheld` never came, or not again, and feedback has listed their
    tokens, or an answer of the provider API has said that their devices or channels are gone,
    whenever that was, but since they were registered, where that is known; `pruned` are those of
    the `lost` that were withheld though their tokens had been registered since. `out_of_order` were
    accepted only behind one that was meant later, and `unexpected` though nobody meant them. What
    is meant several times is in a list as often as it is concerned.

    `received` counts all that reached us, whatever became of it, `accepted` what was accepted,
    `delivered` how many of the intended were, and `accepted_once` how many of these once.

    `connections` counts connections for pushes, `side_by_side` how many of them were open at a time
    at most, `refused_connections` those that never came to speak, `errors` those that the server
    ended before their time; `streams_refused` are those of HTTP/2 that it refused since no more may
    be open at once, and `provider_tokens` how many tokens of a team have signed pushes within 20
    minutes, at most. `reconnects_per_error` are attempts to connect behind an error, None without
    any. `first_replay` are the seconds from an error to the first notification that it had
    swallowed coming again, one for each error after which that happened. `sent_after_feedback`
    counts notifications to tokens that feedback had listed before, `altered` those that came with
    another expiration, priority, push type or collapse id than was listed, `stale_badges` the
    devices whose icon has another number in the end than the last that was meant for them, where a
    scenario bounds it, `fates` has how many
    ended in which way on devices, and `resent_after_refusal` has
    what came again when its refusal could be known: nobody is blamed for what was written before,
    however late it was read. Of the provider API, `sent_after_gone` counts pushes to devices and
    channels behind the answer that said that nobody is there, `resent_with_new_id` those that were
    owed and came again under another apns-id, or none, and `resent_at_once` those that a 429 or 5xx
    had refused and that came again on the same connection without a pause.

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
    pruned: tuple[Meant, ...]
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
    altered: int
    stale_badges: int
    fates: dict[str, int]
    sent_after_gone: int
    resent_with_new_id: int
    resent_at_once: int
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
    if audit.sent_after_gone:
        facts.append(f"sent to the gone {audit.sent_after_gone}")
    if audit.resent_with_new_id:
        facts.append(f"resent with a new id {audit.resent_with_new_id}")
    if audit.resent_at_once:
        facts.append(f"resent at once {audit.resent_at_once}")
    if audit.errors:
        facts.append(f"ended by errors {audit.errors}")
        facts.append(f"reconnects per error {audit.reconnects_per_error:g}")
    if audit.first_replay:
        slowest = max(audit.first_replay)
        facts.append(f"first replay after {slowest:.3f} s at most")
    return ", ".join(facts)
