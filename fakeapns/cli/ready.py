"""`fakeapns ready`: is the server up? For scripts, and as the health check of a container."""

from __future__ import annotations

import socket
import time
from pathlib import Path

import click

from ..errors import StartError
from ..provider import read_ready_file

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

    With a ready file it asks that; otherwise it connects to the gateway's port, which the
    server records as a connection that said nothing.
    """
    deadline = time.monotonic() + wait
    while True:
        try:
            where = _check(ready_file, host, gateway_port)
        except StartError:
            if time.monotonic() >= deadline:
                raise
            time.sleep(_INTERVAL)
        else:
            click.echo(f"ready      gateway {where}")
            return


def _check(ready_file: Path | None, host: str, port: int) -> str:
    if ready_file is not None:
        gateway = read_ready_file(ready_file).gateway
        host, port = gateway.host, gateway.port
    else:
        try:
            socket.create_connection((host, port), timeout=2).close()
        except (OSError, UnicodeError) as wrong:
            raise StartError(
                f"nothing answers at {host}:{port}: {wrong}; start `fakeapns serve`"
            ) from None
    return f"{host}:{port}"
