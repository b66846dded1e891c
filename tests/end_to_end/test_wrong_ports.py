"""Real clients at a port that is for others: the record names what to do, and the right port."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest

from fakeapns import FakeAPNs, ThreadedAPNs
from fakeapns.ledger import ApiClosed
from fakeapns.ledger.entries import (
    ConnectionClosed,
    ConnectionOpened,
    ConnectionRefused,
    Entry,
    Malformed,
)

from ..providers import await_entries
from . import api_story, runtimes
from .api_clients import CLIENTS, running

HERE = Path(__file__).parent
BINARY = ["pushjack", "apn"]
TO_API = "connect to the provider API, at port {api}, which speaks HTTP/2 over TLS"


def words(entry: Entry) -> str | None:
    """What an entry says to whom it is about."""
    match entry:
        case ConnectionRefused():
            return entry.hint
        case Malformed():
            return entry.reason
        case ConnectionClosed() | ApiClosed():
            return entry.detail
    return None


def told(apns: ThreadedAPNs, kind: type[Entry]) -> str:
    """What the first such entry says, as soon as it is there."""
    return words(await_entries(apns, kind)[0]) or ""


@pytest.mark.parametrize(
    ("client", "service", "auth"),
    [
        *((client, "gateway", "certificate") for client in CLIENTS),
        *((client, "feedback", "token") for client in CLIENTS),
        # What it wants shows only once it has come in.
        ("aioapns", "feedback", "certificate"),
    ],
)
def test_a_client_of_the_api_at_a_binary_port_is_told_where_the_api_is(
    client: str,
    service: Literal["gateway", "feedback"],
    auth: api_story.Auth,
    apns: ThreadedAPNs,
    tmp_path: Path,
) -> None:
    kind: type[Entry] = ConnectionRefused
    if (client, auth) == ("aioapns", "certificate"):
        # It offers no ALPN, so that what it wants shows inside TLS only.
        kind = Malformed if service == "gateway" else ConnectionClosed
    with running(client, api_story.order(apns, auth, tmp_path, count=1, service=service)):
        assert TO_API.format(api=apns.api.port) in told(apns, kind)
    assert apns.accepted == []


@contextlib.contextmanager
def sending(client: str, apns: ThreadedAPNs, **ports: int) -> Iterator[None]:
    """A client of the binary protocol while it sends, and then asks for feedback; see `ports`."""
    shown = apns.client_certificate()
    host, tokens = apns.gateway.host, api_story.TOKENS[:3]
    ports = {"gateway": apns.gateway.port, "feedback": apns.feedback.port, **ports}
    order: dict[str, Any]
    if client == "pushjack":
        runtimes.need_pushjack()
        command = [sys.executable, str(HERE / "drive_pushjack.py")]
        order = {name: [host, port] for name, port in ports.items()}
        order |= {"pem": shown.pem_file, "settle": 0.1}
    else:
        command = [runtimes.node_with("apn"), str(runtimes.NODE / "send.js")]
        order = {f"{name}Port": port for name, port in ports.items()}
        order |= {"host": host, "ca": apns.ca_file}
        order |= {"cert": shown.certificate_file, "key": shown.key_file}
    order |= {"tokens": tokens, "alert": "Hello"}
    with runtimes.driving(command, json.dumps(order).encode()):
        yield


@pytest.mark.parametrize("client", BINARY)
def test_a_sender_of_the_binary_protocol_at_the_api_is_told_where_the_gateway_is(
    client: str, apns: ThreadedAPNs
) -> None:
    with sending(client, apns, gateway=apns.api.port):
        assert told(apns, Malformed) == (
            "the client speaks Apple's binary protocol, and the api port speaks HTTP/2: send it to "
            f"the gateway, at port {apns.gateway.port}"
        )


@pytest.mark.parametrize("client", BINARY)
def test_a_reader_of_feedback_at_the_api_is_told_where_that_is(
    client: str, apns: ThreadedAPNs
) -> None:
    with sending(client, apns, feedback=apns.api.port):
        await_entries(apns, ConnectionOpened, 2)
    # It would wait for ten seconds, or for ever.
    assert f"waits for feedback, which is another service, at port {apns.feedback.port}" in told(
        apns, ApiClosed
    )


@pytest.mark.parametrize("client", ["aioapns", "httpx"])
def test_a_client_with_tls_at_the_plain_port_is_told_where_there_is_some(
    client: str, tmp_path: Path
) -> None:
    with FakeAPNs(plain_api_port=0).in_thread() as apns:
        order = api_story.order(apns, "token", tmp_path, count=1)
        order.port = apns.plain_api.port
        with running(client, order):
            assert told(apns, Malformed) == (
                "the client starts TLS at the port that has none: "
                + TO_API.format(api=apns.api.port)
            )
