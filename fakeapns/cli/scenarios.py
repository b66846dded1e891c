"""`fakeapns check`, `scenarios` and `schema`: the scenario files themselves."""

from __future__ import annotations

import sys
from typing import get_args

import click
import msgspec

from ..errors import ScenarioError
from ..scenario import (
    Sender,
    catalogue_page,
    find_scenario,
    format_faults,
    format_reference,
    load_scenario,
    read_scenario,
    scenario_names,
    scenario_schema,
)
from .saying import say


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--seed", type=int, help="Where a file leaves its seed to the command line.")
def check(files: tuple[str, ...], seed: int | None) -> None:
    """Check scenario files: every mistake as `file:line:column: what`, exit code 3.

    What is right but depends on timing is noted on stderr.
    """
    wrong = 0
    for file in files:
        try:
            scenario = load_scenario(file, seed)
        except ScenarioError as mistakes:
            wrong += 1
            say(str(mistakes))
            continue
        say(f"{file}: fine")
        for note in scenario.notes():
            say(f"{file}: note: {note}", err=True)
    if wrong:
        sys.exit(ScenarioError.exit_code)


@click.group(invoke_without_command=True)
@click.option("--markdown", is_flag=True, help="As the page that stands beside the files.")
@click.option(
    "--service",
    type=click.Choice(get_args(Sender)),
    help="Only those that are played with senders to this one.",
)
@click.pass_context
def scenarios(context: click.Context, markdown: bool, service: Sender | None) -> None:
    """List the catalogue of ready-made scenarios: name, senders to which service, story."""
    if context.invoked_subcommand is not None:
        return
    if markdown:
        say(catalogue_page(), nl=False)
        return
    known = {name: load_scenario(name) for name in scenario_names()}
    rows = [
        (name, ", ".join(each.services), each.about)
        for name, each in known.items()
        if service in (None, *each.services)
    ]
    widths = [max((len(row[column]) for row in rows), default=0) for column in (0, 1)]
    for name, senders, about in rows:
        say(f"{name:<{widths[0]}}  {senders:<{widths[1]}}  {about}")


@scenarios.command()
@click.argument("name")
def show(name: str) -> None:
    """Print a scenario's file: a good start for one of your own."""
    say(read_scenario(find_scenario(name)), nl=False)


@click.command()
@click.option("--markdown", is_flag=True, help="The reference of the format instead, for people.")
@click.option("--faults", is_flag=True, help="That of all faults instead.")
def schema(markdown: bool, faults: bool) -> None:
    """Print the JSON Schema of scenario files, for editors that complete and check TOML.

    Save it beside your files and begin them with `#:schema ./scenario.schema.json`.
    """
    if markdown or faults:
        say(format_faults() if faults else format_reference(), nl=False)
        return
    say(msgspec.json.format(msgspec.json.encode(scenario_schema()), indent=2).decode())
