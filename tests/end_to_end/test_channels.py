"""Clients that nobody here wrote manage channels and broadcast, and tell the answers apart."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import pytest

from fakeapns import FakeAPNs, ThreadedAPNs
from fakeapns.ledger import ApiRequest

from ..processes import PATIENCE
from .channel_story import MADE, STEPS, WITHOUT, Said, Step, check
from .runtimes import NODE, curl_with_http2, driving, need_python, node_with

HERE = Path(__file__).parent


def with_curl(apns: ThreadedAPNs) -> list[Said]:
    """Each request as somebody types it."""
    curl, jwt = curl_with_http2(), apns.provider_key().token()
    told = []
    for step in STEPS:
        headers = {"authorization": f"bearer {jwt}", **step.headers}
        command = [curl, "--http2", "--silent", "--include", "--cacert", apns.ca_file]
        command += ["--request", step.method, f"{apns.api.url}{step.path}"]
        for name, value in headers.items():
            command += ["--header", f"{name}: {value}"]
        if step.body is not None:
            command += ["--data", msgspec.json.encode(step.body).decode()]
        done = subprocess.run(command, capture_output=True, timeout=PATIENCE, check=True)
        told.append(_answer(done.stdout))
    return told


def _answer(text: bytes) -> Said:
    head, _, body = text.partition(b"\r\n\r\n")
    first, *rest = head.decode("ascii").splitlines()
    headers = dict(line.split(": ", 1) for line in rest)
    return said(int(first.split()[1]), headers, body)


def said(status: int, headers: dict[str, str], body: bytes) -> Said:
    """An answer as the story has it."""
    content = msgspec.json.decode(body or b"{}")
    return Said(
        status,
        content.pop("reason", None),
        headers.get("apns-channel-id"),
        "apns-request-id" in headers,
        content,
    )


def with_node(apns: ThreadedAPNs, steps: Sequence[Step] = STEPS) -> list[Said]:
    """@parse/node-apn, which has a word for all of it."""
    key, address = apns.provider_key(), apns.api
    order = {"host": address.host, "port": address.port, "ca": apns.ca_file}
    order |= {"p8": str(key.p8_file), "key_id": key.key_id, "team_id": key.team_id}
    command = [node_with("@parse/node-apn"), str(NODE / "channels.js")]
    with driving(command, msgspec.json.encode({**order, "steps": steps})) as process:
        out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, err
    return msgspec.json.decode(out, type=list[Said])


def with_httpx(apns: ThreadedAPNs) -> list[Said]:
    """All requests on one connection."""
    need_python("httpx")
    order = {
        "url": apns.api.url,
        "ca": apns.ca_file,
        "jwt": apns.provider_key().token(),
        "steps": [
            {"method": each.method, "path": each.path, "headers": each.headers, "body": each.body}
            for each in STEPS
        ],
    }
    command = [sys.executable, str(HERE / "drive_httpx_channels.py")]
    with driving(command, msgspec.json.encode(order)) as process:
        out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, err
    return [
        said(each["status"], each["headers"], each["body"].encode())
        for each in msgspec.json.decode(out)
    ]


@pytest.mark.parametrize("client", [with_curl, with_node, with_httpx])
@pytest.mark.parametrize("engine", ["ngh2", "h2"])
def test_deleted_never_there_and_without_the_capability_are_told_apart(
    client: Callable[[ThreadedAPNs], list[Said]], engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if engine == "h2":
        monkeypatch.setenv("FAKEAPNS_HTTP2", engine)
    with FakeAPNs(without_broadcast=[WITHOUT]).in_thread() as apns:
        check(apns, client(apns))


def test_what_node_apn_calls_a_channel_by_itself_is_taken_with_a_remark(apns: ThreadedAPNs) -> None:
    [made] = with_node(apns, [Step("POST", "channels", 201, body={"message-storage-policy": 1})])
    assert (made.wrong, made.channel) == (None, MADE)
    [channel] = apns.channels
    assert (channel.id, channel.storage_policy) == (MADE, 1)
    [asked] = apns.ledger.of(ApiRequest)
    assert (asked.http_status, asked.channel) == (201, MADE)
    assert asked.detail == "push-type is liveactivity, and Apple's page has LiveActivity"
