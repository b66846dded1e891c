"""Which service a command sends to: found out in a trial in which nothing goes wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import msgspec

from ..errors import FakeAPNsError, StartError
from ..ledger import Ledger, Notification
from ..ledger.audit import TurnedAway
from ..scenario import Scenario, Sender
from ..text import encodable
from .command import Ended
from .nothing import why_nothing
from .output import telling_line
from .play import perform
from .setup import Setup
from .trials import Trial

#: Notifications that are to be sent in it, at most.
FEW = 10


async def find_service(setup: Setup) -> Sender:
    """The service to which the command sends, or most of it. Raises `StartError` where it sends
    nothing, or nothing that is accepted, with why, and where it cannot be run.
    """
    quiet = Scenario(about="Nothing goes wrong.", services=("api", "gateway"), name="nothing")
    trial = Trial(quiet, "", "", 1, 1, "")
    few = msgspec.structs.replace(setup, count=min(setup.count, FEW))
    try:
        apns, _, ended = await perform(trial, few)
    except (FakeAPNsError, OSError) as wrong:
        raise StartError(f"nothing could be run: {encodable(str(wrong))}") from None
    if apns.notifications and len(apns.rejected) == len(apns.notifications):
        raise StartError(_all_refused(apns.rejected))
    services = Counter(each.service for each in apns.notifications)
    for service in sorted(quiet.services, key=lambda each: -services[each]):
        if services[service]:
            return service
    raise StartError(
        f"the command sent nothing in a first trial, in which nothing goes wrong"
        f"{_how_it_ended(setup, ended)}: {_why(apns.ledger)}; with --service gateway or --service "
        "api the stories are played all the same"
    )


def _all_refused(rejected: Sequence[Notification]) -> str:
    """How many were refused with what, in a sentence."""
    # Why differs from one to the next where it names what came.
    answers = Counter(each.verdict.partition(" ")[2] for each in rejected)
    [(answer, many)] = answers.most_common(1)
    first = next(each for each in rejected if each.verdict.endswith(answer))
    why = f" (the first: {first.why})" if first.why else ""
    return (
        f"{many} of {len(rejected)} notifications were refused with {answer}{why}, and none was "
        "accepted, in a first trial in which nothing goes wrong: mend that first; with --service "
        "gateway or --service api the stories are played all the same"
    )


def _why(ledger: Ledger) -> str:
    """What is known of that; of whom nobody let in the hint."""
    return "; ".join((why_nothing(ledger)[1], *TurnedAway.of(ledger).by_client()))


def _how_it_ended(setup: Setup, ended: Ended) -> str:
    """In brackets, unless it was in order."""
    line = telling_line(ended.output)
    said = f", {line}" if line else ""
    if ended.timed_out:
        return f" (it had not ended after {setup.timeout}{said})"
    return f" (exit code {ended.exit_code}{said})" if ended.exit_code else ""
