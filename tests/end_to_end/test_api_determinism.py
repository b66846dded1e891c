"""Same scenario, same seed, same pushes: the same outcome over the API, however things interleave.

In each run other connections have other pushes, in another order. Eight at once on real sockets are
played twice; for the twenty that a release wants,
`FAKEAPNS_TEST_RUNS=20 pytest tests/end_to_end/test_api_determinism.py`.
"""

from __future__ import annotations

import hashlib
import os
import random
import uuid
from functools import partial

import pytest
import trio

from fakeapns import FakeAPNs, On, Scenario, Step
from fakeapns.ledger import ApiClosed, ApiNotification, FaultFired
from fakeapns.protocol.http2 import choose_engine
from fakeapns.provider.api import ApiPush, SigningKey, Target, send_api
from fakeapns.provider.sender import open_tls
from fakeapns.scenario.faults import (
    Drop,
    Fault,
    GoAway,
    LateAnswer,
    PartialAnswer,
    Reject,
    ResetStream,
    Wedge,
)

from ..frames import TOPIC
from ..processes import PATIENCE

RUNS = int(os.environ.get("FAKEAPNS_TEST_RUNS", "2"))
CONNECTIONS, EACH = 8, 60
#: What hits a push itself, and what hits those around it, too.
FAULTS: tuple[tuple[Fault, float], ...] = (
    (Reject("BadDeviceToken"), 0.04),
    (Reject("TooManyRequests", delay="2ms"), 0.04),
    (ResetStream(), 0.04),
    (LateAnswer("5ms"), 0.05),
    (PartialAnswer("half-body"), 0.004),
    (GoAway(debug="Shutdown"), 0.01),
    (GoAway("previous", twice=True), 0.01),
    (Drop(), 0.005),
    (Drop(after_answer_bytes=9), 0.005),
    (Wedge("ServiceUnavailable"), 0.004),
)
STORY = Scenario(
    about="Now and then something goes wrong over HTTP/2, and who is hit is left to chance.",
    seed=41,
    step=(
        *(Step(fault, On(chance=chance)) for fault, chance in FAULTS),
        # Those that no rule takes are hit as well.
        Step(ResetStream(2), On(reason="BadDeviceToken", chance=0.5)),
    ),
)
#: Outcome and reason by token, when it was judged for the first time.
Outcomes = dict[str, tuple[str, str | None]]


def meant(number: int) -> ApiPush:
    # Every tenth is for an odd number of digits, which are no token.
    digits = hashlib.sha256(b"device %d" % number).hexdigest()
    token = digits[:-1] if number % 10 == 0 else digits
    return ApiPush(token, b'{"aps":{"badge":1}}', str(uuid.UUID(int=number)), TOPIC, "alert")


ALL = [meant(number) for number in range(CONNECTIONS * EACH)]


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for those who keep Apple's pauses."""
    monkeypatch.setattr("fakeapns.provider.api.delivery.PAUSE", 0.02)


async def play(run: int, seed: int = 41) -> FakeAPNs:
    """All connections at once; the server with what it has recorded."""
    pushes = ALL.copy()
    random.Random(run).shuffle(pushes)
    async with FakeAPNs(scenario=STORY, seed=seed) as apns:
        key = apns.provider_key()
        tokens = SigningKey(str(key.p8_file), key.key_id, key.team_id).tokens()
        target = Target("localhost", choose_engine("h2").make_client, tokens, patience=0.5)
        context = apns.ssl_context(certificate=False)
        context.set_alpn_protocols(["h2"])
        connect = partial(open_tls, apns.api.host, apns.api.port, context, "localhost")
        with trio.fail_after(PATIENCE):
            async with trio.open_nursery() as nursery:
                for first in range(CONNECTIONS):
                    mine = pushes[first::CONNECTIONS]
                    nursery.start_soon(partial(send_api, connect, mine, target, tries=20))
    return apns


def first_time(apns: FakeAPNs) -> Outcomes:
    """What became of each, when it was judged for the first time."""
    wedges = {
        each.connection: each.seq for each in apns.ledger.of(FaultFired) if each.fault == "wedge"
    }
    found: Outcomes = {}
    for each in apns.ledger.of(ApiNotification):
        behind_another = each.outcome == "discarded" and each.behind != each.ordinal
        wedged = each.seq > wedges.get(each.connection, each.seq) + 1
        if not behind_another and not wedged:
            found.setdefault(each.token, (each.outcome, each.reason))
    return found


async def test_every_push_has_the_same_outcome_in_every_run() -> None:
    expected = first_time(await play(0))
    assert len(expected) == len(ALL)
    kinds = {*expected.values()}
    assert kinds >= {
        ("accepted", None),
        ("discarded", None),
        ("rejected", "BadDeviceToken"),
        ("rejected", "TooManyRequests"),
    }
    for run in range(1, RUNS):
        apns = await play(run)
        assert first_time(apns) == expected
        assert len(apns.ledger.of(ApiClosed)) > CONNECTIONS


async def test_another_seed_hits_others() -> None:
    one, other = [first_time(await play(0, seed)) for seed in (41, 42)]
    assert one.keys() == other.keys()
    assert one != other
