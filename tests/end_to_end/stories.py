"""The story that every real client is put through, and what the ledger has to say after it."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

from fakeapns import AfterNotifications, Reject, ThreadedAPNs
from fakeapns.ledger.entries import FeedbackSent, Response

TOPIC = "com.example.app"
ALERT = "A word from a real client"
COUNT = 300
LATE = 40

TOKENS = [hashlib.sha256(b"device %d" % number).hexdigest() for number in range(COUNT)]
BAD = TOKENS[COUNT // 2]
#: One before the bad one, one that the error swallows, one far behind.
UNINSTALLED = [TOKENS[10], TOKENS[COUNT // 2 + 5], TOKENS[COUNT - 10]]


class Told(msgspec.Struct):
    """What the client's driver printed: tokens refused, by status, and tokens from feedback."""

    refused: dict[str, int]
    feedback: list[str]


def prepare(apns: ThreadedAPNs) -> None:
    """One bad token in the middle with an error that comes late; three apps removed."""
    apns.inject(Reject("invalid-token", delay=AfterNotifications(LATE)), token=BAD)
    for token in UNINSTALLED:
        apns.devices.add(TOPIC, token=token, state="uninstalled")


def check(apns: ThreadedAPNs, told: Told) -> None:
    """Hold what the client knows and what the server saw against what was meant."""
    apns.wait_for(COUNT - 1, timeout=30)
    payload: dict[str, Any] = {"aps": {"alert": ALERT}}
    audit = apns.audit([(token, payload) for token in TOKENS])
    assert audit.ok, str(audit)
    assert sorted(each.token for each in apns.accepted) == sorted(set(TOKENS) - {BAD})
    assert [each.token for each in apns.rejected] == [BAD]

    # The error came late, and the client wrote on meanwhile: that is what it had to replay.
    [response] = apns.ledger.of(Response)
    assert (response.status, response.delayed_by) == ("invalid-token", "notifications")
    assert len(apns.discarded) >= LATE
    assert {each.behind for each in apns.discarded} == {apns.rejected[0].ordinal}

    assert told.refused == {BAD: 8}
    assert sorted(told.feedback) == sorted(UNINSTALLED)
    assert sorted(each.token for each in apns.ledger.of(FeedbackSent)) == sorted(UNINSTALLED)
