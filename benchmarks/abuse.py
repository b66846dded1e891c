"""`python -m benchmarks.abuse`: 200 clients that misbehave, and what the others notice of them."""

from __future__ import annotations

import argparse
import json
import subprocess
from statistics import median, quantiles
from typing import Any

from .abusers import KINDS
from .processes import read, served, spawn, tell

ABUSERS = 200
#: Seconds that are measured, alone and in company, and how long the abusers get to begin.
SECONDS, WARM_UP = 5.0, 3.0


def main() -> None:
    """Measure what is asked for, and print it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.abuse")
    parser.add_argument("--kind", action="append", choices=KINDS, help="only these; repeatable")
    parser.add_argument("--clients", type=int, default=ABUSERS, help="how many misbehave")
    parser.add_argument("--scale", type=float, default=1.0, help="of the time that is measured")
    asked = parser.parse_args()
    row = beside(tuple(asked.kind or KINDS), asked.scale, asked.clients)
    for name, value in row.items():
        print(f"{name:<20} {value:.3g}" if isinstance(value, float) else f"{name:<20} {value}")


def beside(kinds: tuple[str, ...], scale: float = 1.0, abusers: int = ABUSERS) -> dict[str, Any]:
    """What an answer and a handshake take alone, and beside so many clients that misbehave."""
    with served(first=True) as target:
        where = target.where
        honest = spawn("benchmarks.honest", where)
        # Two kinds a process, so that none waits for another's Python.
        crowd = [
            spawn(
                "benchmarks.abusers",
                {**where, "kinds": kinds[at : at + 2], "each": abusers // len(kinds)},
            )
            for at in range(0, len(kinds), 2)
        ]
        try:
            for each in (honest, *crowd):
                read(each)
            alone = _measure(honest, SECONDS * scale)
            for each in crowd:
                tell(each)
            _measure(honest, WARM_UP)
            beside_them = _measure(honest, 2 * SECONDS * scale)
        finally:
            for each in (honest, *crowd):
                each.kill()
                each.communicate()
    return {
        "what": f"{abusers} misbehaving clients: {', '.join(kinds)}",
        **_figures("answer", alone, beside_them, 1),
        **_figures("handshake", alone, beside_them, 0),
    }


def _figures(
    name: str, alone: list[tuple[float, ...]], company: list[tuple[float, ...]], index: int
) -> dict[str, Any]:
    before, after = ([each[index] * 1000 for each in found] for found in (alone, company))
    return {
        f"{name}s": len(after),
        f"{name} alone ms": median(before),
        f"{name} ms": median(after),
        f"{name} ratio": median(after) / median(before),
        f"{name} p99 ms": quantiles(after, n=100)[-1] if len(after) > 1 else after[0],
    }


def _measure(honest: subprocess.Popen[str], seconds: float) -> list[tuple[float, ...]]:
    assert honest.stdin is not None
    honest.stdin.write(f"{seconds}\n")
    honest.stdin.flush()
    found: list[tuple[float, ...]] = json.loads(read(honest))
    return found


if __name__ == "__main__":
    main()
