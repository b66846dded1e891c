"""Feedback tuples, both ways."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from fakeapns.protocol import FeedbackParser, FeedbackTuple, encode_feedback

from .cases import FEEDBACK, FEEDBACK_TUPLES, single_bytes

tuples = st.lists(
    st.builds(
        FeedbackTuple,
        timestamp=st.integers(0, 0xFFFFFFFF),
        token=st.binary(max_size=100),
    ),
    max_size=5,
)


def test_tuples_are_written_as_the_example_has_them() -> None:
    assert encode_feedback(FEEDBACK_TUPLES) == FEEDBACK


def test_an_empty_list_is_no_bytes() -> None:
    assert encode_feedback([]) == b""


def test_tuples_are_read_whole() -> None:
    parser = FeedbackParser()
    assert parser.receive_data(FEEDBACK) == FEEDBACK_TUPLES
    assert parser.unread == 0


def test_tuples_are_read_byte_by_byte_each_as_soon_as_it_is_complete() -> None:
    parser = FeedbackParser()
    found = [parser.receive_data(byte) for byte in single_bytes(FEEDBACK)]
    assert found[37] == FEEDBACK_TUPLES[:1]
    assert found[75] == FEEDBACK_TUPLES[1:]
    assert sum(map(len, found)) == 2


def test_a_tuple_that_was_cut_stays_unread() -> None:
    parser = FeedbackParser()
    assert parser.receive_data(FEEDBACK[:-1]) == FEEDBACK_TUPLES[:1]
    assert parser.unread == 37


def test_the_length_field_decides_and_not_the_usual_32_bytes() -> None:
    odd = [FeedbackTuple(1, b""), FeedbackTuple(2, bytes(80)), FeedbackTuple(3, bytes(36))]
    assert FeedbackParser().receive_data(encode_feedback(odd)) == odd


@settings(deadline=None)
@given(tuples, st.binary(max_size=5), st.data())
def test_where_tcp_splits_the_list_does_not_matter(
    sent: list[FeedbackTuple], tail: bytes, data: st.DataObject
) -> None:
    # Five bytes are always less than a tuple's head.
    wire = encode_feedback(sent) + tail
    cut = data.draw(st.integers(0, len(wire)))
    parser = FeedbackParser()
    assert parser.receive_data(wire[:cut]) + parser.receive_data(wire[cut:]) == sent
    assert parser.unread == len(tail)
