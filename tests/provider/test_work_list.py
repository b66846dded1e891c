"""Work lists: JSON Lines of what is to be sent."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from fakeapns.errors import StartError, UsageError
from fakeapns.provider.work_list import (
    SendItem,
    SendList,
    WorkItem,
    WorkList,
    write_work_list,
)

ITEMS = [
    WorkItem(
        token="ab" * 32,
        payload={"aps": {"alert": "Zwölf\n"}},
        identifier=1,
        topic="com.example.app",
    ),
    WorkItem(token="cd" * 32, payload={"aps": {}}),
]


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "work.jsonl"
    write_work_list(path, ITEMS)
    assert len(path.read_bytes().splitlines()) == 2
    found = WorkList(path)
    assert list(found) == ITEMS
    assert (len(found), found[-1], found[:1]) == (2, ITEMS[1], ITEMS[:1])


def test_blank_lines_further_keys_and_a_missing_last_line_break_are_fine(tmp_path: Path) -> None:
    path = tmp_path / "work.jsonl"
    path.write_text('\n{"token":"ab","payload":{"a":1},"more":2}\r\n \n{"token":"cd","payload":{}}')
    assert list(WorkList(path)) == [
        WorkItem(token="ab", payload={"a": 1}),
        WorkItem(token="cd", payload={}),
    ]


def test_how_it_is_sent_matters_to_who_sends_only(tmp_path: Path) -> None:
    path = tmp_path / "work.jsonl"
    path.write_text('{"token":"ab","payload":{},"priority":5,"push_type":"voip"}\n')
    assert list(SendList(path)) == [SendItem(token="ab", payload={}, priority=5, push_type="voip")]
    path.write_text('{"token":"ab","payload":{},"priority":"high"}\n')
    assert list(WorkList(path)) == [WorkItem(token="ab", payload={})]
    with pytest.raises(UsageError, match=r"work.jsonl:1: .*priority"):
        list(SendList(path))


def test_a_mark_in_front_is_fine(tmp_path: Path) -> None:
    path = tmp_path / "work.jsonl"
    path.write_text('{"token":"ab","payload":{}}', encoding="utf-8-sig")
    assert list(WorkList(path)) == [WorkItem(token="ab", payload={})]


def test_an_empty_file_is_an_empty_list(tmp_path: Path) -> None:
    path = tmp_path / "work.jsonl"
    path.touch()
    assert list(WorkList(path)) == []


def test_a_pipe_is_a_file_too(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.write(writer, b'{"token":"ab","payload":{}}\n')
    os.close(writer)
    assert list(WorkList(f"/dev/fd/{reader}")) == [WorkItem(token="ab", payload={})]
    os.close(reader)


@pytest.mark.parametrize(
    "line", [b"{", b"5", b'{"token":"ab"}', b'{"token":5,"payload":{}}', b"\xff", b"[" * 9999]
)
def test_a_line_that_is_none_is_named_with_its_place(tmp_path: Path, line: bytes) -> None:
    path = tmp_path / "work.jsonl"
    path.write_bytes(b'{"token":"ab","payload":{}}\n\n' + line + b"\n")
    with pytest.raises(UsageError, match=r"work\.jsonl:3: .*token \(hex\) and payload"):
        list(WorkList(path))


def test_a_payload_is_an_object(tmp_path: Path) -> None:
    path = tmp_path / "work.jsonl"
    path.write_text('{"token":"ab","payload":"text"}')
    with pytest.raises(UsageError, match=r"Expected `object`, got `str` - at `\$\.payload`"):
        list(WorkList(path))


@pytest.mark.parametrize(
    ("payload", "why"),
    [
        (b'{"a', "the line is not JSON: truncated, it ends inside its JSON"),
        (b'{"a":1e999}', "the line has a number too large for any float"),
        (b'{"a":%s}' % (b"1" * 5000), "the line has a number of too many digits to be read"),
        (b'{"a":%s' % (b"[" * 9999), "the line is nested deeper than 512 levels"),
        (rb'{"a":"\ud83d"}', "the line has half of a surrogate pair"),
    ],
    ids=["truncated", "large", "long", "deep", "half"],
)
def test_a_line_that_cannot_be_read_says_why(tmp_path: Path, payload: bytes, why: str) -> None:
    path = tmp_path / "work.jsonl"
    path.write_bytes(b'{"token":"ab","payload":%s' % payload + b"}")
    with pytest.raises(UsageError, match=rf"work\.jsonl:1: {why}.*; each line is a JSON object"):
        WorkList(path)[0]


@pytest.mark.parametrize("name", ["absent", ".", "nul\0"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="cannot read the work list"):
        WorkList(tmp_path / name)


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(StartError, match="cannot write the work list"):
        write_work_list(tmp_path / "absent" / "work.jsonl", ITEMS)


@pytest.mark.parametrize("how", ["shortened", "removed"])
def test_a_file_that_changes_while_it_is_worked_on_makes_no_difference(
    tmp_path: Path, how: str
) -> None:
    path = tmp_path / "work.jsonl"
    path.write_text('{"token":"ab","payload":{}}\n' * 1000)
    found = WorkList(path)
    os.truncate(path, 0) if how == "shortened" else path.unlink()
    assert found[999].token == "ab"


def test_a_broadcast_has_a_channel_instead_of_a_token(tmp_path: Path) -> None:
    path = tmp_path / "work.jsonl"
    items = [WorkItem(channel="AAAA", payload={"aps": {}}), WorkItem(token="ab", payload={})]
    write_work_list(path, items)
    assert (
        path.read_text() == '{"channel":"AAAA","payload":{"aps":{}}}\n{"token":"ab","payload":{}}\n'
    )
    assert list(WorkList(path)) == items


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"payload":{}}', "it has no token: a push is for a device, a broadcast for a channel"),
        (
            '{"token":"ab","channel":"AAAA","payload":{}}',
            "it has a token and a channel: a push is for a device, a broadcast for a channel",
        ),
        ('{"token":"ab"}', "Object missing required field `payload`"),
    ],
)
def test_a_line_is_for_a_device_or_for_a_channel(tmp_path: Path, line: str, said: str) -> None:
    path = tmp_path / "work.jsonl"
    path.write_text(f"{line}\n")
    with pytest.raises(UsageError, match=re.escape(f"work.jsonl:1: {said}")):
        list(WorkList(path))
