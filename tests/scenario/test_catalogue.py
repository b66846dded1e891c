"""Every story of the catalogue, played: a good provider passes, a bad one does not.

Played on memory streams in virtual time, so an hour that a story takes is none here.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

import msgspec
import pytest
import trio
from trio.testing import MockClock

from fakeapns import FakeAPNs, load_scenario
from fakeapns.chaos import work_for
from fakeapns.provider import SendItem
from fakeapns.provider.sender import Outgoing, connect_again, read_feedback, send
from fakeapns.scenario.catalogue import catalogue_folder
from fakeapns.scenario.toml import scenario_names

from ..careless import never_replay, replay_everything

NAMES = scenario_names()
#: Those that are played with senders to the gateway; `test_api_catalogue.py` has the others.
PLAYED = [name for name in NAMES if "gateway" in load_scenario(name).services]
COUNT = 500
#: What a comment says of a story that replaying well or badly has nothing to do with.
EXEMPT = "bad provider"
#: Seconds for which feedback is read: a list that never ends must not hold anybody up.
PATIENCE = 5.0

#: Sends everything to a server, by this command.
Provider = Callable[[FakeAPNs, list[Outgoing], int], Awaitable[object]]


def comment(name: str) -> str:
    """What a file's comments say, in one line."""
    lines = (catalogue_folder() / f"{name}.toml").read_text("utf-8").splitlines()
    return " ".join(line[1:].strip() for line in lines if re.match(r"# ", line))


def work_of(apns: FakeAPNs) -> list[SendItem]:
    """What chaos gives a sender."""
    return work_for(apns.scenario, apns.settings, apns.topics[0], COUNT, apns.devices.now())


def as_outgoing(item: SendItem) -> Outgoing:
    """What a sender makes of it."""
    payload = msgspec.json.encode(item.payload)
    return Outgoing(bytes.fromhex(item.device), payload, item.expiration, item.priority)


async def send_well(apns: FakeAPNs, notifications: list[Outgoing], command: int) -> None:
    """The reference provider; it asks for feedback where the story wants that."""
    await send(apns.connect, notifications, command=command, settle=10, confirm=True, tries=20)
    if apns.scenario.expect.feedback_read:
        with trio.move_on_after(PATIENCE):
            connect = partial(apns.connect, service="feedback")
            await read_feedback(partial(connect_again, connect, tries=20))


async def send_and_forget(apns: FakeAPNs, notifications: list[Outgoing], command: int) -> None:
    await never_replay(apns.connect, notifications, command=command)


async def send_it_all_again(apns: FakeAPNs, notifications: list[Outgoing], command: int) -> None:
    await replay_everything(apns.connect, notifications, command=command)


def play(name: str, provider: Provider) -> list[str]:
    """What a provider falls short of in a story."""

    async def main() -> list[str]:
        async with FakeAPNs(scenario=name) as apns:
            played_with = re.search(r"Played with: command (\d)", comment(name))
            meant = work_of(apns)
            outgoing = [*map(as_outgoing, meant)]
            await provider(apns, outgoing, int(played_with[1]) if played_with else 2)
            audit = apns.audit(meant)
            assert audit.intended == COUNT
            return list(audit.shortfalls)

    return trio.run(main, clock=MockClock(autojump_threshold=0))


def test_the_catalogue_has_at_least_24_stories() -> None:
    assert len(NAMES) >= 24
    assert len({load_scenario(name).about for name in NAMES}) == len(NAMES)
    assert len({load_scenario(name).advice for name in NAMES}) == len(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_file_says_what_it_is_where_it_comes_from_and_what_it_expects(name: str) -> None:
    text = (catalogue_folder() / f"{name}.toml").read_text("utf-8")
    assert text.startswith("#:schema ./scenario.schema.json\n# ")
    assert re.search(r"^\[expect\]$", text, re.MULTILINE)
    assert len(comment(name)) > 40
    scenario = load_scenario(name)
    assert scenario.name == name
    assert scenario.about.endswith(".")
    assert scenario.advice is not None, "a sender that fails has to be told what to do"
    assert len(scenario.advice) > 60
    assert scenario.advice.endswith(".")
    # What a seed decides is the same for everybody only if the file has it.
    scenario.check_seed(scenario.seed)


def test_every_file_of_the_folder_is_in_the_catalogue() -> None:
    folder = Path(__file__).parents[2] / "scenarios"
    assert sorted(path.stem for path in folder.glob("*.toml")) == NAMES


@pytest.mark.parametrize("name", PLAYED)
def test_the_reference_provider_reaches_what_is_expected(name: str) -> None:
    assert play(name, send_well) == []


@pytest.mark.parametrize("name", PLAYED)
def test_a_bad_provider_fails_unless_the_comment_says_why_not(name: str) -> None:
    found = {bad.__name__: play(name, bad) for bad in (send_and_forget, send_it_all_again)}
    caught = any(found.values())
    assert caught is (EXEMPT not in comment(name)), found
