"""Commands: what they are given, what is kept of what they say, and that nothing outlives them.

Processes are real. Whether one is dead shows at a pipe that it holds: it ends when the last
writer is gone.
"""

from __future__ import annotations

import math
import os
import signal
import sys
import uuid
from functools import partial
from pathlib import Path

import pytest
import trio
from trio.testing import MockClock

from fakeapns import StartError
from fakeapns.chaos.command import KEPT, Ended, Tail, run_command

MARK = "APNS_WORK"
#: Seconds that only a broken test waits through.
PATIENCE = 60.0


async def run(*command: str, timeout: float = PATIENCE, **environment: str) -> Ended:
    """A command, run with the environment of the test and a mark that no other test has."""
    mark = {MARK: f"/{uuid.uuid4()}"}
    return await run_command(command, {**os.environ, **mark, **environment}, MARK, timeout)


def python(program: str) -> tuple[str, ...]:
    """A command that is a program."""
    return sys.executable, "-c", program


# ---- how it ends ------------------------------------------------------------------------


async def test_stdout_and_stderr_are_kept_in_order() -> None:
    ended = await run("sh", "-c", "echo one; echo two >&2; echo three")
    assert ended == Ended(0, False, "one\ntwo\nthree\n")


async def test_the_exit_code_is_the_command_s() -> None:
    assert (await run("sh", "-c", "exit 3")).exit_code == 3


async def test_a_signal_is_a_negative_exit_code() -> None:
    ended = await run("sh", "-c", "kill -ABRT $$")
    assert (ended.exit_code, ended.timed_out) == (-signal.SIGABRT, False)


async def test_there_is_nothing_to_read_for_it() -> None:
    assert (await run("cat")).output == ""


async def test_the_environment_is_the_one_given() -> None:
    ended = await run("sh", "-c", 'echo "$MINE"', MINE="yes")
    assert ended.output == "yes\n"


async def test_it_has_a_session_of_its_own() -> None:
    program = "import os; print(os.getsid(0) == os.getpgid(0) == os.getpid())"
    assert (await run(*python(program))).output == "True\n"


@pytest.mark.parametrize("name", ["/nowhere/sender", "/", "a\0b"], ids=repr)
async def test_what_cannot_be_started_is_said_in_a_sentence(name: str) -> None:
    with pytest.raises(StartError, match="cannot start "):
        await run(name)


# ---- what is kept -----------------------------------------------------------------------


async def test_of_long_output_the_end_is_kept_and_the_rest_is_counted() -> None:
    ended = await run(*python(f"print('x' * {KEPT} + 'the end')"))
    first, _, rest = ended.output.partition("\n")
    assert first == "… 8 bytes before this were not kept"
    assert rest.endswith("xthe end\n")
    assert len(rest) == KEPT


def test_a_tail_says_nothing_of_a_cut_that_was_not_made() -> None:
    tail = Tail(4)
    tail.add(b"ab")
    tail.add(b"cd")
    assert (str(tail), tail.cut) == ("abcd", 0)


def test_output_that_is_no_text_is_shown_as_far_as_it_goes() -> None:
    tail = Tail()
    tail.add(b"caf\xe9\x00")
    assert str(tail) == "caf\ufffd\x00"


# ---- what it leaves behind --------------------------------------------------------------


class Holders:
    """Processes that hold a pipe: they write a line into it when they are there."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "held"
        os.mkfifo(self.path)
        self._pipe = os.open(self.path, os.O_RDONLY | os.O_NONBLOCK)

    async def arrive(self, number: int = 1) -> None:
        """Wait until so many are there."""
        data = b""
        with trio.fail_after(PATIENCE):
            while data.count(b"\n") < number:
                await trio.lowlevel.wait_readable(self._pipe)
                data += os.read(self._pipe, 100)

    async def are_dead(self) -> None:
        """Wait until none holds the pipe any more."""
        with trio.fail_after(PATIENCE):
            while True:
                await trio.lowlevel.wait_readable(self._pipe)
                if not os.read(self._pipe, 100):
                    break
        os.close(self._pipe)


@pytest.fixture
def holders(tmp_path: Path) -> Holders:
    """A pipe for processes to hold."""
    return Holders(tmp_path)


def holding(holders: Holders, also: str = ":") -> str:
    """A shell's words for a process that holds the pipe for good, and does this before."""
    return f"sh -c 'exec 9>{holders.path}; echo here >&9; {also}; sleep 3600'"


#: Ways in which a process goes where killing a process group does not reach, and two others.
ESCAPES = {
    "in the group": "",
    "in a session of its own": "setsid",
    "behind timeout": "timeout 3600",
    "without an environment": "env -i PATH=$PATH",
}


@pytest.mark.parametrize("how", ESCAPES.values(), ids=ESCAPES)
async def test_what_outlives_the_command_is_killed(
    holders: Holders, how: str, tmp_path: Path
) -> None:
    ready = tmp_path / "ready"
    os.mkfifo(ready)
    child = holding(holders, also=f"echo > {ready}")
    ended = await run("sh", "-c", f"{how} {child} & read x < {ready}")
    assert (ended.exit_code, ended.timed_out) == (0, False)
    await holders.arrive()
    await holders.are_dead()


async def test_when_we_are_stopped_all_of_it_is_killed(holders: Holders) -> None:
    program = f"setsid {holding(holders)} & {holding(holders)}"
    async with trio.open_nursery() as nursery:
        nursery.start_soon(partial(run, "sh", "-c", program))
        await holders.arrive(2)
        nursery.cancel_scope.cancel()
    await holders.are_dead()


def test_a_command_that_hangs_is_killed_with_its_children(holders: Holders) -> None:
    program = f"echo waiting; setsid {holding(holders)} & {holding(holders)} & wait"
    clock = MockClock(rate=1.0)
    found: list[Ended] = []

    async def hang() -> None:
        found.append(await run("sh", "-c", program, timeout=3600))

    async def main() -> None:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(hang)
            await holders.arrive(2)
            assert not found
            # From here on an hour passes as soon as somebody waits for it.
            clock.autojump_threshold = 0.01
        clock.autojump_threshold = math.inf
        await holders.are_dead()

    trio.run(main, clock=clock)
    assert found == [Ended(-signal.SIGKILL, True, "waiting\n")]
