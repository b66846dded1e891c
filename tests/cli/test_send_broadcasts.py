"""`send` with a work list in which there are broadcasts."""

from __future__ import annotations

from pathlib import Path

from fakeapns import ThreadedAPNs
from fakeapns.provider.work_list import SendItem, write_work_list

from .test_send_work import call, fails, item


def test_a_broadcast_is_nothing_for_the_gateway(apns: ThreadedAPNs, tmp_path: Path) -> None:
    path = tmp_path / "work.jsonl"
    write_work_list(path, [item(1), item(2, token=None, channel="AAAA")])
    said = fails(call(apns, "--work", path, "--service", "gateway"), 2)
    assert said == (
        f"Error: {path}, notification 2: it is a broadcast, for a channel: send it with "
        "--service api"
    )


def test_a_broadcast_goes_out_over_the_api(apns: ThreadedAPNs, tmp_path: Path) -> None:
    path, channel = tmp_path / "work.jsonl", apns.channels.add().id
    own = SendItem(channel=channel, payload={"aps": {}}, priority=5, expiration=1_900_000_000)
    lines = [
        item(1),
        item(2, token=None, channel=channel),
        own,
        item(3, token=None, channel="AAAA"),
    ]
    write_work_list(path, lines)
    said = call(apns, "--work", path, "--service", "api", "--settle", "5")
    first, refused = said.stdout.splitlines()
    assert first.startswith("sent 4, accepted 3, refused 1, resent 0")
    assert refused == "refused number 4 (400 BadChannelId) channel AAAA"
    told = [
        (each.channel, each.push_type, each.priority, each.expiration)
        for each in apns.notifications
        if each.channel == channel
    ]
    assert told == [
        (channel, "liveactivity", 10, 0),
        (channel, "liveactivity", 5, 1_900_000_000),
    ]
