"""The command line: one module for each command."""

from __future__ import annotations

import errno
import io
import os
import sys
from typing import Any

import click

from .._version import __version__
from ..errors import FakeAPNsError, ScenarioError
from .audit import audit
from .certs import certs
from .chaos import chaos
from .demo import demo
from .env import env
from .ready import ready
from .scenarios import check, scenarios, schema
from .send import send
from .serve import serve


class _Commands(click.Group):
    """Turns what people did wrong into one sentence and an exit code."""

    def invoke(self, context: click.Context) -> Any:
        if isinstance(sys.stdout, io.TextIOWrapper):
            # What a terminal of another alphabet cannot show, it gets in ours.
            sys.stdout.reconfigure(errors="backslashreplace")
        try:
            return super().invoke(context)
        except FakeAPNsError as wrong:
            # Lines that begin with a place are for editors to jump to: nothing in front of it.
            text = str(wrong) if isinstance(wrong, ScenarioError) else f"Error: {wrong}"
            click.echo(text, err=True)
            context.exit(wrong.exit_code)
        except OSError as wrong:
            if wrong.errno != errno.ENOSPC:
                raise
            click.echo(f"Error: cannot write the output: {wrong.strerror}", err=True)
            # What is left in the buffer would be an error of its own at the end.
            os._exit(1)
        except BaseExceptionGroup as group:
            # Ctrl-C comes out of a nursery in company.
            if group.subgroup(KeyboardInterrupt) is None:
                raise
            raise KeyboardInterrupt from None


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    invoke_without_command=True,
)
@click.version_option(__version__, prog_name="fakeapns")
@click.pass_context
def main(context: click.Context) -> None:
    """Apple's Push Notification service, on your own machine.

    Exit codes: 0 fine, 1 failure, 2 usage, 3 scenario invalid, 4 expectation not met.
    """
    # Left to itself, click takes this for a mistake or not depending on its version.
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


for command in (serve, send, chaos, demo, audit, certs, env, ready, check, scenarios, schema):
    main.add_command(command)
