"""A function of an app that fails: told to its test, and nobody else is the worse for it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from fakeapns import ThreadedAPNs, ThreadedDevice, UsageError

from .phones import SILENT, App, at_hand, notify, waiting_for
from .test_mishaps import called_by


def clumsy(phone: object, push: object) -> None:
    raise ZeroDivisionError("clumsy")


ASKING: dict[str, Callable[[ThreadedAPNs, ThreadedDevice], object]] = {
    "a wait": lambda apns, phone: phone.wait_for_delivery(),
    "an assertion about it": lambda apns, phone: phone.assert_woken(1),
    "an assertion": lambda apns, phone: apns.assert_accepted(1),
    "settling": lambda apns, phone: apns.settle(),
    "the end": lambda apns, phone: apns.stop(),
}


def ask_until_told(ask: Callable[[], object]) -> None:
    """A wait that is over does not wait for the app."""
    while True:
        ask()


@pytest.mark.parametrize("how", ASKING)
def test_what_it_raises_is_told_once_with_its_own_traceback(how: str) -> None:
    with at_hand() as (apns, phone):
        phone.on_wake(clumsy)
        notify(apns, phone, SILENT)
        while not phone.wakes:
            apns.catch_up()
        with pytest.raises(ZeroDivisionError, match="clumsy") as raised:
            ask_until_told(lambda: ASKING[how](apns, phone))
        assert called_by(raised.value)[-1] == "clumsy"
        apns.reraise()
        assert apns.failure is None


def woken_clumsily() -> None:
    with at_hand() as (apns, phone):
        phone.on_wake(clumsy)
        notify(apns, phone, SILENT)
        while not phone.wakes:
            apns.catch_up()


def test_the_end_of_the_block_waits_for_it() -> None:
    with pytest.raises(ZeroDivisionError):
        woken_clumsily()


def test_one_that_fails_keeps_no_other_from_being_called() -> None:
    app = App()
    with at_hand() as (apns, phone):
        phone.on_wake(clumsy)
        phone.on_wake(app)
        notify(apns, phone, SILENT, SILENT)
        with pytest.raises(ZeroDivisionError) as raised:
            apns.settle()
        assert len(app.woken) == 2
        assert raised.value.__notes__ == [
            "behind it a function that the server called raised ZeroDivisionError: clumsy"
        ]


def test_what_is_no_function_is_one_sentence() -> None:
    with at_hand() as (_, phone), pytest.raises(UsageError, match="3 is no function: write one"):
        phone.on_wake(3)  # type: ignore[arg-type]


def test_an_async_one_needs_the_trio_form() -> None:
    with at_hand() as (apns, phone):

        @phone.on_wake
        async def app(phone: object, push: object) -> None: ...

        notify(apns, phone, SILENT)
        with pytest.raises(UsageError, match="only the trio form awaits"):
            apns.settle()


def test_one_for_what_was_forgotten_meanwhile_is_told() -> None:
    app = App()
    with waiting_for(app) as (apns, phone):
        apns.reset()
        phone.go_online()
        with pytest.raises(UsageError, match="on_wake of device 1 could not be called: number"):
            apns.settle()
        assert app.woken == []
