"""What the providers of the API share: one connection after the other, many streams at a time.

A provider says which of the pushes that were on a connection are to be sent again.
"""

from __future__ import annotations

import json
import os
import socket
import ssl
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

import h2.config
import h2.connection
import h2.events

#: Streams at a time, and connections after which a provider gives up.
STREAMS, MOST = 20, 8

Item = dict[str, Any]
#: What came of a push: its status and reason; None and "above" (the last stream of a GOAWAY),
#: "reset", or "nothing".
Fate = tuple[int | None, str]
Fates = list[tuple[Item, Fate]]
#: Which are to be sent again.
Again = Callable[[Fates], Iterable[Item]]


class Talk:
    """One connection: sends what it is given, as far as that goes."""

    def __init__(self, items: Iterable[Item]) -> None:
        self.unsent = deque(items)
        self.fates: Fates = []
        self._open: dict[int, Item] = {}
        self._said: dict[int, tuple[int, bytes]] = {}
        self._parting = False
        self._wire = h2.connection.H2Connection(
            h2.config.H2Configuration(client_side=True, header_encoding="utf-8")
        )

    def run(self, stream: ssl.SSLSocket) -> None:
        """Talk until all is answered, or the server wants no more."""
        self._wire.initiate_connection()
        while True:
            self._send_some()
            stream.sendall(self._wire.data_to_send())
            if self._parting or not self._open:
                break
            data = stream.recv(65_536)
            if not data:
                break
            for event in self._wire.receive_data(data):
                self._take(event)
        for item in self._open.values():
            self.fates.append((item, (None, "nothing")))

    def _send_some(self) -> None:
        most = min(STREAMS, self._wire.remote_settings.max_concurrent_streams)
        while self.unsent and not self._parting and len(self._open) < most:
            item = self.unsent.popleft()
            number = self._wire.get_next_available_stream_id()
            headers = [
                (":method", "POST"),
                (":scheme", "https"),
                (":authority", "localhost"),
                (":path", f"/3/device/{item['token']}"),
                ("apns-topic", item["topic"]),
                ("apns-push-type", "alert"),
            ]
            self._wire.send_headers(number, headers)
            self._wire.send_data(number, json.dumps(item["payload"]).encode(), end_stream=True)
            self._open[number] = item

    def _take(self, event: h2.events.Event) -> None:
        match event:
            case h2.events.ResponseReceived(stream_id=number, headers=headers):
                said: dict[Any, Any] = dict(headers or [])
                self._said[number or 0] = int(said[":status"]), b""
            case h2.events.DataReceived(stream_id=number, data=data):
                status, body = self._said[number or 0]
                self._said[number or 0] = status, body + (data or b"")
            case h2.events.StreamEnded(stream_id=number):
                status, body = self._said[number or 0]
                reason = json.loads(body)["reason"] if body else ""
                self._over(number or 0, (status, reason))
            case h2.events.StreamReset(stream_id=number):
                self._over(number, (None, "reset"))
            case h2.events.ConnectionTerminated(last_stream_id=last):
                self._parting = True
                for number in [each for each in self._open if each > (last or 0)]:
                    self._over(number, (None, "above"))

    def _over(self, number: int, fate: Fate) -> None:
        item = self._open.pop(number, None)
        if item is not None:
            self.fates.append((item, fate))


def send_all(again: Again, talking: type[Talk] = Talk) -> None:
    """Send the work list, and what is to be sent again, until nothing is left."""
    with open(os.environ["APNS_WORK"], encoding="utf-8") as file:
        items = [json.loads(line) for line in file]
    context = ssl.create_default_context(cafile=os.environ["APNS_CA"])
    context.load_cert_chain(os.environ["APNS_PEM"])
    context.set_alpn_protocols(["h2"])
    server = urlsplit(os.environ["APNS_API_URL"])
    for _ in range(MOST):
        with (
            socket.create_connection((server.hostname, server.port)) as transport,
            context.wrap_socket(transport, server_hostname="localhost") as stream,
        ):
            talk = talking(items)
            talk.run(stream)
        items = [*again(talk.fates), *talk.unsent]
        if not items:
            return
