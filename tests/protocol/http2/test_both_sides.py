"""Both sides of ours talk to each other, each over either library, in pieces of any size."""

from __future__ import annotations

from collections import defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakeapns.protocol.http2 import (
    ClientWire,
    ConnectionEnded,
    EngineChoice,
    Request,
    Response,
    Setting,
    Wire,
    choose_engine,
)

from .client import PUSH

FIELDS = tuple(each for each in PUSH if each[0] != b":path")


@pytest.mark.parametrize("other", ["ngh2", "h2"])
@settings(deadline=None, max_examples=60)
@given(
    bodies=st.lists(st.integers(0, 30_000), max_size=8),
    answers=st.lists(st.integers(0, 3_000), min_size=8, max_size=8),
    limit=st.integers(1, 5),
    window=st.integers(1_000, 80_000),
    pieces=st.lists(st.integers(1, 5_000), min_size=1, max_size=20),
)
def test_all_that_is_asked_is_answered(
    engine: EngineChoice,
    other: str,
    bodies: list[int],
    answers: list[int],
    limit: int,
    window: int,
    pieces: list[int],
) -> None:
    values: dict[int, int] = {
        Setting.MAX_CONCURRENT_STREAMS: limit,
        Setting.INITIAL_WINDOW_SIZE: window,
    }
    client, server = ClientWire(engine.make_client), Wire(choose_engine(other).make, values)
    waiting = [bytes([number]) * size for number, size in enumerate(bodies)]
    asked: dict[int, bytes] = {}
    seen: dict[int, bytes] = {}
    got: dict[int, bytes] = {}
    sizes = defaultdict(int)
    for turn in range(2_000):
        piece = pieces[turn % len(pieces)]
        up = client.data_to_send()
        for at in range(0, len(up), piece):
            for event in server.receive_data(up[at : at + piece]):
                assert not isinstance(event, ConnectionEnded), event
                if isinstance(event, Request):
                    seen[event.stream] = event.body
                    body = bytes(answers[len(seen) - 1])
                    assert server.respond(event.stream, 200, (), body)
                    sizes[event.stream] = len(body)
        down = server.data_to_send()
        for at in range(0, len(down), piece):
            for told in client.receive_data(down[at : at + piece]):
                assert not isinstance(told, ConnectionEnded), told
                if isinstance(told, Response):
                    got[told.stream] = told.body
        while waiting and client.room:
            body = waiting.pop(0)
            path = (b":path", b"/3/device/%d" % len(asked))
            asked[client.request((path, *FIELDS), body)] = body
        assert len(client.unanswered) <= limit
        if not waiting and len(got) == len(bodies):
            break
    assert seen == asked
    assert {stream: len(body) for stream, body in got.items()} == sizes
    assert client.held_back == 0


def test_a_client_gives_credit_back_for_whatever_it_drops(engine: EngineChoice) -> None:
    """The connection's window is for all: what was given up must not use it up."""
    client, server = ClientWire(engine.make_client), Wire(choose_engine("ngh2").make)
    for number in range(40):
        for _ in range(3):
            server.receive_data(client.data_to_send())
            client.receive_data(server.data_to_send())
        stream = client.request(PUSH, b"{}")
        server.receive_data(client.data_to_send())
        if number % 2:
            client.reset(stream)
        assert server.respond(stream, 400, (), bytes(5_000))
        client.receive_data(server.data_to_send())
    assert server.held_back == 0
