"""Temporary folders: they do not outlive the program that made them, however it ends."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fakeapns.certificates import remove_dead_folders
from fakeapns.certificates import temporary as module
from fakeapns.certificates.held import held_folder, remove_held
from fakeapns.certificates.locks import hold, let_go
from tests.processes import PATIENCE

#: Asks for files, says so, and goes on for as long as it is let.
PROGRAM = """
import sys
from fakeapns import FakeAPNs
with FakeAPNs().in_thread() as apns:
    apns.client_certificate().pem_file
    print("there", flush=True)
    sys.stdin.read()
"""
#: What a folder of a program that was killed together with all others is called.
DEAD = "fakeapns-keys-0dead_00"

Begin = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Begin]:
    begun = []

    def start(program: str = PROGRAM) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-c", program],
            env={**os.environ, "TMPDIR": str(tmp_path)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        begun.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == b"there\n"
        return process

    yield start
    for each in begun:
        each.kill()
        each.communicate()


@pytest.fixture
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    """A program whose shell has something open for as long as it lives, and the other end of it:
    the shell is nobody's child, so nobody can wait for it otherwise.
    """
    folder = tmp_path_factory.mktemp("shell")
    pipe, shell = folder / "pipe", folder / "sh"
    os.mkfifo(pipe)
    shell.write_text(f'#!/bin/sh\nexec 9>"{pipe}"\nexec {module.SHELL} "$@"\n')
    shell.chmod(0o700)
    # Without a wait for the one who writes, who comes later.
    end = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    yield f"import {module.__name__} as module\nmodule.SHELL = {str(shell)!r}\n{PROGRAM}", end
    os.close(end)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL, signal.SIGHUP])
def test_keys_do_not_outlive_a_program_that_a_signal_ends(
    tmp_path: Path, begin: Begin, watched: tuple[str, int], how: signal.Signals
) -> None:
    program, end = watched
    process = begin(program)
    [folder] = tmp_path.iterdir()
    assert list(folder.rglob("*.pem"))
    process.send_signal(how)
    # No handler of ours has made an exit of it.
    assert process.wait(PATIENCE) == -how
    ended, _, _ = select.select([end], [], [], PATIENCE)
    assert ended, "its shell still waits"
    assert os.read(end, 1) == b""
    assert not folder.exists()


def test_a_program_that_ends_by_itself_removes_its_own(tmp_path: Path, begin: Begin) -> None:
    process = begin()
    process.communicate()
    assert process.returncode == 0
    assert list(tmp_path.iterdir()) == []


def test_a_program_has_no_child_for_it_and_waits_for_none(tmp_path: Path, begin: Begin) -> None:
    process = begin(
        "import os; from fakeapns.certificates import temporary_folder; temporary_folder()\n"
        "try: os.waitpid(-1, os.WNOHANG)\n"
        "except ChildProcessError: print('there', flush=True)"
    )
    process.communicate()
    assert process.returncode == 0


def test_what_was_forked_off_has_its_own_and_leaves_its_parent_s(
    tmp_path: Path, begin: Begin
) -> None:
    process = begin(
        "import os, sys; from fakeapns.certificates import temporary_folder\n"
        "first = temporary_folder()\n"
        "if os.fork() == 0: sys.exit(temporary_folder().parent == first.parent)\n"
        "assert os.wait()[1] == 0 and first.exists()\n"
        "print('there', flush=True)"
    )
    process.communicate()
    assert (process.returncode, list(tmp_path.iterdir())) == (0, [])


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where programs have left their folders, and nobody has looked yet."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    remove_dead_folders.cache_clear()
    return tmp_path


def dead(here: Path, name: str = DEAD) -> Path:
    folder = here / name
    (folder / "tmp1").mkdir(parents=True)
    folder.chmod(0o700)
    (folder / "tmp1" / "a.pem").write_bytes(b"key")
    return folder


def test_what_a_killed_program_left_is_removed_by_the_next_start(
    tmp_path: Path, begin: Begin
) -> None:
    folder = dead(tmp_path)
    begin("from fakeapns import FakeAPNs\nwith FakeAPNs().in_thread(): print('there', flush=True)")
    assert not folder.exists()


def test_what_a_program_has_that_still_runs_stays(here: Path, begin: Begin) -> None:
    begin()
    [folder] = here.iterdir()
    remove_dead_folders()
    assert folder.exists()


def test_only_folders_of_ours_are_taken_for_dead(
    here: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = dead(tmp_path_factory.mktemp("elsewhere"))
    (here / "fakeapns-keys-00000000").symlink_to(elsewhere)
    (here / "fakeapns-keys-00000001").touch()
    others = [
        dead(here, name) for name in ("fakeapns-keys-", f"{DEAD}0", f"my-{DEAD}", "fakeapns-x")
    ]
    shared = dead(here, "fakeapns-keys-shared_0")
    shared.chmod(0o777)
    if os.getuid() == 0:
        foreign = dead(here, "fakeapns-keys-foreign0")
        os.chown(foreign, 65534, -1)
        others.append(foreign)
    remove_dead_folders()
    for folder in (elsewhere, shared, *others):
        assert (folder / "tmp1" / "a.pem").exists()


@pytest.mark.parametrize("by", ["flock", "a file"])
def test_a_folder_that_somebody_holds_is_not_dead(
    here: Path, by: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if by == "a file":
        monkeypatch.setattr("fakeapns.certificates.locks.fcntl", None)
    folder = dead(here)
    held = hold(folder)
    assert held is not None
    remove_dead_folders()
    assert (folder / "tmp1").exists()
    let_go(folder, held)
    remove_dead_folders.cache_clear()
    remove_dead_folders()
    assert not folder.exists()


def test_where_there_is_no_shell_the_next_start_is_left_to_clear_up(
    here: Path, begin: Begin
) -> None:
    process = begin(
        f"import fakeapns.certificates.temporary as module\nmodule.SHELL = 'nowhere'\n{PROGRAM}"
    )
    [folder] = here.iterdir()
    process.kill()
    process.wait()
    assert folder.exists()
    remove_dead_folders()
    assert not folder.exists()


def test_who_cleared_away_all_temporary_files_is_no_end(begin: Begin) -> None:
    process = begin(
        "import shutil; from fakeapns.certificates import temporary_folder\n"
        "shutil.rmtree(temporary_folder().parent)\n"
        "assert temporary_folder().is_dir()\n"
        "print('there', flush=True)"
    )
    process.communicate()
    assert process.returncode == 0


def test_where_no_pipe_can_be_had_it_goes_with_the_program_all_the_same(
    tmp_path: Path, begin: Begin
) -> None:
    process = begin(
        "import os\n"
        "def pipe(): raise OSError(24, 'Too many open files')\n"
        "os.pipe = pipe\n"
        "from fakeapns.certificates import temporary_folder\n"
        "assert temporary_folder().parent == temporary_folder().parent\n"
        "print('there', flush=True)"
    )
    process.communicate()
    assert (process.returncode, list(tmp_path.iterdir())) == (0, [])


def test_who_lost_a_folder_before_it_was_held_has_no_descriptor_of_it(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost: list[tuple[Path, int | None]] = []

    def too_late(directory: Path) -> int | None:
        held = hold(directory)
        if not lost:
            lost.append((directory, held))
            directory.rmdir()
        return held

    monkeypatch.setattr("fakeapns.certificates.held.hold", too_late)
    directory, descriptor = held_folder()
    [(gone, held)] = lost
    # The lowest that is free: the one that was given back.
    assert (directory == gone, descriptor) == (False, held)
    remove_held(directory, descriptor)
