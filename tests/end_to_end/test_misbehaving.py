"""Providers beside clients that misbehave in all the ways of the benchmark: nobody is lost."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from benchmarks.abusers import KINDS
from fakeapns import FakeAPNs, ThreadedAPNs
from fakeapns.ledger.entries import ConnectionClosed, ConnectionRefused
from fakeapns.protocol import encode_error

from ..frames import TOPIC, framed, numbered
from ..providers import await_entries, dial, read_to_end

ROOT = Path(__file__).parent.parent.parent
#: Clients of each kind, good ones beside them, and what each of these sends.
EACH, GOOD, SENT = 3, 10, 50


@contextmanager
def misbehaving(apns: ThreadedAPNs) -> Iterator[None]:
    """Some clients of every kind, in a process of their own."""
    told = {
        "port": apns.gateway.port,
        "ca": str(apns.ca_file),
        "pem": str(apns.client_certificate(TOPIC).pem_file),
        "kinds": list(KINDS),
        "each": EACH,
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.abusers", json.dumps(told)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == b"ready\n"
        process.stdin.write(b"\n")
        process.stdin.flush()
        yield
    finally:
        process.kill()
        process.communicate()


@pytest.mark.skipif(sys.platform == "win32", reason="the abusers set limits that Windows has not")
def test_whoever_behaves_is_served_and_recorded_beside_those_who_do_not() -> None:
    with FakeAPNs(hosts=["127.0.0.1"]).in_thread() as apns, misbehaving(apns):
        # All of them have begun: some are turned away, some have gone on to their next connection.
        await_entries(apns, ConnectionRefused, EACH)
        await_entries(apns, ConnectionClosed, EACH)
        for number in range(1, GOOD + 1):
            tokens = [numbered(1000 * number + each) for each in range(SENT)]
            with dial(apns) as connection:
                for each, token in enumerate(tokens):
                    connection.sendall(framed(each, token))
                connection.sendall(framed(99, b""))
                assert read_to_end(connection) == encode_error(2, 99)
        good = [
            each for each in apns.notifications if int.from_bytes(each.token_bytes, "big") >= 1000
        ]
    counts = Counter(each.token_bytes for each in good)
    assert len(counts) == GOOD * SENT
    assert set(counts.values()) == {1}
    assert {each.outcome for each in good} == {"accepted"}
    ordinals: dict[int, list[int]] = {}
    for one in good:
        ordinals.setdefault(one.connection, []).append(one.ordinal)
    assert set(map(tuple, ordinals.values())) == {tuple(range(1, SENT + 1))}
    seqs = [entry.seq for entry in apns.ledger]
    assert seqs == list(range(seqs[0], seqs[0] + len(seqs)))
