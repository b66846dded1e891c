"""Rows about everything but throughput: starting, connecting, keeping, asking."""

from __future__ import annotations

import json
import os
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import trio

from fakeapns import FakeAPNs
from fakeapns.certificates import open_folder
from fakeapns.fronts.gateway import FrameRow
from fakeapns.ledger.clock import Moment
from fakeapns.ledger.ledger import Ledger
from fakeapns.protocol import GatewayParser, encode_framed

from .audits import audits
from .devices import deliveries, registry, uninvolved
from .processes import read, served, spawn, tell

PAYLOAD = b'{"aps":{"alert":"Hello"}}'
TOPIC = "com.example.app"


def start_of_serve(scale: float) -> dict[str, Any]:
    """From the start of the process to the first accepted notification."""
    with tempfile.TemporaryDirectory() as folder:
        open_folder(Path(folder) / "certs", (TOPIC,))
        found = [_start_once(Path(folder), number) for number in range(5)]
    return {"name": "start of serve, to the first accepted", "seconds": median(found)}


def _start_once(folder: Path, number: int) -> float:
    ready, ledger = folder / f"ready{number}.json", folder / f"{number}.jsonl"
    command = [sys.executable, "-m", "fakeapns", "serve", "--quiet", "--gateway-port", "0"]
    command += ["--feedback-port", "0", "--certs", str(folder / "certs")]
    command += ["--ready-file", str(ready), "--ledger", str(ledger)]
    begun = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        while not ready.exists():
            time.sleep(0.001)
        told = json.loads(ready.read_text())
        with _connect(told["gateway"]["port"], told["ca"], told["clients"][TOPIC]["pem"]) as client:
            client.sendall(encode_framed(bytes(32), PAYLOAD))
            while b'"notification"' not in ledger.read_bytes():
                time.sleep(0.001)
        found = time.perf_counter() - begun
        process.terminate()
    return found


def fixture(scale: float) -> dict[str, Any]:
    """Start and stop of a fresh server, as the fixture does it for each test."""
    found = []
    for _ in range(max(20, int(200 * scale))):
        begun = time.perf_counter()
        with FakeAPNs().in_thread():
            pass
        found.append(time.perf_counter() - begun)
    return {
        "name": "fixture, start and stop",
        "seconds": median(found[1:]),
        "the first": found[0],
        "target": "0.005",
    }


