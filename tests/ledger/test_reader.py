"""A ledger file read back is the ledger that was written."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest
import trio
from trio.testing import MockClock

from fakeapns import FakeAPNs, UsageError
from fakeapns.ledger.entries import ConnectionOpened, Entry, ServerStarted
from fakeapns.ledger.ledger import Ledger
from fakeapns.ledger.reader import RecordedLedger
from fakeapns.provider.sender import Outgoing, read_feedback, send
from fakeapns.scenario.faults import Drop, Reject
from fakeapns.scenario.scenario import Scenario
from fakeapns.scenario.steps import Step

from ..frames import numbered

ODD = [b"\xff\x00", b"", b'{"a": 1.50,\r\n"b":"\\u00e9"}', b"[" * 600]


async def eventful(path: Path, name: str = "eventful") -> Ledger:
    """A run with entries of nearly every kind, recorded in a file as well."""
    story = Scenario(
        about="Much happens.", step=(Step(Reject("processing-error"), times=1),), name=name
    )
    async with FakeAPNs(scenario=story, ledger=path, token_sizes="32") as apns:
        gone = apns.devices.add("com.example.app", numbered(0))
        gone.uninstall()
        apns.inject(Drop(), notification=9)
        meant = [Outgoing(numbered(number), b'{"aps":{}}') for number in range(20)]
        meant += [Outgoing(numbered(99), payload) for payload in ODD] + [Outgoing(b"short", b"{}")]
        await send(apns.connect, meant, settle=5, confirm=True)
        await read_feedback(lambda: apns.connect(service="feedback"))
        stream = await apns.connect()
        await stream.send_all(b"\x02\x00\x00\x00\x01\x09")
        await stream.receive_some(6)
    return apns.ledger


def rounded(entry: Entry) -> str:
    """An entry as text, with the moments as exact as a file has them."""
    # Plain values: a code is a number in a file.
    facts = msgspec.to_builtins({name: getattr(entry, name) for name in entry.__struct_fields__})
    return repr({**facts, "t": round(entry.t, 6), "wall": None, "kind": type(entry)})


async def test_every_entry_comes_back_as_it_was(tmp_path: Path, autojump_clock: object) -> None:
    path = tmp_path / "run.jsonl"
    ledger = await eventful(path)
    found = RecordedLedger(path)
    assert list(map(rounded, found)) == list(map(rounded, ledger))
    assert len({type(entry) for entry in ledger}) >= 8
    walls = [(entry.wall, other.wall) for entry, other in zip(found, ledger, strict=True)]
    assert all(abs(one - other) < 0.002 for one, other in walls)
    assert found.last_seq == len(ledger)
    assert (found.dropped, found.torn) == (0, 0)


async def test_it_answers_the_same_questions(tmp_path: Path, autojump_clock: object) -> None:
    path = tmp_path / "run.jsonl"
    ledger = await eventful(path)
    found = RecordedLedger(path)
    assert len(found.of(ConnectionOpened)) == len(ledger.of(ConnectionOpened)) > 2
    for criteria in (
        {},
        {"outcome": "rejected"},
        {"token": numbered(7)},
        {"topic": "com.example.other"},
        {"payload": {"aps": {}}, "since": 9},
        {"where": lambda each: each.ordinal == 2},
    ):
        ours, theirs = found.notifications(**criteria), ledger.notifications(**criteria)
        assert [each.seq for each in ours] == [each.seq for each in theirs]


async def test_the_last_run_counts_unless_another_is_asked_for(
    tmp_path: Path, autojump_clock: object
) -> None:
    path = tmp_path / "run.jsonl"
    for name in ("first", "second", "third"):
        await eventful(path, name)
    assert RecordedLedger(path).started.scenario == "third"
    runs = {found.scenario: found.run for found in _starts(path)}
    first = RecordedLedger(path, runs["first"])
    assert first.started.scenario == "first"
    assert first.last_seq == len(list(first)) == len(list(RecordedLedger(path)))
    assert RecordedLedger(path, (runs["second"] or "")[:8]).started.scenario == "second"
    with pytest.raises(UsageError, match="has no run zzz: leave --run out"):
        RecordedLedger(path, "zzz")


def _starts(path: Path) -> list[ServerStarted]:
    found = []
    for line in path.read_text().splitlines():
        if '"server.started"' in line:
            (path.parent / "one").write_text(line + "\n")
            found.append(RecordedLedger(path.parent / "one").started)
    return found


async def test_a_torn_last_line_is_left_out_and_told(
    tmp_path: Path, autojump_clock: object
) -> None:
    path = tmp_path / "run.jsonl"
    ledger = await eventful(path)
    data = path.read_bytes()
    path.write_bytes(data[:-40])
    found = RecordedLedger(path)
    assert len(list(found)) == found.last_seq == len(ledger) - 1
    assert found.torn > 0
    # The next run closes the line; nobody wants to hear of it then.
    await eventful(path)
    assert RecordedLedger(path).torn == 0
    first = RecordedLedger(path, found.started.run)
    assert (len(list(first)), first.torn) == (len(ledger) - 1, found.torn + 1)


async def test_a_last_run_that_hardly_began_is_not_passed_over(
    tmp_path: Path, autojump_clock: object
) -> None:
    path = tmp_path / "run.jsonl"
    await eventful(path)
    run = RecordedLedger(path).started.run
    path.write_bytes(path.read_bytes() + path.read_bytes().split(b"\n")[0][:60])
    with pytest.raises(UsageError, match="cut off in its first line; name another with --run"):
        RecordedLedger(path)
    assert RecordedLedger(path, run).started.run == run


async def test_a_line_that_is_none_is_named(tmp_path: Path, autojump_clock: object) -> None:
    path = tmp_path / "run.jsonl"
    await eventful(path)
    lines = path.read_bytes().split(b"\n")
    odd = [b'{"kind":[]}', b'{"kind":"fault","at":5}', lines[2].replace(b'"seq":', b'"seq":"')]
    for wrong in (
        b"{",
        b"[]",
        b'{"kind":"other"}',
        b'{"kind":"notification","seq":1}',
        b"\xff",
        *odd,
    ):
        lines[2] = wrong
        path.write_bytes(b"\n".join(lines))
        with pytest.raises(UsageError, match=r"run\.jsonl:3: is no ledger line"):
            list(RecordedLedger(path))


@pytest.mark.parametrize("content", [b"", b"hello\n", b"\n\n", b'{"kind":"notification"}\n'])
def test_what_is_no_ledger_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "run.jsonl"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=r"cannot read the ledger|is no ledger of fakeapns"):
        RecordedLedger(path)


def test_a_ledger_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"cannot read the ledger .*absent: No such file"):
        RecordedLedger(tmp_path / "absent")


# ---- files that change while they are read ----------------------------------------------------


@pytest.fixture
def run(tmp_path: Path) -> Path:
    path = tmp_path / "run.jsonl"
    trio.run(eventful, path, clock=MockClock(autojump_threshold=0))
    return path


@pytest.mark.parametrize("left", [0, 1, 3000])
def test_a_file_that_gets_shorter_is_one_sentence(
    run: Path, left: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fakeapns.ledger.recording.BLOCK", 1000)
    found = RecordedLedger(run)
    reading = iter(found)
    next(reading)
    os.truncate(run, left)
    for ask in (lambda: list(reading), lambda: found.last_seq, lambda: found.notifications()):
        with pytest.raises(UsageError) as raised:
            ask()
        assert str(raised.value) == (
            f"{run} became shorter while it was read: try again, or give a copy"
        )


def test_a_file_that_gets_longer_is_read_as_it_was(run: Path) -> None:
    found = RecordedLedger(run)
    before = list(map(repr, found))
    with run.open("ab") as file:
        file.write(run.read_bytes() + b"half a li")
    assert (list(map(repr, found)), found.torn) == (before, 0)


@pytest.mark.parametrize("how", ["removed", "replaced", "moved"])
def test_a_file_that_is_somewhere_else_by_now_is_read_all_the_same(run: Path, how: str) -> None:
    found = RecordedLedger(run)
    before = list(map(repr, found))
    if how == "moved":
        run.rename(run.with_suffix(".1"))
    else:
        run.unlink()
    if how == "replaced":
        run.write_text("something else")
    assert list(map(repr, found)) == before


@pytest.mark.parametrize("block", [25, 40, 1000])
def test_it_does_not_matter_how_much_is_read_at_once(
    run: Path, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    run.write_bytes(run.read_bytes() + b"torn\n" + run.read_bytes() + b"torn")
    before = RecordedLedger(run)
    told = list(map(repr, before)), before.last_seq, before.torn
    monkeypatch.setattr("fakeapns.ledger.recording.BLOCK", block)
    after = RecordedLedger(run)
    assert (list(map(repr, after)), after.last_seq, after.torn) == told


def test_without_pread_it_is_the_same(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = list(map(repr, RecordedLedger(run)))
    monkeypatch.delattr(os, "pread")
    assert list(map(repr, RecordedLedger(run))) == before
