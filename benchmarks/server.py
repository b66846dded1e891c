"""The servers that are measured, each a process: fakeapns, or one that only counts bytes.

They print where they listen, serve until a line arrives on standard input, and print what
it cost.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

import trio

from fakeapns import FakeAPNs
from fakeapns.certificates import CertificateFolder, default_authority, server_context
from fakeapns.ledger.entries import ConnectionClosed, ConnectionOpened
from fakeapns.scenario.settings import Settings


class Meter:
    """Wall time from the first byte to the last, CPU time, memory."""

    def __init__(self) -> None:
        self.first: float | None = None
        self.last = 0.0
        self.cpu = time.process_time()
        self.memory = memory()

    def tick(self) -> None:
        """Something arrived."""
        self.last = time.perf_counter()
        if self.first is None:
            self.first = self.last

    def result(self) -> dict[str, float]:
        """What has been used since the start."""
        return {
            "seconds": self.last - (self.first or self.last),
            "cpu": time.process_time() - self.cpu,
            "memory": memory() - self.memory,
            "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        }


def memory() -> int:
    """Resident bytes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


async def count(told: dict[str, Any]) -> None:
    """A server that decrypts and counts."""
    authority = default_authority()
    context = server_context(authority, Settings())
    meter = Meter()
    received = open_connections = 0
    all_closed = trio.Event()

    async def handle(stream: trio.SSLStream[trio.SocketStream]) -> None:
        nonlocal received, open_connections
        open_connections += 1
        try:
            while data := await stream.receive_some(65_536):
                meter.tick()
                received += len(data)
        except trio.BrokenResourceError:
            pass
        open_connections -= 1
        if not open_connections:
            all_closed.set()

    async with trio.open_nursery() as nursery:
        [listener] = await trio.open_tcp_listeners(0, host="127.0.0.1")
        secured = trio.SSLListener(listener, context, https_compatible=True)
        nursery.start_soon(partial(trio.serve_listeners, handle, [secured]))
        folder = CertificateFolder(authority)
        port = listener.socket.getsockname()[1]
        await until_told(port, folder)
        if open_connections:
            await all_closed.wait()
        print(json.dumps({**meter.result(), "received": received}), flush=True)
        nursery.cancel_scope.cancel()


async def fake(told: dict[str, Any]) -> None:
    """fakeapns, with the arguments it is told."""
    async with FakeAPNs(hosts=["127.0.0.1"], **told["arguments"]) as apns:
        meter = Meter()
        await until_told(apns.gateway.port, apns.folder)
        length = -1
        while length != len(apns.ledger) or not isinstance(apns.ledger[-1], ConnectionClosed):
            length = len(apns.ledger)
            await trio.sleep(0.05)
        found = meter.result()
        closed = apns.ledger.of(ConnectionClosed)
        opened = apns.ledger.of(ConnectionOpened)
        found["seconds"] = closed[-1].t - opened[-1].t
        found["received"] = sum(entry.accepted for entry in closed)
        print(json.dumps(found), flush=True)


async def until_told(port: int, folder: CertificateFolder) -> None:
    """Say where we are, then serve until there is a line to read."""
    files = {"ca": folder.ca_file, "pem": folder.client("com.example.app").pem_file}
    print(json.dumps({"port": port, **files}), flush=True)
    await trio.to_thread.run_sync(sys.stdin.readline)


if __name__ == "__main__":
    told = json.loads(sys.argv[1])
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    trio.run(count if told["server"] == "count" else fake, told)
