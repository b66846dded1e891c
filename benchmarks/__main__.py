"""`python -m benchmarks`: everything, as a table and as JSON."""

from __future__ import annotations

import argparse
import json
from functools import partial
from pathlib import Path
from typing import Any

from .api import API_WORK, measure_api
from .costs import COSTS
from .throughput import WORKLOADS, measure


def main() -> None:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--quick", action="store_true", help="one pair, a tenth of the work")
    parser.add_argument("--only", default="", help="rows with this in their name")
    parser.add_argument("--api", action="store_true", help="the provider API alone: see the README")
    parser.add_argument("--json", type=Path, help="write the results here, too")
    asked = parser.parse_args()
    pairs, scale = (1, 0.1) if asked.quick else (5, 1.0)
    rows: list[dict[str, Any]] = []
    wanted = [partial(measure, each) for each in WORKLOADS if asked.only in each.name]
    if asked.api:
        wanted = [partial(measure_api, each) for each in API_WORK if asked.only in each.name]
    for row in wanted:
        rows.append(row(pairs, scale))
        show(rows[-1], first=len(rows) == 1)
    for cost in () if asked.api else COSTS:
        if asked.only in cost.__name__:
            rows.append(cost(scale))
            print(
                "  ".join(f"{name} {_short(value)}" for name, value in rows[-1].items()), flush=True
            )
    if asked.json is not None:
        asked.json.write_text(json.dumps(rows, indent=2, ensure_ascii=False) + "\n")


COLUMNS = ("ratio", "goal", "rate", "rival rate", "µs CPU each", "rival CPU", "bytes each")


def show(row: dict[str, Any], *, first: bool) -> None:
    """A row of the table, as soon as it is there."""
    if first:
        print(f"{'workload':<36}{'against':<16}" + "".join(f"{name:>13}" for name in COLUMNS))
    cells = "".join(f"{_short(row.get(name, '')):>13}" for name in COLUMNS)
    print(f"{row['name']:<36}{row['against']:<16}{cells}", flush=True)


def _short(value: Any) -> str:
    if not isinstance(value, float):
        return str(value)
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"


main()
