"""What came of a trial: the audit, what to call it, and what to say beside it."""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Iterator, Sequence

from ..fake.in_trio import FakeAPNs
from ..ledger.entries import ConnectionOpened, ConnectionRefused, FaultFired, Malformed
from ..ledger.ledger import Ledger
from ..provider.work_list import WorkItem
from .command import Ended
from .result import CRASHED, FAILED, NOT_PLAYED, NOTHING_SENT, PASSED, TIMEOUT, Judged, Setup


def judge(apns: FakeAPNs, items: Sequence[WorkItem]) -> Judged:
    """Hold the record of a server that has ended against what was to be sent."""
    reached = len(apns.notifications)
    if apns.ledger.dropped:
        what = (
            f"sent so much that {apns.ledger.dropped:,} entries were dropped from the record, "
            "and without them nothing can be judged"
        )
        return Judged(reached=reached, shortfalls=(what,))
    audit = apns.audit(items)
    if not reached:
        # That is a verdict of its own, and of what never came there is nothing to explain.
        return Judged(audit=audit)
    shortfalls = audit.shortfalls
    if not (shortfalls or audit.delivered) and apns.scenario.expect.min_accepted is None:
        # All refused, and rightly so: whether it can send at all is not known.
        shortfalls = ("not one was accepted",)
    return Judged(
        reached=reached,
        audit=audit,
        shortfalls=shortfalls,
        explanations=audit.explanations,
    )


def verdict(setup: Setup, apns: FakeAPNs, ended: Ended, judged: Judged) -> tuple[str, str]:
    """What to call it, and why in a sentence. How the command ended comes first."""
    if ended.timed_out:
        left = "it cannot be killed and goes on" if ended.survived else "killed, with its children"
        fine = judged.reached and not judged.shortfalls
        moral = "; all that it sent was well, it only did not end" if fine else ""
        return TIMEOUT, f"the command had not ended after {setup.timeout}: {left}{moral}"
    if ended.exit_code < 0:
        return CRASHED, f"the command was killed by {_signal_name(-ended.exit_code)}"
    if ended.exit_code:
        return f"exit {ended.exit_code}", f"the command ended with exit code {ended.exit_code}"
    if not judged.reached:
        return NOTHING_SENT, "the command ended, and not a single notification had come"
    if judged.shortfalls:
        return FAILED, "; ".join(judged.shortfalls)
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


def notes(apns: FakeAPNs) -> Iterator[str]:
    """What whoever reads the verdict has to know."""
    services = {entry.service for entry in apns.ledger.of(ConnectionOpened)}
    if not apns.notifications:
        yield _why_nothing(apns.ledger, connected="gateway" in services)
    malformed = apns.ledger.of(Malformed)
    if malformed:
        number = len(malformed)
        what = f"{number} frames were" if number > 1 else "1 frame was"
        yield f"{what} malformed: {malformed[0].reason}"


def _why_nothing(ledger: Ledger, *, connected: bool) -> str:
    disturbed = {fault.connection for fault in ledger.of(FaultFired)}
    if disturbed:
        return (
            f"the story disturbed connection {', '.join(map(str, sorted(disturbed)))} before "
            "anything could be sent, and it did not try again, or not often enough"
        )
    if connected:
        return "it connected to the gateway and sent no notification: APNS_WORK lists what to send"
    tried = len(ledger.of(ConnectionRefused))
    if tried:
        return f"it was refused {tried} time{'s' * (tried > 1)} and gave up"
    return (
        "it never connected: the gateway is at APNS_GATEWAY_HOST and APNS_GATEWAY_PORT, and "
        "what to send in the file APNS_WORK"
    )


def refused(ledger: Ledger) -> Iterator[str]:
    """Connections that never came to speak though the story let them: how many, and why."""
    # What comes of a bad certificate or a slow handshake is as it should be.
    disturbed = {fault.connection for fault in ledger.of(FaultFired)}
    hints = Counter(
        entry.hint
        for entry in ledger.of(ConnectionRefused)
        if entry.reason not in ("fault", "stopped") and entry.connection not in disturbed
    )
    for hint, number in hints.items():
        yield f"{number} connection{'s' * (number > 1)} refused: {hint}"
