"""What is right in a scenario, and may surprise all the same."""

from __future__ import annotations

import pytest

from fakeapns.scenario import Change
from fakeapns.scenario.faults import (
    Acknowledge,
    Alert,
    Blackhole,
    ChangeDevice,
    ChangeSettings,
    DeafPing,
    Drop,
    Fault,
    FeedbackCut,
    FeedbackDelay,
    FeedbackRepeat,
    FeedbackSilent,
    FeedbackSplit,
    FeedbackStale,
    GoAway,
    LateAnswer,
    NoCredit,
    ReconnectBlock,
    Refuse,
    Reject,
    SlowHandshake,
    Stall,
    Unanswered,
    Wedge,
)
from fakeapns.scenario.inhabitants import DeviceEntry
from fakeapns.scenario.scenario import Scenario, Sender
from fakeapns.scenario.steps import On, Step

GONE = DeviceEntry(topic="com.example.app", token="1b", state="uninstalled")


def notes(*steps: Step) -> list[str]:
    """What there is to say about these steps."""
    return list(Scenario(about="Notes.", step=steps).notes())


@pytest.mark.parametrize("token", ["1b", "1B", "00", "ff"])
def test_a_token_trigger_of_two_digits_is_one_byte_and_hardly_meant(token: str) -> None:
    [note] = notes(Step(Drop(), On(token="ff*")), Step(Reject(), On(token=token)))
    assert note == (
        f"step 2 asks for the token {token}, which is one byte: "
        f"write {token}* for all that begin with it"
    )


@pytest.mark.parametrize("token", ["1b*", "*1b", "1", "1bcd", "?b", "[01]b", "1b" * 32, ""])
def test_any_other_token_trigger_is_what_it_says(token: str) -> None:
    assert notes(Step(Reject(), On(token=token))) == []


def test_every_step_has_its_own_note() -> None:
    counting = Step(Reject(), On(token="1b", every=2))
    found = notes(counting, Step(Drop(), times=1), counting)
    assert [note.split()[:3] for note in found] == [
        ["step", "1", "counts"],
        ["step", "1", "asks"],
        ["step", "3", "counts"],
        ["step", "3", "asks"],
        ["step", "3", "never"],
    ]


def test_a_step_that_counts_bytes_of_a_frame_counts_notifications_too() -> None:
    [note] = notes(Step(Drop(after_bytes=5), On(notification=3)))
    assert note.startswith("step 1 counts notifications over all connections")


# ---- steps that never act -------------------------------------------------------------------


