"""Steps, triggers, devices, expectations: what cannot be meant is refused when it is written."""

from __future__ import annotations

from typing import Any

import pytest

from fakeapns.errors import ScenarioError
from fakeapns.scenario.faults import (
    FAULTS,
    KNOWN,
    AcceptThenClose,
    Alert,
    BadCertificate,
    Blackhole,
    ChangeDevice,
    ChangeSettings,
    Drop,
    Fault,
    FeedbackCut,
    Garbage,
    Refuse,
    Reject,
    Shutdown,
    Stall,
    Throttle,
)
from fakeapns.scenario.inhabitants import DeviceEntry
from fakeapns.scenario.scenario import Expect, Scenario
from fakeapns.scenario.steps import On, Step

EVERY_TRIGGER: dict[str, Any] = {
    "service": "gateway",
    "connection": 1,
    "notification": "2..",
    "every": 3,
    "identifier": 7,
    "token": "1b*",
    "topic": "com.*",
    "command": 2,
    "priority": 5,
    "payload": {"aps.badge": 1},
    "after": "5s",
    "idle": "5s",
    "chance": 0.5,
    "where": bool,
    "host": "api.*",
    "push_type": "alert",
    "apns_id": "*",
    "collapse_id": "*",
    "reason": "Bad*",
    "stream": "3..",
}


def made(fault: type[Fault]) -> Fault:
    """One of this kind."""
    if fault is ChangeSettings:
        return ChangeSettings(max_concurrent_streams=1)
    if fault is ChangeDevice:
        return ChangeDevice("uninstall")
    return Garbage("00") if fault is Garbage else fault()


def on(name: str, value: object) -> On:
    """A trigger with one thing given."""
    given: dict[str, Any] = {name: value}
    return On(**given)


# ---- triggers ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["connection", "notification", "identifier"])
def test_a_number_may_be_a_range(name: str) -> None:
    for given in (3, "3", "2..5", "3.."):
        assert getattr(on(name, given), name) == given
    for wrong in ("third", "3\n", -1, 1.5, True):
        with pytest.raises(ScenarioError, match=rf"is wrong, {name}; allowed: a number from 0, a"):
            on(name, wrong)
    with pytest.raises(ScenarioError, match=f"runs backwards: .*, {name}"):
        on(name, "5..2")


@pytest.mark.parametrize("every", [0, -1])
def test_every_counts_from_1(every: int) -> None:
    with pytest.raises(ScenarioError, match=f"{every} is wrong, every; allowed: a number from 1"):
        On(every=every)
    assert On(every=1).every == 1


@pytest.mark.parametrize(
    ("given", "allowed"),
    [
        ({"command": 3}, "0 to 2"),
        ({"priority": 7}, "1, 5, 10"),
        ({"payload": "badge"}, "a table"),
        ({"after": "5"}, "a duration such as 250ms or 1h30m"),
        ({"after": 5}, "a duration such as 250ms or 1h30m"),
        ({"chance": "often"}, "0 to 1"),
        ({"token": 7}, "text"),
    ],
)
def test_any_other_trigger_has_a_type_too(given: dict[str, Any], allowed: str) -> None:
    with pytest.raises(ScenarioError, match=f"; allowed: {allowed}"):
        On(**given)


@pytest.mark.parametrize("chance", [-0.1, 1.1])
def test_a_chance_is_between_0_and_1(chance: float) -> None:
    with pytest.raises(ScenarioError, match=f"{chance} is wrong, chance; allowed: 0 to 1"):
        On(chance=chance)


def test_a_where_is_a_function() -> None:
    with pytest.raises(ScenarioError) as raised:
        On(where="a badge")
    assert str(raised.value) == "'a badge' is no function: write where=lambda push: …, where"


def test_a_trigger_knows_what_was_given() -> None:
    assert On().given == set()
    assert {name for each in EVERY_TRIGGER for name in on(each, EVERY_TRIGGER[each]).given} == set(
        On.__struct_fields__
    )


# ---- steps ------------------------------------------------------------------------------


def test_a_step_may_act_once() -> None:
    assert Step(Drop(), times=1).times == 1


def test_a_step_without_a_trigger_always_acts() -> None:
    assert Step(Reject()) == Step(Reject(), On(), times=None, per="server")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            {"fault": "reject"},
            r"^'reject' is the name of a fault, here goes the fault itself: write Reject\(\)$",
        ),
        ({"fault": "garbage"}, r"write Garbage\(bytes_=…\)$"),
        ({"fault": "rejct"}, r"^unknown fault 'rejct'; allowed: .*; did you mean reject\?$"),
        ({"fault": Reject}, r"^Reject is only its class: write Reject\(\)$"),
        ({"fault": 3}, r"^3 is no fault: write Reject\(\)$"),
        ({"fault": Drop(), "times": 0}, "0 is wrong, times; allowed: a number from 1"),
        ({"fault": Drop(), "times": -1}, "-1 is wrong, times; allowed: a number from 1"),
        ({"fault": Drop(), "per": "topic"}, "'topic' is wrong, per; allowed: connection, server"),
    ],
)
def test_a_step_that_makes_no_sense_is_refused(given: dict[str, Any], said: str) -> None:
    with pytest.raises(ScenarioError, match=said):
        Step(**given)


