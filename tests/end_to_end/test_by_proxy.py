"""Clients that nobody here wrote, at Apple's own host names: they come by the proxy."""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest

from fakeapns import FakeAPNs, ThreadedAPNs
from fakeapns.ledger import ApiNotification, ApiRequest, ConnectionOpened, ConnectionRefused
from fakeapns.protocol import FeedbackParser

from ..frames import TOPIC, framed
from ..processes import PATIENCE
from ..providers import await_entries, read_to_end
from . import api_story
from .api_clients import running, send
from .runtimes import need_python

HOST = "api.push.apple.com"
#: Enough that some are sent side by side.
COUNT = 20
#: What else a shell may have that says where to go, or past what.
UNSET = dict.fromkeys(("https_proxy", "NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy"), "")


@pytest.fixture
def apns() -> Iterator[ThreadedAPNs]:
    """A server with a proxy."""
    with FakeAPNs(proxy_port=0).in_thread() as running:
        yield running


def order(
    apns: ThreadedAPNs, auth: api_story.Auth, scratch: Path, host: str = HOST, port: int = 443
) -> api_story.Order:
    """Pushes to Apple, one of them to a device from which the app was removed."""
    asked = api_story.order(apns, auth, scratch, count=COUNT)
    asked.host, asked.port = host, port
    gone = asked.pushes[-1].token
    apns.devices.add(TOPIC, token=gone, state="uninstalled", since=api_story.SINCE)
    return asked


def variables(apns: ThreadedAPNs, runtime: str | None = None) -> dict[str, str]:
    """Those of a process that is to come by the proxy without being told in any other way."""
    return {
        **UNSET,
        **apns.environment(runtime=runtime),
        "HTTPS_PROXY": apns.proxy.url,
        "https_proxy": apns.proxy.url,
    }


def check(apns: ThreadedAPNs, asked: api_story.Order, told: api_story.Told) -> None:
    """All of them are there, were sent to Apple, and the client knows what became of each."""
    assert told.wrong == []
    entries = {each.token: each for each in apns.ledger.of(ApiNotification)}
    assert set(told.answers) == set(entries) == {push.token for push in asked.pushes}
    for push in asked.pushes:
        said, entry = told.answers[push.token], entries[push.token]
        assert (said.status, said.reason) == (entry.http_status, entry.reason)
        assert push.apns_id in (None, entry.apns_id)
    gone = told.answers[asked.pushes[-1].token]
    assert (gone.status, gone.reason) == (410, "Unregistered")
    assert gone.timestamp == 1000 * api_story.SINCE
    opened = apns.ledger.of(ConnectionOpened)
    assert {(each.service, each.host) for each in opened} == {("api", asked.host)}
    assert apns.ledger.of(ApiRequest) == []
    assert apns.ledger.of(ConnectionRefused) == []


# ---- the provider API -------------------------------------------------------------------


@pytest.mark.parametrize("client", ["curl", "httpx", "aioapns"])
@pytest.mark.parametrize(
    ("auth", "host", "port"),
    [("certificate", HOST, 443), ("token", "api.sandbox.push.apple.com", 2197)],
)
def test_by_an_option_of_its_own(
    client: str, auth: api_story.Auth, host: str, port: int, apns: ThreadedAPNs, tmp_path: Path
) -> None:
    asked = order(apns, auth, tmp_path, host, port)
    asked.proxy = apns.proxy.url
    check(apns, asked, send(client, asked, UNSET))


@pytest.mark.parametrize("client", ["node-apn", "undici"])
def test_by_an_option_of_its_own_with_a_token(
    client: str, apns: ThreadedAPNs, tmp_path: Path
) -> None:
    asked = order(apns, "token", tmp_path)
    asked.proxy = apns.proxy.url
    # @parse/node-apn hands neither a CA nor a certificate on into the tunnel.
    check(apns, asked, send(client, asked, {"NODE_EXTRA_CA_CERTS": apns.ca_file}))


@pytest.mark.parametrize("client", ["curl", "httpx", "net/http"])
def test_by_the_variable(client: str, apns: ThreadedAPNs, tmp_path: Path) -> None:
    asked = order(apns, "token", tmp_path)
    check(apns, asked, send(client, asked, variables(apns)))


