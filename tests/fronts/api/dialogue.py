"""A connection to the API driven by hand: a client that nobody here wrote on the other side."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Unpack

import h2.connection
import h2.events
import h2.exceptions
import msgspec
from h2.config import H2Configuration
from h2.connection import ConnectionState

from fakeapns.fronts.actions import Action, Send
from fakeapns.fronts.api import Api, ApiConnection, Keyring, KnownKey
from fakeapns.fronts.front import Left, Provider
from fakeapns.ledger import ApiClosed, ApiNotification, ApiRequest, Ledger
from fakeapns.protocol.http2 import choose_engine
from fakeapns.push import Devices, Judge, Triggers
from fakeapns.scenario import Settings, SettingsKeywords, Step

from ...frames import TOPIC
from ...moments import WALL, at
from .senders.signing import KEY, known, token

TOKEN = "ab" * 32
HELLO = b'{"aps":{"alert":"Hello"}}'
CERTIFICATE = Provider((TOPIC,), "UID=com.example.app", scope="both")
NOBODY = Provider((), None)
GOAWAY = 7
PORTS = {"gateway": 2195, "feedback": 2196, "api": 2197}


class Heard(msgspec.Struct):
    """What came of one stream."""

    headers: dict[str, str] = {}
    body: bytes = b""
    ended: bool = False
    reset: int | None = None

    @property
    def status(self) -> int:
        return int(self.headers[":status"])

    @property
    def json(self) -> Any:
        return msgspec.json.decode(self.body)

    @property
    def reason(self) -> str | None:
        """What Apple calls it; None with 200."""
        return self.json["reason"] if self.body else None


class Dialogue:
    """One connection, and everything around it that it needs. By a certificate unless told."""

    def __init__(
        self,
        *steps: Step,
        provider: Provider = CERTIFICATE,
        keys: tuple[KnownKey, ...] = (),
        seed: int | None = None,
        engine: str = "",
        greet: bool = True,
        bundles: bool = True,
        **settings: Unpack[SettingsKeywords],
    ) -> None:
        self.devices = Devices(lambda: WALL)
        triggers = Triggers(seed)
        for step in steps:
            triggers.add(step)
        self.ledger = Ledger()
        given = Settings.of(settings)
        judge = Judge(given, self.devices, triggers, seed)
        self.keys = {each.key_id: each for each in keys or (known(),)}
        ring = Keyring(self.keys, given)
        make = choose_engine(engine).make
        self.api = Api(judge, self.ledger, ring, make, PORTS.get, seed, bundles=bundles)
        self.now = 0.0
        self.open(provider, greet=greet)

    def open(self, provider: Provider, *, greet: bool = True, number: int = 1) -> None:
        """Begin anew, with the same server."""
        self.connection = ApiConnection(number, provider, self.api, at(self.now))
        config = H2Configuration(client_side=True, header_encoding="utf-8")
        self.client = h2.connection.H2Connection(config)
        self.streams: dict[int, Heard] = {}
        self.events: list[h2.events.Event] = []
        self.done: list[Action] = []
        self._over = False
        self._heard = b""
        if greet:
            self.client.initiate_connection()
            self.flow()

    # ---- both sides --------------------------------------------------------------------------

    def flow(self) -> None:
        """Let all bytes arrive, on both sides."""
        while True:
            data = self.client.data_to_send()
            if data and not self.connection.finished:
                self.connection.receive(data, at(self.now))
            if not self._act() and not data:
                return

    def raw(self, data: bytes) -> None:
        """The client writes these bytes."""
        self.connection.receive(data, at(self.now))
        self._act()

    def _act(self) -> bool:
        acted = False
        while True:
            while self.connection.busy:
                self.connection.wake(at(self.now))
            actions = self.connection.actions()
            if not actions:
                break
            acted = True
            self.done += actions
            for action in actions:
                if isinstance(action, Send):
                    self._hear(action.data)
        if self.connection.finished and not self._over:
            self._over = True
            self.connection.over(at(self.now))
        return acted

    def _hear(self, data: bytes) -> None:
        self._heard += data
        for frame in self._frames():
            try:
                events = self.client.receive_data(frame)
            except h2.exceptions.ProtocolError:
                # No HTTP/2 at all, as with an answer in HTTP/1.1.
                return
            self._note(events)

    def _frames(self) -> Iterator[bytes]:
        """Whole frames that have come, each once: h2 listens to nothing behind a GOAWAY, where
        other clients do.
        """
        while len(self._heard) >= 9:
            size = 9 + int.from_bytes(self._heard[:3])
            if len(self._heard) < size:
                return
            frame, self._heard = self._heard[:size], self._heard[size:]
            yield frame
            if frame[3] == GOAWAY:
                self.client.state_machine.state = ConnectionState.CLIENT_OPEN

    def _note(self, events: list[h2.events.Event]) -> None:
        self.events += events
        for event in events:
            match event:
                case h2.events.ResponseReceived():
                    self._stream(event).headers = dict(event.headers)  # type: ignore[arg-type]
                case h2.events.DataReceived():
                    self._stream(event).body += event.data or b""
                case h2.events.StreamEnded():
                    self._stream(event).ended = True
                case h2.events.StreamReset():
                    self._stream(event).reset = int(event.error_code)

    def _stream(self, event: Any) -> Heard:
        return self.streams.setdefault(event.stream_id, Heard())

    def wait(self, seconds: float) -> None:
        """So much time passes; what is due by then happens."""
        until = self.now + seconds
        while not self.connection.finished and self.connection.deadline <= until:
            self.now = self.connection.deadline
            self.connection.wake(at(self.now))
            self.flow()
        self.now = until

    def leave(self, how: Left = "graceful") -> None:
        """The client ends the connection."""
        self.connection.ended(how, at(self.now))
        self._act()

    def stop(self) -> None:
        """The server stops."""
        self.connection.stop(at(self.now))
        self._act()

    # ---- the client --------------------------------------------------------------------------

    def begin(
        self,
        device: str = TOKEN,
        body: bytes = HELLO,
        *further: tuple[str, str],
        signed: str | None = None,
        path: str | None = None,
        method: str = "POST",
        end: bool = True,
        **headers: str | None,
    ) -> int:
        """Send a push without waiting for its answer; its stream. Headers are those of `usual`,
        with these instead: underscores stand for hyphens, and None leaves one out.
        """
        stream = int(self.client.get_next_available_stream_id())
        fields = {
            ":method": method,
            ":scheme": "https",
            ":authority": "api.push.apple.com",
            ":path": f"/3/device/{device}" if path is None else path,
            "apns-topic": TOPIC,
            "apns-push-type": "alert",
            "authorization": None if signed is None else f"bearer {signed}",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        sent = [(name, value) for name, value in fields.items() if value is not None]
        self.client.send_headers(stream, [*sent, *further], end_stream=end and not body)
        if body:
            self._write(stream, body, end=end)
        return stream

    def _write(self, stream: int, body: bytes, *, end: bool) -> None:
        while body:
            room = min(self.client.local_flow_control_window(stream), 16_384)
            if not room:
                self.flow()
                continue
            part, body = body[:room], body[room:]
            self.client.send_data(stream, part, end_stream=end and not body)

    def push(self, device: str = TOKEN, body: bytes = HELLO, *further: Any, **how: Any) -> Heard:
        """Send a push; what came of it."""
        stream = self.begin(device, body, *further, **how)
        self.flow()
        return self.streams.get(stream, Heard())

    # ---- the record --------------------------------------------------------------------------

    @property
    def pushes(self) -> list[ApiNotification]:
        return self.ledger.of(ApiNotification)

    @property
    def latest(self) -> ApiNotification:
        """The push that was recorded last."""
        return self.pushes[-1]

    @property
    def requests(self) -> list[ApiRequest]:
        return self.ledger.of(ApiRequest)

    @property
    def end(self) -> ApiClosed:
        """How it ended."""
        [found] = self.ledger.of(ApiClosed)
        return found


def signed(key_id: str = KEY, issued: float = 0.0, **claims: Any) -> str:
    """A token that was made so many seconds after the server's start."""
    return token(key_id, iat=int(WALL + issued), **claims)
