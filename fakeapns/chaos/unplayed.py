"""Stories that never came to what they are about: they prove nothing, in favour or against."""

from __future__ import annotations

from ..fake import FakeAPNs
from ..ledger import ConnectionOpened, FaultFired
from ..scenario import Sender, Step
from .cause import Cause, of_verdict
from .findings import Findings
from .verdict import NOT_PLAYED


def why_unplayed(
    apns: FakeAPNs, findings: Findings, service: Sender | None
) -> tuple[Cause, str] | None:
    """The cause, and a sentence, if a story was not played with a sender to this service."""
    if apns.scenario.step:
        return None if _has_acted(apns) else _waits(apns, service)
    bounds_tokens = apns.scenario.expect.max_provider_tokens is not None
    if bounds_tokens and findings.audit is not None and not findings.audit.provider_tokens:
        return of_verdict(NOT_PLAYED, "certificate"), (
            "this scenario is about provider tokens alone, and no notification was signed with one"
        )
    return None


def _plot(apns: FakeAPNs) -> dict[int, Step]:
    """The steps that the story is about, by their number: those that only set the scene do not
    count, unless there are no others.
    """
    steps = dict(enumerate(apns.scenario.step, start=1))
    return {number: step for number, step in steps.items() if not step.fault.prepares} or steps


def _has_acted(apns: FakeAPNs) -> bool:
    plot = _plot(apns)
    # A scripted token belongs to no step.
    return any(each.step is None or each.step in plot for each in apns.ledger.of(FaultFired))


def _waits(apns: FakeAPNs, service: Sender | None) -> tuple[Cause, str]:
    """What for, and what came instead."""
    waiting = ", ".join(map(str, _plot(apns).values()))
    scene = dict.fromkeys(each.fault for each in apns.ledger.of(FaultFired))
    but = f" but {', '.join(scene)}, which prepares it" if scene else ""
    services = {entry.service for entry in apns.ledger.of(ConnectionOpened)}
    asked = "" if service == "api" else " and feedback was not asked"
    if "feedback" in services:
        asked = " and feedback was asked"
    what = (
        f"no fault of this scenario fired{but}, so it proves nothing: {waiting}; "
        f"{len(apns.notifications)} notifications came{asked}"
    )
    wanted = all(step.fault.acts_on == ("feedback",) for step in apns.scenario.step)
    unasked = wanted and "feedback" not in services
    return of_verdict(NOT_PLAYED, "feedback" if unasked else ""), what
