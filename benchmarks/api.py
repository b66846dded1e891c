"""Rows about the provider API: pushes by HTTP/2, against servers that do less."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

import msgspec

from .h2load import TOKENS, Provider
from .processes import Target, served
from .rivals import granian, nghttpd

_RIVALS = {"nghttpd": nghttpd, "granian": granian}


class ApiWork(msgspec.Struct, frozen=True):
    """What is sent to whom: `ratio` is what the first column has, of CPU a push or of pushes a
    second, ours by the rival's.
    """

    name: str
    against: str
    goal: str
    connections: int
    streams: int
    count: int
    ratio: str = "cpu"
    options: tuple[str, ...] = ()


API_WORK = (
    ApiWork("API, 8 × 100 streams", "nghttpd", "2.2", 8, 100, 400_000),
    ApiWork("API, 1 × 100 streams", "nghttpd", "", 1, 100, 200_000),
    ApiWork("API, one at a time", "nghttpd", "3.5", 1, 1, 20_000),
    ApiWork("API, 8 × 100, pushes a second", "granian", "2", 8, 100, 200_000, ratio="rate"),
    ApiWork("API, one at a time, pushes a second", "granian", "", 1, 1, 20_000, ratio="rate"),
    ApiWork("API, --ledger", "without", "", 8, 100, 200_000, options=("--ledger", "ledger.jsonl")),
)


def measure_api(work: ApiWork, pairs: int, scale: float) -> dict[str, Any]:
    """The row of one workload."""
    count = max(2_000 if work.streams == 1 else 20_000, int(work.count * scale))
    work = msgspec.structs.replace(work, count=count)
    with tempfile.TemporaryDirectory() as folder:
        found = [_pair(work, Path(folder), number) for number in range(pairs)]
    ours, theirs = zip(*found, strict=True)
    ratios = [mine[work.ratio] / other[work.ratio] for mine, other in found]
    return {
        "name": work.name,
        "against": work.against,
        "ratio": median(ratios),
        "goal": work.goal,
        "rate": median(each["rate"] for each in ours),
        "rival rate": median(each["rate"] for each in theirs),
        "µs CPU each": median(each["cpu"] for each in ours) * 1e6,
        "rival CPU": median(each["cpu"] for each in theirs) * 1e6,
        "bytes each": median(each["bytes"] for each in ours),
    }


def _pair(work: ApiWork, folder: Path, number: int) -> tuple[dict[str, float], dict[str, float]]:
    """Both in turn, with another body of the mix each time."""
    mine, provider = _ours(work, folder, number, work.options)
    if work.against == "without":
        return mine, _ours(work, folder, number, ())[0]
    with _RIVALS[work.against](folder, TOKENS) as target:
        return mine, _run(work, target, provider, target.where["port"])


def _ours(
    work: ApiWork, folder: Path, number: int, options: tuple[str, ...]
) -> tuple[dict[str, float], Provider]:
    named = [f"{folder}/{number}-{each}" if each.endswith("jsonl") else each for each in options]
    with served("--certs", f"{folder}/certs", *named) as target:
        provider = Provider(folder, target.where["key"], number)
        return _run(work, target, provider, target.where["api"]), provider


def _run(work: ApiWork, target: Target, provider: Provider, port: int) -> dict[str, float]:
    """Some pushes to warm up, then those that count."""
    provider.send(port, work.count // 10, work.connections, work.streams)
    target.accepted(work.connections)
    cpu, memory, begun = target.cpu(), target.memory(), time.perf_counter()
    provider.send(port, work.count, work.connections, work.streams)
    target.accepted(work.connections)
    seconds = time.perf_counter() - begun
    return {
        "rate": work.count / seconds,
        "cpu": (target.cpu() - cpu) / work.count,
        "bytes": (target.memory() - memory) / work.count - len(provider.body),
    }
