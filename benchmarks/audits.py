"""Auditing a million notifications, from memory and from a file."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fakeapns.fronts.gateway import FrameRow
from fakeapns.ledger.audit import Audit, audit
from fakeapns.ledger.clock import Moment
from fakeapns.ledger.entries import ServerStarted
from fakeapns.ledger.file import LedgerFile
from fakeapns.ledger.ledger import Ledger
from fakeapns.ledger.reader import RecordedLedger
from fakeapns.protocol import GatewayParser, encode_framed
from fakeapns.provider.work_list import WorkItem, WorkList, write_work_list

#: About 100 bytes, and with keys in an order that is not the sorted one.
TEXT = "a hundred bytes of text, as people send them to their devices"


def audits(scale: float) -> dict[str, Any]:
    """Seconds to audit a ledger in memory and one in a file."""
    size = int(1_000_000 * scale)
    with tempfile.TemporaryDirectory() as folder:
        record, work = Path(folder) / "ledger.jsonl", Path(folder) / "work.jsonl"
        meant = [
            WorkItem(token=f"{number:064x}", payload={"number": number, "aps": {"alert": TEXT}})
            for number in range(size)
        ]
        ledger = _recorded(record, meant)
        write_work_list(work, meant)
        row: dict[str, Any] = {"name": f"seconds to audit {size:,}"}
        row["in memory"] = _seconds(lambda: audit(ledger, meant))
        row["in files"] = _seconds(lambda: audit(RecordedLedger(record), WorkList(work)))
    return row


def _recorded(path: Path, meant: list[WorkItem]) -> Ledger:
    """A ledger in which all of it was accepted, in memory and in a file."""
    sink = LedgerFile(path)
    ledger = Ledger(sink=sink)
    ledger.record(
        ServerStarted, Moment(0, 0), run="benchmark", version="", scenario=None, seed=None
    )
    parser = GatewayParser()
    for number, item in enumerate(meant):
        body = b'{"number":%d,"aps":{"alert":"%b"}}' % (number, TEXT.encode())
        token = bytes.fromhex(item.device)
        parser.receive_data(encode_framed(token, body, identifier=number, expiration=0, priority=5))
        if number % 400 == 399 or number + 1 == len(meant):
            while (found := parser.next_frames()) is not None:
                now = Moment(number * 1e-6, 0)
                row = FrameRow(1, len(ledger), "com.example.app", found)
                ledger.record_row(row, now)
    sink.close()
    return ledger


def _seconds(work: Callable[[], Audit]) -> float:
    begun = time.perf_counter()
    found = work()
    if not found.ok:
        raise RuntimeError(str(found))
    return time.perf_counter() - begun
