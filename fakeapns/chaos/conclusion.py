"""Which verdict a trial gets, why in a sentence, and what it is for where no audit says so."""

from __future__ import annotations

import signal
from typing import NamedTuple

from ..fake import FakeAPNs
from ..ledger.audit import TurnedAway
from ..scenario import Sender
from .cause import Cause, of_last_words, of_verdict
from .command import Ended
from .findings import Findings
from .nothing import why_nothing, wrong_service
from .setup import Setup
from .unplayed import why_unfit, why_unplayed
from .verdict import CRASHED, FAILED, NOT_PLAYED, NOTHING_SENT, PASSED, TIMEOUT


class Conclusion(NamedTuple):
    """The verdict, why in a sentence, and the cause if it is none of the findings."""

    verdict: str
    summary: str = ""
    cause: Cause | None = None


def conclude(setup: Setup, apns: FakeAPNs, ended: Ended, findings: Findings) -> Conclusion:
    """Whom it speaks to comes first, then how the command ended: whatever has arrived, one that
    crashed is not green.
    """
    services = {each.service for each in apns.notifications}
    if setup.service is not None and services and setup.service not in services:
        other: Sender = "api" if setup.service == "gateway" else "gateway"
        cause, what = wrong_service(other, setup.service)
        return Conclusion(NOTHING_SENT, what, cause)
    if ended.timed_out:
        return _out_of_time(setup, ended, findings, apns)
    if ended.exit_code < 0:
        name = _signal_name(-ended.exit_code)
        what = f"the command was killed by {name}"
        return Conclusion(CRASHED, what, of_verdict(CRASHED, detail=name))
    if ended.exit_code and not _may_stop(findings):
        verdict = f"exit {ended.exit_code}"
        what = f"the command ended with exit code {ended.exit_code}"
        said = of_last_words(verdict, ended.output)
        return Conclusion(verdict, what, _turned_away(setup, apns, findings) or said)
    if not findings.reached:
        what = "the command ended, and not a single notification had come"
        return Conclusion(NOTHING_SENT, what, why_nothing(apns.ledger, setup.service)[0])
    if unfit := why_unfit(apns, findings):
        return Conclusion(NOT_PLAYED, unfit[1], unfit[0])
    if findings.found:
        return Conclusion(FAILED, "; ".join(findings.shortfalls))
    if unplayed := why_unplayed(apns, setup.service):
        return Conclusion(NOT_PLAYED, unplayed[1], unplayed[0])
    return Conclusion(PASSED)


def _out_of_time(setup: Setup, ended: Ended, findings: Findings, apns: FakeAPNs) -> Conclusion:
    fine = findings.reached > 0 and not findings.found
    killed = "killed, with its children and its connections"
    left = "it cannot be killed and goes on" if ended.survived else killed
    moral = "; all that came of it was well, it only did not end" if fine else ""
    what = f"the command had not ended after {setup.timeout}: {left}{moral}"
    said = of_verdict(TIMEOUT, "unended" if fine else "")
    return Conclusion(TIMEOUT, what, _turned_away(setup, apns, findings) or said)


def _may_stop(findings: Findings) -> bool:
    """Whether the story lets a sender stop, and this one did nothing else wrong: who sends no more
    says so by an exit code.
    """
    stops = findings.audit is not None and findings.audit.expect.lost > 0
    return stops and findings.reached > 0 and not findings.found


def _turned_away(setup: Setup, apns: FakeAPNs, findings: Findings) -> Cause | None:
    """The cause for one that could send nothing, since nobody let it in, however it took that."""
    away = None if findings.reached else TurnedAway.of(apns.ledger)
    return why_nothing(apns.ledger, setup.service)[0] if away else None


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
