"""The provider of the API at work: batch by batch, with TLS or without."""

from __future__ import annotations

import os
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..errors import StartError, UsageError
from ..fake import chosen_engine
from ..provider import Client, Connect, Report, open_tcp, open_tls
from ..provider.api import GivenKey, Target, send_api
from .api_batches import Extras, api_batches
from .api_options import PATIENCE
from .api_target import Access, find_api
from .batches import What
from .job import Job, Progress
from .saying import say


def api_job(
    what: What,
    *,
    settle: float | None,
    tries: int,
    expiration: int | None,
    priority: str | None,
    push_type: str | None,
    collapse_id: str | None,
    topic: str | None,
    auth: str | None,
    p8: str | None,
    key_id: str | None,
    team_id: str | None,
    ready_file: Path | None,
    host: str,
    certs: Path,
    api_url: str | None,
    api_port: int,
    **others: Any,
) -> Job:
    """What options of `fakeapns send` ask for; `others` are those of the gateway. Raises
    `UsageError` and `StartError`.
    """
    patience = PATIENCE if settle is None else settle
    if not patience:
        raise UsageError("--settle 0 leaves the API no time for an answer: give it some seconds")
    access = find_api(
        topic,
        auth,
        GivenKey(p8, key_id, team_id),
        ready_file=ready_file,
        host=host,
        certs=certs,
        api_url=api_url,
        api_port=api_port,
    )
    extras = Extras(push_type, None if priority is None else int(priority), expiration, collapse_id)
    batches = api_batches(access, what, extras)
    origin, engine = access.origin, chosen_engine(os.environ)
    if engine.instead:
        say(engine.instead, err=True)
    target = Target(origin.authority, engine.make_client, access.tokens, origin.scheme, patience)

    async def go(reports: list[Report], done: Callable[[int], None]) -> None:
        progress = Progress(reports, done)
        for batch in batches:
            connect = _connecting(access, batch.client)
            report = await send_api(connect, batch.outgoing, target, tries=tries, progress=progress)
            progress(report)

    return Job(batches, go)


def _connecting(access: Access, client: Client | None) -> Connect:
    host, port = access.origin.host, access.origin.port
    if access.ca is None:
        return lambda: open_tcp(host, port)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.set_alpn_protocols(["h2"])
    try:
        context.load_verify_locations(access.ca)
        if client is not None:
            context.load_cert_chain(client.files.pem)
    except OSError as wrong:
        files = access.ca if client is None else f"{access.ca} and {client.files.pem}"
        raise StartError(
            f"cannot use {files}: {wrong.strerror or wrong}; "
            "start `fakeapns serve` on that folder again"
        ) from None
    return lambda: open_tls(host, port, context, server_hostname="localhost")
