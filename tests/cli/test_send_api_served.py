"""`send --service api` and our own server, which disturbs it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from fakeapns import FakeAPNs, Reject, ThreadedAPNs
from fakeapns.cli import main

TOPIC, OTHER = "com.example.app", "com.example.other"
ALL = "sent 20, accepted 20, refused 0, resent {}, connections {}\n"


@pytest.fixture
def served() -> Iterator[ThreadedAPNs]:
    """A server with two topics, and the API without TLS as well."""
    with FakeAPNs(topics=[TOPIC, OTHER], plain_api_port=0).in_thread() as apns:
        yield apns


def call(apns: ThreadedAPNs, *arguments: str | Path, **changed: str | None) -> Result:
    """What the command says in the environment of a client of this server."""
    told = {"FAKEAPNS_READY_FILE": None, **apns.environment(), **changed}
    arguments = ("send", "--service", "api", *arguments)
    return CliRunner().invoke(main, list(map(str, arguments)), env=told)


@pytest.mark.parametrize("auth", ["key", "certificate"])
def test_three_hundred_get_through(served: ThreadedAPNs, auth: str) -> None:
    result = call(served, "--auth", auth, "--count", "300")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == "sent 300, accepted 300, refused 0, resent 0, connections 1\n"
    arrived = served.accepted
    assert [each.payload["number"] for each in arrived] == list(range(1, 301))
    assert {(each.service, each.topic, each.push_type) for each in arrived} == {
        ("api", TOPIC, "alert")
    }
    assert len({each.apns_id for each in arrived}) == 300
    assert not any(each.warnings for each in arrived)


def test_a_key_sends_for_every_topic_on_one_connection(
    served: ThreadedAPNs, tmp_path: Path
) -> None:
    work = tmp_path / "work.jsonl"
    topics = (TOPIC, OTHER, "com.example.third.voip")
    lines = (f'{{"token":"{"ab" * 32}","payload":{{}},"topic":"{each}"}}' for each in topics)
    work.write_text("\n".join(lines))
    assert call(served, "--work", work).stdout.endswith("connections 1\n")
    assert tuple(each.topic for each in served.accepted) == topics


def test_the_plain_port_takes_a_key(served: ThreadedAPNs) -> None:
    result = call(served, "--api-url", served.plain_api.url, "--topic", TOPIC)
    assert result.exit_code == 0, result.output
    assert len(served.accepted) == 1


@pytest.mark.parametrize(
    ("reason", "connections"),
    [
        ("ServiceUnavailable", 1),
        ("InternalServerError", 1),
        ("TooManyRequests", 1),
        ("ExpiredProviderToken", 2),
    ],
)
def test_what_passes_is_outlived(served: ThreadedAPNs, reason: Any, connections: int) -> None:
    served.inject(Reject(reason), notification=7)
    result = call(served, "--count", "20")
    assert result.exit_code == 0, result.output
    assert result.stdout == ALL.format(1, connections)
    ids: dict[Any, set[str | None]] = {}
    for each in served.notifications:
        ids.setdefault(each.payload["number"], set()).add(each.apns_id)
    assert {len(found) for found in ids.values()} == {1}
    assert set(ids) == {*range(1, 21)}


@pytest.mark.parametrize("reason", ["BadDeviceToken", "Unregistered", "PayloadTooLarge"])
def test_what_is_refused_for_good_is_sent_once(served: ThreadedAPNs, reason: Any) -> None:
    served.inject(Reject(reason), notification=7)
    result = call(served, "--count", "20")
    assert result.exit_code == 1
    assert result.stdout.startswith("sent 20, accepted 19, refused 1, resent 0, connections 1\n")
    assert f"{reason}) token" in result.stdout
    assert len(served.notifications) == 20


def test_a_certificate_of_the_other_environment_is_told_at_once() -> None:
    with FakeAPNs(environment="sandbox").in_thread() as apns:
        files = apns.client_certificate(scope="production")
        result = call(apns, "--auth", "certificate", APNS_PEM=files.pem_file)
    assert result.exit_code == 1
    assert "the server ended the connection: BadCertificateEnvironment" in result.stderr
