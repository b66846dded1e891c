"""Channels in a scenario: what may stand there, and what is said of what may not."""

from __future__ import annotations

from typing import Any

import pytest

from fakeapns import ChannelEntry, Scenario, ScenarioError
from fakeapns.push import is_channel_id

from ..frames import TOPIC

ID = "dHN0LXNyY2gtY2hubDEyMw=="
ALLOWED = "allowed: base64 of at most 64 characters, such as dHN0LXNyY2gtY2hubDEyMw=="


def test_a_channel_is_there_and_stores_nothing_unless_it_is_said() -> None:
    assert ChannelEntry(topic=TOPIC, id=ID) == ChannelEntry(
        topic=TOPIC, id=ID, storage_policy=0, deleted=False
    )


@pytest.mark.parametrize(
    "id",
    ["", "A", "AAA", "AAAAA", "A===", "AA=A", "====", "-_-_", "AA A", "AAAA\n", "é" * 4, "A" * 68],
)
def test_what_is_no_base64_is_no_id_in_a_file_and_at_a_server(id: str) -> None:
    with pytest.raises(ScenarioError, match=f", id; {ALLOWED}$"):
        ChannelEntry(topic=TOPIC, id=id)
    assert not is_channel_id(id)


@pytest.mark.parametrize("id", ["AA==", "AAA=", "AAAA", "+/+/", ID, "A" * 64])
def test_base64_is_an_id_in_a_file_and_at_a_server(id: str) -> None:
    assert ChannelEntry(topic=TOPIC, id=id).id == id
    assert is_channel_id(id)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"storage_policy": 2}, "2 is wrong, storage_policy; allowed: 0, 1"),
        ({"storage_policy": True}, "True is wrong, storage_policy; allowed: 0, 1"),
        ({"deleted": 1}, "1 is wrong, deleted; allowed: true, false"),
        (
            {"topic": f"{TOPIC}.push-type.liveactivity"},
            "a channel is of the app itself: leave .push-type.liveactivity out, topic",
        ),
        ({"topic": "../evil"}, "'../evil' is wrong, topic; allowed: a bundle id such as com."),
    ],
)
def test_a_channel_that_cannot_be_is_refused(given: dict[str, Any], said: str) -> None:
    with pytest.raises(ScenarioError, match=said):
        ChannelEntry(**{"topic": TOPIC, "id": ID, **given})


def mistakes(*channels: ChannelEntry, **gateway: Any) -> list[str]:
    """What is said of a scenario with these."""
    with pytest.raises(ScenarioError) as refused:
        Scenario(about="Wrong.", gateway=gateway, channel=channels)
    return str(refused.value).splitlines()


def entry(id: str = ID, topic: str = TOPIC, *, deleted: bool = False) -> ChannelEntry:
    """A channel as a file has it."""
    return ChannelEntry(topic=topic, id=id, deleted=deleted)


def test_an_id_is_there_once_for_each_app_also_where_it_was_deleted() -> None:
    assert mistakes(entry(), entry(topic="b"), entry(deleted=True)) == [
        f"topic {TOPIC} has channel {ID} twice, channel 3, id"
    ]


def test_an_app_has_no_more_channels_than_the_settings_allow() -> None:
    ids = ("AAAA", "AAAB", "AAAC")
    assert mistakes(*map(entry, ids), max_channels=2) == [
        f"topic {TOPIC} has more channels than max_channels, 2, channel 3"
    ]
    gone = entry("AAAD", deleted=True)
    Scenario(about="Fine.", gateway={"max_channels": 3}, channel=(*map(entry, ids), gone))
