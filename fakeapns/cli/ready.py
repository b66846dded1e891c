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
    "--api-port",
    type=click.IntRange(1, 65_535),
    envvar="FAKEAPNS_API_PORT",
    show_envvar=True,
    help="Of the provider API, if that has to be there too.",
)
@click.option(
    "--wait",
    type=click.FloatRange(0),
    default=0.0,
    help="Seconds to go on trying.",
    show_default=True,
)
def ready(
    ready_file: Path | None, host: str, gateway_port: int, api_port: int | None, wait: float
) -> None:
    """Exit with 0 if the server is ready, with 1 and the reason if it is not.

    The server is the one of the ready file, of --host and the ports, or else of the APNS_
    variables. That its ports are listened on is found out without connecting, if it is on this
    machine; on another one the server records connections that said nothing.
    """
    api = None if api_port is None else Address(host, api_port)
    named = _named(Address(host, gateway_port), api)
    deadline = time.monotonic() + wait
    while True:
        try:
            known = named if ready_file is None else _in_file(ready_file)
            for address in known.values():
                check_listening(address)
        except StartError:
            if time.monotonic() >= deadline:
                raise
            time.sleep(_INTERVAL)
        else:
            said = (f"{name} {each.host}:{each.port}" for name, each in known.items())
            say(f"ready      {' '.join(said)}")
            return


def _in_file(path: Path) -> dict[str, Address]:
    """The addresses that a ready file tells of."""
    found = read_ready_file(path)
    return {"gateway": found.gateway, "api": Address(found.api.host, found.api.port)}


def _named(gateway: Address, api: Address | None) -> dict[str, Address]:
    """The addresses that the options name, or else the environment."""
    context = click.get_current_context()
    options = (context.get_parameter_source(name) for name in ("host", "gateway_port", "api_port"))
    told = any(source != ParameterSource.DEFAULT for source in options)
    if not told and names_a_server(os.environ):
        gateway = address_from(os.environ, "GATEWAY")
        api = address_from(os.environ, "API") if os.environ.get("APNS_API_HOST") else None
    return {"gateway": gateway} if api is None else {"gateway": gateway, "api": api}
