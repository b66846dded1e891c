"""Stories that never came to what they are about: they prove nothing, in favour or against."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from ..fake import FakeAPNs
from ..ledger import ConnectionOpened, fired, in_vain
from ..scenario import Scenario, Sender, Step
from ..scenario.faults import Fault, Reject
from .cause import Cause, of_verdict
from .findings import Findings
from .verdict import NOT_PLAYED


def why_unfit(apns: FakeAPNs, findings: Findings) -> tuple[Cause, str] | None:
    """The cause, and a sentence, if a story is about what its sender does not do at all: whatever
    was found, nobody would say of a certificate what provider tokens are to be like, nor of who
    sends to devices alone what broadcasts are.
    """
    if _is_broadcast(apns.scenario) and not any(each.channel for each in apns.notifications):
        return of_verdict(NOT_PLAYED, "broadcast"), (
            "this scenario is about broadcasts, and none came: the lines with a channel are some"
        )
    audit, bound = findings.audit, apns.scenario.expect.max_provider_tokens
    if audit is None or audit.provider_tokens or bound is None:
        return None
    if not all(_is_about_tokens(step.fault) for step in apns.scenario.step):
        return None
    return of_verdict(NOT_PLAYED, "certificate"), (
        "this scenario is about provider tokens alone, and no notification was signed with one"
    )


def why_unplayed(apns: FakeAPNs, service: Sender | None) -> tuple[Cause, str] | None:
    """The cause, and a sentence, if nothing of what a story is about has happened to a sender to
    this service.
    """
    fine = not apns.scenario.step or _has_acted(apns)
    return None if fine else _waits(apns, service)


def _is_broadcast(scenario: Scenario) -> bool:
    return any(each.channel is not None for each in scenario.push)


def _is_about_tokens(fault: Fault) -> bool:
    return isinstance(fault, Reject) and str(fault.status).endswith(("ProviderToken", "InToken"))


def _plot(apns: FakeAPNs) -> dict[int, Step]:
    """The steps that the story is about, by their number: those that only set the scene do not
    count, unless there are no others.
    """
    steps = dict(enumerate(apns.scenario.step, start=1))
    return {number: step for number, step in steps.items() if not step.fault.prepares} or steps


def _has_acted(apns: FakeAPNs) -> bool:
    plot = _plot(apns)
    # A scripted token belongs to no step.
    return any(each.step is None or each.step in plot for each in fired(apns.ledger))


def unacted(apns: FakeAPNs) -> Iterator[str]:
    """A sentence for each step that the story is about and that never acted, where others did."""
    acted = {each.step for each in fired(apns.ledger)}
    for number, step in _plot(apns).items():
        if number not in acted and acted:
            yield f"step {number} never acted, and proves nothing of this sender: {step}"


def _waits(apns: FakeAPNs, service: Sender | None) -> tuple[Cause, str]:
    """What for, and what came instead."""
    waiting = ", ".join(map(str, _plot(apns).values()))
    vain = [each.detail for each in in_vain(apns.ledger)]
    scene = dict.fromkeys(each.fault for each in fired(apns.ledger))
    but = f" but {', '.join(scene)}, which prepares it" if scene else ""
    services = {entry.service for entry in apns.ledger.of(ConnectionOpened)}
    but += f"; one had {vain[0]}" if vain else ""
    asked = "" if service == "api" else " and feedback was not asked"
    if "feedback" in services:
        asked = " and feedback was asked"
    what = (
        f"no fault of this scenario fired{but}, so it proves nothing: {waiting}; "
        f"{len(apns.notifications)} notifications came{asked}"
    )
    return of_verdict(NOT_PLAYED, _why_it_waits(apns.scenario, services)), what


def _why_it_waits(scenario: Scenario, services: Collection[str]) -> str:
    """A reason, where more is known of it than that nothing came that it waits for."""
    if next(scenario.notes(unsure=False), None) is not None:
        return "noted"
    if all(step.fault.acts_on == ("feedback",) for step in scenario.step):
        return "" if "feedback" in services else "feedback"
    return "proxy" if all(step.on.host is not None for step in scenario.step) else ""
