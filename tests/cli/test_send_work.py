"""`send` with a work list, and with the server that APNS_ variables name."""

from __future__ import annotations

import json
import socket
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import trio
from click.testing import CliRunner, Result
from trio.testing import MockClock

from fakeapns import Drop, FakeAPNs, Refuse, ThreadedAPNs
from fakeapns.cli import main
from fakeapns.ledger.entries import FeedbackSent
from fakeapns.provider import SendError
from fakeapns.provider.sender import (
    LAST_WORD,
    Outgoing,
    connect_again,
    read_feedback,
    send,
)
from fakeapns.provider.work_list import SendItem, WorkItem, write_work_list

TOPIC, OTHER = "com.example.app", "com.example.other"
BAD = "bb" * 101


def item(number: int, **changed: Any) -> WorkItem:
    """A notification to be sent."""
    usual = {"token": f"{number:064x}", "payload": {"aps": {"badge": number}}}
    return WorkItem(**{"identifier": number, **usual, **changed})


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """A list of five."""
    path = tmp_path / "work.jsonl"
    write_work_list(path, map(item, range(1, 6)))
    return path


def call(apns: ThreadedAPNs, *arguments: str | Path, **changed: str | None) -> Result:
    """What the command says in the environment of a client of this server."""
    told = {"FAKEAPNS_READY_FILE": None, **apns.environment(), **changed}
    arguments = ("send", "--settle", "0.3", *arguments)
    return CliRunner().invoke(main, list(map(str, arguments)), env=told)


def fails(result: Result, code: int) -> str:
    """The one sentence with which the command gives up."""
    assert (result.exit_code, result.stdout) == (code, ""), result.output
    [sentence] = result.stderr.splitlines()
    return sentence


# ---- the work list ----------------------------------------------------------------------


def test_a_work_list_is_sent_in_its_order(apns: ThreadedAPNs, work: Path) -> None:
    result = call(apns, "--work", work)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == "sent 5, accepted 5, refused 0, resent 0, connections 1\n"
    arrived = [(each.token, each.payload) for each in apns.accepted]
    assert arrived == [(each.token, each.payload) for each in map(item, range(1, 6))]


def test_the_environment_names_the_list_too(apns: ThreadedAPNs, work: Path) -> None:
    assert call(apns, APNS_WORK=str(work)).exit_code == 0
    apns.assert_accepted(5)


def test_refusals_belong_to_the_story(apns: ThreadedAPNs, tmp_path: Path) -> None:
    path = tmp_path / "work.jsonl"
    write_work_list(path, [item(1), item(2, token=BAD), item(3)])
    result = call(apns, "--work", path)
    assert result.exit_code == 0
    summary, refused = result.stdout.splitlines()
    assert summary == "sent 3, accepted 2, refused 1, resent 1, connections 2"
    assert refused == f"refused number 2 (invalid-token-size) token {BAD}"


def test_a_line_may_say_its_own_expiration_and_priority(apns: ThreadedAPNs, tmp_path: Path) -> None:
    path = tmp_path / "work.jsonl"
    own = SendItem(token="ab" * 32, payload={"aps": {}}, expiration=7, priority=5)
    write_work_list(path, [own, item(2)])
    usual = ("--expiration", "1900000000", "--priority", "10")
    assert call(apns, "--work", path, *usual).exit_code == 0
    told = [(each.expiration, each.priority) for each in apns.notifications]
    assert told == [(7, 5), (1_900_000_000, 10)]


@pytest.mark.parametrize("own", [{"expiration": -1}, {"expiration": 1 << 32}, {"priority": 256}])
def test_what_no_frame_holds_is_named(
    apns: ThreadedAPNs, tmp_path: Path, own: dict[str, int]
) -> None:
    path = tmp_path / "work.jsonl"
    write_work_list(path, [SendItem(token="ab" * 32, payload={}, **own)])  # type: ignore[arg-type]
    assert "of notification 1 is" in fails(call(apns, "--work", path), 2)


def test_a_last_word_is_asked_for(apns: ThreadedAPNs, work: Path) -> None:
    # The drop comes behind what was written last: without an answer nobody would notice.
    apns.inject(Drop(), notification=5)
    result = call(apns, "--work", work, "--confirm", "--settle", "5")
    assert result.stdout.startswith("sent 5, accepted 5, refused 0, resent 5, connections ")
    assert apns.rejected[-1].identifier == LAST_WORD


@pytest.mark.apns(topics=[TOPIC, OTHER])
def test_each_topic_goes_out_with_its_certificate(apns: ThreadedAPNs, tmp_path: Path) -> None:
    path = tmp_path / "work.jsonl"
    topics = [TOPIC, OTHER, None, OTHER]
    items = [item(number, topic=topic) for number, topic in enumerate(topics, 1)]
    items.append(item(5, topic=OTHER, token=BAD))
    write_work_list(path, items)
    result = call(apns, "--work", path)
    assert (result.exit_code, result.stderr) == (0, "")
    summary, refused = result.stdout.splitlines()
    assert summary == "sent 5, accepted 4, refused 1, resent 0, connections 2"
    assert refused.startswith("refused number 5 ")
    arrived = [(each.payload["aps"]["badge"], each.topic) for each in apns.accepted]
    assert arrived == [(1, TOPIC), (3, TOPIC), (2, OTHER), (4, OTHER)]


