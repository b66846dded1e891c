"""What libraries in wide use make of faults of the API: what each says is what is on record.

Seen with aioapns 4.0, @parse/node-apn 8.1.0, apns2 12.2.0 and curl 7.88.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from fakeapns import ThreadedAPNs
from fakeapns.ledger import ApiNotification, FaultFired
from fakeapns.scenario.faults import (
    AcceptThenClose,
    BadCertificate,
    Drop,
    Fault,
    GoAway,
    LateAnswer,
    PartialAnswer,
    Refuse,
    ResetStream,
    Unanswered,
    Wedge,
)

from ..providers import await_entries
from . import api_story
from .api_clients import send

COUNT = 4
#: Seconds for those that have to run out of patience.
SHORT = 3.0
SECOND: Mapping[str, Any] = {"notification": 2}


class Case(NamedTuple):
    """A fault, and what each library says of at least one push, by a regular expression; nothing
    where it hides that and sends again, or is not there.
    """

    fault: Fault
    on: Mapping[str, Any]
    said: Mapping[str, str]


CASES = {
    "goaway": Case(
        GoAway("previous", debug="Shutdown"),
        SECOND,
        {
            "node-apn": "NGHTTP2_REFUSED_STREAM",
            "apns2": '"GOAWAY" frame received with code 0',
            "aioapns": "MaxAttemptsExceeded",
        },
    ),
    "reset_stream": Case(
        ResetStream(),
        SECOND,
        # aioapns looks for no reset of a stream, and waits.
        {
            "node-apn": "NGHTTP2_REFUSED_STREAM",
            "apns2": "NGHTTP2_REFUSED_STREAM",
            "aioapns": "Timeout",
            "curl": "",
        },
    ),
    "reset_stream in mid-answer": Case(
        ResetStream(8, "headers"),
        SECOND,
        # The others take the headers for an answer.
        {"node-apn": "", "apns2": "", "aioapns": "", "curl": r"curl: \(92\)"},
    ),
    "drop": Case(
        Drop(),
        SECOND,
        {
            "node-apn": "stream ended unexpectedly",
            "apns2": "other side closed|ended without a word",
            "aioapns": "MaxAttemptsExceeded",
            "curl": r"curl: \((18|56)\)",
        },
    ),
    "unanswered": Case(
        Unanswered(),
        SECOND,
        {"node-apn": "apn write timeout", "aioapns": "Timeout", "curl": r"curl: \(28\)"},
    ),
    "partial_answer": Case(
        PartialAnswer(),
        SECOND,
        {"node-apn": "apn write timeout", "aioapns": "", "curl": r"curl: \(28\)"},
    ),
    "late_answer": Case(
        LateAnswer("50ms"), SECOND, {"node-apn": "", "apns2": "", "aioapns": "", "curl": ""}
    ),
    "wedge": Case(Wedge(), SECOND, {"node-apn": "Error 500", "apns2": "", "aioapns": ""}),
    "accept_then_close": Case(
        AcceptThenClose(),
        {},
        {
            "node-apn": "stream ended unexpectedly",
            "apns2": "other side closed|ended without a word",
            "aioapns": "MaxAttemptsExceeded",
            "curl": r"curl: \((18|56)\)",
        },
    ),
    "bad_certificate": Case(
        BadCertificate(),
        {},
        {
            "node-apn": "unable to verify the first certificate",
            "apns2": "unable to verify the first certificate",
            "aioapns": "MaxAttemptsExceeded",
            "curl": r"curl: \(60\)",
        },
    ),
    "refuse": Case(
        Refuse(),
        {},
        {
            "node-apn": "ECONNRESET",
            "apns2": "ECONNRESET",
            "aioapns": "MaxAttemptsExceeded",
            "curl": r"curl: \((7|35)\)",
        },
    ),
}
PAIRS = [(story, client) for story, case in CASES.items() for client in case.said]


@pytest.mark.parametrize(("story", "client"), PAIRS)
def test_a_library_says_what_is_on_record(
    story: str, client: str, apns: ThreadedAPNs, tmp_path: Path
) -> None:
    case = CASES[story]
    order = api_story.order(apns, "token", tmp_path, count=COUNT)
    expected = case.said[client]
    if re.search(r"[Tt]imeout|28", expected):
        order.patience = SHORT
    apns.inject(case.fault, times=1, **case.on)
    told = send(client, order)
    [fired] = await_entries(apns, FaultFired)
    assert fired.fault == case.fault.name
    said = "\n".join(told.wrong)
    assert re.search(expected, said) if expected else told.wrong == [], said
    # Whoever is told that Apple has it, is right; and nobody is told so of anything else.
    entries = apns.ledger.of(ApiNotification)
    accepted = {each.token for each in entries if each.outcome == "accepted"}
    refused = {each.token: each.http_status for each in entries if each.outcome == "rejected"}
    assert {token for token, it in told.answers.items() if it.status == 200} <= accepted
    for token, it in told.answers.items():
        assert it.status == 200 or it.status == refused[token]
    sent_and_answered = {each.token for each in entries if each.answered}
    assert sent_and_answered <= {push.token for push in order.pushes}
