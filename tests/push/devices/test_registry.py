"""Devices and feedback lists, step by step."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fakeapns.errors import UsageError
from fakeapns.push.devices import Devices, Removal

from ...frames import TOKEN, TOPIC, numbered

OTHER = "com.example.other"
NOW = 1_600_000_000.75


@pytest.fixture
def devices() -> Devices:
    return Devices(lambda: NOW)


def test_a_device_is_found_by_its_token_and_topic(devices: Devices) -> None:
    device = devices.add(TOPIC, TOKEN)
    assert devices.find(TOKEN) == {TOPIC: device.registration}
    assert devices.find(b"other") == {}
    assert (device.token, device.state) == (TOKEN.hex(), "active")
    assert repr(device) == "<Device 00010203… com.example.app active>"


def test_a_token_is_among_the_devices_as_its_device_is(devices: Devices) -> None:
    device = devices.add(TOPIC, "1b")
    for known in (device, device.token, device.token.upper(), device.token_bytes, "1b"):
        assert known in devices, known
    assert TOKEN not in devices
    # One of another server is not here, whatever its token.
    assert Devices(lambda: NOW).add(TOPIC, "1b") not in devices
    for wrong in ("com.example.app", 5, None):
        with pytest.raises(UsageError, match="is no device token"):
            assert wrong not in devices


def test_a_token_may_be_hex_or_one_byte_for_all_32(devices: Devices) -> None:
    assert devices.add(TOPIC, "<0A0B 0C>").token_bytes == b"\x0a\x0b\x0c"
    assert devices.add(TOPIC, "1b").token_bytes == b"\x1b" * 32
    assert devices.add(TOPIC, b"\x1b").token_bytes == b"\x1b"


def test_a_later_removal_of_the_same_device_is_not_taken_for_the_one_that_was_listed(
    devices: Devices,
) -> None:
    device = devices.add(TOPIC, TOKEN, "uninstalled", since=100.0)
    devices.report(device.registration)
    [(topic, first)] = devices.feedback([TOPIC])
    device.uninstall(at=200.0)
    devices.report(device.registration)
    assert not devices.take(topic, first)
    assert [entry.timestamp for _, entry in devices.feedback([TOPIC])] == [200]


def test_a_token_that_is_made_up_is_the_same_in_every_run(devices: Devices) -> None:
    first, second = devices.add(TOPIC), devices.add(TOPIC)
    again = Devices(lambda: 0)
    assert [again.add(TOPIC).token, again.add(TOPIC).token] == [first.token, second.token]
    assert first.token.startswith("e71b02cf15404d92")
    assert len({first.token, second.token, devices.add(OTHER).token}) == 3
    assert len(first.token_bytes) == 32


def test_one_token_may_stand_under_several_topics_but_once_under_each(devices: Devices) -> None:
    first, second = devices.add(TOPIC, TOKEN), devices.add(OTHER, TOKEN)
    with pytest.raises(UsageError, match=r"00010203… is registered twice under com\.example\.app"):
        devices.add(TOPIC, TOKEN)
    assert devices.find(TOKEN) == {TOPIC: first.registration, OTHER: second.registration}
    assert list(devices) == [first.registration, second.registration]
    assert len(devices) == 2


def test_what_is_no_token_or_no_state_is_refused(devices: Devices) -> None:
    with pytest.raises(UsageError, match="is no device token"):
        devices.add(TOPIC, "xyz")
    with pytest.raises(UsageError, match="'gone' does not exist"):
        devices.add(TOPIC, TOKEN, state="gone")  # type: ignore[arg-type]
    assert len(devices) == 0


@pytest.mark.parametrize(
    ("at", "since"),
    [
        (None, NOW),
        (12.5, 12.5),
        (datetime(2020, 1, 1, tzinfo=UTC), 1_577_836_800.0),
    ],
    ids=["now", "seconds", "datetime"],
)
def test_an_app_may_be_removed_now_or_at_another_moment(
    devices: Devices, at: float | datetime | None, since: float
) -> None:
    before = devices.add(TOPIC, numbered(1), "uninstalled", since=at)
    later = devices.add(TOPIC, numbered(2))
    later.uninstall(at)
    assert [before.since, later.since] == [since, since]
    assert [before.state, later.state] == ["uninstalled", "uninstalled"]


def test_an_app_that_is_installed_again_is_active(devices: Devices) -> None:
    device = devices.add(TOPIC, state="uninstalled")
    device.install()
    devices.report(device.registration)
    assert (device.state, device.since) == ("active", None)
    assert devices.feedback([TOPIC]) == []


def test_removal_alone_puts_nothing_on_the_list(devices: Devices) -> None:
    devices.add(TOPIC, TOKEN).uninstall()
    assert devices.feedback([TOPIC]) == []


def test_the_list_is_per_topic_and_oldest_first(devices: Devices) -> None:
    for topic, number, since in [(TOPIC, 1, 30), (OTHER, 2, 10), (TOPIC, 3, 20)]:
        device = devices.add(topic, numbered(number), "uninstalled", since=since)
        devices.report(device.registration)
    one, two, three = (
        (OTHER, Removal(10, numbered(2))),
        (TOPIC, Removal(20, numbered(3))),
        (TOPIC, Removal(30, numbered(1))),
    )
    assert devices.feedback([TOPIC]) == [two, three]
    assert devices.feedback([TOPIC, OTHER]) == [one, two, three]
    assert devices.feedback(["com.example.nobody"]) == []


LONG_AGO = datetime(2015, 3, 4, 5, 6, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "moment"),
    [
        (1_425_445_567, 1_425_445_567),
        (LONG_AGO, 1_425_445_567),
        ("2h", NOW - 7200),
        ("-2h", NOW - 7200),
        ("1h30m", NOW - 5400),
        (timedelta(hours=2), NOW - 7200),
        (-timedelta(hours=2), NOW - 7200),
        # There is nothing before 1970 on the wire.
        ("99999999999d", 0),
    ],
)
def test_a_time_of_removal_may_be_a_moment_or_how_long_ago(at: Any, moment: float) -> None:
    devices = Devices(lambda: NOW)
    device = devices.add(TOPIC, "1a")
    device.uninstall(at)
    assert device.since == moment
    assert devices.add(TOPIC, "1b", "uninstalled", since=at).since == moment


@pytest.mark.parametrize(
    "at", ["soon", "", "2", "--2h", "2h ago", -7200, 2**32, float("nan"), True, [1], b"2h"]
)
def test_what_is_no_time_of_removal_is_refused_in_a_sentence(at: Any) -> None:
    devices = Devices(lambda: NOW)
    said = (
        f"{at!r} is no time of removal: give epoch seconds, a datetime, or how long ago, as in '2h'"
    )
    with pytest.raises(UsageError) as raised:
        devices.add(TOPIC, "1a").uninstall(at)
    assert str(raised.value) == said
    with pytest.raises(UsageError) as raised:
        devices.add(TOPIC, "1b", "uninstalled", since=at)
    assert str(raised.value) == said
    assert len(devices) == 1


def test_an_app_that_is_there_has_no_time_of_removal() -> None:
    devices = Devices(lambda: NOW)
    with pytest.raises(UsageError) as raised:
        devices.add(TOPIC, "1a", since="2h")
    assert (
        str(raised.value) == "since is for an app that was removed: write state='uninstalled', too"
    )


def test_a_device_may_have_the_token_of_another() -> None:
    devices = Devices(lambda: NOW)
    one = devices.add(TOPIC)
    assert devices.add(OTHER, one).token == one.token
    short = devices.add(TOPIC, b"\x1b")
    assert devices.add(OTHER, short).token == "1b"


def test_each_entry_goes_to_one_reader(devices: Devices) -> None:
    devices.report(devices.add(TOPIC, TOKEN, "uninstalled", since=5).registration)
    [(topic, entry)] = devices.feedback([TOPIC])
    assert [devices.take(topic, entry), devices.take(topic, entry)] == [True, False]
    assert devices.take(OTHER, entry) is False


def test_an_entry_that_is_put_back_does_not_hide_a_later_one(devices: Devices) -> None:
    device = devices.add(TOPIC, TOKEN, "uninstalled", since=5)
    devices.report(device.registration)
    [(_, entry)] = devices.feedback([TOPIC])
    assert devices.take(TOPIC, entry)
    device.uninstall(at=9)
    devices.report(device.registration)
    devices.put_back(TOPIC, entry)
    assert devices.feedback([TOPIC]) == [(TOPIC, Removal(9, TOKEN))]


def test_a_device_may_be_listed_from_the_start(devices: Devices) -> None:
    devices.add(TOPIC, numbered(1), "uninstalled", since=100, listed=True)
    devices.add(TOPIC, numbered(2), "uninstalled", since=100)
    [(topic, entry)] = devices.feedback([TOPIC])
    assert (topic, entry.token, entry.timestamp) == (TOPIC, numbered(1), 100)


def test_a_device_that_is_there_cannot_be_listed(devices: Devices) -> None:
    with pytest.raises(UsageError, match="listed is for an app that was removed"):
        devices.add(TOPIC, listed=True)
    assert len(devices) == 0
