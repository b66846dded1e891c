"""A server in a thread that is interrupted or fails: no hang, nothing left, the reason told."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from fakeapns import Drop, FakeAPNs, ThreadedAPNs, UsageError
from fakeapns.certificates import open_folder

from ..frames import framed
from ..providers import PATIENCE, dial, read_to_end


def mistaken(_: object) -> bool:
    raise ZeroDivisionError


def outcome_of(work: Callable[[], object]) -> BaseException | None:
    """What this raises, in a thread of its own, so that a hang is a failure and not a hang."""
    raised: list[BaseException | None] = []

    def run() -> None:
        try:
            work()
        except BaseException as failure:
            raised.append(failure)
        else:
            raised.append(None)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(PATIENCE)
    assert raised, "it hangs"
    return raised[0]


def nothing_is_left_of(apns: ThreadedAPNs) -> bool:
    """Whether there is neither a thread nor anything that listens."""
    return apns._thread is None and apns._emulator.server is None


# ---- Ctrl-C while it starts -----------------------------------------------------------------


def interrupt(apns: ThreadedAPNs, monkeypatch: pytest.MonkeyPatch, *, once_it_serves: bool) -> None:
    """Press Ctrl-C while `start` waits: before the server has come up, or just when it has."""
    wait = apns._started.result

    def interrupted() -> None:
        if once_it_serves:
            wait(PATIENCE)
        raise KeyboardInterrupt

    monkeypatch.setattr(apns._started, "result", interrupted)


@pytest.mark.parametrize("once_it_serves", [False, True])
def test_an_interrupted_start_leaves_no_server_behind(
    monkeypatch: pytest.MonkeyPatch, once_it_serves: bool
) -> None:
    apns = FakeAPNs().in_thread()
    interrupt(apns, monkeypatch, once_it_serves=once_it_serves)
    assert isinstance(outcome_of(apns.start), KeyboardInterrupt)
    assert nothing_is_left_of(apns)
    # Whoever cleans up may stop it all the same.
    assert outcome_of(apns.stop) is None


def test_a_start_that_is_interrupted_while_certificates_are_minted_never_serves(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    minting, interrupted = threading.Event(), threading.Event()

    def slowly(directory: Path, topics: tuple[str, ...]) -> object:
        minting.set()
        assert interrupted.wait(PATIENCE)
        return open_folder(directory, topics)

    def press_it() -> None:
        assert minting.wait(PATIENCE)
        interrupted.set()
        raise KeyboardInterrupt

    monkeypatch.setattr("fakeapns.fake.emulator.open_folder", slowly)
    apns = FakeAPNs(certs=tmp_path).in_thread()
    monkeypatch.setattr(apns._started, "result", press_it)
    assert isinstance(outcome_of(apns.start), KeyboardInterrupt)
    assert nothing_is_left_of(apns)


def test_a_block_that_is_interrupted_at_its_start_is_left_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    apns = FakeAPNs().in_thread()
    interrupt(apns, monkeypatch, once_it_serves=True)
    entered: list[object] = []

    def enter() -> None:
        with apns as running:
            entered.append(running)

    assert isinstance(outcome_of(enter), KeyboardInterrupt)
    assert entered == []
    assert nothing_is_left_of(apns)


# ---- a server that fails --------------------------------------------------------------------


def make_it_fail(apns: ThreadedAPNs) -> None:
    """Send something at which the server makes a mistake, and wait until it has."""
    apns.inject(Drop(), where=mistaken)
    with dial(apns) as connection:
        connection.sendall(framed(1))
        assert read_to_end(connection) == b""


def test_who_waits_while_the_server_fails_is_told_why() -> None:
    apns = FakeAPNs().in_thread()
    apns.start()
    begun = threading.Event()
    failures: list[BaseException | None] = []

    def look(_: object) -> bool:
        begun.set()
        return False

    def wait() -> None:
        failures.append(outcome_of(lambda: apns.wait_for(where=look, timeout=PATIENCE)))

    with dial(apns) as connection:
        connection.sendall(framed(1))
        apns.wait_for(timeout=PATIENCE)
        waiting = threading.Thread(target=wait)
        waiting.start()
        assert begun.wait(PATIENCE)
    make_it_fail(apns)
    waiting.join()
    [failure] = failures
    assert isinstance(failure, UsageError)
    assert str(failure) == "the server has failed: ZeroDivisionError()"
    assert isinstance(outcome_of(apns.stop), ZeroDivisionError)


def test_who_asks_behind_a_failure_is_told_why() -> None:
    apns = FakeAPNs().in_thread()
    apns.start()
    make_it_fail(apns)
    assert apns._thread is not None
    apns._thread.join(PATIENCE)
    for ask in (apns.wait_for, apns.reset, lambda: apns.wait_until_quiet(0)):
        failure = outcome_of(ask)
        assert isinstance(failure, UsageError)
        assert str(failure) == "the server has failed: ZeroDivisionError()"
    assert isinstance(outcome_of(apns.stop), ZeroDivisionError)
    # It comes out once.
    assert outcome_of(apns.stop) is None


def fail_together(mine: BaseException) -> None:
    with FakeAPNs().in_thread() as apns:
        make_it_fail(apns)
        raise mine


def test_an_exception_of_the_body_says_that_the_server_had_failed_before() -> None:
    mine = AssertionError("mine")
    with pytest.raises(AssertionError) as raised:
        fail_together(mine)
    assert raised.value is mine
    assert mine.__notes__ == ["the server had failed: ZeroDivisionError()"]


def test_an_exception_of_the_body_alone_has_no_note() -> None:
    mine = AssertionError("mine")
    with pytest.raises(AssertionError), FakeAPNs().in_thread():
        raise mine
    assert not hasattr(mine, "__notes__")
