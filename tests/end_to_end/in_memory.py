"""httpx without sockets: its connections to the API go over memory, under virtual time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import httpcore
import httpx
import trio

from fakeapns import FakeAPNs


class _Stream(httpcore.AsyncNetworkStream):
    """One connection, TLS included."""

    def __init__(self, stream: trio.SSLStream[trio.abc.Stream]) -> None:
        self._stream = stream

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        with trio.move_on_after(float("inf") if timeout is None else timeout):
            return bytes(await self._stream.receive_some(max_bytes))
        raise httpcore.ReadTimeout

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        await self._stream.send_all(buffer)

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def start_tls(self, *_: Any, **__: Any) -> _Stream:
        """It is there already."""
        return self

    def get_extra_info(self, info: str) -> Any:
        return self if info == "ssl_object" else None

    def selected_alpn_protocol(self) -> str | None:
        """What TLS has agreed upon, which httpcore asks of `ssl_object`."""
        found: str | None = self._stream.selected_alpn_protocol()
        return found


class _Backend(httpcore.AsyncNetworkBackend):
    def __init__(self, apns: FakeAPNs) -> None:
        self._apns = apns

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> _Stream:
        return _Stream(await self._apns.connect(service="api", certificate=False, host=host))

    async def sleep(self, seconds: float) -> None:
        await trio.sleep(seconds)


class _Transport(httpx.AsyncHTTPTransport):
    def __init__(self, apns: FakeAPNs) -> None:
        super().__init__(http2=True)
        vars(self)["_pool"] = httpcore.AsyncConnectionPool(
            http2=True, network_backend=_Backend(apns)
        )


def client_of(apns: FakeAPNs) -> httpx.AsyncClient:
    """A client that reaches this server alone, as api.push.apple.com."""
    return httpx.AsyncClient(transport=_Transport(apns), base_url="https://api.push.apple.com")
