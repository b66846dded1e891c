"""A file of devices is read at once, or while its server goes on serving."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import trio

from fakeapns import FakeAPNs, UsageError
from fakeapns.fake import DeviceFile
from fakeapns.push import Changed

from ..frames import TOPIC, framed

LINE = '{"token": "1b", "topic": "com.example.app"}\n'


def write(path: Path, number: int, **more: str) -> None:
    """A file of so many devices."""
    lines = ({"token": f"{each:08x}", "topic": TOPIC, **more} for each in range(number))
    path.write_text("".join(f"{json.dumps(each)}\n" for each in lines))


def test_blank_lines_and_a_mark_in_front_are_nothing(tmp_path: Path) -> None:
    path = tmp_path / "devices.jsonl"
    path.write_text(f"\ufeff{LINE}\n  \n", encoding="utf-8")
    apns = FakeAPNs()
    assert DeviceFile(apns, path).read() == Changed(added=1)
    assert "1b" in apns.devices


def test_an_empty_file_is_one_without_devices(tmp_path: Path) -> None:
    path = tmp_path / "devices.jsonl"
    path.touch()
    assert DeviceFile(FakeAPNs(), path).read() == Changed()


@pytest.mark.parametrize(
    ("text", "number"),
    [(f"{LINE}\nnothing\n", 3), (LINE + LINE, 2), ("x" * 10_000, 1), (LINE[:-3], 1)],
)
def test_a_broken_line_is_named_with_its_number(tmp_path: Path, text: str, number: int) -> None:
    path = tmp_path / "devices.jsonl"
    path.write_text(text)
    apns = FakeAPNs()
    with pytest.raises(UsageError) as refused:
        DeviceFile(apns, path).read()
    [said] = str(refused.value).splitlines()
    assert said.startswith(f"{path}:{number}: ")
    assert said.endswith("with state, since and environment where they matter")
    assert not apns.devices


def test_a_line_that_is_too_long_is_said_to_be(tmp_path: Path) -> None:
    path = tmp_path / "devices.jsonl"
    path.write_text(LINE + LINE.replace(TOPIC, "a" * 10_000))
    with pytest.raises(UsageError, match=r":2: the line has 4,096 bytes or more; each line is"):
        DeviceFile(FakeAPNs(), path).read()


def test_a_file_that_cannot_be_read_is_said_to_be_one(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.jsonl"):
        with pytest.raises(UsageError, match=r"cannot read the devices in .*: "):
            DeviceFile(FakeAPNs(), path).read()


async def test_the_server_serves_on_while_it_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "devices.jsonl"
    write(path, 5000)
    async with FakeAPNs(tokens="registered") as apns:
        file = DeviceFile(apns, path)
        file.read()
        write(path, 5000, state="uninstalled")
        turns = 0

        async def others() -> None:
            nonlocal turns
            while True:
                await trio.lowlevel.checkpoint()
                turns += 1

        async with trio.open_nursery() as nursery:
            nursery.start_soon(others)
            assert await file.read_again() == Changed(changed=5000)
            nursery.cancel_scope.cancel()
        # Ten slices of lines, and five of changes.
        assert turns >= 15


async def test_what_waited_on_a_phone_is_put_on_record(tmp_path: Path) -> None:
    path = tmp_path / "devices.jsonl"
    path.write_text(LINE)
    async with FakeAPNs() as apns:
        file = DeviceFile(apns, path)
        file.read()
        [phone] = apns.devices
        phone.go_offline()
        async with await trio.open_tcp_stream(apns.gateway.host, apns.gateway.port) as raw:
            stream = trio.SSLStream(raw, apns.ssl_context(), server_hostname="localhost")
            await stream.send_all(framed(1, phone.token_bytes))
            await apns.wait_for(1)
        path.write_text("")
        assert await file.read_again() == Changed(removed=1)
        assert [each.fate for each in phone.deliveries] == ["stored", "dropped"]
        assert len(apns.devices) == 0
