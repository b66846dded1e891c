"""A small server of the provider API on a real port, for those who send."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from typing import Any

from fakeapns.certificates import default_authority, read_identity
from fakeapns.protocol.http2 import Request, Wire, choose_engine

#: What a request is answered: a status, and a reason with any but 200. None is no answer.
Answer = tuple[int, str]
ACCEPTED: Answer = (200, "")


class ApiServer:
    """Answers requests as it is told, and keeps them. Without `tls` it is the plain port.

    `told` has whatever a client showed: topics of certificates, None where there was none.
    """

    def __init__(
        self, answer: Callable[[Request], Answer | None], *, tls: bool, required: bool
    ) -> None:
        self.answer = answer
        self.requests: list[Request] = []
        self.told: list[tuple[str | None, str | None]] = []
        self._closing = False
        self._context = _context(required) if tls else None
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"

    def serve(self) -> None:
        """Take connections until it is closed."""
        with self._listener:
            while True:
                connection, _ = self._listener.accept()
                if self._closing:
                    connection.close()
                    return
                threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def close(self) -> None:
        """Stop listening."""
        # What waits in an accept is woken by a connection on every system.
        self._closing = True
        socket.create_connection(("127.0.0.1", self.port)).close()

    def headers(self) -> list[dict[str, str]]:
        """The headers of all requests."""
        return [
            {name.decode(): value.decode() for name, value in request.headers}
            for request in self.requests
        ]

    def _talk(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            if self._context is not None:
                connection = self._context.wrap_socket(connection, server_side=True)
                self._look_at(connection)
            with connection:
                self._speak(connection)

    def _look_at(self, connection: ssl.SSLSocket) -> None:
        shown = connection.getpeercert(binary_form=True)
        topic = None if shown is None else read_identity(shown).topics[0]
        self.told.append((connection.selected_alpn_protocol(), topic))

    def _speak(self, connection: socket.socket) -> None:
        wire = Wire(choose_engine().make)
        connection.sendall(wire.data_to_send())
        while data := connection.recv(65_536):
            for event in wire.receive_data(data):
                if isinstance(event, Request):
                    self._respond(wire, event)
            connection.sendall(wire.data_to_send())

    def _respond(self, wire: Wire, request: Request) -> None:
        self.requests.append(request)
        answer = self.answer(request)
        if answer is None:
            return
        status, reason = answer
        body = json.dumps({"reason": reason}).encode() if reason else b""
        wire.respond(request.stream, status, (), body)


def _context(required: bool) -> ssl.SSLContext:
    authority = default_authority()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.server.load_into(context)
    context.load_verify_locations(cadata=authority.ca_pem.decode())
    context.verify_mode = ssl.CERT_REQUIRED if required else ssl.CERT_OPTIONAL
    context.set_alpn_protocols(["h2"])
    return context


@contextlib.contextmanager
def api_server(
    answer: Callable[[Request], Answer | None] = lambda request: ACCEPTED,
    *,
    tls: bool = True,
    required: bool = False,
) -> Iterator[ApiServer]:
    """A server that runs meanwhile."""
    server = ApiServer(answer, tls=tls, required=required)
    thread = threading.Thread(target=server.serve)
    thread.start()
    try:
        yield server
    finally:
        server.close()
        thread.join()


def payloads(server: ApiServer) -> list[Any]:
    """What was sent."""
    return [json.loads(request.body) for request in server.requests]
