"""HTTP/1.1 at the ports of the API is told what to switch on; HTTP/2 needs no TLS at the plain."""

from __future__ import annotations

import json
import ssl
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from fakeapns import FakeAPNs, ThreadedAPNs
from fakeapns.ledger import ApiRequest

from . import api_story
from .api_clients import send
from .runtimes import NODE, curl_with_http2, driving, node_with

#: What is to be done about HTTP/1.1, by scheme.
SWITCH = {
    "https": "switch HTTP/2 on in the client (curl --http2, httpx http2=True), or offer the "
    "protocol h2 in its TLS (ALPN)",
    "http": "let the client begin with HTTP/2, without asking for it first (curl "
    "--http2-prior-knowledge, httpx http1=False and http2=True), or connect to the provider API, "
    "at port {api}, which speaks HTTP/2 over TLS",
}
PATH = "/3/device/" + "ab" * 32

Answer = tuple[int, str]
Post = Callable[[ThreadedAPNs, str], Answer]


@pytest.fixture
def served() -> Iterator[ThreadedAPNs]:
    with FakeAPNs(plain_api_port=0).in_thread() as apns:
        yield apns


def origin(apns: ThreadedAPNs, scheme: str) -> str:
    """Where the API is with TLS (https), or without (http)."""
    address = apns.api if scheme == "https" else apns.plain_api
    return f"{scheme}://{address.host}:{address.port}"


def by_urllib(apns: ThreadedAPNs, scheme: str) -> Answer:
    context = ssl.create_default_context(cafile=apns.ca_file) if scheme == "https" else None
    try:
        with urllib.request.urlopen(
            origin(apns, scheme) + PATH, data=b"{}", context=context
        ) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.read().decode()


def by_node(apns: ThreadedAPNs, scheme: str) -> Answer:
    said = ask_node(apns, scheme, scheme)
    return said["status"], said["body"]


def ask_node(apns: ThreadedAPNs, module: str, scheme: str, **headers: str) -> dict[str, Any]:
    """What Node is answered that posts with this module of its own."""
    order = {
        "module": module,
        "origin": origin(apns, scheme),
        "path": PATH,
        "ca": apns.ca_pem.decode(),
        "headers": headers,
    }
    command = [node_with(), str(NODE / "request.js")]
    with driving(command, json.dumps(order).encode()) as process:
        out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    said: dict[str, Any] = json.loads(out)
    return said


def curl(*options: str) -> Post:
    def by_curl(apns: ThreadedAPNs, scheme: str) -> Answer:
        shown = [
            "--silent",
            "--show-error",
            "--cacert",
            apns.ca_file,
            "--write-out",
            "%{http_code}",
        ]
        command = [curl_with_http2(), *shown, *options, "--data", "{}", origin(apns, scheme) + PATH]
        said = subprocess.run(command, capture_output=True, text=True, timeout=60)
        assert said.returncode == 0, said.stderr
        return int(said.stdout[-3:]), said.stdout[:-3]

    return by_curl


@pytest.mark.parametrize("scheme", ["https", "http"])
@pytest.mark.parametrize(
    "post", [by_urllib, by_node, curl("--http1.1")], ids=["urllib", "node", "curl"]
)
def test_http_1_is_told_to_switch_http_2_on(post: Post, scheme: str, served: ThreadedAPNs) -> None:
    status, body = post(served, scheme)
    here = "his is Apple's provider API, which speaks HTTP/2 and nothing else"
    switch = SWITCH[scheme].format(api=served.api.port)
    assert (status, body) == (505, f"T{here}: {switch}.\n")
    [request] = served.ledger.of(ApiRequest)
    assert (request.method, request.path, request.http_status) == ("POST", PATH, 505)
    assert request.detail == f"the client speaks HTTP/1.1; t{here}: {switch}"


def test_curl_that_would_upgrade_is_told_the_same(served: ThreadedAPNs) -> None:
    # Without TLS `--http2` asks for it in HTTP/1.1.
    status, body = curl("--http2")(served, "http")
    assert (status, "curl --http2-prior-knowledge" in body) == (505, True)


def test_httpx_that_knows_beforehand_needs_no_tls_at_the_plain_port(
    served: ThreadedAPNs, tmp_path: Path
) -> None:
    api_story.prepare(served)
    order = api_story.order(served, "token", tmp_path)
    order.scheme, order.port = "http", served.plain_api.port
    api_story.check(served, order, send("httpx", order))
    assert api_story.limits(served) == [[api_story.AT_FIRST, api_story.LATER]]


def test_nor_does_curl(served: ThreadedAPNs) -> None:
    # One by one: curl 7.88 cannot go on with such a connection, at nghttpd neither.
    signed = f"authorization: bearer {served.provider_key().token()}"
    topic = f"apns-topic: {api_story.TOPIC}"
    post = curl("--http2-prior-knowledge", "--header", signed, "--header", topic)
    assert post(served, "http") == (200, "")
    assert len(served.accepted) == 1


def test_nor_does_node(served: ThreadedAPNs) -> None:
    signed = {"authorization": f"bearer {served.provider_key().token()}"}
    headers = {"apns-topic": api_story.TOPIC, "apns-push-type": "alert", **signed}
    said = ask_node(served, "http2", "http", **headers)
    [push] = served.accepted
    assert said == {"status": 200, "body": "", "apns_id": push.apns_id}
