"""Frames in any order, mutated and cut anywhere: nothing raises, and the record is whole.

Many more of them: `FAKEAPNS_TEST_RUNS=50 python -m pytest tests/fronts/api/test_fuzz.py`.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fakeapns.fronts.front import Left
from fakeapns.ledger import ApiClosed

from ...frames import TOPIC
from ...protocol.http2.cases import CASES
from ...protocol.http2.client import (
    END_STREAM,
    GOAWAY,
    HEADERS,
    HELLO,
    SETTINGS_ACK,
    credit,
    data,
    frame,
    goaway,
    headers,
    post,
    reset,
)
from ...protocol.http2.client import settings as say_settings
from ...protocol.http2.test_refused import WRONG
from .channels import description
from .frames import FINE, Frames

RUNS = int(os.environ.get("FAKEAPNS_TEST_RUNS", "1"))
ENGINES = pytest.mark.parametrize("engine", ["ngh2", "h2"])
#: How long it takes to make one up is the machine's affair.
many = settings(deadline=None, max_examples=60 * RUNS, suppress_health_check=[HealthCheck.too_slow])

streams = st.integers(0, 12)
#: What may be asked of channels: the id is that of the first that is made.
APP = TOPIC.encode()
PATHS = (
    b"/4/broadcasts/apps/" + APP,
    b"/1/apps/" + APP + b"/channels",
    b"/1/apps/" + APP + b"/all-channels",
    b"/1/apps/com.example.other/channels",
)
CHANNEL = (
    (b"apns-channel-id", b"DCDloJfuNsSqnFGhvwWDWw=="),
    (b"apns-push-type", b"liveactivity"),
    (b"apns-expiration", b"0"),
)
bodies = st.sampled_from(
    [b"", b"{}", b'{"aps":{}}', b"no JSON", bytes(5000), description(0), description(2)]
)
fields = st.sampled_from(
    [
        FINE,
        (*FINE, (b"apns-id", b"00000000-0000-0000-0000-000000000001")),
        (*FINE, (b"apns-id", b"none")),
        (*FINE, (b"apns-priority", b"7")),
        (*FINE[:2], (b":path", b"/3/device/no-hex"), *FINE[3:]),
        ((b":method", b"GET"), *FINE[1:]),
        *(
            ((b":method", method), FINE[1], (b":path", path), FINE[3], *CHANNEL)
            for path in PATHS
            for method in (b"POST", b"GET", b"DELETE")
        ),
        *(wrong for wrong, _ in WRONG.values()),
    ]
)
frames = st.one_of(
    st.builds(post, streams, fields, bodies),
    st.builds(headers, streams, fields),
    st.builds(data, streams, bodies, flags=st.sampled_from([0, END_STREAM])),
    st.builds(reset, streams, st.integers(0, 14)),
    st.builds(credit, st.integers(0, 70_000), streams),
    st.builds(goaway, streams, st.integers(0, 3)),
    st.builds(
        say_settings,
        st.dictionaries(st.integers(1, 7), st.sampled_from([0, 1, 100, 16_384, 1 << 31])),
    ),
    st.builds(
        lambda kind, payload, stream, flags: frame(kind, payload, stream=stream, flags=flags),
        st.integers(0, 11),
        st.binary(max_size=40),
        streams,
        st.integers(0, 255),
    ),
    st.sampled_from([case.wire for case in CASES if len(case.wire) < 5000]),
)


@st.composite
def wires(draw: st.DrawFn) -> list[bytes]:
    """What a client writes, in pieces: frames, of whose bytes some are others."""
    wire = bytearray(b"".join((SETTINGS_ACK, *draw(st.lists(frames, max_size=12)))))
    for at in draw(st.lists(st.integers(0, len(wire) - 1), max_size=draw(st.integers(0, 3)))):
        wire[at] = draw(st.integers(0, 255))
    whole = HELLO + bytes(wire)
    places = sorted(draw(st.lists(st.integers(0, len(whole)), max_size=5)))
    return [whole[a:b] for a, b in zip([0, *places], [*places, len(whole)], strict=True)]


def assert_whole(talk: Frames) -> None:
    """Each stream is on record once, all that is wrong in words, and an answer where it says so."""
    pushes = {each.stream: each for each in talk.pushes}
    others = {each.stream: each for each in talk.requests}
    assert len(pushes) + len(others) == len(talk.pushes) + len(talk.requests)
    assert not pushes.keys() & others.keys()
    assert all(each.detail or (each.http_status or 400) < 300 for each in others.values())
    assert all(each.detail for each in talk.resets)
    assert all(each.debug for each in talk.goodbyes)
    # Whole frames, and on each stream one answer at most.
    said = [each.stream for each in talk.said if each.kind == HEADERS]
    assert len(said) == len(set(said))
    assert {stream for stream, each in pushes.items() if each.answered} <= set(said)
    assert len(talk.codes(GOAWAY)) == len(talk.goodbyes) <= 1
    [end] = [each for each in talk.ledger.of(ApiClosed) if each.connection == 1]
    assert (end.streams, end.received) == (len(pushes) + len(others), len(pushes))
    assert end.received == end.accepted + end.rejected + end.discarded
    assert [each.seq for each in talk.ledger] == list(range(1, talk.ledger.last_seq + 1))


@ENGINES
@many
@given(wire=wires(), how=st.sampled_from(["graceful", "no-close-notify", "reset", "lost"]))
def test_whatever_comes_is_on_record_once_and_keeps_nobody_else(
    engine: str, wire: list[bytes], how: Left
) -> None:
    talk = Frames(engine)
    other = Frames(engine, beside=talk).greeted()
    talk.send(*wire)
    assert other.is_usable
    assert talk.connection.pending.held is None
    talk.wait(10)
    if not talk.connection.finished:
        talk.leave(how)
    assert talk.connection.finished
    assert_whole(talk)
