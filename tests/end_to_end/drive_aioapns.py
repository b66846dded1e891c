"""Sends with aioapns. Reads what to do from standard input, as JSON, and prints what came of it.

It chooses every `apns-id` itself unless told.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from aioapns import APNs, NotificationRequest, connection
from aioapns.connection import APNsProductionClientProtocol, HttpProxyProtocol


def credentials(order: dict[str, Any]) -> dict[str, Any]:
    """Who it is: by a key, or else by a certificate."""
    if order["p8"] is None:
        return {"client_cert": order["pem"]}
    key = Path(order["p8"]).read_text(encoding="ascii")
    return {"key": key, "key_id": order["key_id"], "team_id": order["team_id"]}


class ByProxy(HttpProxyProtocol):
    """The way through a proxy, as asyncio has it: see docs/proxy.md for what is wrong with the
    library's own.
    """

    async def create_apns_connection(self) -> None:
        """Begin TLS in the tunnel."""
        assert self.transport is not None
        protocol = self.apns_protocol_factory()
        transport = await self.loop.start_tls(
            self.transport, protocol, self.ssl_context, server_hostname=self.apns_host
        )
        protocol.connection_made(transport)
        self.apns_protocol = protocol
        self.apns_connection_ready.set()


def by_proxy(url: str) -> dict[str, Any]:
    """The arguments for this proxy."""
    vars(connection)["HttpProxyProtocol"] = ByProxy
    found = urlsplit(url)
    return {"proxy_host": found.hostname, "proxy_port": found.port}


async def send(order: dict[str, Any]) -> dict[str, Any]:
    """Everything at once; its answers by token, and what went wrong otherwise."""
    # Nothing else says where to connect.
    APNsProductionClientProtocol.APNS_SERVER = order["host"]
    APNsProductionClientProtocol.APNS_PORT = order["port"]
    proxy = {} if order["proxy"] is None else by_proxy(order["proxy"])
    client = APNs(
        **credentials(order),
        topic=order["topic"],
        max_connection_attempts=1,
        **proxy,
        ssl_context=ssl.create_default_context(cafile=order["ca"]),
    )
    requests = [
        NotificationRequest(
            push["token"], {"aps": {"alert": "Hello"}}, notification_id=push["apns_id"]
        )
        for push in order["pushes"]
    ]
    sending = (
        asyncio.wait_for(client.send_notification(request), order["patience"])
        for request in requests
    )
    results = await asyncio.gather(*sending, return_exceptions=True)
    client.pool.close()
    told: dict[str, Any] = {"answers": {}, "wrong": []}
    for request, result in zip(requests, results, strict=True):
        if isinstance(result, BaseException):
            told["wrong"].append(repr(result))
            continue
        told["answers"][request.device_token] = {
            "status": int(result.status),
            "reason": result.description,
            "apns_id": result.notification_id,
            "timestamp": result.timestamp,
        }
    return told


json.dump(asyncio.run(send(json.load(sys.stdin))), sys.stdout)
