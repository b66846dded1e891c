"""aioapns: its connections have the API's address in class attributes, and trust what Python does.

Both are looked at when it connects, so clients that were made long before, those of somebody else's
code, and those with a context of their own are led here as well. Where in the library that is was
read in 3.0 to 4.0, and is the same in all of them.
"""

from __future__ import annotations

import asyncio
import functools
import inspect
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from types import ModuleType
from typing import Any
from unittest import mock

from ...errors import UsageError
from ..endpoint import ApiAddress, Client
from .undo import attributes, family, items, library

AIOAPNS = "aioapns==4.0"

Connect = Callable[[Any], Awaitable[Any]]


@contextmanager
def aioapns(where: Callable[[], Client], arguments: Mapping[str, Any]) -> Iterator[Any]:
    """Point aioapns at a server. Yields an `aioapns.APNs` made with these arguments.

    It signs in by the certificate, unless there is a `key` among them. Raises `UsageError` where
    aioapns is not installed, or is none that we know, `TypeError` for an argument that it has not.
    """
    clients = library("aioapns", AIOAPNS)
    server = where()
    signs = {} if "key" in arguments else {"client_cert": server.files.pem}
    given = {"topic": server.topic, **signs, **arguments}
    inspect.signature(clients.APNs).bind(**given)
    with led_here(server):
        yield _client(clients.APNs, given)


@contextmanager
def led_here(server: Client) -> Iterator[None]:
    """All of aioapns in this process, while the block lasts; what it opened is closed behind it.

    Raises `UsageError` where aioapns is not installed, or is none that we know.
    """
    connection = library("aioapns", AIOAPNS, "connection")
    pools, protocols = _known(connection)
    assert server.api is not None, "a server in this process has an API"
    with ExitStack() as undo:
        opened = undo.enter_context(_closed_behind())
        undo.enter_context(attributes(protocols, _addresses(server.api)))
        for each in family(pools):
            if "create_connection" in vars(each):
                connect = _connecting(each.create_connection, server, opened)
                undo.enter_context(mock.patch.object(each, "create_connection", connect))
        yield


def _known(connection: ModuleType) -> tuple[Any, Any]:
    """The bases of its pools and of its connections."""
    pools = getattr(connection, "APNsBaseConnectionPool", None)
    protocols = getattr(connection, "APNsBaseClientProtocol", None)
    named = {name for each in family(protocols) for name in vars(each)} if protocols else set()
    if not hasattr(pools, "create_connection") or not {"APNS_SERVER", "APNS_PORT"} <= named:
        raise UsageError(
            f"this aioapns connects in another way than 3.0 to 4.0: pip install {AIOAPNS}"
        )
    return pools, protocols


def _addresses(api: ApiAddress) -> dict[str, Any]:
    return {"APNS_SERVER": api.host, "APNS_PORT": api.port}


# ---- connecting -----------------------------------------------------------------------------


def _connecting(given: Any, server: Client, opened: list[_Open]) -> Connect:
    """What a pool calls for a new connection. The innermost block is the one that leads it."""
    original: Connect = getattr(given, "fakeapns_leads", given)

    @functools.wraps(original)
    async def create_connection(pool: Any) -> Any:
        # A proxy knows no way to us.
        ours = {"ssl_context": _trusting(pool, server.ca), "proxy_host": None}
        with items(vars(pool), ours):
            connection = await original(pool)
        open_until = _until_the_end(connection)
        await anext(open_until)
        opened.append((asyncio.get_running_loop(), open_until))
        return connection

    create_connection.fakeapns_leads = original  # type: ignore[attr-defined]
    return create_connection


def _trusting(pool: Any, ca: str) -> ssl.SSLContext:
    """What it connects with, if that trusts us or everybody; or else the same, but trusting us."""
    own: ssl.SSLContext = pool.ssl_context
    trusting = ssl.create_default_context(cafile=ca)
    [ours] = trusting.get_ca_certs(binary_form=True)
    if own.verify_mode == ssl.CERT_NONE or ours in own.get_ca_certs(binary_form=True):
        return own
    for name in ("minimum_version", "maximum_version", "check_hostname"):
        setattr(trusting, name, getattr(own, name))
    if hasattr(pool, "cert_file"):
        trusting.load_cert_chain(pool.cert_file)
    return trusting


# ---- the end of connections -----------------------------------------------------------------

_Open = tuple[asyncio.AbstractEventLoop, AsyncGenerator[None, None]]


@contextmanager
def _closed_behind() -> Iterator[list[_Open]]:
    """Whatever was opened is closed, each in the thread of its event loop."""
    opened: list[_Open] = []
    try:
        yield opened
    finally:
        for loop, open_until in opened:
            # A loop that is closed has closed it.
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(_close, loop, open_until)


def _close(loop: asyncio.AbstractEventLoop, open_until: AsyncGenerator[None, None]) -> None:
    loop.create_task(open_until.aclose())


async def _until_the_end(connection: Any) -> AsyncGenerator[None, None]:
    """Closes a connection when it is closed itself, which the end of an event loop does, too.

    aioapns leaves that to whoever knows its pool; django-push-notifications never does it.
    """
    try:
        yield
    finally:
        connection.close()
        # The server's goodbye is not waited for: it may be stalled on purpose.
        connection.transport.abort()
        # Once for the socket, and once for the client to hear of it.
        await asyncio.sleep(0)
        await asyncio.sleep(0)


def _client(base: Any, arguments: Mapping[str, Any]) -> Any:
    """An `APNs` that belongs to no event loop: `APNs` itself can only be made in one."""

    class LedHere(base):  # type: ignore[misc]
        """aioapns.APNs with a pool of connections for each event loop that it is used in."""

        def __init__(self) -> None:
            self.err_func = arguments.get("err_func")
            self._pools: dict[Any, Any] = {}

        @property
        def pool(self) -> Any:
            loop = asyncio.get_running_loop()
            if loop not in self._pools:
                self._pools[loop] = base(**arguments).pool
            return self._pools[loop]

    return LedHere()
