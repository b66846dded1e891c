"""What only some systems have is used where it is, and missed by nobody."""

from __future__ import annotations

import importlib
import subprocess
import sys

import pytest
from click.testing import CliRunner

from tests.processes import PATIENCE

serve_module = importlib.import_module("fakeapns.cli.serve")

#: As on Windows: no such modules, signals and functions.
BARE = """
import os, signal, sys
for name in ("resource", "termios", "pwd"):
    sys.modules[name] = None
for name in ("SIGHUP", "SIGKILL", "SIGUSR1"):
    delattr(signal, name)
for name in ("O_NONBLOCK", "killpg", "mkfifo"):
    delattr(os, name)
from fakeapns.cli import run
sys.argv = ["fakeapns", "check", "drop-by-reset"]
run()
"""


def test_the_commands_run_without_what_only_posix_has() -> None:
    done = subprocess.run(
        [sys.executable, "-c", BARE], capture_output=True, text=True, timeout=PATIENCE
    )
    assert (done.returncode, done.stdout) == (0, "drop-by-reset: fine\n"), done.stderr


def test_a_system_without_limits_is_served_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serve_module, "resource", None)
    # It gets past the limit, and ends at what the machine does not allow.
    found = CliRunner().invoke(
        serve_module.serve, ["--host", "203.0.113.1", "--gateway-port", "0", "--certs", "none"]
    )
    assert (found.exit_code, "cannot listen" in found.stderr) == (1, True)
