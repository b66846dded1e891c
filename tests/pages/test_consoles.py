"""What pages show as output is what really comes out."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.chaos.stories import BURST, provider
from tests.chaos.stories import ROOT as PYTHONPATH
from tests.processes import run, serving

from .reading import Block, blocks


def shown(page: str, beginning: str) -> Block:
    """The block of a page that begins so."""
    [block] = [each for each in blocks("console", page) if each.text.startswith(beginning)]
    return block


def timeless(text: str) -> list[str]:
    """The lines without how long it took."""
    return re.sub(r" *\d+\.\d\b", " …", text).splitlines()


def test_every_block_of_output_is_looked_at_below() -> None:
    known = ("$ fakeapns serve\n", "$ fakeapns chaos ", "E   AssertionError: ")
    assert [each for each in blocks("console") if not each.text.startswith(known)] == []
    # Failures are on three pages: that of a service is in tests/examples/test_services.py.
    assert len(blocks("console")) == len(known) + 2


def test_serve_prints_what_the_page_shows(tmp_path: Path) -> None:
    page = shown("README.md", "$ fakeapns serve\n").text.partition("\n")[2]
    with serving(tmp_path) as server:
        printed = "".join(f"{name:<10} {value}\n" for name, value in server.block)
        for service, port in ("gateway", 2195), ("feedback", 2196), ("api", 2197):
            [bound] = server.values(service)
            printed = printed.replace(bound, f"127.0.0.1:{port}")
    assert printed == page


def test_chaos_prints_what_the_page_shows(tmp_path: Path) -> None:
    page = shown("README.md", "$ fakeapns chaos ").text.partition("\n")[2]
    command = provider("loses")
    pythonpath = {"PYTHONPATH": PYTHONPATH}
    done = run("chaos", "--scenario", BURST, "--", *command, cwd=tmp_path, env=pythonpath)
    told = (done.stderr + done.stdout).replace(shlex.join(command), "./my-sender")
    assert timeless(told) == timeless(page)


FAILING = """
import socket

from fakeapns.protocol import encode_framed

def test_the_order(apns):
    raw = socket.create_connection((apns.gateway.host, apns.gateway.port))
    with apns.ssl_context().wrap_socket(raw, server_hostname="localhost") as gateway:
        for head, alert in ("4be90c77", "Welcome"), ("9f2c04d1", "Your order is on the way"):
            payload = b'{"aps":{"alert":"%s"}}' % alert.encode()
            gateway.sendall(encode_framed(bytes.fromhex(head).ljust(32, b"."), payload))
        apns.wait_for(count=2)
        apns.assert_accepted(1, payload={"aps": {"alert": "Your order is on its way"}})
"""


FAILING_OVER_HTTP2 = """
import httpx

def test_the_order(apns):
    phone = apns.devices.add("com.example.app", "9f2c04d1" * 8)
    headers = {
        "authorization": f"bearer {apns.provider_key().token()}",
        "apns-topic": "com.example.other",
        "apns-push-type": "alert",
        "apns-id": "0b5e1b7c-0000-4000-8000-000000000001",
    }
    with httpx.Client(http2=True, verify=apns.ssl_context(certificate=False)) as client:
        to = f"{apns.api.url}/3/device/{phone.token}"
        client.post(to, headers=headers, json={"aps": {"alert": "Shipped"}})
    apns.assert_accepted(1, push_type="alert")
"""


@pytest.mark.parametrize(
    ("name", "source"), [("docs/pytest.md", FAILING), ("docs/api.md", FAILING_OVER_HTTP2)]
)
def test_a_failure_says_what_the_page_shows(
    pytester: pytest.Pytester, name: str, source: str
) -> None:
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    pytester.makepyfile(source)
    page = shown(name, "E   AssertionError: ").text.splitlines()
    printed = pytester.runpytest_subprocess("--tb=short").outlines
    begin = next(at for at, line in enumerate(printed) if line.startswith(page[0][:20]))
    assert printed[begin : begin + len(page)] == page
