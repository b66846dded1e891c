"""GOAWAYs of a server: which streams they name, and what one takes back."""

from __future__ import annotations

import pytest

from .client import GOAWAY, SETTINGS, Conversation, frame, goaway, headers, post


def lasts(talk: Conversation) -> list[int]:
    return [int.from_bytes(said.payload[:4]) for said in talk.of(GOAWAY)]


def test_the_streams_that_were_opened_are_known(talk: Conversation) -> None:
    talk.send(post(1), headers(3), post(9))
    assert talk.wire.last_stream == 9
    # At most: a client may leave some out, and this one did.
    assert [talk.wire.opened_above(each) for each in (0, 1, 3, 7, 9, 99)] == [3, 3, 3, 1, 0, 0]


@pytest.mark.parametrize(("first", "second"), [(1, 5), (1, 1), (5, 1)])
def test_none_names_a_higher_stream_than_one_before(
    talk: Conversation, first: int, second: int
) -> None:
    talk.send(post(1), post(3), post(5))
    assert talk.wire.goaway(first, 0) == first
    assert talk.wire.goaway(second, 0) == 1
    talk.listen()
    assert lasts(talk) == [first, 1]


def test_nor_one_above_what_is_processed(talk: Conversation) -> None:
    talk.send(post(1), post(3), post(5))
    assert talk.wire.last_processed == 5
    talk.wire.process_up_to(3)
    talk.wire.process_up_to(99)
    assert talk.wire.last_processed == 3
    assert talk.wire.goaway(2**31 - 1, 0) == 3


def test_nor_does_that_of_the_library_at_an_error(talk: Conversation) -> None:
    talk.send(post(1), post(3))
    talk.wire.goaway(1, 0, b"of ours")
    # WINDOW_UPDATE by nothing is an error of the connection (RFC 9113, 6.9).
    talk.send(frame(8, bytes(4)))
    talk.listen()
    assert lasts(talk) == [1, 1]
    assert [said.payload[4:8] for said in talk.of(GOAWAY)] == [bytes(4), bytes([0, 0, 0, 1])]


def test_no_settings_are_said_where_the_last_answer_was_the_end(talk: Conversation) -> None:
    talk.send(post(1))
    talk.send(goaway())
    talk.wire.respond(1, 200)
    assert not talk.wire.update_settings({3: 7})
    assert talk.wire.ended
    talk.listen()
    assert talk.of(SETTINGS) == []
