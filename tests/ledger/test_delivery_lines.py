"""Deliveries as lines: of a file, of a log, and many of them in one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from fakeapns.ledger import (
    Delivery,
    Ledger,
    LedgerFile,
    RecordedLedger,
    ServerStarted,
    blurred,
    describe,
    describe_run,
    encode_run,
    sort_of,
)
from fakeapns.push import Shown

from ..frames import TOPIC, numbered
from ..moments import at


def delivery(**changed: Any) -> Delivery:
    """One that was shown, changed."""
    usual: dict[str, Any] = {"seq": 8, "t": 1.25, "wall": 0.0, "notification": 7, "device": 3}
    usual |= {"topic": TOPIC, "token": numbered(2**255).hex(), "fate": "delivered"}
    usual |= {"detail": "shown", "shown": Shown({"body": "Tea"}, 1)}
    return Delivery(**(usual | changed))


def test_a_line_for_people_says_which_met_with_what_and_where() -> None:
    assert describe(delivery()) == (
        "    1.250s delivery number 7 delivered on device 3 (token 80000000…, topic "
        "com.example.app): shown"
    )
    assert describe(delivery(detail="there is nothing to show", woke=30.0)).endswith(
        ": there is nothing to show; the app was woken for 30 s"
    )


def test_a_line_of_the_file_has_its_keys_in_order_and_is_read_again(tmp_path: Path) -> None:
    sink = LedgerFile(tmp_path / "ledger.jsonl")
    ledger = Ledger(sink=sink)
    about = {"version": "1", "scenario": None, "seed": None}
    ledger.record(ServerStarted, at(0.0), run="r", **about)
    facts = {name: getattr(delivery(), name) for name in delivery().__struct_fields__}
    own = {name: value for name, value in facts.items() if name not in ("seq", "t", "wall")}
    one = ledger.record(Delivery, at(1.25), **own | {"woke": 30.0})
    ledger.flush()
    sink.close()
    line = json.loads((tmp_path / "ledger.jsonl").read_text("utf-8").splitlines()[1])
    assert list(line) == [
        *("kind", "seq", "at", "t", "notification", "device", "topic", "token", "fate"),
        *("detail", "shown", "woke"),
    ]
    assert line["shown"] == {"alert": {"body": "Tea"}, "badge": 1, "sound": None}
    assert list(RecordedLedger(tmp_path / "ledger.jsonl"))[1:] == [one]


@pytest.mark.parametrize(
    "own",
    [
        {"seq": 9, "notification": 8, "device": 4, "token": numbered(1).hex()},
        {"shown": Shown("Cake")},
    ],
)
def test_those_of_many_devices_are_told_in_one_line(own: dict[str, Any]) -> None:
    assert sort_of(delivery(**own)) == sort_of(delivery())


@pytest.mark.parametrize(
    "other", [{"fate": "stored"}, {"detail": "not permitted"}, {"topic": "other"}, {"woke": 30.0}]
)
def test_those_that_fared_otherwise_are_not(other: dict[str, Any]) -> None:
    assert blurred(sort_of(delivery(**other))) != blurred(sort_of(delivery()))


def test_a_run_says_what_became_of_how_many() -> None:
    replaced = delivery(fate="replaced", detail="replaced by number 12", shown=None)
    sort = blurred(sort_of(replaced))
    assert sort == blurred(sort_of(delivery(fate="replaced", detail="replaced by number 9")))
    assert describe_run(sort, replaced, 2310) == (
        "    1.250s delivery 2,310 replaced on devices (topic com.example.app): replaced by "
        "number …"
    )
    woken = delivery(detail="there is nothing to show", woke=30.0)
    assert describe_run(sort_of(woken), woken, 2).endswith("; the app was woken for 30 s")


def test_as_json_a_run_has_what_they_have_in_common() -> None:
    one = delivery()
    assert json.loads(encode_run(sort_of(one), one, 2310)) == {
        "kind": "delivery",
        "seq": 8,
        "at": "1970-01-01T00:00:00.000000Z",
        "t": 1.25,
        "topic": TOPIC,
        "fate": "delivered",
        "detail": "shown",
        "woke": None,
        "count": 2310,
    }
