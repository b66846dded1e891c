"""What came of a trial, and of all of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from ..ledger import Entry
from ..ledger.audit import Finding
from .cause import Cause, of_finding, of_verdict
from .findings import Findings
from .setup import Setup
from .trials import Trial
from .verdict import CANNOT_START, CRASHED, FAILED, NOT_PLAYED, PASSED, TIMEOUT

#: What a command that ended before its time has left undone; all else it had done by then.
_OF_AN_END = frozenset({"received", "lost", "min_accepted", "feedback_read"})


class TrialResult(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a trial. `summary` says in a sentence what the verdict means.

    `verdict` is `passed`, `failed` (an expectation was not met), `crashed`, `exit N`,
    `timeout`, `nothing sent`, `cannot start`, or `not played`: nothing was wrong, and nothing
    was proved, since no fault of the story has fired. `exit_code` and `output` are the command's,
    `notes` what else has to be known, `refused` connections that never came to speak, `cause` what
    it is for where no finding says so.
    """

    trial: Trial
    verdict: str
    summary: str
    seconds: float
    rerun: str
    exit_code: int | None = None
    output: str = ""
    notes: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    cause: Cause | None = None
    faults_fired: dict[str, int] = {}
    findings: Findings = Findings()
    entries: Sequence[Entry] = ()

    @property
    def ok(self) -> bool:
        """Whether all went as it should."""
        return self.verdict == PASSED

    @property
    def causes(self) -> tuple[Cause, ...]:
        """What it is not green for: what ended the command, and each thing that was found and
        does not come of such an end.
        """
        if self.ok:
            return ()
        found = self.findings.found
        if self.verdict == FAILED and self.cause is None and found:
            return _of(found)
        cause = self.cause or of_verdict(self.verdict)
        ran = self.verdict in (TIMEOUT, CRASHED) or self.verdict.startswith("exit ")
        own = (each for each in found if ran and each.kind not in _OF_AN_END)
        return cause, *_of(own)

    def story(self) -> list[str]:
        """Why it is not green, line by line: the summary, what the audit found, and the rest."""
        shortfalls = [] if self.verdict == FAILED else self.findings.shortfalls
        summary = [self.summary] if self.summary else []
        found = [*shortfalls, *self.findings.explanations]
        # Connections that were turned away are an explanation of what was lost, too.
        return list(dict.fromkeys([*summary, *found, *self.refused, *self.notes]))

    @property
    def lessons(self) -> tuple[str, ...]:
        """What its sender should do, a sentence for each cause."""
        return tuple(dict.fromkeys(cause.advice for cause in self.causes))

    def what_to_do(self) -> list[str]:
        """The same line by line, and what the story says to whoever fell short in it."""
        lines = [f"what to do: {lesson}" for lesson in self.lessons]
        advice = self.trial.scenario.advice
        if advice is not None and any(cause.lies_in_the_story for cause in self.causes):
            lines.append(f"the story's advice: {advice}")
        return lines


def _of(found: Iterable[Finding]) -> tuple[Cause, ...]:
    return tuple(cause for each in found for cause in of_finding(FAILED, each))


class CampaignResult(msgspec.Struct, kw_only=True):
    """What came of a campaign. `started` is in epoch seconds; `results` are in order of the
    trials, and fewer than `planned` if it was interrupted. `left_out` are those that are for
    senders to another service.
    """

    setup: Setup
    started: float
    planned: int
    results: list[TrialResult]
    seconds: float = 0.0
    interrupted: bool = False
    left_out: int = 0

    @property
    def passed(self) -> int:
        """How many are green."""
        return sum(result.ok for result in self.results)

    @property
    def not_played(self) -> int:
        """How many prove nothing."""
        return sum(result.verdict == NOT_PLAYED for result in self.results)

    @property
    def failed(self) -> int:
        """How many are neither."""
        return len(self.results) - self.passed - self.not_played

    @property
    def never_ran(self) -> bool:
        """Whether the command could not be run even once."""
        return all(result.verdict == CANNOT_START for result in self.results)