def test_a_topic_without_a_certificate_goes_out_with_ours(
    apns: ThreadedAPNs, tmp_path: Path
) -> None:
    path = tmp_path / "work.jsonl"
    write_work_list(path, [item(number, topic="com.example.nobody") for number in (1, 2)])
    result = call(apns, "--work", path)
    assert result.exit_code == 0
    [warning] = result.stderr.splitlines()
    assert warning.startswith("no client certificate for com.example.nobody: ")
    apns.assert_accepted(2, topic=TOPIC)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "there is nothing to send in "),
        ("\n\n", "there is nothing to send in "),
        ('{"token": "00"', "work.jsonl:1: "),
        ('{"token": "00", "payload": {}}\n{"token": "00"}', "work.jsonl:2: "),
        ('{"token": "hello", "payload": {}}', "notification 1: 'hello' is no device token"),
        ('{"token": "00", "payload": ' + "[" * 100_000 + "]" * 100_000 + "}", "work.jsonl:1: "),
        (json.dumps({"token": "00" * 65_536, "payload": {}}), "the token of notification 1 has"),
        (
            json.dumps({"token": "00", "payload": {"x": "x" * 65_535}}),
            "the payload of notification 1",
        ),
    ],
    ids=range(8),
)
def test_a_bad_work_list_is_one_sentence(
    apns: ThreadedAPNs, tmp_path: Path, content: str, told: str
) -> None:
    path = tmp_path / "work.jsonl"
    path.write_text(content)
    assert told in fails(call(apns, "--work", path), 2)
    assert not apns.notifications


def test_a_work_list_that_is_not_there_is_one_sentence(apns: ThreadedAPNs, tmp_path: Path) -> None:
    assert "cannot read the work list" in fails(call(apns, "--work", tmp_path / "none"), 2)


@pytest.mark.parametrize("option", ["--count=2", "--alert=Hi", "--token=00", "--payload={}"])
def test_a_list_and_what_to_send_instead_is_one_sentence(
    apns: ThreadedAPNs, work: Path, option: str
) -> None:
    assert "--work says what to send" in fails(call(apns, "--work", work, option), 2)


def test_what_is_typed_wins_over_a_list_of_the_environment(apns: ThreadedAPNs, work: Path) -> None:
    assert call(apns, "--count", "2", APNS_WORK=str(work)).exit_code == 0
    apns.assert_accepted(2)


# ---- the server -------------------------------------------------------------------------


def unreachable() -> str:
    """A port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return str(taken.getsockname()[1])


def test_options_win_over_the_variables(apns: ThreadedAPNs) -> None:
    port, certs = str(apns.gateway.port), Path(apns.ca_file).parent
    wrong = {"APNS_GATEWAY_PORT": unreachable(), "APNS_CA": "nowhere"}
    # Writes what a folder of `serve` has.
    apns.environment()
    assert call(apns, "--gateway-port", port, "--certs", certs, **wrong).exit_code == 0
    told = {"FAKEAPNS_GATEWAY_PORT": port, "FAKEAPNS_CERTS": str(certs)}
    assert call(apns, **wrong, **told).exit_code == 0
    assert fails(call(apns, **wrong), 1).endswith("or name the folder with --certs")


def test_variables_that_are_not_complete_are_one_sentence(apns: ThreadedAPNs) -> None:
    assert "APNS_PEM is not set" in fails(call(apns, APNS_PEM=""), 2)
    long = "x" * 300
    assert f"{long} is not there" in fails(call(apns, APNS_PEM=long), 1)


def test_without_an_address_the_variables_are_nobody_s(
    apns: ThreadedAPNs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = call(apns, APNS_GATEWAY_PORT=None)
    assert "there are no client certificates in certs" in fails(result, 1)


@pytest.mark.apns(topics=[TOPIC, OTHER])
def test_a_topic_is_chosen_among_those_of_the_server(apns: ThreadedAPNs) -> None:
    assert call(apns, "--topic", OTHER).exit_code == 0
    apns.assert_accepted(1, topic=OTHER)
    told = fails(call(apns, "--topic", "com.example.nobody"), 2)
    assert "there is no client certificate for com.example.nobody" in told


# ---- connecting again, and feedback -----------------------------------------------------


def test_it_connects_as_often_as_it_is_told_to(apns: ThreadedAPNs, work: Path) -> None:
    apns.inject(Refuse(), connection="1..2")
    fails(call(apns, "--work", work), 1)
    # The second one of these is the server's third.
    assert call(apns, "--work", work, "--tries", "2").exit_code == 0
    apns.assert_accepted(5)


def test_feedback_is_read_afterwards(apns: ThreadedAPNs, work: Path) -> None:
    apns.devices.add(TOPIC, token=item(3).token, state="uninstalled")
    result = call(apns, "--work", work, "--feedback")
    assert (result.exit_code, result.stdout.splitlines()[-1]) == (0, "feedback listed 1 token")
    [listed] = apns.ledger.of(FeedbackSent)
    assert listed.token == item(3).token


def test_feedback_that_never_ends_is_taken_as_it_is() -> None:
    async def main() -> None:
        async with FakeAPNs(scenario="feedback-never-closes") as apns:
            [device] = apns.devices
            await send(apns.connect, [Outgoing(device.token_bytes, b"{}")])
            connect = partial(apns.connect, service="feedback")
            began = trio.current_time()
            [listed] = await read_feedback(connect, 5)
            assert listed.token == device.token_bytes
            assert trio.current_time() - began == 5

    trio.run(main, clock=MockClock(autojump_threshold=0))


def test_pauses_between_attempts_grow() -> None:
    attempts: list[float] = []

    async def refused() -> trio.abc.Stream:
        attempts.append(trio.current_time())
        raise SendError("nobody is there")

    async def main() -> None:
        with pytest.raises(SendError, match="nobody is there"):
            await connect_again(refused, 4)

    trio.run(main, clock=MockClock(autojump_threshold=0))
    pauses = [later - earlier for earlier, later in pairwise(attempts)]
    assert pauses == pytest.approx([0.2, 0.4, 0.8])
