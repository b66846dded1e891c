"""Any faults, any client: nothing raises, and what is on record is what has happened.

Many more of them: `FAKEAPNS_TEST_RUNS=50 python -m pytest tests/fronts/api/faults/test_fuzz.py`.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fakeapns import On, Step
from fakeapns.fronts.actions import Send, ShutWrite
from fakeapns.fronts.front import Left
from fakeapns.ledger import ApiClosed, ApiResponse, FaultFired, SettingsSeen
from fakeapns.scenario import faults

from ....protocol.http2.client import (
    END_STREAM,
    GOAWAY,
    HEADERS,
    HELLO,
    PING,
    RST_STREAM,
    SETTINGS,
    SETTINGS_ACK,
    Said,
    data,
    frame,
    goaway,
    headers,
    post,
    read,
    reset,
)
from ..dialogue import CERTIFICATE
from ..frames import FINE, Frames

RUNS = int(os.environ.get("FAKEAPNS_TEST_RUNS", "1"))
ENGINES = pytest.mark.parametrize("engine", ["ngh2", "h2"])
LEAVING: tuple[Left, ...] = ("graceful", "no-close-notify", "reset", "lost")
#: How long it takes to make one up is the machine's affair.
many = settings(deadline=None, max_examples=80 * RUNS, suppress_health_check=[HealthCheck.too_slow])

spans = st.sampled_from(["1ms", "1s", "1m"])
closes = st.sampled_from(["graceful", "reset", "no-close-notify", "half", "keep"])
flags = st.booleans()
#: What acts on a push, by time, or as a connection opens.
at_a_push = st.one_of(
    st.builds(faults.Reject, st.sampled_from(["TooManyRequests", 503]), delay=spans),
    st.builds(faults.Drop, closes),
    st.builds(faults.Drop, closes, after_answer_bytes=st.integers(0, 9)),
    st.builds(faults.Garbage, bytes_=st.just("48 54"), close=closes),
    st.builds(faults.Stall, spans),
    st.builds(faults.Throttle, st.integers(20, 2000)),
    st.builds(faults.Blackhole, st.sampled_from(["0ms", "1s"])),
    st.builds(
        faults.GoAway,
        st.sampled_from(["this", "previous", "zero", "all", 1, 5, 99]),
        debug=st.sampled_from(["", "Shutdown", "in plain text"]),
        delay=st.sampled_from(["0ms", "1s"]),
        then=st.sampled_from(["close", "keep", "silent"]),
        twice=flags,
    ),
    st.builds(faults.ResetStream, st.sampled_from([7, 8]), twice=flags),
    st.builds(faults.ResetStream, st.just(8), st.just("headers"), flags),
    st.builds(faults.Unanswered, accepted=flags),
    st.builds(faults.LateAnswer, spans),
    st.builds(faults.LateAnswer, st.builds(faults.AfterNotifications, st.integers(1, 3))),
    st.builds(faults.PartialAnswer, st.sampled_from(["headers", "half-body"])),
    st.builds(
        faults.ChangeSettings,
        st.sampled_from([None, 0, 1, 3]),
        st.sampled_from([None, 10_000]),
        st.sampled_from([10, 4000]),
        until=st.sampled_from([None, "success", "1s"]),
    ),
    st.builds(faults.Wedge, st.sampled_from(["InternalServerError", "TooManyRequests"])),
)
in_time = at_a_push.filter(lambda fault: fault.stage({"idle"}) == "open")
from_the_start = st.one_of(
    st.builds(faults.NoCredit, st.sampled_from(["0B", "100B"])),
    st.builds(faults.NoSettings, st.sampled_from(["nothing", "goaway"])),
    st.just(faults.DeafPing()),
    st.builds(faults.AcceptThenClose, st.sampled_from(["0ms", "1s"])),
)
triggers = st.one_of(
    st.builds(On, notification=st.integers(1, 4)),
    st.builds(On, every=st.integers(1, 3)),
    st.builds(On, stream=st.integers(1, 9)),
    st.builds(On, reason=st.just("Bad*")),
    st.builds(On, chance=st.just(0.5)),
)
times = st.sampled_from([None, 1])
steps = st.lists(
    st.one_of(
        st.builds(Step, at_a_push, triggers, times=times),
        st.builds(Step, at_a_push, st.builds(On, after=spans), times=times),
        st.builds(Step, in_time, st.builds(On, idle=spans), times=times),
        st.builds(Step, from_the_start, times=times),
    ),
    min_size=1,
    max_size=4,
)

NO_TOKEN = (*FINE[:2], (b":path", b"/3/device/no-hex"), *FINE[3:])
LONG = (*FINE, (b"x-long", b"x" * 500))
ODD = ((b":method", b"GET"), *FINE[1:])
fields = st.sampled_from([FINE, FINE, FINE, NO_TOKEN, LONG, ODD])
LAST_OF_ALL = 2**31 - 1


class Client:
    """Breaks no rule of HTTP/2, but for limits that it may not have seen."""

    def __init__(self, talk: Frames) -> None:
        self.talk = talk
        #: The streams that it has opened, and those whose requests it has completed.
        self.opened: list[int] = []
        self.complete: set[int] = set()
        self.half: list[int] = []
        self._acknowledged = 0
        self._leaves = False

    def _open(self) -> int:
        self.opened.append(2 * len(self.opened) + 1)
        return self.opened[-1]

    def several(self, *kinds: Any) -> None:
        """Requests in one write."""
        wire = b""
        for kind in () if self._leaves else kinds:
            stream = self._open()
            wire += post(stream, kind, b"{}")
            self.complete.add(stream)
        self.talk.send(wire)

    def begin(self) -> None:
        if not self._leaves:
            self.half.append(self._open())
            self.talk.send(headers(self.half[-1], FINE))

    def finish(self) -> None:
        if self.half:
            stream = self.half.pop()
            self.complete.add(stream)
            self.talk.send(data(stream))

    def give_up(self) -> None:
        """One that is not complete, or else the last, which may wait for its answer."""
        if self.half:
            self.talk.send(reset(self.half.pop()))
        elif self.opened:
            self.talk.send(reset(self.opened[-1]))

    def acknowledge(self) -> None:
        said = [each for each in whole(self.talk) if each.kind == SETTINGS and not each.flags]
        self.talk.send(SETTINGS_ACK * (len(said) - self._acknowledged))
        self._acknowledged = len(said)

    def ping(self) -> None:
        self.talk.send(frame(PING, b"12345678"))

    def say_goaway(self) -> None:
        """Behind which it opens no stream."""
        self._leaves = True
        self.talk.send(goaway())


Act = Callable[[Client], None]
acts: st.SearchStrategy[Act] = st.one_of(
    st.lists(fields, min_size=1, max_size=5).map(lambda kinds: lambda it: it.several(*kinds)),
    st.sampled_from(
        [
            Client.begin,
            Client.finish,
            Client.give_up,
            Client.acknowledge,
            Client.ping,
            Client.say_goaway,
        ]
    ),
    st.sampled_from([0.001, 1.0, 60.0]).map(lambda span: lambda it: it.talk.wait(span)),
)


def whole(talk: Frames) -> list[Said]:
    """The server's frames but for what is none, or in part: that comes last of all."""
    wire = b"".join(each.data for each in talk.done if isinstance(each, Send))
    end = 0
    while (size := 9 + int.from_bytes(wire[end : end + 3])) <= len(wire) - end:
        end += size
    return read(wire[:end])


