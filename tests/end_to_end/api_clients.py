"""Clients of the API that nobody here wrote, each as one call: send this, and what came of it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path

import msgspec

from .api_story import Order, Said, Told
from .runtimes import NODE, curl_with_http2, driving, go_itself, go_program, need_python, node_with

HERE = Path(__file__).parent
PATIENCE = 60.0
#: In the order in which they are tried.
CLIENTS = ["aioapns", "node-apn", "curl", "httpx", "go"]
#: The packages of npm, and what sends with each. apns2 knows tokens only, and no id of its own.
NODE_CLIENTS = {"node-apn": ("@parse/node-apn", "push.js"), "apns2": ("apns2", "push-apns2.js")}


def send(client: str, order: Order, further: Mapping[str, str] | None = None) -> Told:
    """Have this client send, with `further` variables; skips where it is not here. Fails where it
    fails by itself.
    """
    with running(client, order, further) as process:
        out, err = process.communicate(timeout=PATIENCE)
    if client == "curl":
        return _read_curl(order, err)
    assert process.returncode == 0, err
    # Node ends where nothing is left that a promise could be kept by.
    return msgspec.json.decode(out, type=Told) if out else Told({}, ["ended without a word"])


def running(
    client: str, order: Order, further: Mapping[str, str] | None = None
) -> AbstractContextManager[subprocess.Popen[bytes]]:
    """This client while it sends, with `further` variables; it ends with the context."""
    match client:
        case "curl":
            command, said = [curl_with_http2(), "--config", "-"], _curl_config(order).encode()
            return driving(command, said, further)
        case "node-apn" | "apns2":
            package, driver = NODE_CLIENTS[client]
            command = [node_with(package), str(NODE / driver)]
        case "undici":
            command = [node_with("undici"), str(NODE / "undici.js")]
        case "go":
            # It names no CA, and trusts what `fakeapns env --for go` says.
            command = [go_program(Path(order.scratch))]
            further = {"SSL_CERT_FILE": order.ca, **(further or {})}
        case "net/http":
            command = [go_itself(), "run", str(HERE / "go" / "through-a-proxy.go")]
        case _:
            need_python(client)
            command = [sys.executable, str(HERE / f"drive_{client}.py")]
    return driving(command, msgspec.json.encode(order), further)


def _curl_config(order: Order) -> str:
    """As many at once as curl sends by itself, 50: into a file each, with the headers in front."""
    common = [
        "http2",
        "no-progress-meter",
        "include",
        f"max-time = {order.patience}",
        # Of those of a proxy nothing is wanted.
        "suppress-connect-headers",
        f"cacert = {_quoted(order.ca)}",
        *([] if order.proxy is None else [f"proxy = {_quoted(order.proxy)}"]),
        f'header = "apns-topic: {order.topic}"',
        'header = "apns-push-type: alert"',
    ]
    if order.jwt is None:
        common += [f"cert = {_quoted(order.pem or '')}"]
    else:
        common += [f'header = "authorization: bearer {order.jwt}"']
    sections = []
    for push in order.pushes:
        named = [] if push.apns_id is None else [f'header = "apns-id: {push.apns_id}"']
        own = [
            f'url = "https://{order.host}:{order.port}/3/device/{push.token}"',
            r'data = "{\"aps\":{\"alert\":\"Hello\"}}"',
            f"output = {_quoted(str(Path(order.scratch, push.token)))}",
        ]
        sections.append("\n".join(common + named + own))
    return "parallel\n" + "\nnext\n".join(sections) + "\n"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _read_curl(order: Order, err: bytes) -> Told:
    """What stands in those files."""
    told = Told({}, [err.decode()] if err else [])
    for push in order.pushes:
        file = Path(order.scratch, push.token)
        if not file.exists():
            told.wrong.append(f"no answer for {push.token}")
            continue
        head, _, body = file.read_text(encoding="ascii").partition("\n\n")
        first, *rest = head.splitlines()
        headers = dict(line.split(": ", 1) for line in rest)
        said = msgspec.json.decode(body or b"{}")
        found = {"status": int(first.split()[1]), "apns_id": headers["apns-id"], **said}
        told.answers[push.token] = msgspec.convert(found, Said)
    return told
