"""Rows about notifications a second: a workload against what it is compared with."""

from __future__ import annotations

import tempfile
from pathlib import Path
from statistics import median
from typing import Any

import msgspec

from .processes import LOAD_CORE, read, server, spawn, tell

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
    target: str
    payload: int = 100
    single: bool = False
    connections: int = 1
    tokens: int = 1
    command: int = 2
    count: int = 1_000_000
    scenario: bool = False
    ledger: bool = False
    against: str = "ceiling"


WORKLOADS = (
    Workload("100 B, large writes", "0.10"),
    Workload("100 B, large writes, 10,000 tokens", "0.10", tokens=10_000),
    Workload("100 B, command 0", "0.10", command=0),
    Workload("100 B, command 1", "0.10", command=1),
    Workload("1 KiB, large writes", "0.30", payload=1024, count=200_000),
    Workload("100 B, one frame a record", "1.5", single=True, count=200_000),
    Workload("1 KiB, one frame a record", "", payload=1024, single=True, count=100_000),
    Workload("8 connections", "0.85", connections=8, against="one connection"),
    Workload("64 connections", "0.85", connections=64, against="one connection"),
    Workload("20 steps that rarely fire", "0.70", scenario=True, against="without"),
    Workload("--ledger", "0.40", ledger=True, count=300_000, against="without"),
)


def measure(work: Workload, pairs: int, scale: float) -> dict[str, Any]:
    """The row of one workload."""
    ours, theirs = [], []
    for _ in range(pairs):
        ours.append(_run(work, scale, "fake"))
        theirs.append(_run(_rival(work), scale, "count" if work.against == "ceiling" else "fake"))
    ratios = [mine["rate"] / other["rate"] for mine, other in zip(ours, theirs, strict=True)]
    return {
        "name": work.name,
        "against": work.against,
        "ratio": median(ratios),
        "target": work.target,
        "rate": median(each["rate"] for each in ours),
        "rival rate": median(each["rate"] for each in theirs),
        "µs CPU each": median(each["cpu each"] for each in ours) * 1e6,
        "bytes each": median(each["bytes each"] for each in ours),
        "peak MiB": median(each["peak"] for each in ours) / 2**20,
    }


def _rival(work: Workload) -> Workload:
    changes: dict[str, Any] = {"scenario": False, "ledger": False}
    if work.against == "one connection":
        changes["connections"] = 1
    return msgspec.structs.replace(work, **changes)


def _run(work: Workload, scale: float, kind: str) -> dict[str, float]:
    count = max(20_000, int(work.count * scale))
    with tempfile.TemporaryDirectory() as folder, server(kind, _arguments(work, folder)) as target:
        told = {
            **target.where,
            **{name: getattr(work, name) for name in work.__struct_fields__},
            "count": count,
        }
        load = spawn("benchmarks.load", told, LOAD_CORE)
        read(load)
        tell(load)
        load.wait()
        found = target.result()
    if kind == "fake" and found["received"] < count:
        raise RuntimeError(f"{work.name}: {found['received']:.0f} of {count} arrived")
    return {
        "rate": count / found["seconds"],
        "cpu each": found["cpu"] / count,
        "bytes each": found["memory"] / count,
        "peak": found["peak"],
    }


def _arguments(work: Workload, folder: str) -> dict[str, Any]:
    arguments: dict[str, Any] = {}
    if work.scenario:
        path = Path(folder) / "rare.toml"
        path.write_text(RARE_STEPS)
        arguments["scenario"] = str(path)
    if work.ledger:
        arguments["ledger"] = str(Path(folder) / "ledger.jsonl")
    return arguments
