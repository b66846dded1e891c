"""The results for machines."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from ..._version import __version__
from ...files import json_report
from ...text import encodable
from ..groups import Group, groups
from ..result import CampaignResult, TrialResult


def as_json(campaign: CampaignResult) -> bytes:
    """One object, indented, of ASCII. Keys may be added later, none will go."""
    setup = campaign.setup
    whole = {
        "version": __version__,
        "command": list(map(encodable, setup.command)),
        "service": setup.service,
        "count": setup.count,
        "timeout": setup.timeout,
        "started": datetime.fromtimestamp(campaign.started, UTC).isoformat(),
        "seconds": round(campaign.seconds, 3),
        "planned": campaign.planned,
        "left_out": campaign.left_out,
        "passed": campaign.passed,
        "failed": campaign.failed,
        "not_played": campaign.not_played,
        "interrupted": campaign.interrupted,
        "causes": list(map(_group, groups(campaign.results))),
        "trials": list(map(_trial, campaign.results)),
    }
    return json_report(whole)


def _group(group: Group) -> dict[str, Any]:
    return {
        "cause": encodable(group.cause.name),
        "what": encodable(group.cause.what),
        "advice": encodable(group.cause.advice),
        "green_without": group.gain,
        "stories": list(map(encodable, group.labels)),
    }


def _trial(result: TrialResult) -> dict[str, Any]:
    trial = result.trial
    return {
        "scenario": encodable(trial.given),
        "file": encodable(trial.path),
        "about": trial.scenario.about,
        "advice": trial.scenario.advice,
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
        "shortfalls": result.findings.shortfalls,
        "explanations": result.findings.explanations,
        "audit": None if result.findings.audit is None else result.findings.audit.as_dict(),
        "causes": [encodable(cause.name) for cause in result.causes],
        "what_to_do": list(map(encodable, result.lessons)),
        "allowed": result.findings.allowances(),
        "faults_fired": result.faults_fired,
        "rerun": result.rerun,
    }