def plugin(scale: float) -> dict[str, Any]:
    """What a pytest run costs more that has the plugin and does not use it."""
    found: dict[bool, list[float]] = {True: [], False: []}
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "test_nothing.py").write_text("def test_nothing(): pass\n")
        # With bytecode at hand, as it is wherever pytest has run before.
        environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        environment |= {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": f"{folder}/cache"}
        for turn in range(2 * max(5, int(20 * scale))):
            used = turn % 2 == 0
            command = [sys.executable, "-m", "pytest", "-q", folder]
            command += ["-p", "fakeapns.pytest_plugin"] if used else []
            begun = time.perf_counter()
            subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
            found[used].append(time.perf_counter() - begun)
    # The first of each has compiled all that it loads.
    more = median(found[True][1:]) - median(found[False][1:])
    return {"name": "plugin load, not used", "seconds": more, "target": "0.005"}


def handshakes(scale: float) -> dict[str, Any]:
    """CPU of a handshake, against `openssl s_server` with the same certificates."""
    number = max(50, int(500 * scale))
    ratios, ours, rates = [], [], []
    for _ in range(5 if scale == 1 else 1):
        with served("--quiet") as target:
            told = target.where
            before = target.cpu()
            begun = time.perf_counter()
            _shake(told["port"], told["ca"], told["pem"], number)
            rates.append(number / (time.perf_counter() - begun))
            ours.append((target.cpu() - before) / number)
        ratios.append(ours[-1] / _openssl_handshake(number))
    return {
        "name": "handshakes",
        "against": "openssl",
        "ratio": median(ratios),
        "target": "at most 1.5",
        "rate": median(rates),
        "µs CPU each": median(ours) * 1e6,
    }


def _openssl_handshake(number: int) -> float:
    openssl = shutil.which("openssl")
    if openssl is None:
        raise RuntimeError("openssl is not installed: install it, or leave out this row")
    with tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
        free.close()
        made = open_folder(Path(folder), (TOPIC,))
        command = [openssl, "s_server", "-accept", str(port), "-quiet", "-tls1_2", "-no_ticket"]
        command += ["-cert", f"{folder}/server.crt", "-key", f"{folder}/server.key"]
        command += ["-CAfile", made.ca_file, "-Verify", "2", "-naccept", str(number + 1)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL) as process:  # fmt: skip
            pem = made.client(TOPIC).pem_file
            while True:
                try:
                    _shake(port, made.ca_file, pem, 1)
                    break
                except ConnectionRefusedError:
                    time.sleep(0.01)
            before = _cpu_of(process.pid)
            _shake(port, made.ca_file, pem, number - 1)
            found = (_cpu_of(process.pid) - before) / (number - 1)
            process.kill()
    return found


def idle(scale: float) -> dict[str, Any]:
    """Memory of idle connections, and whether one more is still served."""
    number = max(200, int(5000 * scale))
    with served("--quiet") as target:
        told = {**target.where, "connections": number, "count": 0, "payload": 100}
        told |= {"tokens": 1, "command": 2, "single": True}
        before = target.memory()
        load = spawn("benchmarks.load", told)
        read(load)
        each = (target.memory() - before) / number
        begun = time.perf_counter()
        _shake(told["port"], told["ca"], told["pem"], 1)
        late = time.perf_counter() - begun
        tell(load)
        load.wait()
    return {
        "name": f"{number} idle connections",
        "bytes each": each,
        "target": "at most 40,960",
        "one more served after": late,
    }


def growth(scale: float) -> dict[str, Any]:
    """CPU of recording a notification when so many are there already."""
    frames = b"".join(
        encode_framed(bytes(32), PAYLOAD, identifier=number, expiration=0, priority=10)
        for number in range(400)
    )
    ledger = Ledger()
    row: dict[str, Any] = {"name": "µs to record one behind …"}
    for size in (10_000, 100_000, int(3_000_000 * scale)):
        while len(ledger) < size:
            _record(ledger, frames)
        found = []
        for _ in range(50):
            begun = time.process_time()
            _record(ledger, frames)
            found.append((time.process_time() - begun) / 400 * 1e6)
        row[f"{size:,}"] = median(found)
    return row


def _record(ledger: Ledger, frames: bytes) -> None:
    parser = GatewayParser()
    parser.receive_data(frames)
    while (found := parser.next_frames()) is not None:
        now = Moment(len(ledger) * 1e-6, 0)
        ledger.record_row(FrameRow(1, len(ledger) + 1, TOPIC, found), now)


def queries(scale: float) -> dict[str, Any]:
    """Seconds for questions to a ledger of a million."""
    size = max(10_000, int(1_000_000 * scale))
    apns = FakeAPNs()
    ledger = apns.ledger
    for first in range(0, size, 400):
        frames = (
            encode_framed(number.to_bytes(32, "big"), PAYLOAD, identifier=number)
            for number in range(first, first + 400)
        )
        _record(ledger, b"".join(frames))
    token = (size // 2).to_bytes(32, "big")

    async def wait() -> None:
        await apns.wait_for(token=token)

    questions: dict[str, Callable[[], object]] = {
        "by token": lambda: apns.assert_accepted(1, token=token),
        "all": lambda: len(apns.accepted),
        "wait by token": lambda: trio.run(wait),
        "the last": lambda: ledger[-1],
    }
    row: dict[str, Any] = {"name": f"seconds to ask {size:,}"}
    for name, ask in questions.items():
        begun = time.perf_counter()
        ask()
        row[name] = time.perf_counter() - begun
    return row


COSTS = (
    *(start_of_serve, fixture, plugin, handshakes, idle, growth, queries, audits),
    *(deliveries, uninvolved, registry),
)


def _connect(port: int, ca: str, pem: str) -> ssl.SSLSocket:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(ca)
    context.load_cert_chain(pem)
    raw = socket.create_connection(("127.0.0.1", port))
    return context.wrap_socket(raw, server_hostname="localhost")


def _shake(port: int, ca: str, pem: str, number: int) -> None:
    for _ in range(number):
        _connect(port, ca, pem).close()


def _cpu_of(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
