"""Every mistake in a scenario file, all of them at once, with line and column."""

from __future__ import annotations

import pytest

from fakeapns.errors import ScenarioError
from fakeapns.scenario.faults import BY_NAME, Alert, Reject
from fakeapns.scenario.inhabitants import DeviceEntry
from fakeapns.scenario.scenario import Expect, Scenario
from fakeapns.scenario.steps import On, Step
from fakeapns.scenario.toml import parse_scenario

from .mistakes import ABOUT, MISTAKES


def mistakes(text: str, seed: int | None = None) -> list[str]:
    """What is said about a text, a line for each mistake, without the file's name."""
    with pytest.raises(ScenarioError) as refused:
        parse_scenario(text, "story.toml", seed)
    lines = str(refused.value).splitlines()
    assert all(line.startswith("story.toml:") for line in lines)
    return [line.removeprefix("story.toml:") for line in lines]


@pytest.mark.parametrize(("text", "said"), MISTAKES)
def test_a_mistake_is_named_with_its_place_and_what_would_be_right(text: str, said: str) -> None:
    assert mistakes(text) == [said]


def test_an_unknown_setting_is_answered_with_all_settings() -> None:
    [said] = mistakes(f"{ABOUT}[gateway]\npayload_limt = 256")
    assert said.startswith("3:1: unknown setting 'payload_limt', gateway; allowed: ")
    assert said.endswith("; did you mean payload_limit?")


def test_what_has_to_be_there_is_missed_where_it_should_be() -> None:
    assert mistakes(f"{ABOUT}[[device]]\ntopic = 'a'\n[[step]]\n[[step]]\nfault = 'garbage'") == [
        "2:1: key 'token' is missing, device 1",
        f"4:1: key 'fault' is missing, step 1; allowed: {', '.join(BY_NAME)}",
        "5:1: key 'bytes' is missing, step 2",
    ]


EVERYTHING = """\
abot = "Wrong nearly everywhere."

[gateway]
tokens = "some"
error_delay = "2s..1s"
tls_maximum = "1.3"

[[device]]
topic = "a"
token = "1b"
state = "gone"
since = "-2h"

[[device]]
topic = "a"
token = "xyz"

[[device]]
topic = "a"
token = "1b1b"

[[device]]
topic = "a"
token = "1B1B"

[[step]]
on = { notification = "5..2", every = 0, token = "1b*", chance = 2 }
fault = "alert"
alert = "certificate-lost"
times = 0

[[step]]
fault = "rejct"
on = { identifier = -1 }
per = "topic"

[[step]]
fault = "refuse"
on.connection = "3..1"
how = "no"
soon = true

[expect]
lost = -1
"""


def test_all_mistakes_of_a_file_are_told_at_once() -> None:
    found = [line.partition(";")[0] for line in mistakes(EVERYTHING)]
    assert found == [
        "1:1: key 'about' is missing: say in a sentence what the scenario is",
        "1:1: unknown key 'abot'",
        "4:1: 'some' is wrong, gateway.tokens",
        "5:1: a range of delays needs a seed: write seed = 7 at the top, or give --seed, "
        "gateway.error_delay",
        "5:1: the range '2s..1s' runs backwards: write the smaller duration first, "
        "gateway.error_delay",
        "11:1: 'gone' is wrong, device 1, state",
        "16:1: 'xyz' is wrong, device 2, token",
        "24:1: topic a has token 1B1B twice, device 4, token",
        "26:1: an alert cannot be sent in the open with TLS 1.3: leave tls_maximum at 1.2, step 1",
        "27:8: the range '5..2' runs backwards: write the smaller number first, "
        "step 1, on.notification",
        "27:31: 0 is wrong, step 1, on.every",
        "27:42: alert acts before token can be known, step 1, on.token",
        "27:57: 2 is wrong, step 1, on.chance",
        "27:57: chance needs a seed: write seed = 7 at the top, or give --seed, step 1, on.chance",
        "29:1: 'certificate-lost' is wrong, step 1, alert",
        "30:1: 0 is wrong, step 1, times",
        "33:1: unknown fault 'rejct', step 2, fault",
        "34:8: -1 is wrong, step 2, on.identifier",
        "35:1: 'topic' is wrong, step 2, per",
        "39:1: the range '3..1' runs backwards: write the smaller number first, "
        "step 3, on.connection",
        "40:1: 'no' is wrong, step 3, how",
        "41:1: unknown key 'soon' of the fault refuse, step 3",
        "44:1: -1 is wrong, expect.lost",
    ]


def test_a_seed_from_elsewhere_leaves_nothing_to_say_about_chance() -> None:
    assert not [line for line in mistakes(EVERYTHING, seed=7) if "needs a seed" in line]


def test_python_objects_are_refused_in_the_same_words() -> None:
    text = (
        f"{ABOUT}seed = 1.5\n[gateway]\nmax_frame = 0\n[[device]]\ntopic = 'a'\ntoken = '1'\n"
        "[[step]]\nfault = 'reject'\nstatus = 256\n[[step]]\nfault = 'alert'\non = { every = 0 }\n"
        "[expect]\nlost = -1\n"
    )
    said = [line.split(": ", 1)[1] for line in mistakes(text)]
    from_python = []
    for make in (
        lambda: Scenario(about="A story.", seed=1.5),  # type: ignore[arg-type]
        lambda: Scenario(about="A story.", gateway={"max_frame": 0}),
        lambda: DeviceEntry(topic="a", token="1"),
        lambda: Reject(256),
        lambda: Step(Alert(), On(every=0)),
        lambda: Expect(lost=-1),
    ):
        with pytest.raises(ScenarioError) as refused:
            make()
        from_python.append(str(refused.value))
    # A part does not know of what it will be a part.
    parts = ("device 1, ", "step 1, ", "step 2, on.", "expect.")
    for part in parts:
        said = [line.replace(f", {part}", ", ") for line in said]
    assert said == from_python


def test_a_whole_scenario_from_python_is_refused_in_the_very_words_of_a_file() -> None:
    text = (
        f"{ABOUT}[gateway]\nmax_frame = 0\n[[device]]\ntopic = 'a'\ntoken = '1b'\n"
        "[[device]]\ntopic = 'a'\ntoken = '1b'\n"
    )
    device = DeviceEntry(topic="a", token="1b")
    with pytest.raises(ScenarioError) as refused:
        Scenario(about="A story.", gateway={"max_frame": 0}, device=(device, device))
    assert [line.split(": ", 1)[1] for line in mistakes(text)] == str(refused.value).splitlines()
