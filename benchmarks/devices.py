"""Rows about devices: what a delivery costs, and a million of them in a file."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from statistics import median
from typing import Any

from fakeapns.fronts import Provider
from fakeapns.fronts.gateway import gateway_front
from fakeapns.ledger import Ledger, Moment, record_landings
from fakeapns.push import Devices, Judge, Parcel, Roll, Triggers
from fakeapns.scenario import Settings

from .payloads import frames, payloads
from .processes import TOPIC, served


def write_devices(path: Path, number: int) -> None:
    """A file of so many devices; what the load generator sends is for none of them."""
    with path.open("w") as file:
        for each in range(number):
            line: dict[str, Any] = {"token": token(each).hex(), "topic": TOPIC}
            if each % 10 == 0:
                line |= {"state": "uninstalled", "since": 1_700_000_000 + each}
            file.write(f"{json.dumps(line)}\n")


def token(number: int) -> bytes:
    """As good as random, which tokens are."""
    return sha256(b"device %d" % number).digest()


def deliveries(scale: float) -> dict[str, Any]:
    """CPU of what becomes of an accepted notification on a device, with its entry."""
    devices, ledger, now = Devices(time.time), Ledger(), Moment(0, time.time())
    apps = [devices.add(TOPIC) for _ in range(1000)]
    sent = [
        (number, apps[number % len(apps)].token_bytes, payload, priority)
        for number, (payload, priority) in enumerate(payloads(100, "mix"))
    ]
    found = []
    for _ in range(max(5, int(25 * scale))):
        for app in apps:
            # As somebody does who reads them.
            app.screen.clear()
            app.wakes.clear()
        begun = time.process_time()
        for number, to, payload, priority in sent:
            parcel = Parcel(number, TOPIC, to, payload, priority, 0)
            record_landings(ledger, devices.deliver(parcel, now.wall), now)
        found.append((time.process_time() - begun) / len(sent) * 1e6)
    return {"name": "delivery to a device, µs", "median": median(found), "least": min(found),
            "target": "at most 4"}  # fmt: skip


def registry(scale: float) -> dict[str, Any]:
    """`serve --devices` with a million: how long until it is ready, its memory, and a look-up."""
    number = max(10_000, int(1_000_000 * scale))
    with tempfile.TemporaryDirectory() as folder:
        ten, many = Path(folder) / "ten.jsonl", Path(folder) / "many.jsonl"
        write_devices(ten, 10)
        write_devices(many, number)
        little, much = _served(ten), _served(many)
        few, all_of_them = _loaded(ten), _loaded(many)
    known = [token(each) for each in range(10)] * 10_000
    nobodys = [sha256(b"nobody %d" % each).digest() for each in range(100_000)]
    row = {
        "name": f"{number:,} devices in a file",
        "seconds": much["seconds"] - little["seconds"],
        "CPU": much["cpu"] - little["cpu"],
        "peak MiB": much["peak"] / 2**20,
        "target": "10 s, 400 MiB",
    }
    for name, asked in (("known", known), ("nobody's", nobodys)):
        ours, theirs = _looking_up(all_of_them, asked), _looking_up(few, asked)
        row |= {f"ns to look up {name}": ours, f"{name}, among ten": theirs}
    return row


def _served(path: Path) -> dict[str, float]:
    begun = time.perf_counter()
    with served("--devices", str(path)) as target:
        seconds = time.perf_counter() - begun
        return {"seconds": seconds, "cpu": target.cpu(), "peak": target.peak()}


def _loaded(path: Path) -> Devices:
    devices = Devices(time.time)
    reading = Roll(devices).read()
    with path.open("rb") as file:
        for line in file:
            reading.take(line)
    for _ in reading.apply():
        pass
    return devices


def _looking_up(devices: Devices, asked: Sequence[bytes]) -> float:
    """Nanoseconds for each, the least of several."""
    find, found = devices.find, []
    for _ in range(9):
        begun = time.process_time()
        for each in asked:
            find(each)
        found.append((time.process_time() - begun) / len(asked) * 1e9)
    return min(found)


def uninvolved(scale: float) -> dict[str, Any]:
    """CPU of pushes to the gateway in memory while ten devices are there that they are not for,
    against none there, by turns.
    """
    made = frames(2, 100, 10_000)
    sent = [b"".join(made[at : at + 400]) for at in range(0, len(made), 400)]
    row: dict[str, Any] = {"name": "devices that are not involved, in memory"}
    for number in (0, 1, 10):
        ratios, ours = [], []
        for _ in range(max(5, int(101 * scale))):
            alone, beside = _taken(sent, 0), _taken(sent, number)
            ratios.append(beside / alone)
            ours.append(beside)
        row[f"ratio with {number}"] = median(ratios)
        row[f"µs with {number}"] = min(ours) / 10_000 * 1e6
    return row | {"target": "1.02"}


def _taken(sent: Sequence[bytes], number: int) -> float:
    devices, ledger, now = Devices(time.time), Ledger(), Moment(0, time.time())
    for each in range(number):
        devices.add(TOPIC, token(each))
    front = gateway_front(Judge(Settings(), devices, Triggers(None), None), ledger)
    connection = front.open(1, Provider((TOPIC,), None), now)
    begun = time.process_time()
    for read in sent:
        connection.receive(read, now)
        while connection.busy:
            connection.wake(now)
    took = time.process_time() - begun
    assert len(ledger) == len(sent) * 400
    return took
