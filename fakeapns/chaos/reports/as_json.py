"""The results for machines."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec

from ... import __version__
from ..result import Outcome, Result
from ..trials import writable


def as_json(outcome: Outcome) -> bytes:
    """One object, indented. Keys may be added later, none will go."""
    setup = outcome.setup
    whole = {
        "version": __version__,
        "command": list(map(writable, setup.command)),
        "count": setup.count,
        "timeout": setup.timeout,
        "started": datetime.fromtimestamp(outcome.started, UTC).isoformat(),
        "seconds": round(outcome.seconds, 3),
        "planned": outcome.planned,
        "passed": outcome.passed,
        "failed": outcome.failed,
        "not_played": outcome.not_played,
        "interrupted": outcome.interrupted,
        "trials": list(map(_trial, outcome.results)),
    }
    return msgspec.json.format(msgspec.json.encode(whole), indent=2) + b"\n"


def _trial(result: Result) -> dict[str, Any]:
    trial = result.trial
    return {
        "scenario": writable(trial.given),
        "file": writable(trial.path),
        "about": trial.scenario.about,
        "seed": trial.seed,
        "attempt": trial.attempt,
        "verdict": result.verdict,
        "ok": result.ok,
        "summary": result.summary,
        "seconds": round(result.seconds, 3),
        "exit_code": result.exit_code,
        "output": result.output,
        "notes": result.notes,
        "refused": result.refused,
        "shortfalls": result.judged.shortfalls,
        "explanations": result.judged.explanations,
        "audit": None if result.judged.audit is None else result.judged.audit.as_dict(),
        "faults_fired": result.faults_fired,
        "rerun": result.rerun,
    }
