"""Every fault of the API from the client's side of TLS, and what is on record of it."""

from __future__ import annotations

import time
from typing import Any, Literal

import pytest

from fakeapns import FakeAPNs, ThreadedAPNs
from fakeapns.ledger import ConnectionRefused, FaultFired
from fakeapns.scenario.faults import (
    FAULTS,
    Alert,
    BadCertificate,
    Fault,
    ReconnectBlock,
    Refuse,
    SlowHandshake,
)

from ..providers import await_entries
from .api_answers import ANSWERS
from .api_connections import CONNECTIONS
from .api_seen import FINE, httpx_client, outcomes, post
from .seen import SECONDS, Look, sees

CASES: list[Any] = [*ANSWERS, *CONNECTIONS]


@sees(CASES, Refuse("reset"))
@sees(CASES, Refuse("close"))
@sees(CASES, Refuse("before-handshake"))
@sees(CASES, Alert("certificate-revoked"))
@sees(CASES, Alert("eof"))
@sees(CASES, BadCertificate("expired"))
@sees(CASES, BadCertificate("untrusted"))
@sees(CASES, BadCertificate("wrong-host"))
@sees(CASES, BadCertificate("old-chain"))
def no_connection(apns: ThreadedAPNs) -> None:
    with httpx_client(apns) as client:
        assert post(client) in ("ConnectError", "ReadError")
        await_entries(apns, ConnectionRefused)
        assert post(client) == "200"
    assert outcomes(apns) == [FINE]


@sees(CASES, ReconnectBlock(connections=1))
def no_second_connection(apns: ThreadedAPNs) -> None:
    said = []
    for _ in range(3):
        with httpx_client(apns) as client:
            said.append(post(client))
    assert said[0] == "200"
    assert said[1] in ("ConnectError", "ReadError")


@sees(CASES, SlowHandshake(SECONDS))
def a_handshake_that_takes_its_time(apns: ThreadedAPNs) -> None:
    begin = time.monotonic()
    with httpx_client(apns) as client:
        assert post(client) == "200"
    assert time.monotonic() - begin >= SECONDS


def test_no_fault_of_the_api_is_missing_here() -> None:
    seen = {case.values[0].name for case in CASES}
    assert seen == {str(each.__struct_config__.tag) for each in FAULTS if "api" in each.services}


@pytest.mark.parametrize(("fault", "on", "look"), CASES)
def test_a_client_sees_it_and_it_is_on_record_once(
    fault: Fault, on: dict[str, Any], look: Look
) -> None:
    most: Literal["1.2", "1.3"] = "1.2" if isinstance(fault, Alert) else "1.3"
    with FakeAPNs(api_tls_maximum=most).in_thread() as apns:
        apns.inject(fault, times=1, **on)
        look(apns)
        [entry] = await_entries(apns, FaultFired)
        assert entry.fault == fault.name
        # Whoever the story turned away is told so, and not blamed.
        assert {each.reason for each in apns.ledger.of(ConnectionRefused)} <= {"fault"}
