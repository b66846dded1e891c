"""The frames of the wire's table over sockets, with TLS and without, to one `fakeapns serve`."""

from __future__ import annotations

import json
import socket
import ssl
from pathlib import Path

import pytest

from ..fronts.api.frames import FINE
from ..processes import PATIENCE, Server
from ..protocol.http2.cases import CASES
from ..protocol.http2.client import (
    GOAWAY,
    HELLO,
    PING,
    RST_STREAM,
    SETTINGS_ACK,
    Said,
    frame,
    post,
)

QUESTION = frame(PING, b"are you?")
PORTS = ("api", "plain-api")


def knock(server: Server, port: str) -> socket.socket:
    """A connection to one of the API's ports, after its handshake."""
    transport = socket.create_connection(server.address(port), timeout=PATIENCE)
    if port == "plain-api":
        return transport
    context: ssl.SSLContext = server.context()
    context.set_alpn_protocols(["h2"])
    return context.wrap_socket(transport, server_hostname="localhost")


def hear(connection: socket.socket) -> list[Said]:
    """All frames up to a GOAWAY or the answer to the question."""
    said: list[Said] = []
    wire = b""
    while not any(each.kind == GOAWAY or each.payload == b"are you?" for each in said):
        data = connection.recv(65_536)
        assert data, said
        wire += data
        while len(wire) >= 9 and len(wire) >= 9 + (size := int.from_bytes(wire[:3])):
            stream = int.from_bytes(wire[5:9])
            said.append(Said(wire[3], wire[4], stream, wire[9 : 9 + size]))
            wire = wire[9 + size :]
    return said


@pytest.mark.parametrize("port", PORTS)
def test_every_frame_gets_what_http_2_prescribes(port: str, tmp_path: Path) -> None:
    options = ("--api-port", "0", "--plain-api-port", "0", "--gateway-port", "0")
    ledger = tmp_path / "ledger.jsonl"
    with Server(tmp_path, *options, "--feedback-port", "0", "--ledger", ledger) as server:
        server.wait()
        # Without a certificate there may be one stream, from its acknowledgement on.
        hello = HELLO + SETTINGS_ACK if port == "api" else HELLO
        cases = [each for each in CASES if port == "api" or "of nothing" not in each.name]
        for case in cases:
            with knock(server, port) as connection:
                connection.sendall(hello + case.wire + QUESTION)
                said = hear(connection)
                ended = [each.code for each in said if each.kind == GOAWAY]
                assert ended == ([] if case.outcome.ended is None else [case.outcome.ended]), case
                told = [(each.stream, each.code) for each in said if each.kind == RST_STREAM]
                assert tuple(told) == case.outcome.reset, case
        with knock(server, "api") as connection:
            connection.sendall(HELLO + SETTINGS_ACK + post(1, FINE) + QUESTION)
            hear(connection)
        assert server.end() == 0
        assert "Traceback" not in server.log
    entries = [json.loads(line) for line in ledger.read_text().splitlines()]
    assert len([each for each in entries if each["kind"] == "connection.closed"]) == len(cases) + 1
    pushes = [each for each in entries if each["kind"] == "notification"]
    assert (pushes[-1]["outcome"], pushes[-1]["answered"]) == ("accepted", True)
    assert len(pushes) == sum(len(each.outcome.requests) for each in cases) + 1
