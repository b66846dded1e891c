"""Arguments of `FakeAPNs` that cannot be: refused at once, in one sentence."""

from __future__ import annotations

from typing import Any

import pytest

from fakeapns import Authority, Drop, FakeAPNs, UsageError
from fakeapns.scenario.assignments import parse_assignments
from fakeapns.scenario.settings import Settings

LISTS = "topics and hosts are lists: write topics=['com.example.app']"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"gateway_port": 99_999}, "99999 is no port: give one from 0 (any free one) to 65535"),
        ({"feedback_port": 65_536}, "65536 is no port: give one from 0 (any free one) to 65535"),
        ({"gateway_port": -1}, "-1 is no port: give one from 0 (any free one) to 65535"),
        ({"gateway_port": "x"}, "'x' is no port: give one from 0 (any free one) to 65535"),
        ({"feedback_port": None}, "None is no port: give one from 0 (any free one) to 65535"),
        ({"api_port": 2.5}, "2.5 is no port: give one from 0 (any free one) to 65535"),
        ({"api_port": None}, "None is no port: give one from 0 (any free one) to 65535"),
        ({"api_port": True}, "True is no port: give one from 0 (any free one) to 65535"),
        ({"plain_api_port": "80"}, "'80' is no port: give one from 0 (any free one) to 65535"),
        ({"proxy_port": True}, "True is no port: give one from 0 (any free one) to 65535"),
        (
            {"gateway_port": 40_000, "api_port": 40_000},
            "the gateway and the api are both to have port 40000: give each its own, or 0 for any",
        ),
        (
            {"api_port": 40_001, "plain_api_port": 40_001},
            "the api and the plain api are both to have port 40001: give each its own",
        ),
        # Looked for among all whole numbers, each of these took for ever.
        ({"seed": "x"}, "'x' is no seed: write a whole number"),
        ({"seed": 1.5}, "1.5 is no seed: write a whole number"),
        ({"seed": True}, "True is no seed: write a whole number"),
        ({"scenario": 5}, "5 is no scenario: give a Scenario, a file, or a name of a story"),
        ({"authority": "ca"}, "'ca' is no authority: give an Authority()"),
        ({"certs": 5}, "5 is no folder for certs: give a path"),
        ({"ledger": b"x"}, "b'x' is no file for the ledger: give a path"),
        ({"hosts": [5]}, "5 is no host: write an address such as '127.0.0.1'"),
        ({"topics": 5}, LISTS),
        ({"hosts": {"127.0.0.1": 1}}, LISTS),
        ({"topics": [1]}, "1 is no topic: write a bundle id such as com.example.app"),
        ({"hosts": "127.0.0.1"}, LISTS),
        ({"topics": "com.example.app"}, LISTS),
        ({"topics": "x"}, LISTS),
        ({"hosts": []}, "topics and hosts cannot be empty: give at least one of each"),
        ({"topics": []}, "topics and hosts cannot be empty: give at least one of each"),
        ({"topics": ["server"]}, "'server' names a file of our own: choose a topic such as"),
        ({"topics": ["x" * 201]}, "is no topic: write a bundle id such as com.example.app"),
    ],
)
def test_an_argument_that_cannot_be_is_refused_at_once(given: dict[str, Any], told: str) -> None:
    with pytest.raises(UsageError) as refused:
        FakeAPNs(**given)
    [sentence] = str(refused.value).splitlines()
    assert told in sentence


@pytest.mark.parametrize(
    ("name", "near"),
    [("scenaro", "scenario"), ("topic_s", "topics"), ("payload_limt", "payload_limit")],
)
def test_a_name_that_is_misspelt_gets_the_nearest_of_all_that_there_are(
    name: str, near: str
) -> None:
    said = f"^argument of FakeAPNs '{name}' does not exist; did you mean {near}\\? \\(known: .*\\)$"
    with pytest.raises(UsageError, match=said):
        FakeAPNs(**{name: "x"})  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["scenario", "seed", "certs", "topics", "payload_limt"])
def test_what_is_set_on_the_command_line_is_a_setting_and_nothing_else(name: str) -> None:
    with pytest.raises(UsageError, match=f"^unknown setting '{name}'; allowed: "):
        parse_assignments([f"{name}=x"])


@pytest.mark.parametrize(
    "given",
    [
        {"gateway_port": 0, "feedback_port": 65_535},
        {"hosts": ("127.0.0.1",), "topics": ("com.example.app",)},
        {"hosts": ["localhost"], "topics": ["x", "x" * 200]},
    ],
)
def test_an_argument_that_can_be_is_taken(given: dict[str, Any]) -> None:
    FakeAPNs(**given)


def test_a_folder_has_an_authority_of_its_own() -> None:
    with pytest.raises(UsageError, match="certs and authority are both given"):
        FakeAPNs(certs="certs", authority=Authority())


async def test_a_host_that_is_no_name_is_one_sentence() -> None:
    with pytest.raises(Exception, match=r"^a\.\.b: one of these is no host name; choose") as caught:
        async with FakeAPNs(hosts=["a..b"]):
            pass
    assert caught.typename == "StartError"


@pytest.mark.parametrize("topic", ["com.example.app", "5", "true", "null", "1.5", "None"])
def test_a_topic_on_the_command_line_is_text_whatever_it_looks_like(topic: str) -> None:
    settings = Settings.of(parse_assignments([f"topic={topic}"]))
    assert settings.topic == topic


@pytest.mark.parametrize("name", ["channel", "payload_bytes"])
def test_what_a_push_has_and_no_trigger_is_there_for_a_function(name: str) -> None:
    given: dict[str, Any] = {name: "AAAA"}
    with pytest.raises(UsageError) as refused:
        FakeAPNs().inject(Drop(), **given)
    assert "did you mean" not in str(refused.value)
    assert str(refused.value).endswith(f"; write where=lambda push: push.{name} == …")
