"""A server in a thread that is interrupted or fails: no hang, nothing left, the reason told."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

import pytest

from fakeapns import FakeAPNs, StartError, ThreadedAPNs, UsageError
from fakeapns.certificates import open_folder
from fakeapns.fake.in_thread import RUNNING
from fakeapns.fake.server_thread import NAME

from ..breaking import BrittleLedger
from ..frames import framed
from ..providers import PATIENCE, dial, read_to_end


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


def threads() -> list[threading.Thread]:
    """Those in which servers run."""
    return [each for each in threading.enumerate() if each.name == NAME]


def nothing_is_left_of(apns: ThreadedAPNs) -> bool:
    """Whether there is neither a thread nor anything that listens."""
    for port in apns.ports:
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), PATIENCE)
    return apns not in RUNNING and not threads()


# ---- Ctrl-C while it starts -----------------------------------------------------------------


#: Waits until the server has come up, so many seconds at most.
Wait = Callable[[float], None]


def at_once(_: Wait) -> None:
    """Before the server has come up."""


def once_it_serves(wait: Wait) -> None:
    """Just when the server has come up."""
    wait(PATIENCE)


def interrupt(monkeypatch: pytest.MonkeyPatch, when: Callable[[Wait], None]) -> None:
    """Press Ctrl-C while `start` waits: as soon as `when` returns."""

    class Interrupted(Future[None]):
        def result(self, timeout: float | None = None) -> None:
            when(super().result)
            raise KeyboardInterrupt

    monkeypatch.setattr("fakeapns.fake.server_thread.Future", Interrupted)


@pytest.mark.parametrize("when", [at_once, once_it_serves])
def test_an_interrupted_start_leaves_no_server_behind(
    monkeypatch: pytest.MonkeyPatch, when: Callable[[Wait], None]
) -> None:
    apns = FakeAPNs().in_thread()
    interrupt(monkeypatch, when)
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

    def while_minting(_: Wait) -> None:
        assert minting.wait(PATIENCE)
        interrupted.set()

    monkeypatch.setattr("fakeapns.fake.emulator.open_folder", slowly)
    apns = FakeAPNs(certs=tmp_path).in_thread()
    interrupt(monkeypatch, while_minting)
    assert isinstance(outcome_of(apns.start), KeyboardInterrupt)
    assert nothing_is_left_of(apns)


def test_a_block_that_is_interrupted_at_its_start_is_left_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    apns = FakeAPNs().in_thread()
    interrupt(monkeypatch, once_it_serves)
    entered: list[object] = []

    def enter() -> None:
        with apns as running:
            entered.append(running)

    assert isinstance(outcome_of(enter), KeyboardInterrupt)
    assert entered == []
    assert nothing_is_left_of(apns)


# ---- a server that fails --------------------------------------------------------------------


@pytest.fixture
def ledger(tmp_path: Path) -> BrittleLedger:
    return BrittleLedger(tmp_path)


def make_it_fail(apns: ThreadedAPNs, ledger: BrittleLedger) -> None:
    """Send something that the server cannot record, and wait until it has failed."""
    with dial(apns) as connection:
        # That it has opened is recorded behind the handshake, and is not what fails.
        apns.settle()
        ledger.break_it()
        connection.sendall(framed(1))
        assert read_to_end(connection) == b""


def test_who_waits_while_the_server_fails_is_told_why(ledger: BrittleLedger) -> None:
    apns = FakeAPNs(ledger=ledger.path).in_thread()
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
    make_it_fail(apns, ledger)
    waiting.join()
    [failure] = failures
    assert isinstance(failure, UsageError)
    assert str(failure) == f"the server has failed: StartError({ledger.said()!r})"
    assert isinstance(outcome_of(apns.stop), StartError)


def test_who_asks_behind_a_failure_is_told_why(ledger: BrittleLedger) -> None:
    apns = FakeAPNs(ledger=ledger.path).in_thread()
    apns.start()
    make_it_fail(apns, ledger)
    # It may have ended already.
    for thread in threads():
        thread.join(PATIENCE)
    for ask in (lambda: apns.wait_for(2), apns.reset, lambda: apns.wait_until_quiet(0)):
        failure = outcome_of(ask)
        assert isinstance(failure, UsageError)
        assert str(failure) == f"the server has failed: StartError({ledger.said()!r})"
    assert isinstance(outcome_of(apns.stop), StartError)
    # It comes out once.
    assert outcome_of(apns.stop) is None


def fail_together(mine: BaseException, ledger: BrittleLedger) -> None:
    with FakeAPNs(ledger=ledger.path).in_thread() as apns:
        make_it_fail(apns, ledger)
        raise mine


def test_an_exception_of_the_body_says_that_the_server_had_failed_before(
    ledger: BrittleLedger,
) -> None:
    mine = AssertionError("mine")
    with pytest.raises(AssertionError) as raised:
        fail_together(mine, ledger)
    assert raised.value is mine
    assert mine.__notes__ == [f"the server had failed: StartError({ledger.said()!r})"]


def test_an_exception_of_the_body_alone_has_no_note() -> None:
    mine = AssertionError("mine")
    with pytest.raises(AssertionError), FakeAPNs().in_thread():
        raise mine
    assert not hasattr(mine, "__notes__")
