"""Servers of HTTP/2 that the provider API is compared with, on the server's core.

They get the certificate of a `serve` that ran before them, and answer 200 to whatever is sent to a
token of ours.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from .processes import SERVER_CORE, Target, on

#: Seconds for a server to listen.
_START = 20.0


class Rival(Target):
    """A server that says nothing: who sends to it knows how many were taken."""

    def accepted(self, connections: int) -> None:
        """All of them."""


@contextmanager
def nghttpd(folder: Path, tokens: Sequence[str]) -> Iterator[Rival]:
    """The server of libnghttp2, with an empty file for each token: it finds that and answers."""
    files = folder / "root" / "3" / "device"
    if not files.exists():
        files.mkdir(parents=True)
        for token in tokens:
            (files / token).touch()
    port, certs = _free_port(), folder / "certs"
    command = [program("nghttpd"), "--htdocs", str(folder / "root"), str(port)]
    with _running([*command, f"{certs}/server.key", f"{certs}/server.crt"], port) as target:
        yield target


@contextmanager
def granian(folder: Path, tokens: Sequence[str]) -> Iterator[Rival]:
    """The quickest server for applications in Python that speaks HTTP/2."""
    port, certs = _free_port(), folder / "certs"
    key = folder / "pkcs8.key"
    convert = ["pkcs8", "-topk8", "-nocrypt", "-in", f"{certs}/server.key", "-out", str(key)]
    subprocess.run([program("openssl"), *convert], check=True)
    beside = Path(sys.executable).with_name("granian")
    command = [str(beside) if beside.exists() else program("granian")]
    command += ["--interface", "rsgi", "--http", "2", "--no-ws", "--port", str(port), "--no-log"]
    command += ["--ssl-certificate", f"{certs}/server.crt", "--ssl-keyfile", str(key)]
    with _running([*command, "benchmarks.answering:app"], port) as target:
        yield target


def program(name: str) -> str:
    """Where it is. Raises if it is not installed."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
    if found is None:
        raise RuntimeError(f"{name} is not installed: see benchmarks/README.md")
    return found


@contextmanager
def _running(command: list[str], port: int) -> Iterator[Rival]:
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, text=True, preexec_fn=lambda: on(SERVER_CORE)
    )
    try:
        _listens(process, port)
        yield Rival(process, {"port": port})
    finally:
        process.terminate()
        process.wait()


def _listens(process: subprocess.Popen[str], port: int) -> None:
    ends = time.monotonic() + _START
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except ConnectionRefusedError:
            if process.poll() is not None or time.monotonic() > ends:
                raise RuntimeError(f"{process.args!r} does not listen") from None
            time.sleep(0.01)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])
