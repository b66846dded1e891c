"""Numbers that are larger than any: mistakes with a place, as all others."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from typing import Any

import pytest

from fakeapns import FakeAPNs, On, Reject, ScenarioError, Step, ThreadedAPNs, UsageError
from fakeapns.scenario.toml import parse_scenario

ENDLESS = "9" * 5000
TOO_LARGE = "the number is too large"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (f"about = 'x'\nseed = {ENDLESS}\n\n\n", "2:8"),
        (f"about = 'x'\nseed = -{ENDLESS}", "2:9"),
        (f"about = 'x {ENDLESS}' # {ENDLESS}\n\n  seed = {ENDLESS}", "3:10"),
        (f"about = 'x'\ngateway = {{ max_entries = 1_{ENDLESS} }}", "2:27"),
        (f"about = 'x'\nseed = [1, {ENDLESS}, {ENDLESS}]", "2:12"),
        # What may have as many: fractions, powers, keys.
        (f"a = {ENDLESS}.5\nb = 5.{ENDLESS}\nc = {ENDLESS}e5\nseed = {ENDLESS}", "4:8"),
        (f"{ENDLESS} = 1\na.{ENDLESS}.{ENDLESS} = {ENDLESS}e+5\nseed = +{ENDLESS}", "3:9"),
        # What Python takes, and nobody else.
        (f"about = 'x'\nseed = {2**63}", "2:1"),
        (f"about = 'x'\nseed = 0x{'f' * 9000}", "2:1"),
        (f"about = 'x'\n[gateway]\npayload_limit = 0b{'1' * 70}", "3:1"),
        (f"about = 'x'\n[[step]]\nfault = 'reject'\non = {{ identifier = {2**64} }}", "4:8"),
    ],
)
def test_a_number_that_no_64_bits_hold_has_a_place(text: str, place: str) -> None:
    with pytest.raises(ScenarioError) as raised:
        parse_scenario(text, "story.toml")
    [line] = str(raised.value).splitlines()
    assert line.startswith(f"story.toml:{place}: {TOO_LARGE}"), line
    assert "what fits into 64 bits" in line


def test_a_setting_with_more_digits_than_python_writes_is_one_sentence() -> None:
    with pytest.raises(UsageError, match=r"^setting payload_limit: the number is wrong; allowed"):
        FakeAPNs(payload_limit=-(10**5000))


def test_text_may_have_as_many_digits_as_it_likes() -> None:
    assert parse_scenario(f"about = '{ENDLESS}' # {ENDLESS}").about == ENDLESS


def test_what_is_no_toml_for_another_reason_says_so() -> None:
    with pytest.raises(ScenarioError, match=r"^scenario:2:5003: is not TOML: "):
        parse_scenario(f"about = '\n# {ENDLESS}")


@pytest.mark.parametrize("seed", [2**63, -(2**63) - 1, 10**5000], ids=["over", "under", "far over"])
def test_a_seed_that_no_ledger_can_hold_is_one_sentence(seed: int) -> None:
    with pytest.raises(UsageError, match=r"^the seed is too large: write one that fits into 64"):
        FakeAPNs(seed=seed)
    FakeAPNs(seed=2**63 - 1)


@pytest.mark.parametrize(
    ("last", "most"),
    [("x = = 1", 1), (f'"digits" = 1\n"digits" = {ENDLESS[:9]}', 1), (f"seed = {ENDLESS}", 11)],
)
def test_a_thousand_of_them_are_not_tried_one_by_one(
    last: str, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = []
    loads = tomllib.loads

    def counted(text: str) -> dict[str, Any]:
        read.append(text)
        return loads(text)

    monkeypatch.setattr("tomllib.loads", counted)
    with pytest.raises(ScenarioError, match=r"^scenario:100[12]:"):
        parse_scenario("\n".join([*(f"# {ENDLESS}" for _ in range(1000)), last]))
    assert len(read) <= most


@pytest.mark.parametrize("number", [10**5000, -(10**5000)], ids=["large", "small"])
@pytest.mark.parametrize("name", ["gateway_port", "feedback_port"])
def test_a_port_with_more_digits_than_python_writes_is_one_sentence(name: str, number: int) -> None:
    arguments: dict[str, Any] = {name: number}
    with pytest.raises(UsageError, match=r"^the number is no port: give one from 0"):
        FakeAPNs(**arguments)


def test_nothing_that_is_asked_has_more_digits_than_python_writes() -> None:
    endless: Any = 10**5000
    questions: list[tuple[str, Callable[[ThreadedAPNs], object]]] = [
        ("is no number of notifications", lambda apns: apns.wait_for(endless)),
        ("is no number of notifications", lambda apns: apns.assert_accepted(endless)),
        ("is no number of notifications", lambda apns: apns.assert_rejected(-endless)),
        ("is no device token", lambda apns: apns.wait_for(token=endless)),
        ("is no time of removal", lambda apns: apns.devices.add("a", "ab").uninstall(at=endless)),
        ("is too large, fault", lambda apns: apns.inject(endless)),
        ("is no time", lambda apns: apns.wait_for(timeout=endless)),
        ("is no payload", lambda apns: apns.audit([("ab", endless)])),
    ]
    with FakeAPNs().in_thread() as apns:
        for what, ask in questions:
            with pytest.raises((UsageError, ScenarioError), match=rf"the number {what}"):
                ask(apns)


@pytest.mark.parametrize("name", ["connection", "notification", "every", "identifier", "priority"])
def test_a_trigger_that_no_64_bits_hold_is_one_sentence(name: str) -> None:
    trigger: dict[str, Any] = {name: 10**5000}
    with pytest.raises(
        ScenarioError, match=rf"^the number is (too large|wrong), {name}; allowed: "
    ):
        On(**trigger)
    with pytest.raises(ScenarioError, match=r"^the number is too large, times; allowed: what"):
        Step(Reject(), times=2**63)
    with pytest.raises(UsageError, match=r"^setting max_entries: the number is too large"):
        FakeAPNs(max_entries=2**63)
