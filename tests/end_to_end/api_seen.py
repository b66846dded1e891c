"""What clients of the API see of faults: two in this process, which nobody here wrote."""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import Iterator
from typing import Any

import h2.connection
import h2.events
import httpx
from h2.config import H2Configuration
from h2.connection import ConnectionState

from fakeapns import ThreadedAPNs
from fakeapns.ledger import ApiNotification

from ..frames import TOPIC, numbered
from ..providers import PATIENCE, dial

HELLO = b'{"aps":{"alert":"Hello"}}'
#: What becomes of a push, and whether it was answered.
Outcome = tuple[str, bool | None]
FINE: Outcome = ("accepted", True)


def headers(apns: ThreadedAPNs) -> dict[str, str]:
    """Those of a push that is accepted."""
    signed = f"bearer {apns.provider_key().token()}"
    return {"authorization": signed, "apns-topic": TOPIC, "apns-push-type": "alert"}


@contextlib.contextmanager
def httpx_client(apns: ThreadedAPNs, context: ssl.SSLContext | None = None) -> Iterator[Any]:
    """One that speaks HTTP/2, and keeps its connection."""
    trusted = apns.ssl_context(certificate=False) if context is None else context
    with httpx.Client(
        http1=False, http2=True, verify=trusted, headers=headers(apns), base_url=apns.api.url
    ) as client:
        yield client


def post(client: Any, number: int = 7, *, patience: float = PATIENCE, body: bytes = HELLO) -> str:
    """Send one; what httpx says of it: `429 TooManyRequests`, or the name of what it raised."""
    path = f"/3/device/{numbered(number).hex()}"
    try:
        answer = client.post(path, content=body, timeout=patience)
    except httpx.TransportError as wrong:
        return type(wrong).__name__
    return f"{answer.status_code} {answer.json()['reason']}" if answer.content else "200"


def twice(apns: ThreadedAPNs, *, patience: float) -> list[str]:
    """What comes of two pushes on one connection, of which nobody waits long for the second."""
    with httpx_client(apns) as client:
        return [post(client), post(client, 8, patience=patience)]


class Talk:
    """A connection by h2, whose events are looked at one by one; on a `link` that is there already
    if there is one.
    """

    def __init__(self, apns: ThreadedAPNs, link: ssl.SSLSocket | None = None) -> None:
        self._headers = headers(apns)
        if link is None:
            context = apns.ssl_context(certificate=False)
            context.set_alpn_protocols(["h2"])
            link = dial(apns, context, "api")
        self.link = link
        config = H2Configuration(client_side=True, header_encoding="utf-8")
        self.client = h2.connection.H2Connection(config)
        self.client.initiate_connection()
        self.events: list[h2.events.Event] = []
        self.answered: dict[int, int] = {}
        self._heard = b""
        self.write()

    def __enter__(self) -> Talk:
        return self

    def __exit__(self, *_: object) -> None:
        self.link.close()

    def write(self) -> None:
        """Write what there is to be written."""
        self.link.sendall(self.client.data_to_send())

    def push(self, count: int = 1) -> list[int]:
        """So many in one write; their streams."""
        streams = []
        for _ in range(count):
            stream = self.client.get_next_available_stream_id()
            fields = {
                ":method": "POST",
                ":scheme": "https",
                ":authority": "localhost",
                ":path": f"/3/device/{numbered(7).hex()}",
                **self._headers,
            }
            self.client.send_headers(stream, list(fields.items()))
            self.client.send_data(stream, HELLO, end_stream=True)
            streams.append(stream)
        self.write()
        return streams

    def read(self) -> bool:
        """Take what comes next; False at the end."""
        data = self.link.recv(65_536)
        self._heard += data
        for event in [event for frame in self._frames() for event in self._take(frame)]:
            self.events.append(event)
            if isinstance(event, h2.events.ResponseReceived):
                fields: dict[Any, Any] = dict(event.headers)
                self.answered[event.stream_id] = int(fields[":status"])
        return bool(data)

    def _frames(self) -> Iterator[bytes]:
        while len(self._heard) >= (size := 9 + int.from_bytes(self._heard[:3])):
            frame, self._heard = self._heard[:size], self._heard[size:]
            yield frame

    def _take(self, frame: bytes) -> list[h2.events.Event]:
        """One frame. h2 listens to nothing behind a GOAWAY, where other clients do."""
        events = self.client.receive_data(frame)
        if any(isinstance(event, h2.events.ConnectionTerminated) for event in events):
            self.client.state_machine.state = ConnectionState.CLIENT_OPEN
        return events

    def await_answers(self, *streams: int) -> None:
        """Read until these are answered."""
        while not self.answered.keys() >= set(streams):
            assert self.read(), self.events

    def await_end(self) -> None:
        """Read until the server has closed."""
        while self.read():
            pass

    def of(self, kind: type[h2.events.Event]) -> list[Any]:
        """The events of one kind; they have come, if what came behind them has."""
        return [event for event in self.events if isinstance(event, kind)]


def outcomes(apns: ThreadedAPNs) -> list[Outcome]:
    """What the record says of each push."""
    return [(each.outcome, each.answered) for each in apns.ledger.of(ApiNotification)]
