"""The reference provider at work: batch by batch over TLS, then the feedback."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import trio

from ..errors import StartError, UsageError
from ..provider import (
    Address,
    Client,
    Connect,
    Report,
    connect_again,
    open_tls,
    read_feedback,
    send,
)
from .batches import What, gateway_batches
from .job import Job, Progress
from .target import find_client

#: Seconds for which feedback is read: a list that never ends must not hold anybody up.
FEEDBACK_LIMIT = 5.0
#: Seconds for which errors are awaited. An answer that was asked for is sure to come, and
#: late if the server pauses, is slow, or waits for notifications that do not come any more.
SETTLE, SETTLE_CONFIRMED = 1.0, 5.0


def gateway_job(
    what: What,
    *,
    command: int,
    settle: float | None,
    confirm: bool,
    tries: int,
    expiration: int | None,
    priority: str | None,
    topic: str | None,
    ready_file: Path | None,
    host: str,
    gateway_port: int,
    feedback_port: int,
    certs: Path,
    **others: Any,
) -> Job:
    """What options of `fakeapns send` ask for; `others` are those of the API. Raises `UsageError`
    and `StartError`.
    """
    client = find_client(
        topic,
        ready_file=ready_file,
        host=host,
        gateway_port=gateway_port,
        feedback_port=feedback_port,
        certs=certs,
    )
    if priority == "1":
        raise UsageError("--priority 1 is for the API: take 5 or 10, or say --service api")
    extras = {"expiration": expiration, "priority": None if priority is None else int(priority)}
    batches = gateway_batches(client, what, **extras)
    if settle is None:
        settle = SETTLE_CONFIRMED if confirm else SETTLE

    async def go(reports: list[Report], done: Callable[[int], None]) -> None:
        progress = Progress(reports, done)
        for batch in batches:
            report = await send(
                connecting(batch.client, batch.client.gateway),
                batch.outgoing,
                command=command,
                settle=settle,
                confirm=confirm,
                tries=tries,
                progress=progress,
            )
            progress(report)

    return Job(batches, go)


async def count_feedback(clients: Sequence[Client], tries: int) -> int:
    """How many tokens feedback lists for these topics. Raises `SendError`."""
    found = 0
    for client in clients:
        connect = connecting(client, client.feedback)

        async def patiently(connect: Connect = connect) -> trio.abc.Stream:
            return await connect_again(connect, tries)

        found += len(await read_feedback(patiently, FEEDBACK_LIMIT))
    return found


def connecting(client: Client, address: Address) -> Connect:
    """What connects to a service with the client's certificate. Raises `StartError`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        context.load_verify_locations(client.ca)
        context.load_cert_chain(client.files.pem)
    except OSError as wrong:
        raise StartError(
            f"cannot use {client.ca} and {client.files.pem}: {wrong.strerror or wrong}; "
            "start `fakeapns serve` on that folder again"
        ) from None

    async def connect() -> trio.abc.Stream:
        return await open_tls(address.host, address.port, context, server_hostname="localhost")

    return connect
