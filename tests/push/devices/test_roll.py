"""Devices in a file: what a line may say, and what comes of reading it again."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fakeapns import UsageError
from fakeapns.push import Changed, Devices, Installation, Landing, Reading, Roll

from ...frames import TOPIC
from .phones import START, World, fates

OTHER = "com.example.other"
ONE, TWO = "01" * 32, "02" * 32


class File:
    """A file of devices, which is read as often as wanted."""

    def __init__(self) -> None:
        self.world = World()
        self.roll = Roll(self.world.devices)
        self.landings: list[Landing] = []

    @property
    def devices(self) -> Devices:
        """All that are there."""
        return self.world.devices

    def read(self, *lines: dict[str, Any] | bytes) -> Changed:
        """Read it with these lines."""
        reading = self.begin(*lines)
        for landings in reading.apply():
            self.landings += landings
        return reading.changed

    def begin(self, *lines: dict[str, Any] | bytes) -> Reading:
        """Take the lines, and change nothing yet."""
        reading = self.roll.read()
        for line in lines:
            reading.take(line if isinstance(line, bytes) else json.dumps(line).encode())
        return reading

    def known(self) -> list[tuple[str, str, str]]:
        """Who is there."""
        return [(each.token, each.topic, each.state) for each in self.devices]


def live_of(phone: Installation) -> list[bytes]:
    """The tokens of a Live Activity that it starts, and to start more."""
    activity = phone.live.begin("MatchAttributes", {}, {})
    return [phone.live.start_token.token_bytes, *(each.token_bytes for each in activity.tokens)]


def line(token: str = ONE, topic: str = TOPIC, **more: Any) -> dict[str, Any]:
    """A line of the file."""
    return {"token": token, "topic": topic, **more}


def test_a_line_is_a_device() -> None:
    file = File()
    found = file.read(
        line("1b"),
        line(ONE.upper(), state="uninstalled", since=1000.5),
        line(TWO, OTHER, state="uninstalled", since="2h", environment="sandbox"),
        line(TWO),
        line("03", state="uninstalled"),
    )
    assert found == Changed(added=5)
    assert [(each.token, each.topic, each.number) for each in file.devices] == [
        ("1b" * 32, TOPIC, 1),
        (ONE, TOPIC, 2),
        (TWO, OTHER, 3),
        (TWO, TOPIC, 4),
        ("03" * 32, TOPIC, 5),
    ]
    since = [each.since for each in file.devices]
    assert since == [None, 1000.5, START - 7200, None, START]
    sandbox = file.devices.find(bytes.fromhex(TWO))[OTHER]
    assert (sandbox.environment, sandbox.state) == ("sandbox", "uninstalled")
    assert fates(file.world.send(bytes.fromhex("1b" * 32))) == [(1, "delivered")]


@pytest.mark.parametrize(
    ("wrong", "what"),
    [
        (line("zz"), "'zz' is no device token: write an even number of hex digits"),
        (line("123"), "'123' is no device token: write an even number"),
        (line(""), "a device token has 1 to 100 bytes, and this has no byte"),
        (line("ab" * 101), "a device token has 1 to 100 bytes, and this has 101 bytes"),
        (line(topic="no topic"), "'no topic' is no topic: write one such as com.example.app"),
        (line(state="deleted"), "device state 'deleted' does not exist (known: active, uninst"),
        (line(state="uninstaled"), "did you mean uninstalled?"),
        (line(environment="development"), "Invalid enum value 'development'"),
        (line(since="2h"), "since is for an app that was removed: write state='uninstalled', too"),
        (line(state="uninstalled", since="soon"), "'soon' is no time of removal: give epoch sec"),
        (line(state="uninstalled", since=-1), "is no time of removal"),
        (line(state="uninstalled", since=True), "Expected `float | str | null`, got `bool`"),
        (line(badge=3), "Object contains unknown field `badge`"),
        ({"token": ONE}, "Object missing required field `topic`"),
        (b"[]", "Expected `object`, got `array`"),
        (b'{"token": "01"', "the line is not JSON"),
        (b"token,topic", "the line is not JSON"),
        (b"\xff\xfe{", "the line is no"),
        (b"[" * 100_000, "the line "),
        (line(), "token 01010101… is registered twice under com.example.app: keep one"),
        (line("04"), "token 04040404… is registered twice under com.example.app: keep one"),
    ],
)
def test_a_line_that_is_none_is_said_in_a_sentence_and_nothing_changes(
    wrong: dict[str, Any] | bytes, what: str
) -> None:
    file = File()
    file.devices.add(TOPIC, "04")
    file.read(line(TWO))
    before = file.known()
    with pytest.raises(UsageError) as refused:
        file.begin(line(), line(TWO, state="uninstalled"), wrong)
    assert what in str(refused.value)
    assert file.known() == before
    assert file.read(line(TWO)) == Changed()


def test_read_again_it_adds_removes_and_changes_what_is_different() -> None:
    file = File()
    file.read(line(ONE), line(TWO), line("03"), line("05", OTHER))
    found = file.read(
        line("03", state="uninstalled", since=5), line(TWO), line("06"), line("05", OTHER)
    )
    assert found == Changed(added=1, removed=1, changed=1)
    assert file.known() == [
        (TWO, TOPIC, "active"),
        ("03" * 32, TOPIC, "uninstalled"),
        ("05" * 32, OTHER, "active"),
        ("06" * 32, TOPIC, "active"),
    ]
    assert file.devices.find(bytes.fromhex(ONE)) == {}
    assert file.read(line("03")) == Changed(removed=3, changed=1)
    assert file.known() == [("03" * 32, TOPIC, "active")]


def test_of_a_token_with_two_topics_one_may_go() -> None:
    file = File()
    file.read(line(ONE), line(ONE, OTHER))
    assert file.read(line(ONE, OTHER)).removed == 1
    assert set(file.devices.find(bytes.fromhex(ONE))) == {OTHER}


def test_devices_that_were_added_otherwise_stay() -> None:
    file = File()
    phone = file.devices.add(TOPIC)
    file.read(line(ONE))
    assert file.read() == Changed(removed=1)
    assert file.known() == [(phone.token, TOPIC, "active")]


def test_how_long_ago_is_told_from_the_first_reading() -> None:
    file = File()
    file.read(line(state="uninstalled", since="1h"), line(TWO, state="uninstalled"))
    file.world.now += 600
    lines = line(state="uninstalled", since="1h"), line(TWO, state="uninstalled")
    assert file.read(*lines) == Changed()
    assert [each.since for each in file.devices] == [START - 3600, START]
    assert file.read(line(state="uninstalled", since=7), lines[1]) == Changed(changed=1)


def test_a_phone_notices_what_the_file_says_of_its_app() -> None:
    file = File()
    file.read(line(ONE), line(TWO))
    first, second = (file.devices.installation(each) for each in file.devices)
    for phone in (first, second):
        phone.phone.online = False
        file.world.send(phone)
    file.read(line(ONE, state="uninstalled"))
    assert fates(file.landings) == [(1, "dropped"), (2, "dropped")]
    assert (first.state, second.state) == ("uninstalled", "uninstalled")
    assert second.phone.numbers == []
    file.read(line(ONE))
    assert first.state == "active"


def test_a_token_that_was_replaced_since_stays_gone() -> None:
    file = File()
    file.read(line(ONE))
    [registration] = file.devices
    phone = file.devices.installation(registration)
    file.devices.replace_token(phone)
    file.read(line(ONE))
    assert registration.state == "uninstalled"
    assert phone.state == "active"
    assert file.read().removed == 1
    assert [each.token for each in file.devices] == [phone.token]
    assert file.devices.installation(phone.registration) is phone


def test_a_device_that_comes_while_the_file_is_read_is_kept() -> None:
    file = File()
    reading = file.begin(line(ONE))
    phone = file.devices.add(TOPIC, ONE)
    assert [*reading.apply()] == [[]]
    assert reading.changed == Changed()
    assert file.devices.find(phone.token_bytes)[TOPIC] is phone.registration


def test_many_are_changed_in_slices() -> None:
    file = File()
    lines = [line(f"{each:04x}") for each in range(2500)]
    assert len([*file.begin(*lines).apply()]) == 3
    assert len(file.devices) == 2500


def test_of_a_device_that_is_not_there_any_more_nobody_knows_any_token() -> None:
    file = File()
    file.read(line())
    [registration] = file.devices
    phone = file.devices.installation(registration)
    live = live_of(phone)
    assert [token in file.devices for token in live] == [True, True]
    assert file.read() == Changed(removed=1)
    assert list(file.devices) == []
    for token in live:
        assert file.world.send(token, topic=phone.live.topic) == []
