"""The README shows what `fakeapns chaos` really prints."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from tests.chaos.stories import BURST, ROOT, provider
from tests.processes import run

README = Path(__file__).parents[2] / "README.md"


def timeless(text: str) -> list[str]:
    """The lines without how long it took."""
    return re.sub(r" *\d+\.\d\b", " …", text).splitlines()


def test_the_page_shows_what_chaos_prints(tmp_path: Path) -> None:
    shown = re.search(r"^\$ fakeapns chaos .*?\n(.*?)^```$", README.read_text(), re.S | re.M)
    assert shown is not None
    command = provider("loses")
    done = run("chaos", "--scenario", BURST, "--", *command, cwd=tmp_path, env={"PYTHONPATH": ROOT})
    told = (done.stderr + done.stdout).replace(shlex.join(command), "./my-sender")
    assert timeless(told) == timeless(shown[1])
