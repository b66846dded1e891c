"""A function of the user that raises where the server calls it: told to the test, and only that."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import Any, ClassVar

import pytest
import trio
from trio.testing import MockClock

from fakeapns import (
    Drop,
    FakeAPNs,
    On,
    Reject,
    Scenario,
    Step,
    ThreadedAPNs,
)
from fakeapns.push import Push
from fakeapns.scenario.faults import Fault, Service, Stage

from ..frames import framed, numbered
from ..providers import dial, read_to_end
from .callers import send


def mistaken(push: Push) -> bool:
    return bool(push.payload["no such key"])


def called_by(failure: BaseException) -> list[str]:
    """The functions in its traceback."""
    return [each.name for each in traceback.extract_tb(failure.__traceback__)]


def disturbed() -> FakeAPNs:
    apns = FakeAPNs()
    apns.inject(Reject("unknown"), where=mistaken)
    return apns


ASKING: list[Callable[[ThreadedAPNs], object]] = [
    lambda apns: apns.wait_for(),
    lambda apns: apns.wait_for(9, timeout=0),
    lambda apns: apns.wait_for_feedback_read(timeout=0),
    lambda apns: apns.wait_until_quiet(0),
    lambda apns: apns.find(),
    lambda apns: apns.assert_accepted(),
    lambda apns: apns.assert_rejected(),
    lambda apns: apns.assert_discarded(),
    lambda apns: apns.assert_nothing_accepted(),
    lambda apns: apns.audit([(numbered(1), {})]),
    lambda apns: apns.assert_audit([(numbered(1), {})]),
    lambda apns: apns.reraise(),
    lambda apns: apns.stop(),
]


@pytest.mark.parametrize("ask", ASKING)
def test_a_where_that_raises_is_told_by_what_is_asked_next_and_once(
    ask: Callable[[ThreadedAPNs], object],
) -> None:
    with disturbed().in_thread() as apns:
        with dial(apns) as connection:
            connection.sendall(framed(1))
            connection.unwrap().close()
        while not apns.accepted:
            apns.catch_up()
        with pytest.raises(KeyError, match="no such key") as raised:
            ask(apns)
        assert called_by(raised.value)[-1] == "mistaken"
        apns.reraise()


def test_the_push_at_which_a_where_raised_is_judged_as_if_its_step_did_not_match() -> None:
    def second(push: Push) -> bool:
        if push.identifier == 2:
            raise ValueError("two")
        return push.identifier == 3

    with FakeAPNs().in_thread() as apns:
        apns.inject(Reject("unknown"), where=second)
        with dial(apns) as other, dial(apns) as connection:
            connection.sendall(framed(1) + framed(2) + framed(3))
            assert len(read_to_end(connection)) == 6
            # Others go on, and so does the server.
            other.sendall(framed(4))
            other.unwrap().close()
        with pytest.raises(ValueError, match="two"):
            apns.wait_for(3)
        apns.wait_for(3)
        assert [each.identifier for each in apns.accepted] == [1, 2, 4]
        assert [each.identifier for each in apns.rejected] == [3]
        assert apns.failure is None


def meet(apns: ThreadedAPNs) -> None:
    """Send something, and return once the function has raised."""
    send(apns, framed(1))
    while not apns.accepted:
        apns.catch_up()


def meet_and(change: str) -> None:
    with disturbed().in_thread() as apns:
        meet(apns)
        getattr(apns, change)()


@pytest.mark.parametrize("change", ["restart", "renew", "reset", "catch_up"])
def test_what_a_where_raised_outlives_a_new_beginning_and_ends_the_block(change: str) -> None:
    with pytest.raises(KeyError) as raised:
        meet_and(change)
    assert called_by(raised.value)[-1] == "mistaken"


async def meet_twice_in_trio() -> None:
    async with disturbed() as apns:
        stream = await apns.connect()
        await stream.send_all(framed(1) + framed(2))
        await trio.sleep(1)
        assert len(apns.accepted) == 2


async def test_the_block_of_a_server_in_trio_ends_with_it(autojump_clock: MockClock) -> None:
    with pytest.raises(KeyError) as raised:
        await meet_twice_in_trio()
    assert called_by(raised.value)[-1] == "mistaken"
    assert raised.value.__notes__ == [
        "behind it a function that the server called raised KeyError: 'no such key'"
    ]


async def test_a_wait_in_trio_is_told(autojump_clock: MockClock) -> None:
    async with disturbed() as apns:
        stream = await apns.connect()
        await stream.send_all(framed(1))
        with pytest.raises(KeyError):
            await apns.wait_for(2)
        await apns.wait_for()


def meet_and_fail(mine: Exception) -> None:
    with disturbed().in_thread() as apns:
        meet(apns)
        raise mine


def test_the_failure_of_the_body_has_it_as_a_note() -> None:
    mine = AssertionError("mine")
    with pytest.raises(AssertionError, match="mine"):
        meet_and_fail(mine)
    assert mine.__notes__ == [
        "a function that the server called had raised KeyError: 'no such key'"
    ]


def test_a_scenarios_where_is_no_different() -> None:
    story = Scenario(about="Broken.", step=(Step(Reject(), On(where=mistaken)),))
    with FakeAPNs(scenario=story).in_thread() as apns:
        send(apns, framed(1))
        with pytest.raises(KeyError):
            apns.wait_for()


class Odd:
    """What cannot be compared, as a table of numbers cannot."""

    def __eq__(self, other: object) -> bool:
        raise TypeError("odd")

    __hash__ = None  # type: ignore[assignment]


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ({"where": lambda _: pytest.fail("the test's own")}, pytest.fail.Exception),
        ({"where": lambda _: Truthless()}, TypeError),
        ({"payload": {"aps.alert": Odd()}}, TypeError),
    ],
    ids=["an outcome of pytest", "no truth", "a payload that cannot be compared"],
)
def test_whatever_a_trigger_calls_may_raise(
    on: dict[str, Any], expected: type[BaseException]
) -> None:
    with FakeAPNs().in_thread() as apns:
        apns.inject(Drop(), **on)
        send(apns, framed(1, payload=b'{"aps":{"alert":"Hello"}}'))
        with pytest.raises(expected):
            apns.wait_for()


class Truthless:
    def __bool__(self) -> bool:
        raise TypeError("neither")


# ---- faults of the user's own -----------------------------------------------------------------


class Clumsy(Fault, frozen=True):
    """A fault that fails."""

    def act(self, at: Any) -> None:
        raise ZeroDivisionError("clumsy")


class ClumsyBehind(Clumsy, frozen=True, tag="clumsy_behind"):
    """Behind an accepted push."""


class ClumsyDecision(Clumsy, frozen=True, tag="clumsy_decision"):
    """Instead of saying what becomes of a push."""

    decides: ClassVar[bool] = True


class ClumsyArrival(Clumsy, frozen=True, tag="clumsy_arrival"):
    stages: ClassVar[tuple[Stage, ...]] = ("accept",)


class ClumsyHandshake(Clumsy, frozen=True, tag="clumsy_handshake"):
    stages: ClassVar[tuple[Stage, ...]] = ("handshake",)


class ClumsyReading(Clumsy, frozen=True, tag="clumsy_reading"):
    stages: ClassVar[tuple[Stage, ...]] = ("feedback",)
    services: ClassVar[tuple[Service, ...]] = ("feedback",)


@pytest.mark.parametrize(
    "fault", [ClumsyBehind(), ClumsyDecision(), ClumsyArrival(), ClumsyHandshake()], ids=str
)
def test_a_fault_that_raises_is_told_and_the_push_accepted(fault: Fault) -> None:
    with FakeAPNs().in_thread() as apns:
        apns.inject(fault)
        send(apns, framed(1))
        with pytest.raises(ZeroDivisionError, match="clumsy") as raised:
            apns.wait_for()
        assert called_by(raised.value)[-1] == "act"
        apns.wait_for()


def test_a_fault_that_raises_at_feedback_is_told_and_the_list_is_read() -> None:
    with FakeAPNs().in_thread() as apns:
        apns.inject(ClumsyReading())
        with dial(apns, service="feedback") as connection:
            assert read_to_end(connection) == b""
        with pytest.raises(ZeroDivisionError):
            apns.wait_for_feedback_read()
        apns.wait_for_feedback_read()
