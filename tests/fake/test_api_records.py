"""Pushes over the API in both forms: found, asserted, waited for, judged, and explained."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import h2.connection
import h2.events
import pytest
from h2.config import H2Configuration
from trio.testing import MockClock

from fakeapns import FakeAPNs, Reject, ThreadedAPNs
from fakeapns.ledger import ApiRequest

from ..frames import TOPIC
from ..providers import PATIENCE

BODY = b'{"aps":{"alert":"Hi"}}'
TOKEN, OTHER = "ab" * 32, "cd" * 32
ID = "0f0f0f0f-0000-4000-8000-00000000000a"
MEANT = [(TOKEN, BODY), (OTHER, BODY)]


class Client:
    """A client's side of HTTP/2, bytes in and bytes out."""

    def __init__(self) -> None:
        self._h2 = h2.connection.H2Connection(H2Configuration(header_encoding="utf-8"))
        self._h2.initiate_connection()
        self._open = 0

    def push(self, token: str, *headers: tuple[str, str], method: str = "POST") -> None:
        """Begin with a request."""
        stream = self._h2.get_next_available_stream_id()
        head = {":method": method, ":scheme": "https", ":authority": "localhost"}
        head |= {":path": f"/3/device/{token}", "apns-topic": TOPIC}
        self._h2.send_headers(stream, [*head.items(), *headers])
        self._h2.send_data(stream, BODY, end_stream=True)
        self._open += 1

    def say(self) -> bytes:
        """What is to be written."""
        return self._h2.data_to_send()

    def hear(self, data: bytes) -> bool:
        """Whether all is answered now."""
        assert data, "the server has left"
        for event in self._h2.receive_data(data):
            self._open -= isinstance(event, h2.events.StreamEnded)
        return not self._open


def several(client: Client) -> None:
    """An accepted push, a refused one, and a request that is none."""
    client.push(TOKEN, ("apns-push-type", "alert"), ("apns-collapse-id", "news"), ("apns-id", ID))
    client.push(OTHER, ("apns-push-type", "voip"), ("apns-priority", "7"))
    client.push(TOKEN, method="GET")


def talk(apns: ThreadedAPNs, client: Client) -> None:
    """Say it all over a real socket, and hear what is answered."""
    address = apns.api.host, apns.api.port
    context = apns.ssl_context()
    context.set_alpn_protocols(["h2"])
    with (
        socket.create_connection(address, timeout=PATIENCE) as raw,
        context.wrap_socket(raw, server_hostname="localhost") as tls,
    ):
        tls.sendall(client.say())
        while not client.hear(tls.recv(65_536)):
            tls.sendall(client.say())


@pytest.fixture
def threaded() -> Iterator[ThreadedAPNs]:
    """A server to which all of it was sent."""
    with FakeAPNs().in_thread() as apns:
        client = Client()
        several(client)
        talk(apns, client)
        yield apns


def test_each_criterion_finds_what_came_in_the_thread_form(threaded: ThreadedAPNs) -> None:
    fine, bad = threaded.notifications
    assert threaded.find(service="api") == [fine, bad]
    assert threaded.find(service="gateway") == []
    assert threaded.find(push_type="voip") == [bad]
    assert threaded.find(collapse_id="news") == [fine]
    assert threaded.find(apns_id=ID.upper()) == [fine]
    assert threaded.find(reason="BadPriority") == threaded.find(status=400) == [bad]
    assert threaded.assert_accepted(1, push_type="alert", apns_id=ID) == [fine]
    assert threaded.assert_rejected(1, status="BadPriority") == [bad]
    assert threaded.wait_for(outcome="rejected", push_type="voip", timeout=PATIENCE) == [bad]
    assert (fine.answered, bad.answered, bad.http_status) == (True, True, 400)


def test_a_failure_of_the_thread_form_tells_of_all_that_came(threaded: ThreadedAPNs) -> None:
    with pytest.raises(AssertionError) as failed:
        threaded.assert_accepted(push_type="background", collapse_id="news")
    text = str(failed.value)
    assert "nearest, number 1: accepted connection 1 stream 1 token abababab…" in text
    assert "push_type: expected background, is alert" in text
    assert f"apns-collapse-id news, apns-id {ID}" in text
    assert "its answer: 200\n" in text
    assert "a request was no push (405 MethodNotAllowed): the method is 'GET'" in text
    with pytest.raises(AssertionError, match="may be among a request on connection 1 that came to"):
        threaded.assert_audit([*MEANT, ("ef" * 32, BODY)])
    assert [each.number for each in threaded.audit(MEANT).refused] == [2]


async def test_the_same_holds_in_the_trio_form_and_an_answer_that_is_late_is_told(
    autojump_clock: MockClock,
) -> None:
    async with FakeAPNs() as apns:
        apns.inject(Reject("Shutdown", delay="1h"), token=OTHER)
        client = Client()
        client.push(TOKEN, ("apns-push-type", "alert"))
        client.push(OTHER, ("apns-push-type", "alert"))
        stream = await apns.connect(service="api")
        await stream.send_all(client.say())
        [late] = await apns.wait_for(outcome="rejected", reason="Shutdown")
        assert late.answered is None
        with pytest.raises(AssertionError, match="its answer: 503 Shutdown, no answer has left"):
            apns.assert_accepted(token=OTHER)
        while not client.hear(bytes(await stream.receive_some())):
            await stream.send_all(client.say())
        assert late.answered is True
        found = apns.audit(MEANT)
        assert [each.number for each in found.lost] == [2]
        assert "rejected on connection 1 with 503 Shutdown" in found.explanations[0]
        assert not apns.ledger.of(ApiRequest)
