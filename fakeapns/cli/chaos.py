"""`fakeapns chaos`: does your sender lose messages when Apple misbehaves?"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, get_args

import click

from ..chaos import (
    Campaign,
    CampaignResult,
    Setup,
    Trial,
    choose_trials,
    find_service,
)
from ..chaos.reports import Paint, ReportFiles, as_json, as_junit, as_page, as_text, unpainted
from ..errors import StartError, UsageError
from ..scenario import Sender, parse_duration
from .chaos_progress import Progress
from .outlet import last_words
from .saying import say
from .stopping import Stop

#: Notifications for which the catalogue is made.
USUAL = 500
#: The exit code when not all is green.
NOT_MET = 4

_DASHES = "fakeapns.chaos.dashes"
#: All that is to be sent, and all trials, are in memory before anything runs.
_MOST_PUSHES, _MOST_TRIALS = 1_000_000, 10_000
_FILE = click.Path(path_type=Path)


class _Behind(click.Command):
    """A command that knows whether two dashes stood in front of the user's."""

    def parse_args(self, context: click.Context, args: list[str]) -> list[str]:
        given = list(args)
        rest = super().parse_args(context, args)
        command = context.params.get("command") or ()
        context.meta[_DASHES] = "--" in given[: len(given) - len(command)]
        return rest


@click.command(cls=_Behind, context_settings={"allow_interspersed_args": False})
@click.option(
    "--scenario",
    "scenarios",
    multiple=True,
    metavar="NAME|FILE|GLOB",
    help="Repeatable. [default: the whole catalogue]",
)
@click.option(
    "--without",
    multiple=True,
    metavar="NAME|FILE|GLOB",
    help="Leave these out; repeatable.",
)
@click.option(
    "--count",
    type=click.IntRange(1, _MOST_PUSHES),
    default=USUAL,
    show_default=True,
    help="Notifications to be sent. The catalogue is made for 500.",
)
@click.option(
    "--service",
    type=click.Choice(["auto", *get_args(Sender)]),
    default="auto",
    show_default=True,
    help="The one that COMMAND sends to; auto finds out in a first trial, without faults.",
)
@click.option("--seed", type=int, help="Decides what is left to chance; overrides the scenario's.")
@click.option("--junit", "junit_file", type=_FILE, metavar="FILE", help="JUnit XML, for CI.")
@click.option("--json", "json_file", type=_FILE, metavar="FILE", help="Everything, for programs.")
@click.option("--html", "html_file", type=_FILE, metavar="FILE", help="A page with timelines.")
@click.option(
    "--timeout",
    default="60s",
    show_default=True,
    help="The command is killed after that long.",
)
@click.option(
    "--repeat",
    type=click.IntRange(1, _MOST_TRIALS),
    default=1,
    show_default=True,
    help="Each scenario so often, with the seeds that follow.",
)
@click.option(
    "--jobs", type=click.IntRange(1), default=1, show_default=True, help="So many at a time."
)
@click.argument("command", nargs=-1, type=click.UNPROCESSED)
def chaos(
    scenarios: tuple[str, ...],
    without: tuple[str, ...],
    count: int,
    service: Sender | Literal["auto"],
    seed: int | None,
    junit_file: Path | None,
    json_file: Path | None,
    html_file: Path | None,
    timeout: str,
    repeat: int,
    jobs: int,
    command: tuple[str, ...],
) -> None:
    """Run COMMAND, your sender, against one misbehaving server after the other.

    For each scenario a server starts on free ports, COMMAND sends what the file APNS_WORK lists
    (JSON Lines: token, payload, identifier, topic, and registered, push_type, priority,
    collapse_id and expiration where a story says that), and what arrived is held against it.
    COMMAND finds everything in variables: APNS_API_URL, APNS_AUTH_KEY, APNS_GATEWAY_HOST, APNS_CA,
    APNS_PEM and so on, as `fakeapns env` prints them. It is to end when its work is done.

    Played are the stories for senders to the service that COMMAND sends to, the provider API
    or the binary gateway.

    Exits with 4 unless all is green: nothing lost, doubled or sent again in vain beyond what
    the scenario expects, and COMMAND ended in time and with exit code 0.
    """
    _check(command, timeout)
    _warn_of_own_options(click.get_current_context(), command)
    trials = choose_trials(scenarios, seed, repeat, without)
    reports = ReportFiles.of((junit_file, as_junit), (json_file, as_json), (html_file, as_page))
    setup = Setup(command, count, timeout, keep_entries=html_file is not None)
    progress = Progress()
    campaign = Campaign(trials, setup, jobs=jobs, audience=progress)
    stop = click.get_current_context().ensure_object(Stop)
    stop.heed(signal.SIGINT)
    try:
        # What is there is told, and that it is not all.
        with contextlib.suppress(KeyboardInterrupt):
            found = stop.run(lambda: find_service(setup)) if service == "auto" else service
            campaign.narrow(found)
            _warn_of_count(trials, found, count)
            _say_who(found, campaign.result, told=service != "auto")
            progress.total = campaign.result.planned
            stop.run(campaign.play_all)
    finally:
        reports.write(campaign.result)
        progress.close()
    _tell(campaign.result)


