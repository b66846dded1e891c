"""Keys, and what a running server makes of the tokens that they sign."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from fakeapns import FakeAPNs, ThreadedAPNs
from fakeapns.cli import main

TOPIC = "com.example.app"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ThreadedAPNs]:
    """A server that keeps its folder."""
    with FakeAPNs(certs=tmp_path_factory.mktemp("served")).in_thread() as apns:
        yield apns


@pytest.fixture
def apns(served: ThreadedAPNs) -> ThreadedAPNs:
    """The same, as new."""
    served.renew()
    return served


def run(apns: ThreadedAPNs, *arguments: str | Path, **variables: str) -> str:
    """What a command prints in the environment of a client of this server."""
    told = {"FAKEAPNS_READY_FILE": None, **apns.environment(), **variables}
    return CliRunner().invoke(main, list(map(str, arguments)), env=told).stdout


def send(apns: ThreadedAPNs, p8: Path, key_id: str, team_id: str) -> str | None:
    """Why a push that is signed with this key is refused, if it is: Apple's word."""
    key = {"APNS_AUTH_KEY": str(p8), "APNS_KEY_ID": key_id, "APNS_TEAM_ID": team_id}
    run(apns, "send", "--service", "api", "--auth", "key", "--topic", TOPIC, **key)
    [notification] = apns.notifications
    assert (notification.key_id, notification.team_id) == (key_id, team_id)
    return None if notification.outcome == "accepted" else str(notification.reason)


KINDS: list[tuple[dict[str, Any], str | None]] = [
    ({}, None),
    ({"topics": [TOPIC]}, None),
    ({"team": "ABCDE12345"}, None),
    ({"environment": "production"}, None),
    ({"environment": "sandbox"}, "BadEnvironmentKeyInToken"),
    ({"topics": ["com.example.other"]}, "TopicDisallowed"),
    ({"revoked": True}, "InvalidProviderToken"),
    ({"known": False}, "InvalidProviderToken"),
]


@pytest.mark.parametrize(("kind", "reason"), KINDS, ids=str)
def test_a_key_is_worth_what_it_was_made_for(
    apns: ThreadedAPNs, kind: dict[str, Any], reason: str | None
) -> None:
    key = apns.provider_key(**kind)
    assert send(apns, key.p8_file, key.key_id, key.team_id) == reason


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ([], None),
        (["--topic", TOPIC], None),
        (["--topic", "com.example.other"], "TopicDisallowed"),
        (["--scope", "sandbox"], "BadEnvironmentKeyInToken"),
        (["--revoked"], "InvalidProviderToken"),
        (["--foreign"], "InvalidProviderToken"),
    ],
    ids=str,
)
def test_so_is_one_that_a_command_has_minted_meanwhile(
    apns: ThreadedAPNs, arguments: list[str], reason: str | None
) -> None:
    folder = Path(apns.ca_file).parent
    printed = run(apns, "certs", "--certs", folder, "--key", *arguments)
    p8, key_id, team_id = (line.split(maxsplit=1)[1] for line in printed.splitlines())
    assert send(apns, Path(p8), key_id, team_id) == reason


def test_who_has_the_other_ones_id_is_told_so(apns: ThreadedAPNs) -> None:
    usual, other = apns.provider_key(), apns.provider_key(topics=[TOPIC])
    assert send(apns, other.p8_file, usual.key_id, usual.team_id) == "InvalidProviderToken"
    [notification] = apns.notifications
    assert notification.why is not None
    assert f"the key {other.key_id} has signed it" in notification.why