@pytest.mark.parametrize(
    ("fault", "given", "stage"),
    [
        (Refuse(), On(), "accept"),
        (Alert(), On(), "handshake"),
        (AcceptThenClose(), On(), "open"),
        (Reject(), On(), "notification"),
        (Reject(), On(after="5s"), "notification"),
        (Drop(), On(), "notification"),
        (Drop(), On(after="5s", notification=1), "notification"),
        (Drop(), On(after="5s", connection=2, topic="x"), "open"),
        (Drop(after_bytes=0), On(), "frame"),
        (Drop(after_bytes="10B"), On(after="5s"), "frame"),
        (Drop(after_answer_bytes=9), On(after="5s"), "notification"),
        (Shutdown(), On(after="5s"), "open"),
        (Blackhole(), On(after="5s"), "open"),
        (Stall(), On(after="5s"), "open"),
        (Throttle(), On(after="5s"), "open"),
        (Throttle(), On(), "notification"),
        (FeedbackCut(), On(), "feedback"),
    ],
)
def test_a_step_acts_at_the_stage_of_its_fault_or_by_time(
    fault: Fault, given: On, stage: str
) -> None:
    assert Step(fault, given).stage == stage


def test_an_idle_connection_has_no_answer_that_could_be_cut() -> None:
    with pytest.raises(ScenarioError, match=r"^drop does not act on a connection that is idle"):
        Step(Drop(after_answer_bytes=9), On(idle="5s"))


@pytest.mark.parametrize("fault", [made(each) for each in FAULTS], ids=lambda each: each.name)
def test_a_trigger_has_to_be_known_when_the_fault_acts(fault: Fault) -> None:
    known = KNOWN[fault.stages[0]] - fault.senseless
    by_time = {"after", "idle"} & KNOWN["open"] if "open" in fault.stages else set()
    for trigger, value in {**EVERY_TRIGGER, "service": fault.services[0]}.items():
        given = On(**{trigger: value})
        if trigger in by_time - fault.senseless:
            assert Step(fault, given).stage == "open"
            continue
        if trigger in known and any(map(given.may_hold_on, fault.services)):
            assert Step(fault, given).on == given
            continue
        with pytest.raises(ScenarioError) as refused:
            Step(fault, given)
        said = f"{fault.name} acts before {trigger} can be known, on.{trigger}; allowed: "
        if trigger == "idle":
            said = f"{fault.name} does not act on a connection that is idle, on.idle; allowed: "
        if trigger in known:
            said = f"{trigger} is not known where {fault.name} acts, on the {fault.services[0]}, on"
            assert str(refused.value) == said
            continue
        assert str(refused.value) == said + ", ".join(sorted(known - {"where"}))


def test_inside_a_frame_its_content_is_not_known_yet() -> None:
    with pytest.raises(ScenarioError) as refused:
        Step(Drop(after_bytes=3), On(token="1b*", notification=3, chance=0.5))
    assert [line.partition(";")[0] for line in str(refused.value).splitlines()] == [
        "drop acts before chance can be known, on.chance",
        "drop acts before token can be known, on.token",
    ]


# ---- devices and the whole ----------------------------------------------------------------


def test_nothing_may_be_lost_doubled_or_resent_unless_it_is_said() -> None:
    assert Expect() == Expect(lost=0, duplicated=0, resent_after_refusal=0)
    with pytest.raises(ScenarioError, match="-1 is wrong, lost; allowed: a number from 0"):
        Expect(lost=-1)


def test_a_scenario_sees_what_its_parts_cannot() -> None:
    twice = (DeviceEntry(topic="a", token="1b"), DeviceEntry(topic="a", token="1B" * 32))
    with pytest.raises(ScenarioError) as refused:
        Scenario(
            about="Wrong in three ways.",
            gateway={"payload_limit": 0, "tls_maximum": "1.3"},
            device=twice,
            step=(Step(BadCertificate()), Step(Alert())),
        )
    assert str(refused.value).splitlines() == [
        "0 is wrong, gateway.payload_limit; allowed: a number from 1",
        f"topic a has token {'1B' * 32} twice, device 2, token",
        "an alert cannot be sent in the open with TLS 1.3: leave tls_maximum at 1.2, step 2",
    ]


def test_chance_and_ranges_need_a_seed_at_last_when_it_is_known_that_there_is_none() -> None:
    scenario = Scenario(
        about="Chance.", gateway={"error_delay": "1s..2s"}, step=(Step(Drop(), On(chance=0.1)),)
    )
    scenario.check_seed(7)
    with pytest.raises(ScenarioError) as refused:
        scenario.check_seed(None)
    assert str(refused.value).splitlines() == [
        "chance needs a seed: write seed = 7 at the top, or give --seed, step 1, on.chance",
        "a range of delays needs a seed: write seed = 7 at the top, or give --seed, "
        "gateway.error_delay",
    ]
    Scenario(about="None.", step=(Step(Drop()),)).check_seed(None)


def test_what_counts_over_all_connections_is_worth_a_note() -> None:
    counted = Step(Drop(), On(every=3))
    local = Step(Drop(), On(every=3), per="connection")
    scenario = Scenario(about="Counts.", step=(Step(Drop(), times=1), counted, local))
    [note] = scenario.notes()
    assert note.startswith("step 2 counts notifications over all connections")
