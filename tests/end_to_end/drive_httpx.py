"""Sends with httpx. Reads what to do from standard input, as JSON, and prints what came of it."""

from __future__ import annotations

import asyncio
import json
import ssl
import sys
from typing import Any

import httpx


async def send(order: dict[str, Any]) -> dict[str, Any]:
    """Everything at once; its answers by token, and what went wrong otherwise."""
    context = ssl.create_default_context(cafile=order["ca"])
    common = {"apns-topic": order["topic"], "apns-push-type": "alert"}
    if order["jwt"] is not None:
        common["authorization"] = f"bearer {order['jwt']}"
    else:
        context.load_cert_chain(order["pem"])
    told: dict[str, Any] = {"answers": {}, "wrong": []}
    base = f"{order['scheme']}://{order['host']}:{order['port']}"
    async with httpx.AsyncClient(
        http1=order["scheme"] == "https",
        http2=True,
        verify=context,
        headers=common,
        base_url=base,
        timeout=order["patience"],
        proxy=order["proxy"],
    ) as client:

        async def push(token: str, apns_id: str | None) -> None:
            named = {} if apns_id is None else {"apns-id": apns_id}
            try:
                answer = await client.post(
                    f"/3/device/{token}", json={"aps": {"alert": "Hello"}}, headers=named
                )
            except httpx.HTTPError as wrong:
                told["wrong"].append(repr(wrong))
                return
            assert answer.http_version == "HTTP/2"
            body = answer.json() if answer.content else {}
            apns_id = answer.headers.get("apns-id")
            told["answers"][token] = {"status": answer.status_code, "apns_id": apns_id, **body}

        await asyncio.gather(*(push(**each) for each in order["pushes"]))
    return told


json.dump(asyncio.run(send(json.load(sys.stdin))), sys.stdout)
