"""The results as one page that shows each story: connections as lanes, errors and replays."""

from __future__ import annotations

from ...inspector.timeline import Section, page, trace
from ..groups import Group, groups
from ..result import CampaignResult, TrialResult
from ..verdict import NOT_PLAYED


def as_page(campaign: CampaignResult) -> bytes:
    """The page, UTF-8. Wants results that have their entries."""
    idle = f", {campaign.not_played} not played" if campaign.not_played else ""
    title = f"fakeapns chaos: {campaign.passed} of {campaign.planned} passed{idle}"
    bad = [result for result in campaign.results if not result.ok]
    causes = [_cause(group) for group in groups(bad)] if len(bad) > 1 else []
    return page(title, [_section(result) for result in campaign.results], causes).encode()


def _cause(group: Group) -> str:
    """What some have in common that are not green, what to do, and which they are."""
    gain = f", {group.gain} for this alone" if group.gain else ""
    stories = f"{len(group.results)} not green{gain}"
    return f"{group.cause.what} ({stories}: {', '.join(group.labels)}). {group.cause.advice}"


def _section(result: TrialResult) -> Section:
    facts = {
        "result": result.verdict,
        **result.findings.cells(),
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
        notes=(*result.story(), *result.what_to_do(), *again, *output),
        trace=trace(result.entries) if result.entries else None,
    )
