"""The table of settings: its defaults, what text may stand for, what is refused and how."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from fakeapns.errors import UsageError
from fakeapns.settings import Settings, SettingsKeywords, parse_assignments

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
}


def test_names_and_defaults_change_on_purpose() -> None:
    assert msgspec.structs.asdict(Settings.of({})) == DEFAULTS


def test_the_keyword_arguments_are_the_settings() -> None:
    assert set(SettingsKeywords.__annotations__) == set(Settings.__struct_fields__)


@pytest.mark.parametrize(
    ("name", "given", "means"),
    [
        ("tokens", "registered", "registered"),
        ("token_sizes", 32, "32"),
        ("token_sizes", "32..64", "32..64"),
        ("payload_limit", "256", 256),
        ("max_entries", "100", 100),
        ("max_frame", 1, 1),
        ("strict_payload", "true", True),
        ("strict_payload", "false", False),
        ("tls_minimum", 1.0, "1.0"),
        ("topic", "com.example.other", "com.example.other"),
        ("client_ca", "ca.pem", ("ca.pem",)),
        ("client_ca", Path("ca.pem"), ("ca.pem",)),
        ("client_ca", [Path("a.pem"), "b.pem"], ("a.pem", "b.pem")),
        ("client_ca", ("a.pem",), ("a.pem",)),
    ],
)
def test_a_value_may_come_from_python_toml_or_a_command_line(
    name: str, given: Any, means: Any
) -> None:
    assert getattr(Settings.of({name: given}), name) == means


def test_text_with_a_unit_is_at_hand_as_numbers() -> None:
    settings = Settings.of(
        {
            "error_delay": "75ms..500ms",
            "idle_limit": "3s",
            "handshake_timeout": "1m",
            "token_sizes": "32..64",
        }
    )
    assert (settings.error_delay_range.low, settings.error_delay_range.high) == (0.075, 0.5)
    assert (settings.idle_limit_seconds, settings.handshake_seconds) == (3, 60)
    assert 64 in settings.sizes
    assert 65 not in settings.sizes


def test_an_unknown_name_is_refused_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="'payload_size' does not exist; did you mean payload_"):
        Settings.of({"payload_size": 256})


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("tokens", "some", "any, registered"),
        ("uninstalled", "ignore", "accept, reject"),
        ("client_certificate", "no", "optional, required"),
        ("environment", "development", "production, sandbox"),
        ("feedback_clears", "always", "never, when-closed, when-written"),
        ("tls_minimum", "1.4", "1.0, 1.1, 1.2, 1.3"),
        ("tls_minimum", 1, "1.0, 1.1, 1.2, 1.3"),
        ("tls_minimum", "1.3", "raise the maximum too"),
        ("payload_limit", "many", "int"),
        ("payload_limit", 1.5, "int"),
        ("payload_limit", True, "int"),
        ("payload_limit", 0, "at least 1"),
        ("max_connections", -1, "at least 1"),
        ("max_frame", 0, "at least 1"),
        ("max_entries", 0, "at least 1"),
        ("strict_payload", "yes", "bool"),
        ("error_delay", "5", "is no duration"),
        ("error_delay", 5, "str"),
        ("error_delay", "2s..1s", "runs backwards"),
        ("idle_limit", "soon", "is no duration"),
        ("handshake_timeout", "10", "is no duration"),
        ("token_sizes", "5..2", "runs backwards"),
        ("token_sizes", "all", "is no number or range"),
        ("topic", 5, "str"),
        ("client_ca", 3, "array"),
    ],
)
def test_a_value_that_cannot_be_is_refused_with_its_name_and_what_can(
    name: str, given: Any, said: str
) -> None:
    with pytest.raises(UsageError) as refused:
        Settings.of({name: given})
    assert name in str(refused.value)
    assert said in str(refused.value)


def test_assignments_become_settings() -> None:
    given = parse_assignments(["payload_limit=256", " tokens =registered", "topic=a=b"])
    assert given == {"payload_limit": "256", "tokens": "registered", "topic": "a=b"}
    assert Settings.of(given).payload_limit == 256


def test_the_last_assignment_wins_but_certificates_add_up() -> None:
    given = parse_assignments(
        ("payload_limit=1", "client_ca=a.pem", "payload_limit=2", "client_ca=b.pem")
    )
    assert given == {"payload_limit": "2", "client_ca": ["a.pem", "b.pem"]}


def test_an_assignment_without_a_value_is_refused_with_an_example() -> None:
    with pytest.raises(UsageError, match=r"'tokens' sets nothing: write KEY=VALUE"):
        parse_assignments(["tokens"])
