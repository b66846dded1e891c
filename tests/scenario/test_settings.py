"""The table of settings: its defaults, what text may stand for, what is refused and how."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from fakeapns.errors import UsageError
from fakeapns.scenario.assignments import parse_assignments
from fakeapns.scenario.problems import Problem
from fakeapns.scenario.settings import Settings
from fakeapns.scenario.settings_keywords import SettingsKeywords
from fakeapns.scenario.settings_values import LISTS, VERSIONS
from fakeapns.scenario.units import Budget

DEFAULTS = {
    "tokens": "any",
    "token_sizes": "1..100",
    "payload_limit": 2048,
    "uninstalled": "accept",
    "topic": None,
    "client_certificate": "required",
    "client_ca": (),
    "environment": "production",
    "tls_minimum": "1.2",
    "tls_maximum": "1.2",
    "error_delay": "0ms",
    "idle_limit": "2s",
    "close_pause": "150ms",
    "close_grace": "2s",
    "settle": "1s",
    "silent_parse_errors": False,
    "strict_payload": False,
    "signed_expiry": False,
    "zero_identifier_for_empty_token": False,
    "scripted_tokens": False,
    "feedback_clears": "when-written",
    "handshake_timeout": "10s",
    "max_connections": 10_000,
    "max_frame": 65_535,
    "max_entries": None,
    "notice_after": "0s",
    "feedback_last_app": False,
    "silent_budget": None,
    "store_absent_expiration": True,
    "api_tls_minimum": "1.2",
    "api_tls_maximum": "1.3",
    "api_payload_limit": None,
    "push_types": (
        *("alert", "background", "complication", "controls", "fileprovider", "liveactivity"),
        *("location", "mdm", "pushtotalk", "voip", "widgets"),
    ),
    "strict_background_priority": False,
    "strict_channel_expiration": False,
    "without_broadcast": (),
    "max_channels": 10_000,
    "jwt_skew": "5m",
    "jwt_scope": "connection",
    "documented_reason_names": False,
}


def test_names_and_defaults_change_on_purpose() -> None:
    assert msgspec.structs.asdict(Settings.of({})) == DEFAULTS


def test_the_keyword_arguments_are_the_settings() -> None:
    assert set(SettingsKeywords.__annotations__) == set(Settings.__struct_fields__)


@pytest.mark.parametrize(
    ("name", "given", "means"),
    [
        ("tokens", "registered", "registered"),
        ("token_sizes", 32, 32),
        ("token_sizes", "32..64", "32..64"),
        ("payload_limit", 256, 256),
        ("max_frame", 1, 1),
        ("max_entries", None, None),
        ("strict_payload", True, True),
        ("tls_minimum", 1.0, "1.0"),
        ("topic", "com.example.other", "com.example.other"),
        ("client_ca", "ca.pem", ("ca.pem",)),
        ("client_ca", Path("ca.pem"), ("ca.pem",)),
        ("client_ca", [Path("a.pem"), "b.pem"], ("a.pem", "b.pem")),
        ("client_ca", ("a.pem",), ("a.pem",)),
        ("push_types", "alert", ("alert",)),
        ("push_types", ["alert", "of-ios-30"], ("alert", "of-ios-30")),
        ("push_types", ("alert",), ("alert",)),
        ("api_tls_minimum", 1.3, "1.3"),
        ("api_tls_maximum", 1.2, "1.2"),
        ("api_payload_limit", 5120, 5120),
        ("jwt_skew", "0ms", "0ms"),
        ("jwt_scope", "address", "address"),
        ("notice_after", "30d", "30d"),
        ("feedback_last_app", True, True),
        ("silent_budget", "3/1h", "3/1h"),
        ("silent_budget", None, None),
        ("store_absent_expiration", False, False),
    ],
)
def test_a_value_may_come_from_python_or_toml(name: str, given: Any, means: Any) -> None:
    assert getattr(Settings.of({name: given}), name) == means


@pytest.mark.parametrize(
    ("assignment", "means"),
    [
        ("token_sizes=32", 32),
        ("token_sizes=32..64", "32..64"),
        ("payload_limit=256", 256),
        ("max_entries=100", 100),
        ("strict_payload=true", True),
        ("strict_payload=false", False),
        ("tls_minimum=1.0", "1.0"),
        ("topic=5", "5"),
        ("client_ca=ca.pem", ("ca.pem",)),
        ("push_types=alert", ("alert",)),
        ("api_tls_maximum=1.2", "1.2"),
        ("api_payload_limit=5120", 5120),
        ("jwt_skew=0ms", "0ms"),
        ("notice_after=1h", "1h"),
        ("feedback_last_app=true", True),
        ("silent_budget=3/1h", "3/1h"),
        ("store_absent_expiration=false", False),
    ],
)
def test_a_value_may_come_from_a_command_line(assignment: str, means: Any) -> None:
    name = assignment.partition("=")[0]
    found = getattr(Settings.of(parse_assignments([assignment])), name)
    assert str(found) == str(means)


def test_text_with_a_unit_is_at_hand_as_numbers() -> None:
    settings = Settings.of(
        {
            "error_delay": "75ms..500ms",
            "idle_limit": "3s",
            "settle": "250ms",
            "handshake_timeout": "1m",
            "close_pause": "20ms",
            "close_grace": "5s",
            "token_sizes": "32..64",
            "jwt_skew": "1m30s",
            "notice_after": "2h",
            "silent_budget": "3/1h",
        }
    )
    assert (settings.error_delay_range.low, settings.error_delay_range.high) == (0.075, 0.5)
    assert (settings.idle_limit_seconds, settings.handshake_seconds) == (3, 60)
    assert (settings.close_pause_seconds, settings.close_grace_seconds) == (0.02, 5)
    assert (settings.settle_seconds, settings.jwt_skew_seconds) == (0.25, 90)
    assert (settings.notice_seconds, settings.budget) == (7200, Budget(3, 3600))
    assert Settings().budget is None
    assert 64 in settings.sizes
    assert 65 not in settings.sizes


def test_an_unknown_name_is_refused_with_all_that_exist_and_the_nearest() -> None:
    with pytest.raises(UsageError) as refused:
        Settings.of({"payload_size": 256})
    assert str(refused.value) == (
        "unknown setting 'payload_size'; "
        f"allowed: {', '.join(sorted(DEFAULTS))}; did you mean payload_limit?"
    )


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("tokens", "some", "any, registered"),
        ("notice_after", "later", "a duration such as 250ms or 1h30m"),
        ("silent_budget", "three", "a number and a duration such as 3/1h"),
        ("silent_budget", 3, "a number and a duration such as 3/1h"),
        ("silent_budget", "3/0s", "is for no time: write how long"),
        ("store_absent_expiration", "no", "true, false"),
        ("feedback_last_app", 1, "true, false"),
        ("uninstalled", "ignore", "accept, reject"),
        ("client_certificate", "no", "optional, required"),
        ("environment", "development", "production, sandbox"),
        ("feedback_clears", "always", "never, when-closed, when-written"),
        ("tls_minimum", "1.4", "1.0, 1.1, 1.2, 1.3"),
        ("tls_minimum", 1, "1.0, 1.1, 1.2, 1.3"),
        ("tls_minimum", "1.3", "raise the maximum too"),
        ("payload_limit", "many", "a number from 1"),
        ("payload_limit", "256", "a number from 1"),
        ("payload_limit", 1.5, "a number from 1"),
        ("payload_limit", True, "a number from 1"),
        ("payload_limit", 0, "a number from 1"),
        ("max_connections", -1, "a number from 1"),
        ("max_frame", 0, "a number from 1"),
        ("max_entries", 0, "a number from 1"),
        ("strict_payload", "yes", "true, false"),
        ("error_delay", "5", "a duration such as 250ms, or a range such as 75ms..500ms"),
        ("error_delay", 5, "a duration such as 250ms, or a range such as 75ms..500ms"),
        ("error_delay", "2s..1s", "runs backwards"),
        ("idle_limit", "soon", "a duration such as 250ms or 1h30m"),
        ("idle_limit", "5s\n", "a duration such as 250ms or 1h30m"),
        ("handshake_timeout", "10", "a duration such as 250ms or 1h30m"),
        ("token_sizes", "5..2", "runs backwards"),
        ("token_sizes", "all", "a number from 0, a range such as 2..5 or 3.."),
        ("topic", 5, "text"),
        ("client_ca", 3, "3 is wrong; allowed: a path, or a list of paths"),
        ("client_ca", ["ca.pem", 3], "3 is wrong; allowed: a path, or a list of paths"),
        ("payload_limit", (5,), "(5,) is wrong; allowed: a number from 1"),
        ("push_types", [], "[] is wrong; allowed: a name such as alert, or a list of names"),
        ("push_types", "", "'' is wrong; allowed: a name such as alert, or a list of names"),
        ("push_types", None, "None is wrong; allowed: a name such as alert, or a list of names"),
        ("push_types", ["voip", "a b"], "'a b' is wrong; allowed: a name such as alert, or"),
        ("push_types", ["voip", "voip\n"], "'voip\\n' is wrong"),
        ("push_types", ["voip", 5], "5 is wrong"),
        ("push_types", "alert,voip", "'alert,voip' is wrong"),
        ("push_types", ["a" * 65], "is wrong; allowed: a name such as alert"),
        ("api_tls_minimum", 1.1, "'1.1' is wrong; allowed: 1.2, 1.3"),
        ("api_tls_maximum", "1.0", "'1.0' is wrong; allowed: 1.2, 1.3"),
        ("api_tls_maximum", None, "None is wrong; allowed: 1.2, 1.3"),
        ("api_payload_limit", 0, "0 is wrong; allowed: a number from 1"),
        ("strict_background_priority", 1, "true, false"),
        ("strict_channel_expiration", "yes", "true, false"),
        ("without_broadcast", [""], "a topic, with wildcards or without, or a list of topics"),
        ("max_channels", 0, "a number from 1"),
        ("jwt_skew", "5", "a duration such as 250ms or 1h30m"),
        ("jwt_skew", "-5m", "a duration such as 250ms or 1h30m"),
        ("jwt_skew", 300, "a duration such as 250ms or 1h30m"),
        ("jwt_scope", "peer", "address, connection"),
    ],
)
def test_a_value_that_cannot_be_is_refused_with_its_name_and_what_can(
    name: str, given: Any, said: str
) -> None:
    with pytest.raises(UsageError) as refused:
        Settings.of({name: given})
    assert str(refused.value).startswith(f"setting {name}: ")
    assert said in str(refused.value)


def test_everything_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(UsageError) as refused:
        Settings.of({"tokns": "any", "max_frame": 0, "tls_minimum": "2", "error_delay": "2s..1s"})
    said = [line.partition("; ")[0] for line in str(refused.value).splitlines()]
    assert said == [
        "unknown setting 'tokns'",
        "setting tls_minimum: '2' is wrong",
        "setting max_frame: 0 is wrong",
        "setting error_delay: the range '2s..1s' runs backwards: write the smaller duration first",
    ]


def test_the_versions_of_each_service_are_held_against_each_other_alone() -> None:
    given = {"tls_minimum": "1.0", "api_tls_minimum": 1.3, "api_tls_maximum": 1.2}
    assert [str(problem) for problem in Settings.mistakes(given)] == [
        "api_tls_minimum is 1.3 and api_tls_maximum 1.2: raise the maximum too, api_tls_minimum"
    ]
    assert Settings.mistakes({"tls_maximum": "1.0", "tls_minimum": "1.0"}) == []


@pytest.mark.parametrize(
    "given",
    [
        {"tls_minimum": "2", "tls_maximum": "1.0"},
        {"tls_minimum": "1.3", "tls_maximum": 2},
        {"api_tls_minimum": "1.3", "api_tls_maximum": 2},
    ],
)
def test_a_version_that_is_none_is_held_against_no_other(given: dict[str, Any]) -> None:
    assert [problem.what.endswith(" is wrong") for problem in Settings.mistakes(given)] == [True]


def test_a_mistake_has_the_path_of_its_key() -> None:
    assert Settings.mistakes({"max_frame": 0}) == [
        Problem(("max_frame",), "0 is wrong", ("a number from 1",))
    ]
    assert Settings.mistakes({"max_frame": 1}) == []


def test_assignments_become_settings() -> None:
    given = parse_assignments(["payload_limit=256", " tokens =registered", "topic=a=b"])
    assert given == {"payload_limit": 256, "tokens": "registered", "topic": "a=b"}
    assert Settings.of(given).payload_limit == 256


@pytest.mark.parametrize("name", LISTS)
def test_the_last_assignment_wins_but_lists_add_up(name: str) -> None:
    given = parse_assignments(("payload_limit=1", f"{name}=a", "payload_limit=2", f"{name}=b"))
    assert given == {"payload_limit": 2, name: ["a", "b"]}
    assert getattr(Settings.of(given), name) == ("a", "b")


def test_what_is_a_list_adds_up_and_what_is_a_version_may_be_a_number() -> None:
    defaults = DEFAULTS.items()
    assert set(LISTS) == {name for name, value in defaults if isinstance(value, tuple)}
    assert set(VERSIONS) == {name for name in DEFAULTS if "tls_" in name}


def test_an_assignment_without_a_value_is_refused_with_an_example() -> None:
    with pytest.raises(UsageError, match=r"'tokens' sets nothing: write KEY=VALUE"):
        parse_assignments(["tokens"])
