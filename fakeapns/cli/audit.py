"""`fakeapns audit`: a ledger file held against a list of what was to be sent."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import click

from ..files import check_writable, json_report, write_whole
from ..ledger import Entry, RecordedLedger
from ..ledger.audit import audit as hold
from ..provider import SendList, WorkList
from ..scenario import Expect, load_scenario, scenario_names
from .progress import progress_bar
from .saying import say

#: Entries between two movements of the bar.
_STRIDE = 10_000


@click.command()
@click.argument("ledger", type=click.Path(path_type=Path))
@click.option(
    "--intended",
    type=click.Path(path_type=Path),
    required=True,
    help="What was to be sent: JSON Lines with token (hex), or channel, and payload.",
)
@click.option("--run", metavar="ID", help="A run of the ledger by its id. [default: the last]")
@click.option(
    "--scenario",
    metavar="FILE-or-NAME",
    help="Whose expectations to judge by. [default: those of the one that was played]",
)
@click.option(
    "--key",
    metavar="PATH",
    help="Tell payloads apart by what stands at this dotted path, not by all that is in them.",
)
@click.option(
    "--json", "json_file", type=click.Path(path_type=Path), help="Write all findings here, too."
)
def audit(
    ledger: Path,
    intended: Path,
    run: str | None,
    scenario: str | None,
    key: str | None,
    json_file: Path | None,
) -> None:
    """Hold a ledger against what was to be sent, and say what became of it.

    LEDGER is a file of `fakeapns serve --ledger`. Exits with 4 if the expectations of the
    scenario are not met: without one, that nothing is lost, doubled or sent again in vain.
    """
    if json_file is not None:
        check_writable(json_file)
    recorded = RecordedLedger(ledger, run)
    if recorded.torn:
        say(
            f"{ledger}: the last line was cut off ({recorded.torn} bytes); all before it counts",
            err=True,
        )
    expect, advice = _judged_by(recorded, scenario)
    as_listed = expect is not None and expect.sent_as_listed
    items = SendList(intended) if as_listed else WorkList(intended)
    with progress_bar("reading", recorded.last_seq) as done:
        found = hold(_watched(recorded, done), items, key=key, expect=expect, advice=advice)
    say(str(found))
    if json_file is not None:
        write_whole(json_file, json_report(found.as_dict()))
    if not found.ok:
        sys.exit(4)


def _judged_by(recorded: RecordedLedger, given: str | None) -> tuple[Expect, str | None]:
    """What is expected, and what the story says to senders if it is at hand."""
    started = recorded.started
    if given is not None:
        scenario = load_scenario(given, started.seed)
        return scenario.expect, scenario.advice
    # A ledger of another program, or of an earlier version, may have none.
    expect = started.expect or Expect()
    if started.scenario in scenario_names():
        scenario = load_scenario(started.scenario or "", started.seed)
        # Somebody's own file may have the same name.
        if scenario.expect == expect:
            return expect, scenario.advice
    return expect, None


def _watched(entries: Iterable[Entry], done: Callable[[int], None]) -> Iterator[Entry]:
    for number, entry in enumerate(entries, start=1):
        yield entry
        if number % _STRIDE == 0:
            done(number)
