"""A failure about a device says what came nearest to it, and why something else became of that."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import httpx

from fakeapns import FakeAPNs, ThreadedAPNs

from ..frames import TOPIC, numbered
from .callers import send
from .judging import failed
from .phones import OTHER, SILENT, at_hand, notify
from .test_live import push as push_live


def told(judge: Callable[[], object]) -> list[str]:
    """The lines of its failure, with `N` for the numbers of entries."""
    return [re.sub(r"number \d+", "number N", line) for line in failed(judge)]


def push(apns: ThreadedAPNs, token: str, aps: object, **headers: str) -> httpx.Response:
    """Send one over the API."""
    usual = {"apns-topic": TOPIC, "apns-push-type": "alert"}
    with httpx.Client(http2=True, verify=apns.ssl_context(), base_url=apns.api.url) as client:
        said = {**usual, **{name.replace("_", "-"): each for name, each in headers.items()}}
        return client.post(f"/3/device/{token}", content=json.dumps({"aps": aps}), headers=said)


def test_one_that_was_kept_and_replaced() -> None:
    with at_hand() as (apns, phone):
        phone.go_offline()
        notify(apns, phone, "one", "two")
        lines = told(lambda: phone.assert_shown(alert="one"))
        device = f"device 1 (token {phone.token[:8]}…)"
        assert lines == [
            f"expected at least 1 shown on {device} alert='one', found 0",
            "nearest, number N: stored: the phone is offline; replaced by number N ('one')",
            "it was sent 2 notifications, by the seq of their entries:",
            "  number N: stored: the phone is offline; replaced by number N ('one')",
            "  number N: stored: the phone is offline ('two')",
        ]


def test_its_numbers_are_those_of_the_entries() -> None:
    with at_hand() as (apns, phone):
        phone.go_offline()
        notify(apns, phone, "one", "two")
        nearest = failed(lambda: phone.assert_shown(alert="one"))[1]
        one, two = apns.notifications
        assert nearest.startswith(f"nearest, number {one.seq}: stored")
        assert f"replaced by number {two.seq} " in nearest


def test_one_that_says_something_else() -> None:
    with at_hand() as (apns, phone):
        notify(apns, phone, {"alert": "Coffee", "badge": 2})
        lines = told(lambda: phone.assert_shown(alert="Tea", badge=2))
        assert lines[1:3] == [
            "nearest, number N: delivered: shown ('Coffee', badge 2)",
            "    alert: expected 'Tea', is 'Coffee'",
        ]


def test_one_that_nobody_was_shown() -> None:
    with at_hand() as (apns, phone):
        phone.launch()
        notify(apns, phone, "Tea")
        assert told(lambda: phone.assert_shown())[1] == (
            "nearest, number N: delivered: the app is in the foreground, and does not show it "
            "('Tea')"
        )
        phone.deny_permission()
        phone.background()
        notify(apns, phone, "Cake")
        assert told(lambda: phone.assert_shown())[1] == (
            "nearest, number N: dropped: notifications are not permitted to the app ('Cake')"
        )


def test_why_an_app_was_not_woken() -> None:
    with at_hand() as (apns, phone):
        notify(apns, phone, "Tea")
        assert told(lambda: phone.assert_woken())[1:3] == [
            "nearest, number N: delivered: shown ('Tea')",
            "    payload.aps.content-available: expected 1, is (absent)",
        ]
        phone.force_quit()
        notify(apns, phone, SILENT)
        assert told(lambda: phone.assert_woken())[1].startswith(
            "nearest, number N: dropped: it is silent, and the user has ended the app ("
        )
        phone.launch()
        notify(apns, phone, SILENT)
        assert told(lambda: phone.assert_woken())[1].startswith(
            "nearest, number N: delivered: handed to the app in the foreground, with nothing to "
        )
        phone.background()
        notify(apns, phone, {"content-available": True})
        assert told(lambda: phone.assert_woken())[2] == (
            "    payload.aps.content-available: expected 1, is True"
        )


def test_why_an_app_was_not_woken_by_what_was_shown() -> None:
    with at_hand() as (apns, phone):
        phone.low_power(True)
        notify(apns, phone, {"alert": "Tea", **SILENT})
        assert told(lambda: phone.assert_woken())[1] == (
            "nearest, number N: delivered: shown, and the app not woken: the phone saves power, "
            "and wakes no app for silent pushes ('Tea')"
        )
        phone.force_quit()
        notify(apns, phone, {"alert": "Cake", **SILENT})
        assert told(lambda: phone.assert_woken())[1] == (
            "nearest, number N: delivered: shown, and the app not woken: the user has ended it "
            "('Cake')"
        )


def test_what_woke_an_app_unasked() -> None:
    with at_hand() as (apns, phone):
        notify(apns, phone, SILENT)
        assert told(lambda: phone.assert_woken(0))[1].startswith(
            "found, number N: delivered: there is nothing to show; the app was woken for 30 s ("
        )


def test_more_than_a_few_that_should_not_be_there_are_counted() -> None:
    with at_hand() as (apns, phone):
        notify(apns, phone, *map(str, range(30)))
        lines = told(lambda: phone.assert_not_shown())
        assert [line for line in lines if line.startswith("found, ")] == lines[1:4]
        assert lines[4] == "… and 27 more"
        assert "  … 10 more: see phone.deliveries" in lines
        assert len(lines) < 30


def test_which_notification_the_badge_is_of() -> None:
    with at_hand() as (apns, phone):
        device = f"device 1 (token {phone.token[:8]}…)"
        assert told(lambda: phone.assert_badge(1))[0] == f"expected badge 1 on {device}, is 0"
        notify(apns, phone, {"badge": 2})
        assert told(lambda: phone.assert_badge(1))[0] == (
            f"expected badge 1 on {device}, is 2, set by number N"
        )
        phone.read()
        assert told(lambda: phone.assert_badge(2))[0] == (
            f"expected badge 2 on {device}, is 0, and was 2 behind number N"
        )
        phone.go_offline()
        notify(apns, phone, {"badge": 5})
        assert told(lambda: phone.assert_badge(5))[1] == (
            'nearest, number N: stored: the phone is offline ({"aps": {"badge": 5}}, badge 5)'
        )


def test_one_to_an_old_token() -> None:
    with at_hand() as (apns, phone):
        old = phone.token_bytes
        notify(apns, old, "early")
        apns.settle()
        phone.reinstall()
        phone.background()
        notify(apns, old, "late")
        lines = told(lambda: phone.assert_delivered(alert="late"))
        assert lines[1] == (
            "nearest, number N: dropped: the app was removed from the device; it was sent to an "
            f"old token, {old.hex()[:8]}… ('late')"
        )
        # That was its token by then.
        assert lines[3] == "  number N: delivered: shown ('early')"


def test_one_to_it_that_was_refused() -> None:
    with at_hand() as (apns, phone):
        push(apns, phone.token, {"alert": "Tea"}, apns_topic=OTHER)
        nearest = told(lambda: phone.assert_shown(alert="Tea"))[1]
        assert nearest.startswith("nearest, number N: rejected 400 DeviceTokenNotForTopic: ")
        assert nearest.endswith("('Tea')")


def test_one_that_was_refused_since_its_token_is_an_old_one() -> None:
    with at_hand() as (apns, phone):
        was = phone.token
        phone.rotate_token()
        assert push(apns, was, {"alert": "Tea"}).status_code == 410
        nearest = told(lambda: phone.assert_shown(alert="Tea"))[1]
        assert nearest.startswith("nearest, number N: rejected 410 Unregistered: ")
        assert f"; it was sent to an old token, {was[:8]}… (" in nearest


def test_nothing_for_it_and_to_whom_there_was_something() -> None:
    with at_hand() as (apns, phone):
        assert told(lambda: phone.assert_shown())[1] == (
            "nothing was sent to it, nor to anybody else"
        )
        other = apns.devices.add(TOPIC)
        notify(apns, other, "one", "two")
        notify(apns, numbered(2**255), "three")
        assert told(lambda: phone.assert_shown())[1:4] == [
            f"nothing was sent to it, which is token {phone.token} {TOPIC}; instead to",
            f"  token {other.token[:8]}… topic {TOPIC}, device 2, 2 times",
            f"  token 80000000… topic {TOPIC}",
        ]
        for number in range(1, 4):
            notify(apns, bytes([number]) * 32, "four")
        assert "  … and 2 others" in told(lambda: phone.assert_shown())


def test_its_token_as_text() -> None:
    with at_hand() as (apns, phone):
        notify(apns, phone.token.encode(), "Tea")
        assert "one of these is the wanted token as hex text" in told(lambda: phone.assert_shown())


def test_one_from_before_there_was_the_device() -> None:
    with FakeAPNs().in_thread() as apns:
        notify(apns, numbered(2**255), "Tea")
        apns.settle()
        phone = apns.devices.add(TOPIC, numbered(2**255))
        assert told(lambda: phone.assert_shown())[1] == (
            "nearest, number N: accepted when no device had this token ('Tea')"
        )
        phone = apns.devices.add(OTHER, numbered(2**255))
        assert told(lambda: phone.assert_shown())[1] == (
            f"nearest, number N: accepted for {TOPIC}, and the app on this device is {OTHER} "
            "('Tea')"
        )


def test_one_to_a_token_of_its_live_activity_that_was_refused() -> None:
    with at_hand() as (apns, phone):
        activity = phone.start_activity("MatchAttributes")
        assert activity.token is not None
        activity.rotate_token()
        assert push_live(apns, activity.tokens[0].token) == 410
        [nearest] = [line for line in told(lambda: phone.assert_delivered()) if "nearest" in line]
        assert nearest.startswith("nearest, number N: rejected 410 Unregistered: the token was ")


def test_what_had_waited_too_long_is_said_to_be_over() -> None:
    with at_hand() as (apns, phone):
        phone.go_offline()
        push(apns, phone.token, {"alert": "Tea"}, apns_expiration=str(int(apns.clock.now()) + 60))
        apns.clock.advance("2m")
        assert told(lambda: phone.assert_shown())[1] == (
            "nearest, number N: stored: the phone is offline; expired: its time was over ('Tea')"
        )


def test_what_else_there_is_to_know_stands_below() -> None:
    with at_hand() as (apns, phone):
        send(apns, b"\x09")
        apns.settle()
        lines = told(lambda: phone.assert_shown())
        assert any("a frame could not be read" in line for line in lines)
