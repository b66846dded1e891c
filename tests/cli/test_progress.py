"""The bar of long work: how many a second, how long still, and nothing of it in a pipe."""

from __future__ import annotations

import io
import os
import pty
import subprocess
import sys
import termios
from collections.abc import Sequence
from pathlib import Path

import pytest
from trio.testing import MockClock

from fakeapns import FakeAPNs, Reject
from fakeapns.cli.progress import progress_bar, rate
from fakeapns.provider.sender import Outgoing, send
from tests.frames import PAYLOAD, numbered
from tests.processes import PATIENCE, PROGRAM, environment


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def drawn(
    monkeypatch: pytest.MonkeyPatch, stream: io.StringIO, done: Sequence[int], total: int
) -> str:
    """What is written to stderr while this many are done, one second each."""
    now = 0.0
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_INTERACTIVE", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr("rich.console.monotonic", lambda: now)
    with progress_bar("sending", total) as show:
        for each in done:
            now += 1
            show(each)
    return stream.getvalue()


def test_a_terminal_sees_how_many_there_are_a_second_and_how_long_it_takes() -> None:
    with pytest.MonkeyPatch.context() as patch:
        shown = drawn(patch, Terminal(), range(0, 30_001, 2500), 100_000)
    assert "sending" in shown
    assert "30000/100000" in shown
    assert "2,500/s" in shown
    assert "0:00:28" in shown


def test_a_bar_may_go_back_when_an_error_has_swallowed_some() -> None:
    with pytest.MonkeyPatch.context() as patch:
        shown = drawn(patch, Terminal(), [10, 20, 5, 15], 40)
    assert "15/40" in shown


def test_nothing_is_drawn_in_a_pipe() -> None:
    with pytest.MonkeyPatch.context() as patch:
        assert drawn(patch, io.StringIO(), [1, 2, 3], 3) == ""


def test_without_rich_there_is_no_bar() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "rich.progress", None)
        assert drawn(patch, Terminal(), [1], 1) == ""


@pytest.mark.parametrize(
    ("speed", "text"), [(None, ""), (0.4, "0/s"), (1234567.8, "1,234,568/s"), (99.5, "100/s")]
)
def test_a_rate_is_a_number_a_second(speed: float | None, text: str) -> None:
    assert rate(speed) == text


async def test_what_has_been_written_moves_the_bar_before_its_fate_is_known(
    autojump_clock: MockClock,
) -> None:
    done: list[int] = []
    outgoing = [Outgoing(numbered(each), PAYLOAD) for each in range(1, 121)]
    async with FakeAPNs() as apns:
        apns.inject(Reject("unknown"), notification=60, times=1)
        report = await send(
            apns.connect, outgoing, progress=lambda report: done.append(report.done)
        )
    assert done[0] == 50
    assert max(done) <= 120
    assert done[-1] == report.done == report.accepted == 120
    assert report.underway == 0


def test_a_terminal_that_was_stopped_stops_nobody(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    # As Ctrl-S does.
    termios.tcflow(theirs, termios.TCOOFF)
    with FakeAPNs().in_thread() as apns:
        done = subprocess.run(
            [*PROGRAM, "send", "--count", "200", "--settle", "0.1"],
            env=environment({**apns.environment(), "TERM": "xterm"}),
            stdout=subprocess.PIPE,
            stderr=theirs,
            text=True,
            timeout=PATIENCE,
        )
    os.close(theirs)
    os.close(ours)
    assert done.returncode == 0
    assert done.stdout.startswith("sent 200, accepted 200, ")
