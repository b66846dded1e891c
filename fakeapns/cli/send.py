"""`fakeapns send`: the reference provider on the command line."""

from __future__ import annotations

import math
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from ..errors import StartError, UsageError
from ..provider import Client, Report, SendError
from .batches import Batch, generated, listed
from .outlet import last_words
from .progress import progress_bar
from .saying import say
from .sending import FEEDBACK_LIMIT, Manner, count_feedback, send_batches
from .stopping import Stop
from .target import find_client, target_options

_SHOWN = 10
#: Seconds for which errors are awaited. An answer that was asked for is sure to come, and
#: late if the server pauses, is slow, or waits for notifications that do not come any more.
_SETTLE, _SETTLE_CONFIRMED = 1.0, 5.0
#: The options that say what to send where there is no work list.
_OWN = ("count", "tokens", "alert", "payload")

T = TypeVar("T")


def _finite(context: click.Context, option: click.Parameter, value: float | None) -> float | None:
    if value is not None and math.isnan(value):
        raise click.BadParameter("nan is no number of seconds.")
    return value


@click.command()
@target_options
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
@click.option("--priority", type=click.Choice(["5", "10"]))
@click.option(
    "--settle",
    type=click.FloatRange(0, 86_400),
    callback=_finite,
    help="Seconds to wait for a late error. "
    f"[default: {_SETTLE:g}, with --confirm {_SETTLE_CONFIRMED:g}]",
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
    count: int,
    tokens: tuple[str, ...],
    alert: str,
    payload: str | None,
    work: Path | None,
    command: int,
    expiration: int | None,
    priority: str | None,
    settle: float | None,
    confirm: bool,
    tries: int,
    feedback: bool,
    **target: Any,
) -> None:
    """Send notifications as a correct provider does, and say what became of them.

    Each has a token of its own unless --token is given. Exits with 1 if any was refused,
    but not with a work list, in which some may be bad on purpose.

    The server is the one that options or FAKEAPNS_ variables name; without any of them the one
    of the APNS_ variables that `fakeapns env` prints and `fakeapns chaos` sets.
    """
    client = find_client(**target)
    extras = {"expiration": expiration, "priority": None if priority is None else int(priority)}
    use_list = work is not None and _list_wins()
    if work is not None and use_list:
        batches = listed(client, work, **extras)
    else:
        batches = generated(client, count, tokens, alert, payload, **extras)
    if settle is None:
        settle = _SETTLE_CONFIRMED if confirm else _SETTLE
    reports: list[Report] = []
    try:
        _send(batches, Manner(command, settle, confirm, tries), reports)
    except KeyboardInterrupt:
        last_words(_in_words(batches, reports), sys.stdout)
        raise StartError(_interrupted(batches, reports)) from None
    _tell(batches, reports)
    if feedback:
        _tell_feedback([batch.client for batch in batches], tries)
    if any(report.refused for report in reports) and not use_list:
        sys.exit(1)


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


def _send(batches: Sequence[Batch], manner: Manner, reports: list[Report]) -> None:
    with progress_bar("sending", _intended(batches)) as done:
        _connected(lambda: send_batches(batches, manner, reports, done))


def _intended(batches: Sequence[Batch]) -> int:
    return sum(len(each.outgoing) for each in batches)


def _connected(work: Callable[[], Awaitable[T]]) -> T:
    try:
        return click.get_current_context().ensure_object(Stop).run(work)
    except SendError as wrong:
        raise StartError(str(wrong)) from None


def _tell(batches: Sequence[Batch], reports: Sequence[Report]) -> None:
    say(_in_words(batches, reports))


def _in_words(batches: Sequence[Batch], reports: Sequence[Report]) -> str:
    """What became of it; if it was interrupted, there is no report of the last batches."""
    refused = [
        (batch.numbers[position], why, batch.outgoing[position].token.hex())
        for batch, report in zip(batches, reports, strict=False)
        for position, why in report.refused.items()
    ]
    lines = [
        f"sent {sum(each.done for each in reports)}, "
        f"accepted {sum(each.accepted for each in reports)}, refused {len(refused)}, "
        f"resent {sum(each.resent for each in reports)}, "
        f"connections {sum(each.connections for each in reports)}"
    ]
    for number, why, token in refused[:_SHOWN]:
        lines.append(f"refused number {number} ({why}) token {token}")
    if len(refused) > _SHOWN:
        lines.append(f"… and {len(refused) - _SHOWN} more")
    return "\n".join(lines)


def _interrupted(batches: Sequence[Batch], reports: Sequence[Report]) -> str:
    intended = _intended(batches)
    left = intended - sum(each.done for each in reports)
    underway = sum(each.underway for each in reports)
    return (
        f"interrupted: of {intended} notifications {left} were not sent, and of {underway} that "
        "were nobody knows what became of them"
    )


def _tell_feedback(clients: Sequence[Client], tries: int) -> None:
    found = _connected(lambda: count_feedback(clients, tries))
    say(f"feedback listed {found} {'token' if found == 1 else 'tokens'}")
