"""Rows about notifications a second: a workload against what it is compared with."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

import msgspec

from .devices import write_devices
from .processes import Target, ceiling, read, served, spawn, tell

#: Steps that look at every notification and hardly ever act.
RARE_STEPS = """
about = "Twenty steps that rarely fire."
""" + "".join(
    f"""
[[step]]
on = {trigger}
fault = "reject"
status = "processing-error"
times = 1
"""
    for trigger in (
        *(f"{{ notification = {number}000003 }}" for number in range(20, 26)),
        *(f"{{ every = {number}000001 }}" for number in range(20, 24)),
        *(f'{{ token = "{number:02x}ff*" }}' for number in range(0xE0, 0xE6)),
        *(f"{{ connection = {number} }}" for number in range(9001, 9005)),
    )
)


class Workload(msgspec.Struct, frozen=True):
    """What is sent, and to what it is compared: see the README."""

    name: str
    floor: str
    payload: int = 100
    single: bool = False
    connections: int = 1
    tokens: int = 10_000
    command: int = 2
    count: int = 1_000_000
    scenario: bool = False
    options: tuple[str, ...] = ()
    against: str = "ceiling"


WORKLOADS = (
    Workload("100 B, large writes", "0.12"),
    Workload("100 B, command 0", "0.12", command=0),
    Workload("100 B, command 1", "0.12", command=1),
    Workload("1 KiB, large writes", "0.28", payload=1024, count=200_000),
    Workload("100 B, one frame a record", "1.6", single=True, count=200_000),
    Workload("1 KiB, one frame a record", "", payload=1024, single=True, count=100_000),
    Workload("8 connections", "0.11", connections=8),
    Workload("64 connections", "", connections=64),
    Workload("20 steps that rarely fire", "0.70", scenario=True, against="without"),
    Workload(
        "--ledger", "0.40", options=("--ledger", "ledger.jsonl"), count=300_000, against="without"
    ),
    Workload(
        "devices that are not involved",
        "0.98",
        options=("--devices", "devices.jsonl"),
        against="without",
    ),
    Workload("--verbose", "", options=("--verbose",), count=300_000, against="without"),
)


def measure(work: Workload, pairs: int, scale: float) -> dict[str, Any]:
    """The row of one workload."""
    ours, theirs = [], []
    for _ in range(pairs):
        ours.append(_ours(work, scale))
        theirs.append(_rival(work, scale))
    ratios = [mine["rate"] / other["rate"] for mine, other in zip(ours, theirs, strict=True)]
    return {
        "name": work.name,
        "against": work.against,
        "ratio": median(ratios),
        "goal": work.floor,
        "rate": median(each["rate"] for each in ours),
        "rival rate": median(each["rate"] for each in theirs),
        "µs CPU each": median(each["cpu each"] for each in ours) * 1e6,
        "bytes each": median(each["bytes each"] for each in ours),
        "peak MiB": median(each["peak"] for each in ours) / 2**20,
    }


def _rival(work: Workload, scale: float) -> dict[str, float]:
    if work.against == "without":
        return _ours(msgspec.structs.replace(work, scenario=False, options=()), scale)
    with ceiling() as target:
        return _run(work, scale, target)


def _ours(work: Workload, scale: float) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        options = [f"{folder}/{each}" if each.endswith("jsonl") else each for each in work.options]
        if work.scenario:
            path = Path(folder) / "rare.toml"
            path.write_text(RARE_STEPS)
            options += ["--scenario", str(path)]
        if "--devices" in options:
            write_devices(Path(folder) / "devices.jsonl", 10)
        with served(*options) as target:
            return _run(work, scale, target)


def _run(work: Workload, scale: float, target: Target) -> dict[str, float]:
    count = max(20_000, int(work.count * scale))
    told = {**target.where, **msgspec.structs.asdict(work), "count": count}
    load = spawn("benchmarks.load", told)
    read(load)
    cpu, memory, begun = target.cpu(), target.memory(), time.perf_counter()
    tell(load)
    accepted = target.accepted(work.connections)
    seconds = time.perf_counter() - begun
    load.wait()
    if accepted is not None and accepted < count:
        raise RuntimeError(f"{work.name}: {accepted} of {count} arrived")
    return {
        "rate": count / seconds,
        "cpu each": (target.cpu() - cpu) / count,
        "bytes each": (target.memory() - memory) / count,
        "peak": target.peak(),
    }
