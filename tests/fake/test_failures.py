"""Which of several failures is told."""

from __future__ import annotations

import pytest

from fakeapns import StartError, UsageError
from fakeapns.fake.failures import most_telling

START, USAGE, MISTAKE = StartError("start"), UsageError("usage"), ZeroDivisionError()


@pytest.mark.parametrize(
    ("failures", "one"),
    [
        ([START], START),
        ([START, USAGE], START),
        ([MISTAKE, USAGE], USAGE),
        ([ExceptionGroup("", [MISTAKE]), ExceptionGroup("", [ExceptionGroup("", [START])])], START),
        ([ExceptionGroup("", [ExceptionGroup("", [MISTAKE])])], MISTAKE),
    ],
)
def test_what_there_is_a_sentence_for_comes_first(
    failures: list[Exception], one: Exception
) -> None:
    assert most_telling(ExceptionGroup("", failures)) is one


def test_several_mistakes_stay_together() -> None:
    group = ExceptionGroup("", [MISTAKE, KeyError()])
    assert most_telling(group) is group
