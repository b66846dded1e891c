"""`fakeapns env`: what to export so that a client finds the server and trusts it."""

from __future__ import annotations

import os
import shlex
from typing import Any

import click

from ..provider import RUNTIMES, variables
from .target import api_option, find_target, proxy_option, target_options


@click.command()
@target_options
@api_option
@proxy_option
@click.option(
    "--for", "runtime", type=click.Choice(list(RUNTIMES)), help="What the client runs on."
)
def env(runtime: str | None, **target: Any) -> None:
    """Print what to export so that a client connects to the server and trusts its CA.

    Use it as `eval "$(fakeapns env --for python)"`. The APNS_ variables are for your own
    program to read; the others are what its runtime reads by itself.
    """
    endpoint, client = find_target(**target)
    for name, value in variables(endpoint, client.topic, runtime, os.environ).items():
        click.echo(f"export {name}={shlex.quote(value)}")
