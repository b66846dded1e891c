"""What chaos is asked to do, and what came of each trial."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

import msgspec

from ..ledger.audit import Audit
from ..ledger.entries import Entry
from ..scenario.units import parse_duration
from .trials import Trial, writable

PASSED = "passed"
FAILED = "failed"
CRASHED = "crashed"
TIMEOUT = "timeout"
NOTHING_SENT = "nothing sent"
NOT_PLAYED = "not played"
CANNOT_START = "cannot start"


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """What a provider reached. `reached` counts what came to us, whatever became of it.

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


class Setup(msgspec.Struct, frozen=True):
    """What is the same for all trials. `timeout` as people write it, `1m30s`.

    With `keep_entries` results have the whole record of their server.
    """

    command: tuple[str, ...]
    count: int
    timeout: str
    keep_entries: bool = False

    @property
    def seconds(self) -> float:
        """The timeout in seconds."""
        return parse_duration(self.timeout)

    def rerun(self, trial: Trial) -> str:
        """The command line that plays just this story, with this seed."""
        words = [
            *("fakeapns", "chaos", "--scenario", trial.given, "--seed", str(trial.seed)),
            *("--count", str(self.count), "--timeout", self.timeout, "--", *self.command),
        ]
        return writable(shlex.join(words))


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a trial. `summary` says in a sentence what the verdict means.

    `verdict` is `passed`, `failed` (an expectation was not met), `crashed`, `exit N`,
    `timeout`, `nothing sent`, `cannot start`, or `not played`: nothing was wrong, and nothing
    was proved, since no fault of the story has fired. `exit_code` and `output` are the command's,
    `notes` what else has to be known, `refused` connections that never came to speak.
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
    faults_fired: dict[str, int] = {}
    judged: Judged = Judged()
    entries: Sequence[Entry] = ()

    @property
    def ok(self) -> bool:
        """Whether all went as it should."""
        return self.verdict == PASSED

    def story(self) -> list[str]:
        """Why it is not green, line by line: the summary, what the audit found, and the rest."""
        shortfalls = [] if self.verdict == FAILED else self.judged.shortfalls
        summary = [self.summary] if self.summary else []
        return [*summary, *shortfalls, *self.judged.explanations, *self.refused, *self.notes]


class Outcome(msgspec.Struct, kw_only=True):
    """All of a run of chaos. `started` is in epoch seconds; `results` are in order of the
    trials, and fewer than `planned` if it was interrupted.
    """

    setup: Setup
    started: float
    planned: int
    results: list[Result]
    seconds: float = 0.0
    interrupted: bool = False

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
