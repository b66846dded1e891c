"""`fakeapns send`: the reference provider on the command line."""

from __future__ import annotations

import hashlib
import json
import ssl
import sys
from typing import Any

import click
import trio

from ..errors import StartError, UsageError
from ..notification import parse_payload, parse_token
from ..protocol import status_label
from ..sender import Outgoing, Report, SendError, open_tls
from ..sender import send as send_all
from .progress import progress_bar
from .target import Target, find_target, target_options

_SHOWN = 10


@click.command()
@target_options
@click.option("--count", type=click.IntRange(1), default=1, show_default=True)
@click.option("--token", "tokens", multiple=True, metavar="HEX", help="Used in turn; repeatable.")
@click.option("--alert", default="Hello from fakeapns", show_default=True)
@click.option("--payload", help="The whole payload instead, JSON.")
@click.option("--command", "command", type=click.IntRange(0, 2), default=2, show_default=True)
@click.option("--expiration", type=click.IntRange(0, 0xFFFFFFFF), help="Epoch seconds.")
@click.option("--priority", type=click.Choice(["5", "10"]))
@click.option(
    "--settle",
    type=click.FloatRange(0),
    default=1.0,
    show_default=True,
    help="Seconds to wait for a late error.",
)
def send(
    count: int,
    tokens: tuple[str, ...],
    alert: str,
    payload: str | None,
    command: int,
    expiration: int | None,
    priority: str | None,
    settle: float,
    **target: Any,
) -> None:
    """Send notifications as a correct provider does, and say what became of them.

    Each has a token of its own unless --token is given. Exits with 1 if any was refused.
    """
    found = find_target(**target)
    outgoing = [
        Outgoing(
            _token(tokens, number),
            _payload(payload, alert, number, count),
            expiration,
            None if priority is None else int(priority),
        )
        for number in range(count)
    ]
    try:
        with progress_bar("sending", count) as done:
            report = trio.run(_send, found, outgoing, command, settle, done)
    except SendError as wrong:
        raise StartError(str(wrong)) from None
    click.echo(
        f"sent {count}, accepted {report.accepted}, refused {len(report.refused)}, "
        f"resent {report.resent}, connections {report.connections}"
    )
    for position, status in list(report.refused.items())[:_SHOWN]:
        token = outgoing[position].token.hex()
        click.echo(f"refused number {position + 1} ({status_label(status)}) token {token}")
    if len(report.refused) > _SHOWN:
        click.echo(f"… and {len(report.refused) - _SHOWN} more")
    if report.refused:
        sys.exit(1)


async def _send(
    target: Target, outgoing: list[Outgoing], command: int, settle: float, done: Any
) -> Report:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        context.load_verify_locations(target.ca)
        context.load_cert_chain(target.pem)
    except OSError as wrong:
        raise StartError(
            f"cannot use {target.ca} and {target.pem}: {wrong.strerror or wrong}; "
            "start `fakeapns serve` on that folder again"
        ) from None

    async def connect() -> trio.abc.Stream:
        return await open_tls(
            target.gateway.host, target.gateway.port, context, server_hostname="localhost"
        )

    def show(report: Report) -> None:
        done(report.done)

    return await send_all(connect, outgoing, command=command, settle=settle, progress=show)


def _token(tokens: tuple[str, ...], number: int) -> bytes:
    if tokens:
        return parse_token(tokens[number % len(tokens)])
    return hashlib.sha256(f"device {number}".encode()).digest()


def _payload(payload: str | None, alert: str, number: int, count: int) -> bytes:
    if payload is not None:
        raw = payload.encode()
        try:
            parse_payload(raw)
        except ValueError as wrong:
            raise UsageError(f"--payload is not JSON: {wrong}") from None
        return raw
    content: dict[str, Any] = {"aps": {"alert": alert}}
    if count > 1:
        content["number"] = number + 1
    return json.dumps(content, separators=(",", ":")).encode()