def never(*steps: Step, devices: tuple[DeviceEntry, ...] = ()) -> list[str]:
    """What is said of steps that do not act."""
    found = Scenario(about="Notes.", seed=1, step=steps, device=devices).notes()
    return [note for note in found if " never acts" in note or " needs something to list" in note]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (Step(Reject()), Step(Drop(), On(token="1b*"))),
        (Step(Reject(), On(token="1b*")), Step(Drop(), On(token="1b*", notification=3))),
        (Step(Reject(), On(notification="2..")), Step(Drop(), On(notification="3..5"))),
        (Step(Reject(), On(connection="2..5")), Step(Drop(), On(connection=2))),
        (
            Step(Reject(), On(every=3), per="connection"),
            Step(Drop(), On(every=3), per="connection"),
        ),
        (Step(Refuse()), Step(Refuse(how="close"), On(service="feedback"))),
        (Step(FeedbackSilent()), Step(FeedbackDelay())),
        (Step(Unanswered(), On(reason="Bad*")), Step(Wedge(), On(reason="Bad*", stream=3))),
        (
            Step(Reject(), On(after="1s", notification=1)),
            Step(Drop(), On(after="1m", notification=1)),
        ),
    ],
)
def test_a_step_behind_one_that_acts_on_all_of_it_never_acts(first: Step, second: Step) -> None:
    assert never(first, second) == [
        "step 2 never acts, since step 1 comes first and acts on all that it waits for: "
        "put it first, or give that one times"
    ]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (Step(Reject(), times=3), Step(Drop(), On(token="1b*"))),
        (Step(Reject(), On(token="1b*")), Step(Drop())),
        (Step(Reject(), On(chance=0.5)), Step(Drop())),
        (Step(Reject(), On(notification="2..4")), Step(Drop(), On(notification="3.."))),
        (Step(Reject(), On(every=3), per="connection"), Step(Drop(), On(every=3))),
        (Step(Reject(), On(connection=2)), Step(Drop(), On(connection=2, service="gateway"))),
        (Step(ReconnectBlock()), Step(Refuse(), On(connection=3))),
        (Step(Refuse(), On(service="gateway")), Step(Refuse())),
        (Step(Alert()), Step(Drop())),
        (Step(Stall(), On(after="5s")), Step(Drop(), On(after="6s"))),
        (Step(Drop(), On(after="5s")), Step(GoAway(), On(after="5s", idle="1s"))),
        (Step(Unanswered()), Step(LateAnswer(), On(reason="*"))),
        (Step(LateAnswer(), On(reason="*")), Step(Unanswered())),
        (Step(Reject(), On(after="5s", notification=1)), Step(Drop(), On(notification=1))),
        (Step(Stall(), On(idle="5s")), Step(Drop(), On(idle="9s"))),
    ],
)
def test_a_step_that_may_still_act_is_nothing_to_note(first: Step, second: Step) -> None:
    assert never(first, second) == []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (Step(DeafPing()), Step(NoCredit())),
        (Step(DeafPing()), Step(ChangeSettings(max_header_list_size=9), On(after="0ms"))),
        (Step(Stall(), On(after="5s")), Step(Drop(), On(after="5000ms"))),
        (Step(Blackhole(), On(idle="1m")), Step(GoAway(), On(idle="60s"))),
    ],
)
def test_of_several_at_one_moment_the_first_acts(first: Step, second: Step) -> None:
    assert never(first, second) == [
        "step 2 never acts, since step 1 comes first and acts on all that it waits for: "
        "put it first, or let it act later (after)"
    ]


@pytest.mark.parametrize(
    ("step", "why"),
    [
        (Step(Acknowledge(), On(command=0)), "command 0 is never answered"),
        (Step(Stall("0s")), "it takes no time"),
        (Step(SlowHandshake(0)), "it takes no time"),
        (Step(FeedbackDelay("0ms")), "it takes no time"),
        (Step(Reject(), On(chance=0)), "its chance is 0"),
        (Step(Refuse(), On(connection=0)), "connection counts from 1"),
        (Step(Refuse(), On(connection="0..0")), "connection counts from 1"),
        (
            Step(Reject(), On(token="bad-token")),
            "no token is like bad-token, since tokens are hex digits here",
        ),
    ],
)
def test_a_step_that_cannot_act_says_why(step: Step, why: str) -> None:
    assert never(step) == [f"step 1 never acts: {why}"]


@pytest.mark.parametrize("fault", [FeedbackCut(), FeedbackSplit(), FeedbackRepeat()])
def test_a_fault_of_the_list_needs_something_listed(fault: Fault) -> None:
    gone = DeviceEntry(topic="a", token="1b", state="uninstalled")
    assert never(Step(fault), devices=(gone,)) == []
    assert never(Step(fault), devices=(DeviceEntry(topic="a", token="1b"),)) == [
        "step 1 needs something to list, and no device of this file is uninstalled: "
        "add one, or see that a test does"
    ]


def test_a_stale_list_needs_a_device_that_is_there() -> None:
    assert never(Step(FeedbackStale()), devices=(DeviceEntry(topic="a", token="1b"),)) == []
    [note] = never(Step(FeedbackStale()))
    assert "no device of this file is active" in note


def test_connections_to_feedback_are_counted_with_a_service() -> None:
    [note] = notes(Step(FeedbackSilent(), On(connection=1)))
    assert note == (
        'step 1 counts connections to the gateway, too: write service = "feedback" beside '
        "connection to count those to feedback"
    )
    assert notes(Step(FeedbackSilent(), On(connection=1, service="feedback"))) == []


# ---- where the senders never come -----------------------------------------------------------


