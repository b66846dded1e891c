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
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    ExitStack,
    contextmanager,
    suppress,
)
from types import ModuleType
from typing import Any

from ...errors import UsageError
from ..addresses import ApiAddress
from ..endpoint import Client
from .undo import attributes, family, items, library

AIOAPNS = "aioapns==4.0"

Connect = Callable[[Any], Awaitable[Any]]


class EitherWay(AbstractContextManager[Any], AbstractAsyncContextManager[Any]):
    """A block for `with` and `async with`: neither its begin nor its end has to be waited for."""

    def __init__(self, block: AbstractContextManager[Any]) -> None:
        self._block = block

    def __enter__(self) -> Any:
        return self._block.__enter__()

    def __exit__(self, *failed: Any) -> bool | None:
        return self._block.__exit__(*failed)

    async def __aenter__(self) -> Any:
        return self.__enter__()

    async def __aexit__(self, *failed: Any) -> bool | None:
        return self.__exit__(*failed)


def aioapns(where: Callable[[], Client], arguments: Mapping[str, Any]) -> EitherWay:
    """Point aioapns at a server. Yields an `aioapns.APNs` made with these arguments.

    It signs in by the certificate, unless there is a `key` among them. Raises `UsageError` where
    aioapns is not installed, or is none that we know, `TypeError` for an argument that it has not.
    """
    return EitherWay(_with_a_client(where, arguments))


@contextmanager
def _with_a_client(where: Callable[[], Client], arguments: Mapping[str, Any]) -> Iterator[Any]:
    clients = library("aioapns", AIOAPNS)
    server = where()
    signs = {} if "key" in arguments else {"client_cert": server.files.pem}
    given = {"topic": server.topic, **signs, **arguments}
    inspect.signature(clients.APNs).bind(**given)
    with led_here(server):
        client = _client(clients.APNs, given)
        try:
            yield client
        finally:
            client.has_ended = True


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
                undo.enter_context(items(each, {"create_connection": connect}))
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
        opened.append(await _Open(connection).noted())
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


class _Open:
    """A connection, and what closes it with its event loop if it is still open then."""

    def __init__(self, connection: Any) -> None:
        self.connection, self.loop = connection, asyncio.get_running_loop()
        self._until_the_end = _until_the_end(connection)

    async def noted(self) -> _Open:
        """From now on the event loop knows of it: at its end it ends what has begun."""
        await anext(self._until_the_end)
        return self

    def hang_up(self) -> None:
        """Close it, in the thread of its event loop."""
        if _loop_of_this_thread() is self.loop:
            _hang_up(self.connection)
            return
        # A loop that is closed has closed it.
        with suppress(RuntimeError):
            self.loop.call_soon_threadsafe(_hang_up, self.connection)


def _loop_of_this_thread() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


@contextmanager
def _closed_behind() -> Iterator[list[_Open]]:
    """Whatever was opened is closed."""
    opened: list[_Open] = []
    try:
        yield opened
    finally:
        for each in opened:
            each.hang_up()


def _hang_up(connection: Any) -> None:
    connection.close()
    # The server's goodbye is not waited for: it may be stalled on purpose.
    connection.transport.abort()


async def _until_the_end(connection: Any) -> AsyncGenerator[None, None]:
    """Closes a connection when it is closed itself, as the end of an event loop does.

    aioapns leaves that to whoever knows its pool; django-push-notifications never does it.
    """
    try:
        yield
    finally:
        _hang_up(connection)
        # Once for the socket, and once for the client to hear of it.
        await asyncio.sleep(0)
        await asyncio.sleep(0)


def _client(base: Any, arguments: Mapping[str, Any]) -> Any:
    """An `APNs` that belongs to no event loop: `APNs` itself can only be made in one."""

    class LedHere(base):  # type: ignore[misc]
        """aioapns.APNs with a pool of connections for each event loop that it is used in. Once it
        `has_ended` it opens no more: whoever still waited for an answer would try again, at Apple.
        """

        def __init__(self) -> None:
            self.err_func = arguments.get("err_func")
            self.has_ended = False
            self._pools: dict[Any, Any] = {}

        @property
        def pool(self) -> Any:
            loop = asyncio.get_running_loop()
            if loop not in self._pools:
                made = self._pools[loop] = base(**arguments).pool
                made.create_connection = functools.partial(self._connect, made)
            return self._pools[loop]

        async def _connect(self, pool: Any) -> Any:
            if self.has_ended:
                raise UsageError("the block of apns.aioapns() has ended: use its client inside it")
            return await type(pool).create_connection(pool)

    return LedHere()
