"""What all commands have in common."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from fakeapns import __version__
from fakeapns.cli import main
from tests.processes import PATIENCE, environment

COMMANDS = ("serve", "send", "chaos", "demo", "audit", "certs", "env", "ready")


def test_a_bare_call_prints_the_help() -> None:
    result = CliRunner().invoke(main, [])
    assert result.exit_code == 0
    assert result.stdout == CliRunner().invoke(main, ["--help"]).stdout
    assert all(f"\n  {command} " in result.stdout for command in COMMANDS)


@pytest.mark.parametrize("arguments", [["--help"], ["serve", "--help"]], ids=" ".join)
def test_the_first_screen_has_the_api_ahead_of_the_gateway(arguments: list[str]) -> None:
    screen = CliRunner().invoke(main, arguments).stdout
    assert -1 < screen.find("provider API") < screen.find("gateway")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str) -> None:
    result = CliRunner().invoke(main, [command, "--help"])
    assert result.exit_code == 0
    assert result.stdout.startswith(f"Usage: main {command}")


def test_the_version_is_the_package_s() -> None:
    assert CliRunner().invoke(main, ["--version"]).stdout == f"fakeapns, version {__version__}\n"


def test_an_unknown_command_is_a_usage_error() -> None:
    result = CliRunner().invoke(main, ["sreve"])
    assert result.exit_code == 2
    assert "sreve" in result.stderr


@pytest.mark.parametrize("arguments", [["--version"], ["demo", "--count", "150"]], ids=" ".join)
def test_a_command_works_without_the_server_extra(arguments: list[str], tmp_path: Path) -> None:
    program = (
        "import sys; sys.modules['rich'] = None\n"
        f"from fakeapns.cli import main; main({arguments!r}, prog_name='fakeapns')"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout
