"""A ledger file that somebody wrote by hand, with the keys that are promised and no other."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from fakeapns.ledger import RecordedLedger
from fakeapns.ledger.audit import Audit, audit

MEANT = [("aa" * 32, {"n": 1}), ("bb" * 32, {"n": 2})]
CLOSED = {
    "by": "server",
    "how": "graceful",
    "reason": "error",
    **dict.fromkeys(("received", "accepted", "rejected", "discarded", "malformed"), 0),
    "unread_bytes": 0,
}


class Hand:
    """Writes lines, one a second."""

    def __init__(self) -> None:
        started = {"run": "r", "version": "1", "scenario": None, "seed": None, "expect": None}
        self._lines: list[dict[str, Any]] = []
        self.write("server.started", **started)

    def write(self, kind: str, **keys: Any) -> None:
        """The next line."""
        seq = len(self._lines) + 1
        at = f"2024-01-01T00:00:{seq:02d}Z"
        self._lines.append({"kind": kind, "seq": seq, "at": at, "t": float(seq), **keys})

    def opened(self, connection: int) -> None:
        """A connection to the gateway."""
        keys = {"service": "gateway", "peer": "p", "tls": None, "topic": "t", "certificate": None}
        self.write("connection.opened", connection=connection, **keys)

    def came(self, connection: int, ordinal: int, number: int, outcome: str, **keys: Any) -> None:
        """A notification of `MEANT`, from 1."""
        token, payload = MEANT[number - 1]
        encoded = {1: "eyJuIjoxfQ==", 2: "eyJuIjoyfQ=="}[number]
        usual: dict[str, Any] = {
            "connection": connection,
            "ordinal": ordinal,
            "command": 2,
            "identifier": number,
            "token": token,
            "topic": "t",
            "payload": payload,
            "payload_base64": encoded,
            "expiration": None,
            "priority": None,
            "outcome": outcome,
            "status": "invalid-token" if outcome == "rejected" else None,
            "behind": None,
            "cause": None,
            "warnings": [],
        }
        self.write("notification", **{**usual, **keys})

    def answered(self, connection: int, identifier: int) -> None:
        """An error packet."""
        keys = {"status": "invalid-token", "code": 8, "delayed_ms": 0, "delayed_by": "none"}
        self.write(
            "response", connection=connection, identifier=identifier, bytes_hex="0808", **keys
        )

    def audited(self, folder: Path) -> Audit:
        """What an audit of it says."""
        path = folder / "run.jsonl"
        lines = [json.dumps(each, separators=(",", ":")) for each in self._lines]
        path.write_text("".join(f"{line}\n" for line in lines))
        return audit(RecordedLedger(path), MEANT)


def test_an_old_copy_that_is_read_late_is_no_resending(tmp_path: Path) -> None:
    hand = Hand()
    hand.opened(1)
    hand.write("fault", connection=1, step=1, fault="throttle", detail="400 bytes a second")
    hand.came(1, 1, 1, "rejected")
    hand.answered(1, 1)
    hand.opened(2)
    hand.came(2, 1, 2, "rejected")
    hand.answered(2, 2)
    hand.came(1, 2, 2, "discarded", behind=1, cause=4)
    found = hand.audited(tmp_path)
    assert found.ok, str(found)
    assert len(found.refused) == 2


def test_a_copy_on_a_new_connection_is_one(tmp_path: Path) -> None:
    hand = Hand()
    hand.opened(1)
    hand.came(1, 1, 1, "accepted")
    hand.came(1, 2, 2, "rejected")
    hand.answered(1, 2)
    hand.write("connection.closed", connection=1, **CLOSED)
    hand.opened(2)
    hand.came(2, 1, 2, "rejected")
    assert [each.number for each in hand.audited(tmp_path).resent_after_refusal] == [2]


def test_what_lies_unread_behind_a_bad_frame_is_looked_for_there(tmp_path: Path) -> None:
    hand = Hand()
    hand.opened(1)
    hand.came(1, 1, 1, "accepted")
    hand.write(
        "malformed",
        connection=1,
        ordinal=2,
        command=9,
        identifier=None,
        reason="command 9 is unknown",
        bytes_hex="09",
        status=None,
        outcome="rejected",
    )
    hand.write("connection.closed", connection=1, **{**CLOSED, "unread_bytes": 321})
    found = hand.audited(tmp_path)
    assert "never reached" not in str(found)
    assert (
        "it may be among the 321 unread bytes of connection 1 behind frame 2, which could not be "
        "read: command 9 is unknown" in found.explanations
    )
