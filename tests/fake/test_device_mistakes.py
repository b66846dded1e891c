"""What a test does wrong with a device is an error: else it would pass whatever is sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from fakeapns import Device, FakeAPNs, ThreadedDevice, UsageError

from ..frames import TOPIC
from .phones import OTHER, App, at_hand, notify

Use = Callable[[Any], object]


def of_a_typo(push: Any) -> bool:
    return bool(push.typo)


@pytest.mark.parametrize("name", ["assert_shown", "assert_delivered", "assert_woken"])
@pytest.mark.parametrize("count", [0, 1, None])
def test_a_function_that_raises_is_not_one_that_nothing_meets(name: str, count: Any) -> None:
    with at_hand() as (apns, phone):
        notify(apns, phone, {"alert": "Tea", "content-available": 1})
        with pytest.raises(AttributeError, match="typo"):
            getattr(phone, name)(count, where=of_a_typo)
        with pytest.raises(AttributeError, match="typo"):
            phone.assert_not_shown(where=of_a_typo)


def test_a_function_is_asked_only_where_all_else_holds() -> None:
    with at_hand() as (apns, phone):
        notify(apns, phone, "Tea")
        phone.assert_not_shown(alert="Coffee", where=of_a_typo)


@pytest.mark.parametrize(
    "of",
    [
        *(lambda phone: phone.inbox, lambda phone: phone.deliveries),
        *(lambda phone: phone.notification_center, lambda phone: phone.badge),
        *(lambda phone: phone.wakes, lambda phone: phone.activities),
        *(lambda phone: phone.assert_not_shown(), lambda phone: phone.assert_badge(0)),
        *(lambda phone: phone.wake(), lambda phone: phone.add_app(OTHER)),
        *(lambda phone: phone.on_wake(App()), lambda phone: phone.start_token),
        lambda phone: phone.wait_for_delivery(timeout=0),
    ],
)
def test_a_device_from_before_a_renewal_is_not_taken_for_the_next_one(of: Use) -> None:
    with at_hand() as (apns, phone):
        apns.renew()
        # It has the same number, and all that is sent to it would be sent to both.
        other = apns.devices.add(TOPIC)
        assert other.number == phone.number
        notify(apns, other, {"alert": "Tea", "content-available": 1})
        with pytest.raises(UsageError, match=r"is of before renew\(\), which has forgotten all"):
            of(phone)
        other.assert_shown(1)
        # Who it was may still be looked at.
        assert (phone.topic, phone.state) == (TOPIC, "active")


@pytest.mark.parametrize("use", [lambda held: held.rotate_token(), lambda held: held.dismiss()])
def test_nor_is_its_live_activity(use: Use) -> None:
    with at_hand() as (apns, phone):
        activity = phone.start_activity("Match")
        apns.renew()
        with pytest.raises(UsageError, match="is of before renew"):
            use(activity)


@pytest.mark.parametrize(
    "wrong",
    [
        *(lambda phone: phone.low_power("no"), lambda phone: phone.low_power(0)),
        *(lambda phone: phone.background_refresh(None), lambda phone: phone.foreground(presents=1)),
    ],
)
def test_what_is_no_truth_is_neither(wrong: Use) -> None:
    with at_hand() as (_, phone), pytest.raises(UsageError, match=r"write True or False$"):
        wrong(phone)


@pytest.mark.parametrize("name", ["online", "low_power", "asleep", "badge", "permission"])
def test_a_device_is_told_what_happens_and_not_what_it_is(name: str) -> None:
    with at_hand() as (_, phone), pytest.raises(AttributeError):
        setattr(phone, name, True)


async def test_nor_is_one_in_trio() -> None:
    async with FakeAPNs() as apns:
        with pytest.raises(AttributeError):
            apns.devices.add(TOPIC).online = False  # type: ignore[attr-defined]


@pytest.mark.parametrize("use", [Device.tap, Device.dismiss])
@pytest.mark.parametrize("wrong", ["Tea", 3, None])
def test_only_what_a_phone_was_sent_can_be_dismissed(use: Callable[..., None], wrong: Any) -> None:
    with at_hand() as (_, phone), pytest.raises(UsageError, match="nothing that a phone was sent"):
        use(phone, wrong)


def test_none_is_no_badge() -> None:
    with at_hand() as (_, phone), pytest.raises(UsageError, match=r"write a number, 0 for none$"):
        phone.assert_badge(None)  # type: ignore[arg-type]


def test_an_app_is_on_a_phone_once() -> None:
    with at_hand() as (_, phone):
        other = phone.add_app(OTHER)
        for again in (TOPIC, OTHER):
            with pytest.raises(UsageError, match=f"{again} is an app of this phone already"):
                other.add_app(again)
        phone.uninstall()
        with pytest.raises(UsageError, match=r"for one that was removed reinstall\(\)$"):
            other.add_app(TOPIC)


@pytest.mark.parametrize("count", [True, False])
def test_a_truth_is_no_number(count: Any) -> None:
    with at_hand() as (apns, phone):
        ways: list[Callable[[], object]] = [
            *(lambda: phone.assert_shown(count), lambda: phone.wait_for_delivery(count)),
            *(lambda: apns.assert_accepted(count), lambda: apns.wait_for(count)),
        ]
        for way in ways:
            with pytest.raises(UsageError, match=f"^{count} is no number of "):
                way()


def test_it_had_its_token_before_its_app_went() -> None:
    with at_hand() as (apns, phone):
        phone.uninstall(at="2h")
        [token] = phone.tokens
        assert token.until is not None
        assert token.since <= token.until
        phone.install()
        assert phone.tokens[0].until is None
        gone: ThreadedDevice = apns.devices.add(TOPIC, state="uninstalled", since="1h")
        assert gone.tokens[0].since == gone.since
        activity = phone.start_activity("Match")
        phone.uninstall(at="2h")
        assert activity.tokens[0].since == activity.tokens[0].until


@pytest.mark.parametrize("wrong", [TOPIC, 3, None, [3], ["a b"]])
def test_feedback_is_asked_for_a_list_of_topics(wrong: Any) -> None:
    with at_hand() as (apns, _), pytest.raises(UsageError, match=r"is no (list of )?topic"):
        apns.devices.feedback(wrong)


def test_what_is_no_topic_finds_nobody() -> None:
    with at_hand() as (apns, phone):
        assert apns.devices.find(phone, TOPIC) == phone
        with pytest.raises(UsageError, match="is no topic"):
            apns.devices.find(phone, 3)  # type: ignore[arg-type]


def test_behind_a_reset_nobody_is_sent_to_look_for_the_server() -> None:
    with at_hand() as (apns, phone):
        notify(apns, phone, "Tea")
        phone.assert_shown(1)
        apns.reset()
        for judge in (phone.assert_shown, apns.assert_accepted):
            with pytest.raises(AssertionError) as raised:
                judge(1)
            assert str(raised.value).endswith(
                "what came before reset() is on record no more, and nothing has come since"
            )


def test_an_app_goes_now_or_went_and_is_not_bidden_to_go() -> None:
    with at_hand() as (apns, phone):
        later = apns.clock.now() + 3600
        for way in (
            lambda: phone.uninstall(at=later),
            lambda: apns.devices.add(TOPIC, state="uninstalled", since=later),
        ):
            with pytest.raises(UsageError, match=r" is still to come: let it be then first, "):
                way()
        assert phone.state == "active"
        apns.clock.advance("1h")
        phone.uninstall(at=later)
        assert phone.since == later
