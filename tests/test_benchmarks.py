"""The benchmarks run. What they measure is for people to look at, never for a test."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def test_a_row_is_measured_and_written_down(tmp_path: Path) -> None:
    results = tmp_path / "results.json"
    command = [sys.executable, "-m", "benchmarks", "--quick", "--json", str(results)]
    done = subprocess.run(
        [*command, "--only", "command 0"], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    [row] = json.loads(results.read_text())
    assert row["name"] in done.stdout
    assert row["against"] == "ceiling"
    assert row["rate"] > 0
    assert row["rival rate"] > 0


def test_what_others_notice_of_clients_that_misbehave_is_measured() -> None:
    command = [sys.executable, "-m", "benchmarks.abuse", "--clients", "8", "--scale", "0.02"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    told = dict(line.split(maxsplit=1) for line in done.stdout.splitlines())
    assert told["what"].startswith("8 misbehaving clients")
    assert "answer ratio" in done.stdout
    assert "handshake ratio" in done.stdout


def test_pushes_over_the_api_are_measured(tmp_path: Path) -> None:
    if shutil.which("h2load") is None:
        pytest.skip("h2load is not installed: see benchmarks/README.md")
    results = tmp_path / "results.json"
    command = [sys.executable, "-m", "benchmarks", "--api", "--quick", "--json", str(results)]
    done = subprocess.run(
        [*command, "--only=--ledger"], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    [row] = json.loads(results.read_text())
    assert row["name"] in done.stdout
    assert row["µs CPU each"] > 0
    assert row["rival CPU"] > 0


def test_what_devices_cost_that_are_not_involved_is_measured(tmp_path: Path) -> None:
    results = tmp_path / "results.json"
    command = [sys.executable, "-m", "benchmarks", "--quick", "--json", str(results)]
    done = subprocess.run(
        [*command, "--only", "uninvolved"], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    [row] = json.loads(results.read_text())
    assert row["name"] in done.stdout
    assert row["ratio with 10"] > 0


def test_what_a_delivery_to_a_device_costs_is_measured(tmp_path: Path) -> None:
    results = tmp_path / "results.json"
    command = [sys.executable, "-m", "benchmarks", "--quick", "--json", str(results)]
    done = subprocess.run(
        [*command, "--only", "deliveries"], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    [row] = json.loads(results.read_text())
    assert row["name"] in done.stdout
    assert row["median"] >= row["least"] > 0
