"""What commands make of deliveries: a line each in the log, and nothing that an audit minds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from fakeapns import FakeAPNs
from fakeapns.cli import main
from fakeapns.cli.telling import SINGLY
from fakeapns.ledger import Delivery
from fakeapns.provider.work_list import WorkItem, write_work_list

from ..fake.phones import notify
from ..frames import TOPIC, framed, numbered
from ..moments import at
from ..processes import serving
from .test_telling import Told

STORY = f"""
about = "One phone."

[[device]]
topic = "{TOPIC}"
token = "80"
"""


@pytest.mark.parametrize("as_json", [False, True], ids=["text", "json"])
def test_serve_tells_of_each_in_one_line(tmp_path: Path, as_json: bool) -> None:
    (tmp_path / "story.toml").write_text(STORY)
    options = ["--log-format", "json"] if as_json else []
    with serving(tmp_path, "--scenario", "story.toml", *options) as server:
        with server.dial() as connection:
            connection.sendall(framed(1, b"\x80" * 32))
            connection.unwrap().close()
        assert server.end() == 0
    lines = [line for line in server.log.splitlines() if "delivery" in line]
    assert len(lines) == 1
    if as_json:
        told = json.loads(lines[0])
        assert (told["kind"], told["fate"], told["shown"]["alert"]) == (
            *("delivery", "delivered"),
            "Hi",
        )
    else:
        assert lines[0].endswith(f"delivered on device 1 (token 80808080…, topic {TOPIC}): shown")


@pytest.mark.parametrize("as_json", [False, True], ids=["text", "json"])
def test_of_a_flood_the_first_few_have_lines_and_the_others_one(as_json: bool) -> None:
    it = Told(as_json=as_json)
    for number in range(1, 501):
        facts = {"notification": number, "device": number, "token": numbered(number).hex()}
        about = {"topic": TOPIC, "fate": "replaced", "detail": f"replaced by number {number + 7}"}
        it.book.ledger.record(Delivery, at(0.0), **facts, **about)
    it.telling.flush()
    *singly, run = it.lines
    assert len(singly) == SINGLY
    if as_json:
        assert json.loads(run)["count"] == 500 - SINGLY
    else:
        assert f"delivery {500 - SINGLY} replaced on devices (topic {TOPIC}): replaced by" in run


def test_an_audit_of_a_ledger_with_deliveries_is_the_same(tmp_path: Path) -> None:
    with FakeAPNs(ledger=tmp_path / "run.jsonl").in_thread() as apns:
        phone = apns.devices.add(TOPIC)
        phone.go_offline()
        notify(apns, phone, "one", "two")
        apns.settle()
        phone.go_online()
        meant = [(phone.token, {"aps": {"alert": each}}) for each in ("one", "two")]
        apns.assert_audit(meant)
    items = [WorkItem(token=token, payload=payload) for token, payload in meant]
    write_work_list(tmp_path / "work.jsonl", items)
    given = ["audit", tmp_path / "run.jsonl", "--intended", tmp_path / "work.jsonl"]
    told = CliRunner().invoke(main, [str(each) for each in given])
    assert (told.exit_code, told.stderr) == (0, "")
    assert told.stdout.startswith("intended 2, accepted 2")
