"""What is said of those who write to a service that only speaks."""

from __future__ import annotations

import pytest

from fakeapns.fronts.strangers import Unasked


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (1, "1 byte was written to feedback, which only speaks: is it the right port?"),
        (4096, "4,096 bytes were written to feedback, which only speaks: is it the right port?"),
    ],
)
def test_what_was_written_is_counted_in_words(size: int, words: str) -> None:
    unasked = Unasked()
    unasked.took(bytes(size))
    assert unasked.in_words("feedback", lambda _: None) == words
