"""The reference provider at work: batch by batch over TLS, then the feedback."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Sequence

import msgspec
import trio

from ..errors import StartError
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
from .batches import Batch

#: Seconds for which feedback is read: a list that never ends must not hold anybody up.
FEEDBACK_LIMIT = 5.0


class Manner(msgspec.Struct, frozen=True):
    """How to send: see `sender.send`."""

    command: int
    settle: float
    confirm: bool
    tries: int


async def send_batches(
    batches: Sequence[Batch], manner: Manner, reports: list[Report], done: Callable[[int], None]
) -> None:
    """Send one batch after the other. Raises `SendError`.

    `reports` gets what is known of each that was begun, also if this is cancelled.
    """

    def progress(report: Report) -> None:
        if not any(each is report for each in reports):
            reports.append(report)
        done(sum(each.done for each in reports))

    for batch in batches:
        connect = connecting(batch.client, batch.client.gateway)
        report = await send(
            connect,
            batch.outgoing,
            command=manner.command,
            settle=manner.settle,
            confirm=manner.confirm,
            tries=manner.tries,
            progress=progress,
        )
        progress(report)


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