@pytest.mark.parametrize(
    ("services", "step", "noted"),
    [
        (("gateway",), Step(Drop(), On(service="api")), True),
        (("api",), Step(Drop(), On(service="api")), False),
        (("api",), Step(Drop()), False),
        (("api",), Step(Drop(), On(command=0)), True),
        (("gateway",), Step(Drop(), On(push_type="voip")), True),
        (("api",), Step(FeedbackCut(after_tuples=1)), True),
        # Who sends to the gateway reads feedback.
        (("gateway",), Step(FeedbackCut(after_tuples=1)), False),
        (("gateway", "api"), Step(Drop(), On(service="api")), False),
        # TLS 1.3 is what the API speaks, where nothing else is said.
        (("api",), Step(Alert()), True),
    ],
)
def test_a_step_that_no_sender_of_the_story_can_meet_is_noted(
    services: tuple[Sender, ...], step: Step, noted: bool
) -> None:
    scenario = Scenario(about="Notes.", services=services, step=(step,), device=(GONE,))
    found = [note for note in scenario.notes() if "chaos plays this story" in note]
    assert bool(found) is noted, found


@pytest.mark.parametrize(
    ("on", "said"),
    [
        (
            On(reason="BadDevicToken"),
            "no reason of Apple's is like BadDevicToken: did you mean Bad",
        ),
        (On(reason="Gone*"), "no reason of Apple's is like Gone*"),
        (On(stream=2), "stream 2 is none of a client, those have odd numbers"),
        (On(stream="4..4"), "stream 4 is none of a client"),
    ],
)
def test_a_trigger_that_is_like_no_push_never_acts(on: On, said: str) -> None:
    [note] = never(Step(Drop(), on))
    assert note.startswith(f"step 1 never acts: {said}")


@pytest.mark.parametrize(
    "on", [On(reason="Bad*"), On(reason="Shutdown"), On(stream="2.."), On(stream=3)]
)
def test_one_that_may_be_is_fine(on: On) -> None:
    assert never(Step(Drop(), on)) == []


PHONE = DeviceEntry(topic="com.example.app", token="2c")
OFF = DeviceEntry(topic="com.example.app", token="3d", online=False)


def about(*steps: Step, devices: tuple[DeviceEntry, ...] = (PHONE,)) -> list[str]:
    """What there is to say about these steps where these devices are."""
    return list(Scenario(about="Notes.", step=steps, device=devices).notes())


def test_a_step_that_changes_a_device_needs_one() -> None:
    none = "step 1 changes a device, and {}: add one, or see that a test does"
    assert about(Step(ChangeDevice("sleep")), devices=()) == [none.format("this file has none")]
    [note] = about(Step(ChangeDevice("sleep", "ab")))
    assert note == none.format("none is ab")
    [note] = about(Step(ChangeDevice("sleep"), On(token="ab*")))
    assert note == none.format("no device of this file fits")
    [note] = about(Step(ChangeDevice("sleep"), On(topic="com.example.other")))
    assert note == none.format("no device of this file fits")
    assert about(Step(ChangeDevice("sleep", "2c"), On(token="ab*"))) == []
    assert about(Step(ChangeDevice("sleep"), On(token="2C*", topic="com.*"))) == []


def test_what_cannot_happen_to_a_device_as_it_is_is_found() -> None:
    [note] = about(Step(ChangeDevice("install")))
    assert note == (
        "step 1 never has an effect: the app is there already: only one that was removed can be "
        "installed again"
    )
    assert about(Step(ChangeDevice("install")), devices=(PHONE, GONE)) == []
    [note] = about(Step(ChangeDevice("uninstall")), devices=(GONE,))
    assert note.endswith("the app is gone from the device: install it first")
    [note] = about(Step(ChangeDevice("wake")), devices=(OFF,))
    assert note.endswith("the phone is off, and nothing wakes it: let it go online first")


@pytest.mark.parametrize(
    ("first", "then", "device"),
    [
        ("uninstall", "install", PHONE),
        ("install", "uninstall", GONE),
        ("restore-from-backup", "launch", GONE),
        ("reinstall", "force-quit", GONE),
        ("go-online", "wake", OFF),
    ],
)
def test_another_step_may_make_it_possible(
    first: Change, then: Change, device: DeviceEntry
) -> None:
    steps = Step(ChangeDevice(then), On(chance=0.5)), Step(ChangeDevice(first), times=1)
    scenario = Scenario(about="Notes.", seed=7, step=steps, device=(device,))
    assert list(scenario.notes()) == []
