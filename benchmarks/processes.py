"""Starting the processes of a measurement, each on a core of its own where there are two."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

CORES = sorted(os.sched_getaffinity(0))
SERVER_CORE, LOAD_CORE = CORES[0], CORES[-1]


def spawn(module: str, told: dict[str, Any], core: int) -> subprocess.Popen[str]:
    """A process that runs a module of ours on one core."""
    return subprocess.Popen(
        [sys.executable, "-m", module, json.dumps(told)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: os.sched_setaffinity(0, {core}),
    )


def read(process: subprocess.Popen[str]) -> str:
    """The next line that it prints."""
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise RuntimeError(f"{process.args!r} ended early")
    return line


def tell(process: subprocess.Popen[str]) -> None:
    """Let it go on."""
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


@contextmanager
def server(kind: str, arguments: dict[str, Any] | None = None) -> Iterator[_Server]:
    """A running server: `count` or `fake`."""
    told = {"server": kind, "arguments": arguments or {}}
    process = spawn("benchmarks.server", told, SERVER_CORE)
    try:
        yield _Server(process, json.loads(read(process)))
    finally:
        process.kill()
        process.communicate()


class _Server:
    """A server that is being measured."""

    def __init__(self, process: subprocess.Popen[str], where: dict[str, Any]) -> None:
        self.process = process
        self.where = where

    def result(self) -> dict[str, float]:
        """What it cost. Ends the measurement."""
        tell(self.process)
        found: dict[str, float] = json.loads(read(self.process))
        return found
