"""Assertions on a server that cannot be asked what is on its way: they judge at once."""

from __future__ import annotations

import threading
from pathlib import Path

from fakeapns import FakeAPNs, Reject, StartError

from ..breaking import BrittleLedger
from ..frames import framed
from ..providers import PATIENCE, dial, knock
from .judging import FOREVER, failed, served
from .test_thread_failures import make_it_fail, outcome_of


def test_a_server_that_was_never_started_is_judged_at_once() -> None:
    apns = FakeAPNs(settle=FOREVER).in_thread()
    apns.assert_nothing_accepted()
    assert apns.find() == []
    apns.settle()
    assert failed(apns.assert_accepted)[0] == "expected at least 1 accepted, found 0"


def test_a_server_that_was_stopped_is_judged_at_once() -> None:
    with served() as apns, dial(apns) as connection:
        connection.sendall(framed(1))
        apns.settle()
    apns.assert_accepted(1)
    assert failed(lambda: apns.assert_accepted(2))[0] == "expected exactly 2 accepted, found 1"


def test_a_server_that_has_failed_is_judged_at_once(tmp_path: Path) -> None:
    ledger = BrittleLedger(tmp_path)
    apns = FakeAPNs(settle=FOREVER, ledger=ledger.path).in_thread()
    apns.start()
    make_it_fail(apns, ledger)
    # It failed at one of its last entries.
    there = len(apns.accepted)
    assert outcome_of(lambda: apns.assert_accepted(there)) is None
    said = failed(lambda: apns.assert_accepted(2))[0]
    assert said == f"expected exactly 2 accepted, found {there}"
    assert isinstance(outcome_of(apns.stop), StartError)


def test_a_server_that_is_stopped_meanwhile_keeps_nobody_waiting() -> None:
    with served() as apns, knock(apns):
        judged: list[BaseException | None] = []
        judging = threading.Thread(
            target=lambda: judged.append(outcome_of(lambda: apns.assert_accepted(0)))
        )
        judging.start()
        apns.stop()
        judging.join(PATIENCE)
        assert judged == [None]


def test_who_asks_from_within_the_server_is_answered_at_once() -> None:
    with served() as apns, dial(apns) as connection:
        asked: list[int] = []

        def look(_: object) -> bool:
            asked.append(len(apns.find()))
            return False

        apns.inject(Reject(), where=look)
        connection.sendall(framed(1) + framed(2))
        apns.assert_accepted(2)
        assert asked == [0, 1]


def test_a_server_that_is_too_busy_to_answer_keeps_nobody_waiting() -> None:
    with FakeAPNs(settle="1ms").in_thread() as apns, dial(apns) as connection:
        begun, go_on = threading.Event(), threading.Event()

        def stand_still(_: object) -> bool:
            begun.set()
            return not go_on.wait(PATIENCE)

        apns.inject(Reject(), where=stand_still)
        connection.sendall(framed(1))
        assert begun.wait(PATIENCE)
        lines = failed(lambda: apns.assert_accepted(1))
        assert "the server was too busy to say what is on its way" in lines
        go_on.set()
