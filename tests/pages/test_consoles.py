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
    # A campaign is on two pages, and a failure on five: that of a service is in
    # tests/examples/test_services.py.
    assert len(blocks("console")) == len(known) + 5


def test_serve_prints_what_the_page_shows(tmp_path: Path) -> None:
    page = shown("README.md", "$ fakeapns serve\n").text.partition("\n")[2]
    with serving(tmp_path) as server:
        printed = "".join(f"{name:<10} {value}\n" for name, value in server.block)
        for service, port in ("gateway", 2195), ("feedback", 2196), ("api", 2197):
            [bound] = server.values(service)
            printed = printed.replace(bound, f"127.0.0.1:{port}")
    assert printed == page


@pytest.mark.parametrize(
    ("name", "story", "sender"),
    [("README.md", "story.toml", "gives_up"), ("docs/gateway.md", BURST, "loses")],
)
def test_chaos_prints_what_the_page_shows(
    name: str, story: str, sender: str, tmp_path: Path
) -> None:
    page = shown(name, "$ fakeapns chaos ").text.partition("\n")[2]
    command = provider(sender)
    (tmp_path / "story.toml").write_text("".join(each.text for each in blocks("toml", "README.md")))
    pythonpath = {"PYTHONPATH": PYTHONPATH}
    done = run("chaos", "--scenario", story, "--", *command, cwd=tmp_path, env=pythonpath)
    told = (done.stderr + done.stdout).replace(shlex.join(command), "./my-sender")
    assert timeless(told) == timeless(page)


FAILING = """
import httpx

def test_the_order(apns):
    headers = {
        "authorization": f"bearer {apns.provider_key().token()}",
        "apns-topic": "com.example.app",
        "apns-push-type": "alert",
        "apns-id": "0b5e1b7c-0000-4000-8000-000000000001",
    }
    with httpx.Client(http2=True, verify=apns.ssl_context(certificate=False)) as client:
        for head, alert in ("4be90c77", "Welcome"), ("9f2c04d1", "Your order is on the way"):
            to = f"{apns.api.url}/3/device/{head * 8}"
            client.post(to, headers=headers, json={"aps": {"alert": alert}})
    apns.assert_accepted(1, payload={"aps": {"alert": "Your order is on its way"}})
"""


REFUSED = """
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


KEPT = """
import httpx

def test_the_tea(apns):
    phone = apns.devices.add("com.example.app", "9f2c04d1" * 8)
    phone.go_offline()
    headers = {"apns-topic": "com.example.app", "apns-push-type": "alert"}
    with httpx.Client(http2=True, verify=apns.ssl_context()) as client:
        for what in "tea", "cake":
            to = f"{apns.api.url}/3/device/{phone.token}"
            client.post(to, headers=headers, json={"aps": {"alert": f"Your {what} is ready"}})
    phone.assert_shown(alert="Your tea is ready")
"""


#: The first example of the README, with a sender that takes every answer for the last word.
GIVING_UP = """
import os
import ssl

import httpx

context = ssl.create_default_context(cafile=os.environ["APNS_CA"])
context.load_cert_chain(os.environ["APNS_PEM"])
with httpx.Client(http2=True, verify=context) as client:
    for number in range(1, 301):
        headers = {
            "apns-topic": "com.example.app",
            "apns-push-type": "alert",
            "apns-id": f"00000000-0000-4000-8000-{number:012}",
        }
        to = f"{os.environ['APNS_API_URL']}/3/device/{number:064x}"
        client.post(to, headers=headers, json={"aps": {"alert": "Hello"}})
"""
FIRST_EXAMPLE = re.sub(
    "(?m)^SENDER = .*$",
    lambda line: f"SENDER = [sys.executable, '-c', {GIVING_UP!r}]",
    blocks("python", "README.md")[0].text,
)


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("README.md", FIRST_EXAMPLE),
        ("docs/pytest.md", FAILING),
        ("docs/api.md", REFUSED),
        ("docs/devices.md", KEPT),
    ],
    ids=["README.md", "docs/pytest.md", "docs/api.md", "docs/devices.md"],
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
