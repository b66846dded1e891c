"""The processes of a measurement, each on a core of its own where there are two, and what they use.

Everything is measured from outside: a clock that hangs on the wall, and what the system says of a
process.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from .served import Log

CORES = sorted(os.sched_getaffinity(0))
SERVER_CORE, LOAD_CORE = CORES[0], CORES[-1]
TOPIC = "com.example.app"


def spawn(module: str, told: dict[str, Any]) -> subprocess.Popen[str]:
    """A generator of load: a module of ours, which is told what to do."""
    return _start(LOAD_CORE, ["-m", module, json.dumps(told)], stdin=subprocess.PIPE)


def _start(
    core: int, arguments: Sequence[str], *, first: bool = False, **more: Any
) -> subprocess.Popen[str]:
    place = first_on if first else on
    return subprocess.Popen(
        [sys.executable, *arguments],
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: place(core),
        **more,
    )


def on(core: int) -> None:
    """Run on this core."""
    os.sched_setaffinity(0, {core})


def first_on(core: int) -> None:
    """Run on this core, before all that others do on it, where that is allowed."""
    on(core)
    with suppress(OSError):
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))


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


class Target:
    """A server that is being measured; `where` has its port and the files of a client."""

    def __init__(self, process: subprocess.Popen[str], where: dict[str, Any]) -> None:
        self.process = process
        self.where = where

    def accepted(self, connections: int) -> int | None:
        """Wait until so many connections are over; how many notifications it has accepted."""
        for _ in range(connections):
            read(self.process)
        return None

    def cpu(self) -> float:
        """Seconds of CPU that it has used, and its workers."""
        pid = self.process.pid
        workers = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return sum(_cpu(each) for each in (str(pid), *workers))

    def memory(self) -> int:
        """Resident bytes."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    def peak(self) -> int:
        """The most that were resident, in bytes."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.partition("VmHWM:")[2].split()[0]) * 1024


def _cpu(pid: str) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Served(Target):
    """`fakeapns serve`, whose log is read from a pipe."""

    def __init__(
        self, process: subprocess.Popen[str], where: dict[str, Any], stderr: IO[str]
    ) -> None:
        super().__init__(process, where)
        self.log = Log(stderr)

    def accepted(self, connections: int) -> int:
        """What the log says, which is read as it comes."""
        return self.log.accepted(connections)


@contextmanager
def ceiling() -> Iterator[Target]:
    """A server that only decrypts and counts."""
    process = _start(SERVER_CORE, ["-m", "benchmarks.ceiling"])
    try:
        yield Target(process, json.loads(read(process)))
    finally:
        process.kill()
        process.communicate()


@contextmanager
def served(*options: str, first: bool = False) -> Iterator[Served]:
    """`fakeapns serve` as people start it, with further options; `first` on its core."""
    with tempfile.TemporaryDirectory() as folder:
        ready = Path(folder) / "ready.json"
        command = ["-m", "fakeapns", "serve", "--gateway-port", "0", "--feedback-port", "0"]
        command += ["--api-port", "0"]
        command += ["--certs", f"{folder}/certs", "--ready-file", str(ready), *options]
        process = _start(SERVER_CORE, command, first=first, stderr=subprocess.PIPE)
        try:
            while not read(process).startswith("ready"):
                pass
            told = json.loads(ready.read_text())
            where = {"port": told["gateway"]["port"], "ca": told["ca"]}
            where["pem"] = told["clients"][TOPIC]["pem"]
            where |= {"api": told["api"]["port"], "key": told["keys"][0]}
            assert process.stderr is not None
            yield Served(process, where, process.stderr)
        finally:
            process.terminate()
            process.wait()
            assert process.stdout is not None
            process.stdout.close()
