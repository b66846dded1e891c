"""The command line: one module for each command."""

from __future__ import annotations

from typing import Any

import click

from .. import __version__
from ..errors import FakeAPNsError, UsageError
from .certs import certs
from .demo import demo
from .env import env
from .ready import ready
from .send import send
from .serve import serve


class _Commands(click.Group):
    """Turns what people did wrong into one sentence and an exit code."""

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except FakeAPNsError as wrong:
            if isinstance(wrong, UsageError):
                raise click.UsageError(str(wrong)) from None
            raise click.ClickException(str(wrong)) from None


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    invoke_without_command=True,
)
@click.version_option(__version__, prog_name="fakeapns")
@click.pass_context
def main(context: click.Context) -> None:
    """Apple's Push Notification service, on your own machine.

    Exit codes: 0 fine, 1 failure, 2 usage.
    """
    # Left to itself, click takes this for a mistake or not depending on its version.
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


for command in (serve, send, demo, certs, env, ready):
    main.add_command(command)
