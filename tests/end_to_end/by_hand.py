"""A client of the API that writes everything before it reads anything."""

from __future__ import annotations

import contextlib
import socket
import ssl
from typing import Any

import h2.connection
import h2.events
import msgspec
from h2.config import H2Configuration

from .api_story import Ask, Order, Said, Told

PATIENCE = 30.0


def send_at_once(
    order: Order, *, alpn: bool = True, name: str | None = None, **headers: str
) -> Told:
    """Send all in one go, before SETTINGS can have come; with or without ALPN.

    `name` is what SNI asks for, the host itself if not given. `headers` are further ones, or others
    than usual: underscores stand for hyphens, and `authority` for what begins with a colon.
    """
    context = ssl.create_default_context(cafile=order.ca)
    if alpn:
        context.set_alpn_protocols(["h2"])
    if order.pem is not None:
        context.load_cert_chain(order.pem)
    config = H2Configuration(client_side=True, header_encoding="utf-8")
    client = h2.connection.H2Connection(config)
    client.initiate_connection()
    tokens = {}
    for push in order.pushes:
        stream = client.get_next_available_stream_id()
        tokens[stream] = push.token
        client.send_headers(stream, _headers(order, push, headers))
        client.send_data(stream, b'{"aps":{"alert":"Hello"}}', end_stream=True)
    with (
        socket.create_connection((order.host, order.port), timeout=PATIENCE) as bare,
        context.wrap_socket(bare, server_hostname=name or order.host) as link,
    ):
        link.sendall(client.data_to_send())
        return _listen(link, client, tokens)


def _headers(order: Order, push: Ask, further: dict[str, str]) -> list[tuple[str, str]]:
    fields = {
        ":method": "POST",
        ":scheme": "https",
        ":authority": further.get("authority", order.host),
        ":path": f"/3/device/{push.token}",
        "apns-topic": order.topic,
        "apns-id": push.apns_id,
        "authorization": None if order.jwt is None else f"bearer {order.jwt}",
        **{name.replace("_", "-"): further[name] for name in further if name != "authority"},
    }
    return [(name, value) for name, value in fields.items() if value is not None]


def _listen(
    link: ssl.SSLSocket, client: h2.connection.H2Connection, tokens: dict[int, str]
) -> Told:
    """Read until each has its answer."""
    answers: dict[int, dict[str, Any]] = {}
    told = Told({})
    while len(told.answers) + len(told.wrong) < len(tokens):
        data = link.recv(65_536)
        if not data:
            told.wrong.append("the server has closed the connection")
            break
        for event in client.receive_data(data):
            match event:
                case h2.events.ResponseReceived():
                    headers: dict[Any, Any] = dict(event.headers)
                    status, apns_id = int(headers[":status"]), headers["apns-id"]
                    answers[event.stream_id] = {"status": status, "apns_id": apns_id}
                case h2.events.DataReceived():
                    answers[event.stream_id] |= msgspec.json.decode(event.data)
                case h2.events.StreamEnded():
                    said = msgspec.convert(answers[event.stream_id], Said)
                    told.answers[tokens[event.stream_id]] = said
                case h2.events.StreamReset() | h2.events.ConnectionTerminated():
                    told.wrong.append(str(event))
        with contextlib.suppress(BrokenPipeError):
            link.sendall(client.data_to_send())
    return told