def ends(said: list[Said]) -> set[int]:
    """The streams whose answers are complete."""
    return {each.stream for each in said if each.kind in (0, HEADERS) and each.flags & END_STREAM}


def values_of(said: Said) -> dict[int, int]:
    return dict(struct.iter_unpack(">HI", said.payload))


def sent(talk: Frames) -> int:
    return sum(len(each.data) for each in talk.done if isinstance(each, Send))


def assert_whole(talk: Frames, client: Client, *, holds: bool) -> None:
    """The record is what has happened. Only a fault that `holds` keeps anything from it."""
    assert talk.api.judge.triggers.mishaps.take() is None
    [end] = talk.ledger.of(ApiClosed)
    pushes = {each.stream: each for each in talk.pushes}
    others = {each.stream: each for each in talk.requests}
    assert len(pushes) + len(others) == len(talk.pushes) + len(talk.requests)
    assert not pushes.keys() & others.keys()
    on_record = pushes.keys() | others.keys()
    assert on_record <= set(client.opened)
    assert end.received == end.accepted + end.rejected + end.discarded == len(pushes)
    if not (end.unread_bytes or "kept from being read" in str(end.detail)) or not holds:
        assert on_record == set(client.opened)
        assert end.streams == len(client.opened)
    said = whole(talk)
    answered = ends(said)
    assert {stream for stream, each in pushes.items() if each.answered} <= answered
    assert {each.stream for each in talk.ledger.of(ApiResponse)} <= answered
    assert end.unanswered == end.requests - len(answered & client.complete)
    assert {stream for stream, each in pushes.items() if each.outcome == "discarded"}.isdisjoint(
        each.stream for each in said if each.kind == HEADERS
    )
    assert {(each.stream, each.code) for each in said if each.kind == RST_STREAM} <= {
        (each.stream, each.code) for each in talk.resets
    }
    lasts = [int.from_bytes(each.payload[:4]) for each in said if each.kind == GOAWAY]
    assert lasts == sorted(lasts, reverse=True)
    assert lasts == [each.last_stream for each in talk.goodbyes]
    assert [each.values for each in talk.ledger.of(SettingsSeen) if each.by == "server"] == [
        values_of(each) for each in said if each.kind == SETTINGS and not each.flags
    ]
    shut = [at for at, each in enumerate(talk.done) if isinstance(each, ShutWrite)]
    assert not any(isinstance(each, Send) for at in shut for each in talk.done[at:])


@ENGINES
@many
@given(
    steps=steps,
    acts=st.lists(acts, max_size=10),
    how=st.sampled_from([*LEAVING, None]),
    alpn=st.sampled_from(["h2", None]),
)
def test_whatever_goes_wrong_is_on_record_as_it_went(
    engine: str, steps: list[Step], acts: list[Act], how: Left | None, alpn: str | None
) -> None:
    provider = msgspec.structs.replace(CERTIFICATE, alpn=alpn)
    talk = Frames(engine, steps=steps, seed=1, provider=provider)
    client = Client(talk)
    talk.send(HELLO)
    silent_since: int | None = None
    for act in acts:
        if talk.connection.finished:
            break
        act(client)
        if any(each.fault == "blackhole" for each in talk.ledger.of(FaultFired)):
            silent_since = sent(talk) if silent_since is None else silent_since
            assert sent(talk) == silent_since
    if not talk.connection.finished:
        if how is None:
            talk.stop()
        else:
            talk.leave(how)
            talk.wait(3600)
    assert talk.connection.finished
    assert_whole(talk, client, holds=any(step.fault.holds for step in steps))