def _check(command: tuple[str, ...], timeout: str) -> None:
    """Raise `UsageError` for what could never run."""
    if not command:
        raise UsageError(
            "there is no command: write your sender behind two dashes, as in "
            "`fakeapns chaos -- ./my-sender`"
        )
    if shutil.which(command[0]) is None:
        raise UsageError(
            f"the command {command[0]} is not there or cannot be executed: give its path, or "
            "what runs it, as in `fakeapns chaos -- python my_sender.py`"
        )
    if not parse_duration(timeout):
        raise UsageError("a timeout of 0 leaves no time at all: give at least 1s")


def _say_who(service: Sender, planned: CampaignResult, *, told: bool) -> None:
    """Whose stories are played, unless the user has said so and it is all of them."""
    many, others = planned.planned, planned.left_out
    which = f"{many} {'story is' if many == 1 else 'stories are'} for such senders"
    rest = f", {others} {'is' if others == 1 else 'are'} not and left out" if others else ""
    if others or not told:
        say(f"The command sends to the {service}: {which}{rest}.", err=True)


def _warn_of_count(trials: Sequence[Trial], service: Sender, count: int) -> None:
    """Say so where stories expect what comes of another number of notifications."""
    expected = {
        each.given: each.scenario.expect for each in trials if service in each.scenario.services
    }
    counted = [
        name
        for name, expect in expected.items()
        if (expect.min_accepted or 0) > count or (expect.lost and count > USUAL)
    ]
    if counted:
        say(
            f"Warning: what {', '.join(counted)} {'expects' if len(counted) == 1 else 'expect'} is "
            f"counted for other numbers than --count {count}, and no sender may meet it: the "
            f"catalogue is made for {USUAL}",
            err=True,
        )


def _warn_of_own_options(context: click.Context, command: tuple[str, ...]) -> None:
    """Say so where options that were meant for us go to the command."""
    own = {name for each in context.command.params for name in each.opts if name[:2] == "--"}
    found = [word for word in command[1:] if word.partition("=")[0] in own]
    if found and not context.meta[_DASHES]:
        option = found[0].partition("=")[0]
        say(
            f"Warning: {command[0]} gets the option {option}, since it stands behind it: write "
            f"`fakeapns chaos {option} … -- {command[0]}` if chaos is meant, and the two dashes "
            "alone if not",
            err=True,
        )


def _tell(result: CampaignResult) -> None:
    """Print what came of it, and end with the exit code for that."""
    if result.results and not result.interrupted:
        click.echo(as_text(result, _paint()))
    elif result.results:
        last_words(as_text(result, _paint()), sys.stdout)
    if result.interrupted:
        done = f"{len(result.results)} of {result.planned}"
        raise StartError(f"interrupted: {done} scenarios were played, the rest was not")
    if result.never_ran:
        raise StartError(f"nothing could be run: {result.results[0].summary}")
    if result.failed or not result.passed:
        sys.exit(NOT_MET)


def _paint() -> Paint:
    """Green and red on a terminal."""
    if not sys.stdout.isatty() or os.environ.get("NO_COLOR"):
        return unpainted
    return lambda text, ok: click.style(text, fg="green" if ok else "red")
