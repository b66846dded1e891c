"""What requests have in common is one object."""

from __future__ import annotations

import gc

import pytest

from fakeapns.protocol.http2 import EngineChoice, Request, Shapes

from .client import PUSH, Conversation, Pair, post

ID = (b"apns-id", b"1")


def test_requests_that_differ_in_path_id_and_length_have_one_shape(talk: Conversation) -> None:
    requests = [
        talk.one(Request, post(2 * size + 1, differing(size), bytes(size))) for size in range(1, 9)
    ]
    assert len({each.shape for each in requests}) == 1
    assert len({each.path for each in requests}) == 8


def differing(size: int) -> tuple[Pair, ...]:
    """A push with a path, an id and a length of its own."""
    own = ((b"apns-id", b"%d" % size), (b"content-length", b"%d" % size))
    return (*PUSH[:2], (b":path", b"/3/device/%d" % size), *PUSH[3:], *own)


def test_connections_share_their_shapes(engine: EngineChoice) -> None:
    shapes = Shapes()
    one, other = (Conversation(engine, shapes=shapes).greeted() for _ in range(2))
    assert one.one(Request, post(1)).shape is other.one(Request, post(1)).shape


def test_a_shape_is_a_key(talk: Conversation) -> None:
    verdicts = {talk.one(Request, post(1)).shape: "fine"}
    assert verdicts[talk.one(Request, post(3)).shape] == "fine"
    assert talk.one(Request, post(5, (*PUSH, (b"a", b"b")))).shape not in verdicts


def test_a_repeated_header_stands_in_the_shape(talk: Conversation) -> None:
    twice = talk.one(Request, post(1, (*PUSH, ID, ID)))
    once = talk.one(Request, post(3, (*PUSH, ID)))
    assert (twice.apns_id, once.apns_id) == (b"1", b"1")
    assert ID in twice.shape.headers
    assert ID not in once.shape.headers


def test_where_the_own_headers_stand_does_not_matter() -> None:
    shapes = Shapes()
    shared = (PUSH[0], PUSH[1], PUSH[3])
    one = shapes.split((PUSH[2], *shared, ID))
    assert shapes.split((ID, *shared, PUSH[2])) is not one
    assert shapes.split((ID, *shared, PUSH[2])).shape is one.shape
    other = shapes.split(((b"apns-id", b"2"), *shared, (b"content-length", b"2")))
    assert (other.path, other.apns_id, other.content_length) == (None, b"2", b"2")


def test_one_shared_header_alone_is_a_shape_too() -> None:
    shapes = Shapes()
    for _ in range(2):
        assert shapes.split((PUSH[0], PUSH[2])).shape.headers == (PUSH[0],)
        assert shapes.split((PUSH[2],)).shape.headers == ()


def test_shapes_are_forgotten_together() -> None:
    few = Shapes(most=2)
    first = few.split((PUSH[0],)).shape
    few.split((PUSH[1],))
    assert few.split((PUSH[0],)).shape is first
    few.split((PUSH[3],))
    assert few.split((PUSH[0],)).shape is not first
    small = Shapes(size=100)
    first = small.split((PUSH[0],)).shape
    small.split(((b"a", b"x" * 1000),))
    assert small.split((PUSH[0],)).shape is not first


def test_a_request_costs_the_garbage_collector_nothing(talk: Conversation) -> None:
    request = talk.one(Request, post(1))
    assert not gc.is_tracked(request)


@pytest.mark.parametrize("first", [b"apns-id", b"content-length", b":path"])
@pytest.mark.parametrize("then", [b"apns-id", b"content-length", b":path"])
def test_what_is_its_own_may_stand_where_another_one_has_something_else(
    first: bytes, then: bytes
) -> None:
    shapes = Shapes()
    for name in (first, then, first):
        own = shapes.split(((b":method", b"POST"), (name, b"12"), (b"apns-topic", b"a")))
        found = {b"apns-id": own.apns_id, b":path": own.path, b"content-length": own.content_length}
        assert {each for each, value in found.items() if value is not None} == {name}
