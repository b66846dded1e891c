"""`fakeapns ready`: is the server up? For scripts, and as the health check of a container."""

from __future__ import annotations

import os
import time
from pathlib import Path

import click
from click.core import ParameterSource

from ..errors import StartError
from ..provider import Address, address_from, check_listening, names_a_server, read_ready_file
from .saying import say

_INTERVAL = 0.1


@click.command()
@click.option(
    "--ready-file", type=click.Path(path_type=Path), envvar="FAKEAPNS_READY_FILE", show_envvar=True
)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option(
    "--gateway-port",
    type=click.IntRange(1, 65_535),
    default=2195,
    envvar="FAKEAPNS_GATEWAY_PORT",
    show_envvar=True,
    show_default=True,
)
@click.option(
    "--wait",
    type=click.FloatRange(0),
    default=0.0,
    help="Seconds to go on trying.",
    show_default=True,
)
def ready(ready_file: Path | None, host: str, gateway_port: int, wait: float) -> None:
    """Exit with 0 if the server is ready, with 1 and the reason if it is not.

    The server is the one of the ready file, of --host and --gateway-port, or else of the APNS_
    variables. That its port is listened on is found out without connecting, if it is on this
    machine; on another one the server records a connection that said nothing.
    """
    named = _named(Address(host, gateway_port))
    deadline = time.monotonic() + wait
    while True:
        try:
            gateway = named if ready_file is None else read_ready_file(ready_file).gateway
            check_listening(gateway)
        except StartError:
            if time.monotonic() >= deadline:
                raise
            time.sleep(_INTERVAL)
        else:
            say(f"ready      gateway {gateway.host}:{gateway.port}")
            return


def _named(address: Address) -> Address:
    """The address that the options name, or else the environment."""
    context = click.get_current_context()
    options = (context.get_parameter_source(name) for name in ("host", "gateway_port"))
    told = any(source != ParameterSource.DEFAULT for source in options)
    if told or not names_a_server(os.environ):
        return address
    return address_from(os.environ, "GATEWAY")