def test_aioapns_takes_our_answer_and_from_python_3_11_on_fails_behind_it(
    apns: ThreadedAPNs, tmp_path: Path
) -> None:
    need_python("aioapns")
    asked = order(apns, "certificate", tmp_path)
    code = (
        "import asyncio, logging, ssl, sys, aioapns\n"
        "logging.basicConfig(level=logging.DEBUG)\n"
        "pem, ca, host, port = sys.argv[1:]\n"
        "async def main():\n"
        "    context = ssl.create_default_context(cafile=ca)\n"
        "    client = aioapns.APNs(client_cert=pem, topic='com.example.app', ssl_context=context,\n"
        "        proxy_host=host, proxy_port=int(port))\n"
        "    request = aioapns.NotificationRequest('1b' * 32, {'aps': {'alert': 'Hello'}})\n"
        "    sending = asyncio.ensure_future(client.send_notification(request))\n"
        "    while len(asyncio.all_tasks()) < 3: await asyncio.sleep(0)\n"
        "    [tunnel] = asyncio.all_tasks() - {asyncio.current_task(), sending}\n"
        "    print(await asyncio.gather(tunnel, return_exceptions=True))\n"
        "    sending.cancel()\n"
        "asyncio.run(main())\n"
    )
    arguments = [asked.pem or "", apns.ca_file, apns.proxy.host, str(apns.proxy.port)]
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert "Proxy tunnel established." in done.stderr
    # Which of the two depends on the version of Python. If this fails some day, docs/proxy.md has
    # good news to tell.
    words = ("'TransportSocket' object has no attribute 'send'", "is used by transport")
    assert any(each in done.stdout for each in words)


@pytest.mark.parametrize("client", ["curl", "httpx", "net/http"])
def test_another_host_is_refused_and_the_client_knows(
    client: str, apns: ThreadedAPNs, tmp_path: Path
) -> None:
    asked = order(apns, "token", tmp_path, host="push.example.com")
    asked.pushes = asked.pushes[:1]
    with running(client, asked, variables(apns)) as process:
        out, err = process.communicate(timeout=PATIENCE)
    assert b"403" in out + err or b"Forbidden" in out + err
    refused = await_entries(apns, ConnectionRefused)
    assert {(each.service, each.reason, each.host) for each in refused} == {
        ("proxy", "foreign-host", "push.example.com")
    }


# ---- the binary services ----------------------------------------------------------------


@pytest.mark.parametrize("which", ["", ".sandbox"])
def test_the_binary_services_by_a_tunnel_of_http_client(
    apns: ThreadedAPNs, which: Literal["", ".sandbox"]
) -> None:
    gone = "1b" * 32
    apns.devices.add(TOPIC, token=gone, state="uninstalled", since=api_story.SINCE)

    def tunnel(service: str, port: int) -> http.client.HTTPConnection:
        host = f"{service}{which}.push.apple.com"
        connection = http.client.HTTPConnection(apns.proxy.host, apns.proxy.port, timeout=PATIENCE)
        connection.set_tunnel(host, port)
        connection.connect()
        connection.sock = apns.ssl_context().wrap_socket(connection.sock, server_hostname=host)
        return connection

    gateway = tunnel("gateway", 2195)
    gateway.sock.sendall(framed(token=bytes.fromhex(gone)) + framed(2))
    apns.assert_accepted(2)
    gateway.close()
    feedback = tunnel("feedback", 2196)
    parser = FeedbackParser()
    [listed] = parser.receive_data(read_to_end(feedback.sock))
    assert listed.token.hex() == gone
    feedback.close()


def test_our_own_sender_is_not_led_astray_by_the_variable(apns: ThreadedAPNs) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "fakeapns", "send", "--count", "3"],
        env={**os.environ, **variables(apns)},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    apns.assert_accepted(3)
    hosts = {each.host for each in apns.ledger.of(ConnectionOpened)}
    assert hosts <= {None, "localhost", apns.gateway.host}
