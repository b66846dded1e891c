"""`fakeapns send`: the reference provider on the command line."""

from __future__ import annotations

import math
import sys
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from ..errors import StartError, UsageError
from ..provider import Client, Report, SendError
from .api_options import PATIENCE, api_options, check_service
from .batches import What
from .job import Job
from .outlet import last_words
from .progress import progress_bar
from .saying import say
from .sending import FEEDBACK_LIMIT, SETTLE, SETTLE_CONFIRMED, count_feedback, gateway_job
from .stopping import Stop
from .target import target_options

_SHOWN = 10
#: The options that say what to send where there is no work list.
_OWN = ("count", "tokens", "alert", "payload")

T = TypeVar("T")


def _finite(context: click.Context, option: click.Parameter, value: float | None) -> float | None:
    if value is not None and math.isnan(value):
        raise click.BadParameter("nan is no number of seconds.")
    return value


@click.command()
@click.option(
    "--service",
    type=click.Choice(["gateway", "api"]),
    default="gateway",
    show_default=True,
    envvar="APNS_SERVICE",
    show_envvar=True,
    help="The binary gateway, or the provider API over HTTP/2.",
)
@target_options
@api_options
@click.option("--count", type=click.IntRange(1), default=1, show_default=True)
@click.option("--token", "tokens", multiple=True, metavar="HEX", help="Used in turn; repeatable.")
@click.option("--alert", default="Hello from fakeapns", show_default=True)
@click.option("--payload", help="The whole payload instead, JSON.")
@click.option(
    "--work",
    type=click.Path(path_type=Path),
    envvar="APNS_WORK",
    show_envvar=True,
    help="A work list: its notifications instead, with identifiers of our own.",
)
@click.option("--command", "command", type=click.IntRange(0, 2), default=2, show_default=True)
@click.option("--expiration", type=click.IntRange(0, 0xFFFFFFFF), help="Epoch seconds.")
@click.option("--priority", type=click.Choice(["1", "5", "10"]), help="1 is the API's.")
@click.option(
    "--settle",
    type=click.FloatRange(0, 86_400),
    callback=_finite,
    help="Seconds to wait for a late error, or for an answer of the API. "
    f"[default: {SETTLE:g}, with --confirm {SETTLE_CONFIRMED:g}, with the API {PATIENCE:g}]",
)
@click.option(
    "--confirm",
    is_flag=True,
    help="Ask for a last word: a notification that is bad on purpose, whose error proves that "
    "all before it got through.",
)
@click.option(
    "--tries",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="How often in a row connecting may fail.",
)
@click.option(
    "--feedback",
    is_flag=True,
    help=f"Read feedback afterwards, for {FEEDBACK_LIMIT:g} seconds at most.",
)
def send(
    service: str,
    count: int,
    tokens: tuple[str, ...],
    alert: str,
    payload: str | None,
    work: Path | None,
    feedback: bool,
    **named: Any,
) -> None:
    """Send notifications as a correct provider does, and say what became of them.

    Each has a token of its own unless --token is given. Exits with 1 if any was refused,
    but not with a work list, in which some may be bad on purpose.

    The server is the one that options or FAKEAPNS_ variables name; without any of them the one
    of the APNS_ variables that `fakeapns env` prints and `fakeapns chaos` sets.

    With --service api it speaks HTTP/2: it sends with a key (--p8, or APNS_AUTH_KEY) or by
    certificate, keeps the limits of the server, and sends again what may get through later.
    """
    check_service(service)
    use_list = work is not None and _list_wins()
    what = What(count, tokens, alert, payload, work if use_list else None)
    job = _job(service)(what, **named)
    reports: list[Report] = []
    try:
        with progress_bar("sending", job.intended) as done:
            _connected(lambda: job.go(reports, done))
    except KeyboardInterrupt:
        last_words(_in_words(job, reports), sys.stdout)
        raise StartError(_interrupted(job, reports)) from None
    say(_in_words(job, reports))
    if feedback:
        _tell_feedback(job.clients, named["tries"])
    if any(report.refused for report in reports) and not use_list:
        sys.exit(1)


def _job(service: str) -> Callable[..., Job]:
    if service == "gateway":
        return gateway_job
    # Who speaks the binary protocol loads no library for the other one.
    from .api_sending import api_job

    return api_job


def _list_wins() -> bool:
    """Whether the work list is what to send, and not what options describe."""
    source = click.get_current_context().get_parameter_source
    if all(source(name) == ParameterSource.DEFAULT for name in _OWN):
        return True
    if source("work") == ParameterSource.COMMANDLINE:
        raise UsageError(
            "--work says what to send: leave out --count, --token, --alert and --payload"
        )
    # What is typed wins over the environment.
    return False


def _connected(work: Callable[[], Awaitable[T]]) -> T:
    try:
        return click.get_current_context().ensure_object(Stop).run(work)
    except SendError as wrong:
        raise StartError(str(wrong)) from None


def _in_words(job: Job, reports: Sequence[Report]) -> str:
    """What became of it; if it was interrupted, there is no report of the last batches."""
    refused = _each(job, reports, "refused")
    withheld = _each(job, reports, "withheld")
    lines = [
        f"sent {sum(each.done for each in reports) - len(withheld)}, "
        f"accepted {sum(each.accepted for each in reports)}, refused {len(refused)}, "
        + (f"not sent {len(withheld)}, " if withheld else "")
        + f"resent {sum(each.resent for each in reports)}, "
        f"connections {sum(each.connections for each in reports)}",
        *_listed("refused number", refused),
        *_listed("not sent, as its receiver is gone: number", withheld),
    ]
    return "\n".join(lines)


def _each(job: Job, reports: Sequence[Report], fate: str) -> list[tuple[int, str, str]]:
    """Those of a fate by number, with why, and whom they were for."""
    return [
        (batch.numbers[position], why, batch.receiver_of(position))
        for batch, report in zip(job.batches, reports, strict=False)
        for position, why in getattr(report, fate).items()
    ]


def _listed(what: str, found: list[tuple[int, str, str]]) -> Iterator[str]:
    """The first few, and how many more for which reasons."""
    for number, why, receiver in found[:_SHOWN]:
        yield f"{what} {number} ({why}) {receiver}"
    if further := found[_SHOWN:]:
        reasons = Counter(why for _, why, _ in further).most_common()
        told = ", ".join(f"{count} {why}" for why, count in reasons)
        yield f"… and {len(further)} more: {told}"


def _interrupted(job: Job, reports: Sequence[Report]) -> str:
    left = job.intended - sum(each.done for each in reports)
    underway = sum(each.underway for each in reports)
    return (
        f"interrupted: of {job.intended} notifications {left} were not sent, and of {underway} "
        "that were nobody knows what became of them"
    )


def _tell_feedback(clients: Sequence[Client], tries: int) -> None:
    found = _connected(lambda: count_feedback(clients, tries))
    say(f"feedback listed {found} {'token' if found == 1 else 'tokens'}")
