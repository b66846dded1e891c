"""Faults that change devices, at whichever service: what they change, and when they have fired."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from fakeapns.fronts.device_changes import DeviceChanges
from fakeapns.fronts.recorder import Recorder
from fakeapns.ledger import Delivery, FaultFired, Ledger, Notification
from fakeapns.push import Devices
from fakeapns.scenario import Change, Step
from fakeapns.scenario.faults import ChangeDevice
from fakeapns.scenario.steps import On

from ..frames import TOPIC, framed, numbered
from ..moments import at
from .api.channels import broadcast, create
from .api.dialogue import Dialogue
from .gateway.conversation import Conversation

PHONE, OTHER, NOBODY = numbered(7), numbered(8), numbered(9)
Send = Callable[[bytes], object]


class World:
    """A server, two of its devices, and whoever sends to it."""

    def __init__(self, devices: Devices, ledger: Ledger, send: Send) -> None:
        self.devices = devices
        self.ledger = ledger
        self.send = send
        self.phone = devices.add(TOPIC, PHONE)
        self.other = devices.add(TOPIC, OTHER)

    @property
    def faults(self) -> list[str]:
        return [each.detail for each in self.ledger.of(FaultFired)]

    @property
    def fates(self) -> list[str]:
        return [each.fate for each in self.ledger.of(Delivery)]

    @property
    def outcomes(self) -> list[str]:
        return [each.outcome for each in self.ledger.of(Notification)]


@pytest.fixture(params=["gateway", "api"])
def make(request: pytest.FixtureRequest) -> Callable[..., World]:
    def at_the_gateway(*steps: Step) -> World:
        talk = Conversation(*steps)
        return World(talk.devices, talk.ledger, lambda token: talk.write(framed(1, token)))

    def over_the_api(*steps: Step) -> World:
        talk = Dialogue(*steps)
        return World(talk.devices, talk.ledger, lambda token: talk.push(token.hex()))

    return at_the_gateway if request.param == "gateway" else over_the_api


def once(do: Change, on: bytes = PHONE, device: str | None = None) -> Step:
    return Step(ChangeDevice(do, device), On(token=on.hex()), times=1)


def test_the_push_at_hand_meets_the_device_as_it_was_and_the_next_one_the_change(
    make: Callable[..., World],
) -> None:
    world = make(once("go-offline"))
    world.send(PHONE)
    assert world.fates == ["delivered"]
    assert not world.phone.phone.online
    assert world.faults == []
    world.send(OTHER)
    assert world.faults == []
    world.send(PHONE)
    assert world.fates == ["delivered", "delivered", "stored"]
    assert world.faults == ["go-offline, device 1"]
    world.send(PHONE)
    assert world.faults == ["go-offline, device 1"]


def test_it_stands_between_the_push_that_met_it_and_what_became_of_that(
    make: Callable[..., World],
) -> None:
    world = make(once("go-offline"))
    world.send(PHONE)
    world.send(PHONE)
    kinds = [type(each) for each in world.ledger if isinstance(each, Delivery | FaultFired)]
    assert kinds == [Delivery, FaultFired, Delivery]
    [fault] = world.ledger.of(FaultFired)
    assert (fault.fault, fault.step) == ("device", 1)
    sent = [each.seq for each in world.ledger.of(Notification)]
    assert [each.notification for each in world.ledger.of(Delivery)] == sent


def test_another_device_may_be_named_and_what_waited_for_it_comes(
    make: Callable[..., World],
) -> None:
    world = make(once("go-online", OTHER, PHONE.hex()))
    world.phone.phone.online = False
    world.send(PHONE)
    world.send(OTHER)
    assert world.fates == ["stored", "delivered", "delivered"]
    assert world.faults == ["go-online, device 1"]
    kinds = [type(each) for each in world.ledger if isinstance(each, Delivery | FaultFired)]
    assert kinds == [Delivery, Delivery, FaultFired, Delivery]
    world.send(PHONE)
    assert world.faults == ["go-online, device 1"]


def test_who_sends_to_a_token_of_before_meets_that_it_was_replaced(
    make: Callable[..., World],
) -> None:
    world = make(once("rotate-token"))
    world.send(PHONE)
    assert world.phone.token_bytes != PHONE
    world.send(PHONE)
    assert world.faults == ["rotate-token, device 1"]
    assert [entry.token for _, entry in world.devices.feedback([TOPIC])] == [PHONE]


def test_two_apps_on_one_phone_are_off_together(make: Callable[..., World]) -> None:
    world = make(once("go-offline"))
    world.devices.add(TOPIC, NOBODY, phone=world.phone.phone)
    world.send(PHONE)
    world.send(NOBODY)
    assert world.faults == ["go-offline, device 1"]
    world.send(PHONE)
    assert world.faults == ["go-offline, device 1"]


def test_what_nobody_has_met_is_one_however_often_it_was_done(make: Callable[..., World]) -> None:
    world = make(Step(ChangeDevice("go-offline", PHONE.hex()), On(token=OTHER.hex())))
    for _ in range(3):
        world.send(OTHER)
    world.send(PHONE)
    assert world.faults == ["go-offline, device 1"]


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (once("install"), "no effect: install cannot happen to device 1: the app is there already"),
        (once("sleep", NOBODY), "no effect: no device has this token"),
        (once("wake", PHONE, "ab"), "no effect: no device has this token"),
    ],
)
def test_what_cannot_happen_says_so_once_and_uses_up_nothing(
    make: Callable[..., World], step: Step, said: str
) -> None:
    world = make(step)
    for _ in range(3):
        world.send(PHONE)
        world.send(NOBODY)
    [told] = world.faults
    assert told.startswith(said)


def test_once_it_can_happen_it_does(make: Callable[..., World]) -> None:
    world = make(once("wake"))
    world.phone.phone.online = False
    world.send(PHONE)
    world.phone.phone.online, world.phone.phone.asleep = True, True
    world.send(PHONE)
    assert not world.phone.phone.asleep
    world.send(PHONE)
    assert [each.partition(":")[0] for each in world.faults] == ["no effect", "wake, device 1"]


def test_over_the_api_a_removed_app_is_410_from_the_next_push_on() -> None:
    talk = Dialogue(once("uninstall"))
    talk.devices.add(TOPIC, PHONE)
    said = [talk.push(PHONE.hex()).reason for _ in range(3)]
    assert said == [None, "Unregistered", "Unregistered"]
    assert len(talk.ledger.of(FaultFired)) == 1


def test_what_is_refused_for_another_reason_has_not_met_it() -> None:
    talk = Dialogue(once("go-offline"))
    talk.devices.add(TOPIC, PHONE)
    assert talk.push(PHONE.hex()).reason is None
    assert talk.push(PHONE.hex(), b"x" * 5000).reason == "PayloadTooLarge"
    assert talk.ledger.of(FaultFired) == []


def test_a_change_at_one_service_is_met_at_the_other() -> None:
    talk = Conversation(once("go-offline"))
    talk.devices.add(TOPIC, PHONE)
    talk.write(framed(1, PHONE))
    changes = DeviceChanges(talk.gateway.judge, talk.ledger)
    changes.meet(PHONE, TOPIC, at(1.0), Recorder(talk.ledger, 2))
    [fault] = talk.ledger.of(FaultFired)
    assert fault.connection == 2


def led_to(ledger: Ledger) -> list[int | None]:
    """Which notification, by its ordinal, led to each delivery."""
    ordinals = {each.seq: each.ordinal for each in ledger.of(Notification)}
    return [ordinals.get(each.notification) for each in ledger.of(Delivery)]


@pytest.mark.parametrize("bundles", [True, False])
def test_bundles_change_nothing_of_it(bundles: bool) -> None:
    talk = Conversation(once("go-offline"), scripted_tokens=not bundles)
    talk.devices.add(TOPIC, PHONE)
    tokens = [NOBODY, PHONE, OTHER, OTHER, PHONE, OTHER, PHONE]
    talk.write(*(framed(number, token) for number, token in enumerate(tokens, 1)))
    sent = [each.seq for each in talk.ledger.of(Notification) if each.token_bytes == PHONE]
    seqs = [each.notification for each in talk.ledger.of(Delivery)]
    assert seqs == [sent[0], sent[1], sent[1], sent[2]]
    kinds = [
        (type(each).__name__, getattr(each, "ordinal", None))
        for each in talk.ledger
        if isinstance(each, Notification | FaultFired | Delivery)
    ]
    assert kinds == [
        *(("Notification", 1), ("Notification", 2), ("Delivery", None)),
        *(("Notification", 3), ("Notification", 4), ("Notification", 5)),
        *(("FaultFired", None), ("Delivery", None), ("Notification", 6), ("Notification", 7)),
        *(("Delivery", None), ("Delivery", None)),
    ]
    assert led_to(talk.ledger) == [2, 5, 5, 7]


@pytest.mark.parametrize("bundles", [True, False])
def test_over_the_api_neither(bundles: bool) -> None:
    talk = Dialogue(once("go-offline"), bundles=bundles)
    talk.devices.add(TOPIC, PHONE)
    for token in (NOBODY, PHONE, OTHER, OTHER, PHONE, OTHER, PHONE):
        talk.begin(token.hex())
    talk.flow()
    assert len(talk.ledger.of(FaultFired)) == 1
    assert led_to(talk.ledger) == [2, 5, 5, 7]


def test_a_broadcast_meets_the_devices_that_follow_its_channel() -> None:
    talk = Dialogue(once("go-offline"))
    phone, other = talk.devices.add(TOPIC, PHONE), talk.devices.add(TOPIC, OTHER)
    channel = create(talk)
    other.live.channels.begin(channel)
    talk.push(PHONE.hex())
    broadcast(talk, channel)
    assert talk.ledger.of(FaultFired) == []
    phone.live.channels.begin(channel)
    broadcast(talk, channel)
    assert [each.detail for each in talk.ledger.of(FaultFired)] == ["go-offline, device 1"]
