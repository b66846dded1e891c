"""`fakeapns chaos` on a terminal: what runs right now, and colours."""

from __future__ import annotations

import os
import pty
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.chaos.stories import QUIET
from tests.processes import PATIENCE, PROGRAM, environment


def on_a_terminal(folder: Path, env: Mapping[str, str]) -> str:
    """What a terminal gets of a story that fails."""
    (folder / "quiet.toml").write_text(QUIET)
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*PROGRAM, "chaos", "--service", "gateway", "--scenario", "quiet.toml", "--", "true"],
        cwd=folder,
        env=environment({"TERM": "xterm", **env}),
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    drawn = b""
    try:
        # Reading from a terminal whose other side is closed is an error on Linux, not an end.
        while chunk := os.read(ours, 65_536):
            drawn += chunk
    except OSError:
        pass
    finally:
        os.close(ours)
        process.wait(PATIENCE)
    assert process.returncode == 4
    return drawn.decode()


def test_a_terminal_sees_what_runs_and_verdicts_in_colour(tmp_path: Path) -> None:
    drawn = on_a_terminal(tmp_path, {"NO_COLOR": ""})
    assert "\r\x1b[K[1/1] quiet.toml ...\r\x1b[K[1/1] quiet.toml ... nothing sent (" in drawn
    assert "\x1b[31mnothing sent\x1b[0m" in drawn


def test_a_terminal_without_colours_gets_none(tmp_path: Path) -> None:
    assert "\x1b[3" not in on_a_terminal(tmp_path, {"NO_COLOR": "1"})
