"""What a story is red for: the same key for the same cause, whatever else differs."""

from __future__ import annotations

import msgspec
import pytest

from fakeapns.chaos.advice import LESSONS
from fakeapns.chaos.cause import of_finding, of_verdict, telling_line
from fakeapns.chaos.nothing import why_nothing
from fakeapns.chaos.verdict import CANNOT_START, CRASHED, NOT_PLAYED, NOTHING_SENT, TIMEOUT
from fakeapns.ledger import Ledger, Moment
from fakeapns.ledger.audit import Finding

from ..ledger.audit.told import Story


def ledger_of(story: Story) -> Ledger:
    """A ledger that has recorded this."""
    ledger = Ledger()
    for entry in story:
        facts = msgspec.structs.asdict(entry)
        moment = Moment(facts.pop("t"), facts.pop("wall"))
        del facts["seq"]
        ledger.record(type(entry), moment, **facts)
    return ledger


def name(story: Story) -> str:
    """Why nothing came, in short."""
    return why_nothing(ledger_of(story))[0].name


# ---- what an output says ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ("", ""),
        ("one\ntwo\n\n", "two"),
        ("Traceback:\n  File x\nKeyError: 'aps'\n", "KeyError: 'aps'"),
        ("oops: connection 17 at 0x7f00ab broke", "oops: connection # at # broke"),
        (
            "FileNotFoundError: [Errno 2] No such file: '/tmp/fakeapns-x1/work.jsonl'",
            "FileNotFoundError: [Errno #] No such file: '…/work.jsonl'",
        ),
        (
            "Error: read ECONNRESET\n    at TLSWrap.onError (node:x:5)\n\nNode.js v20.1.0\n",
            "Error: read ECONNRESET",
        ),
        ("panic: nil map\n\ngoroutine 1 [running]:\nmain.main()\n", "panic: nil map"),
    ],
)
def test_of_an_output_the_line_counts_that_says_what_went_wrong(output: str, said: str) -> None:
    assert telling_line(output) == said


def test_a_line_that_is_too_long_is_cut() -> None:
    assert len(telling_line("error " + "x" * 500)) == 120


# ---- verdicts ---------------------------------------------------------------------------


@pytest.mark.parametrize("verdict", [CRASHED, TIMEOUT, NOTHING_SENT, NOT_PLAYED, CANNOT_START])
def test_each_verdict_has_a_cause_with_advice(verdict: str) -> None:
    cause = of_verdict(verdict)
    assert cause.key[0] == verdict
    assert cause.advice.endswith(".")


def test_each_lesson_is_a_few_words_and_a_sentence() -> None:
    for what, advice in LESSONS.values():
        assert not what.endswith(".")
        assert advice[0].isupper()
        assert advice.endswith(".")


def test_an_exit_is_told_apart_by_what_was_said_last() -> None:
    cause = of_verdict("exit 3", detail="KeyError: 'aps'")
    assert cause.what == "the command ended with exit 3: KeyError: 'aps'"
    assert cause.name == "exit 3/KeyError: 'aps'"
    assert cause.key != of_verdict("exit 3", detail="oh").key


def test_a_finding_has_a_cause_for_each_reason() -> None:
    finding = Finding(kind="lost", reasons=("behind-an-error", ""), text="lost 2")
    assert [each.name for each in of_finding("failed", finding)] == [
        "failed/lost/behind-an-error",
        "failed/lost",
    ]


# ---- nothing sent -----------------------------------------------------------------------


def test_whom_nobody_let_in_is_told_the_hint() -> None:
    story = Story()
    story.refused("fault", "", by="refuse")
    story.refused("client-does-not-trust-ca", "set SSL_CERT_FILE")
    cause, sentence = why_nothing(ledger_of(story))
    assert cause.name == "nothing sent/client-does-not-trust-ca"
    assert cause.advice == "Set SSL_CERT_FILE."
    assert sentence == "it was refused 1 time and gave up"


def test_whom_the_proxy_led_nowhere_is_told_the_hint() -> None:
    story = Story()
    story.refused("foreign-host", "ask for api.push.apple.com", service="proxy")
    cause, sentence = why_nothing(ledger_of(story))
    assert cause.name == "nothing sent/foreign-host"
    assert cause.advice == "Ask for api.push.apple.com."
    assert sentence == "it was refused 1 time and gave up"


def test_whom_the_story_disturbed_gave_up() -> None:
    story = Story()
    story.refused("fault", "", by="refuse")
    assert name(story) == "nothing sent/gave-up"
    story = Story()
    story.opened()
    story.fault("accept_then_close")
    assert name(story) == "nothing sent/gave-up"


def test_a_fault_of_feedback_disturbs_nobody_who_sends() -> None:
    story = Story()
    story.opened("feedback")
    story.fault("feedback_cut")
    assert name(story) == "nothing sent/elsewhere"


def test_what_was_written_to_feedback_was_sent_elsewhere() -> None:
    story = Story()
    story.opened("feedback")
    story.closed("ended", unread=200)
    assert name(story) == "nothing sent/elsewhere"


def test_what_came_and_could_not_be_read_is_no_silence() -> None:
    story = Story()
    story.opened()
    story.malformed()
    assert name(story) == "nothing sent/unreadable"
    story = Story()
    story.opened()
    story.closed("ended", unread=12)
    assert name(story) == "nothing sent/unreadable"


def test_who_connected_and_said_nothing_and_who_never_did() -> None:
    story = Story()
    assert name(story) == "nothing sent"
    story.opened()
    assert name(story) == "nothing sent/connected"
