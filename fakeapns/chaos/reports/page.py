"""The results as one page that shows each story: connections as lanes, errors and replays."""

from __future__ import annotations

from ...inspector.timeline import Section, page, trace
from ..result import CampaignResult, TrialResult
from ..verdict import NOT_PLAYED


def as_page(campaign: CampaignResult) -> bytes:
    """The page, UTF-8. Wants results that have their entries."""
    title = f"fakeapns chaos: {campaign.passed} of {campaign.planned} passed"
    return page(title, [_section(result) for result in campaign.results]).encode()


def _section(result: TrialResult) -> Section:
    facts = {
        "result": result.verdict,
        **result.findings.numbers(),
        "seconds": f"{result.seconds:.1f}",
        "seed": result.trial.seed,
    }
    output = [f"The command's output:\n{result.output.rstrip()}"] if result.output.strip() else []
    if result.ok and not result.entries:
        output.append("Its timeline was left out: there are too many.")
    again = [] if result.ok else [f"$ {result.rerun}"]
    return Section(
        title=result.trial.label,
        badge="passed" if result.ok else "" if result.verdict == NOT_PLAYED else "failed",
        about=result.trial.scenario.about,
        facts=tuple((name, str(value)) for name, value in facts.items()),
        notes=(*result.story(), *again, *output),
        trace=trace(result.entries) if result.entries else None,
    )
