"""`fakeapns` as people run it: a process of its own, talked to over its pipes and sockets."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

PROGRAM = [sys.executable, "-m", "fakeapns"]

#: Seconds that only a broken test waits through.
PATIENCE = 60.0

FREE_PORTS = ("--gateway-port", "0", "--feedback-port", "0")

#: What a developer's own shell may have set, and what tests must not inherit.
_OURS = ("FAKEAPNS_", "APNS_", "PYTHONUNBUFFERED")
_TRUST = {"SSL_CERT_FILE", "SSL_CERT_DIR", "NODE_EXTRA_CA_CERTS", "CURL_CA_BUNDLE"}


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """This process's environment without what is about us, and `extra`."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(_OURS) and name not in _TRUST
    }
    return {**kept, **(extra or {})}


def run(
    *arguments: str | Path, cwd: Path, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """A command that ends by itself."""
    return subprocess.run(
        [*PROGRAM, *map(str, arguments)],
        cwd=cwd,
        env=environment(env),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )


class Server:
    """A `fakeapns serve` whose folder is `folder`. Starts at once; `wait` until it is ready.

    Its log goes to a file unless `stderr` is the descriptor of something else; nor is its block
    to be read if `stdout` is one. `prepare` runs in the new process before the program.
    """

    def __init__(
        self,
        folder: Path,
        *options: str | Path,
        env: Mapping[str, str] | None = None,
        stdout: int = subprocess.PIPE,
        stderr: int | None = None,
        prepare: Callable[[], object] | None = None,
    ) -> None:
        self.folder = folder
        self.block: list[tuple[str, str]] = []
        self._log = folder / f"stderr-{id(self)}.txt"
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                [*PROGRAM, "serve", *map(str, options)],
                cwd=folder,
                env=environment(env),
                stdout=stdout,
                stderr=log if stderr is None else stderr,
                text=True,
                preexec_fn=prepare,
            )
        self._watchdog = threading.Timer(PATIENCE, self.process.kill)
        self._watchdog.start()

    def __enter__(self) -> Server:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        failure: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._watchdog.cancel()
        self.process.kill()
        self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()

    def wait(self) -> None:
        """Read standard output up to the line that says ready."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            name, _, value = line.rstrip("\n").partition(" ")
            self.block.append((name, value.strip()))
            if name == "ready":
                return
        raise AssertionError(f"the server never got ready:\n{self.log}")

    @property
    def log(self) -> str:
        """What it wrote to stderr so far."""
        return self._log.read_text()

    def values(self, name: str) -> list[str]:
        """What the block says under this name, once or several times."""
        return [value for each, value in self.block if each == name]

    def address(self, service: str = "gateway") -> tuple[str, int]:
        """Host and port of a service."""
        [where] = self.values(service)
        host, _, port = where.rpartition(":")
        return host, int(port)

    def context(self, topic: str = "com.example.app") -> ssl.SSLContext:
        """What a client needs that uses the files which the block names."""
        context = ssl.create_default_context(cafile=self.folder / self.values("ca")[0])
        pairs = dict(value.split(" ", 1) for value in self.values("client"))
        context.load_cert_chain(self.folder / pairs[topic])
        return context

    def dial(self, service: str = "gateway") -> ssl.SSLSocket:
        """A connection to a service after its handshake."""
        transport = socket.create_connection(self.address(service), timeout=PATIENCE)
        return self.context().wrap_socket(transport, server_hostname="localhost")

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal; the exit code."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)

    def rest(self) -> str:
        """What came on standard output behind the block, once the server has ended."""
        assert self.process.stdout is not None
        return self.process.stdout.read()


@contextlib.contextmanager
def serving(
    folder: Path, *options: str | Path, env: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """A server on free ports, ready; killed in the end if it is still there."""
    with Server(folder, *FREE_PORTS, *options, env=env) as server:
        server.wait()
        yield server


def read_ledger(path: Path) -> list[dict[str, Any]]:
    """All lines of a ledger file; every one has to be whole."""
    data = path.read_bytes()
    assert data.endswith(b"\n"), f"the last line is torn: {data[-80:]!r}"
    return [json.loads(line) for line in data.splitlines()]
