"""The provider of the API without I/O, against servers that do whatever comes to their mind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from math import inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakeapns.protocol.http2 import Request, Setting, Wire, choose_engine
from fakeapns.provider.api import Target
from fakeapns.provider.api.conversation import Conversation
from fakeapns.provider.api.delivery import MOST_TRIES, Delivery
from fakeapns.provider.report import Report

from .apple import Minted, push

COUNT = 6
#: What a server may do with a request; the number says how many bytes come in one read.
ACTIONS = (
    *("accept", "refuse", "unavailable", "too many", "expired", "reset", "refuse stream"),
    *("goaway", "goaway before", "nothing", "limit 1", "limit 0", "limit 9", "garbage", "leave"),
    *("half an answer", "forbidden headers"),
)
Chosen = tuple[str, int]


class Scene:
    """A server that plays `actions` one by one, request by request, and then accepts everything."""

    def __init__(self, client: str, server: str, actions: list[Chosen]) -> None:
        self.report = Report(COUNT)
        self.delivery = Delivery([push(number) for number in range(COUNT)], self.report)
        self.make_server = choose_engine(server).make
        self.minted = Minted()
        make = choose_engine(client).make_client
        self.target = Target("localhost", make, self.minted.tokens, patience=20)
        self.actions = actions
        self.now = 1_000_000.0
        self.seen: Counter[bytes] = Counter()
        self.ids: dict[bytes, bytes | None] = {}

    def play(self) -> None:
        """Connect again and again, until the fate of each is known."""
        for _ in range(len(self.actions) + COUNT * MOST_TRIES):
            if self.delivery.finished:
                return
            self._connection()
        raise AssertionError("it never ends")

    def _connection(self) -> None:
        talk = Conversation(self.target, self.delivery, self.now)
        wire = Wire(self.make_server)
        gone = False
        for _ in range(2_000):
            if talk.over:
                return
            talk.wake(self.now)
            for event in wire.receive_data(talk.data_to_send()):
                if isinstance(event, Request):
                    gone = self._behave(wire, event) or gone
            self._tell(talk, wire)
            if gone:
                talk.lost("the server closed the connection")
            elif not talk.over:
                talk.wake(self.now)
                if inf > talk.deadline > self.now:
                    self.now = talk.deadline
        raise AssertionError("it goes in circles")

    def _tell(self, talk: Conversation, wire: Wire) -> None:
        data = wire.data_to_send()
        step = self.actions[0][1] if self.actions else len(data) or 1
        for at in range(0, len(data), step):
            talk.receive(data[at : at + step], self.now)

    def _behave(self, wire: Wire, request: Request) -> bool:
        """Do what is next; whether the server is gone then."""
        self.seen[request.body] += 1
        assert self.ids.setdefault(request.body, request.apns_id) == request.apns_id
        action = self.actions.pop(0)[0] if self.actions else "accept"
        if action == "leave":
            return True
        do: dict[str, Callable[[], object]] = {
            "accept": lambda: wire.respond(request.stream, 200),
            "refuse": lambda: _refuse(wire, request, 400, "BadDeviceToken"),
            "unavailable": lambda: _refuse(wire, request, 503, "ServiceUnavailable"),
            "too many": lambda: _refuse(wire, request, 429, "TooManyRequests"),
            "expired": lambda: _refuse(wire, request, 403, "ExpiredProviderToken"),
            "reset": lambda: wire.reset(request.stream, 2),
            "refuse stream": lambda: wire.reset(request.stream, 7, 5),
            "goaway": lambda: wire.goaway(request.stream, 0, b"not JSON"),
            "goaway before": lambda: wire.goaway(max(0, request.stream - 2), 0),
            "nothing": lambda: None,
            "limit 1": lambda: wire.update_settings({Setting.MAX_CONCURRENT_STREAMS: 1}),
            "limit 0": lambda: wire.update_settings({Setting.MAX_CONCURRENT_STREAMS: 0}),
            "limit 9": lambda: wire.update_settings({Setting.MAX_CONCURRENT_STREAMS: 9}),
            "garbage": lambda: wire.send_raw(b"\0\0\1\4\0\0\0\0\0?"),
            "half an answer": lambda: wire.begin_response(request.stream, 200),
            "forbidden headers": lambda: wire.respond(request.stream, 200, [(b"te", b"x")]),
        }
        do[action]()
        return False


def _refuse(wire: Wire, request: Request, status: int, reason: str) -> None:
    wire.respond(request.stream, status, (), b'{"reason":"%s"}' % reason.encode())


actions = st.lists(st.tuples(st.sampled_from(ACTIONS), st.integers(1, 100)), max_size=25)


@pytest.mark.parametrize("server", ["ngh2", "h2"])
@pytest.mark.parametrize("client", ["ngh2", "h2"])
@settings(deadline=None, max_examples=60)
@given(actions=actions)
def test_whatever_a_server_does_each_push_gets_a_fate(
    client: str, server: str, actions: list[Chosen]
) -> None:
    scene = Scene(client, server, list(actions))
    scene.play()
    report = scene.report
    assert report.accepted + len(report.refused) == COUNT
    assert (report.underway, report.done) == (0, COUNT)
    # What was asked twice was sent again, and nothing was but once for each trouble.
    assert set(scene.seen) == {b"%d" % number for number in range(COUNT)}
    if not actions:
        assert (report.accepted, report.resent) == (COUNT, 0)
    # Never a token too many.
    assert len(scene.minted.moments) <= 2
