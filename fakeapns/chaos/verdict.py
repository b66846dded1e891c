"""The verdicts there are, and which one a trial gets."""

from __future__ import annotations

import signal

from ..fake import FakeAPNs
from ..ledger import ConnectionOpened, FaultFired
from .command import Ended
from .findings import Findings
from .setup import Setup

PASSED = "passed"
FAILED = "failed"
CRASHED = "crashed"
TIMEOUT = "timeout"
NOTHING_SENT = "nothing sent"
NOT_PLAYED = "not played"
CANNOT_START = "cannot start"


def conclude(setup: Setup, apns: FakeAPNs, ended: Ended, findings: Findings) -> tuple[str, str]:
    """The verdict, and why in a sentence.

    How the command ended comes first: whatever has arrived, a sender that crashed is not green.
    """
    if ended.timed_out:
        left = "it cannot be killed and goes on" if ended.survived else "killed, with its children"
        fine = findings.reached and not findings.shortfalls
        moral = "; all that it sent was well, it only did not end" if fine else ""
        return TIMEOUT, f"the command had not ended after {setup.timeout}: {left}{moral}"
    if ended.exit_code < 0:
        return CRASHED, f"the command was killed by {_signal_name(-ended.exit_code)}"
    if ended.exit_code:
        return f"exit {ended.exit_code}", f"the command ended with exit code {ended.exit_code}"
    if not findings.reached:
        return NOTHING_SENT, "the command ended, and not a single notification had come"
    if findings.shortfalls:
        return FAILED, "; ".join(findings.shortfalls)
    if apns.scenario.step and not apns.ledger.of(FaultFired):
        return NOT_PLAYED, _what_did_not_fire(apns)
    return PASSED, ""


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _what_did_not_fire(apns: FakeAPNs) -> str:
    waiting = ", ".join(map(str, apns.scenario.step))
    services = {entry.service for entry in apns.ledger.of(ConnectionOpened)}
    asked = "asked" if "feedback" in services else "not asked"
    return (
        f"no fault of this scenario fired, so it proves nothing: {waiting}; "
        f"{len(apns.notifications)} notifications came and feedback was {asked}"
    )
