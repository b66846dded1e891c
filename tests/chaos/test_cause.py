"""What a story is red for: the same key for the same cause, whatever else differs."""

from __future__ import annotations

import msgspec
import pytest

from fakeapns.chaos.advice import LESSONS
from fakeapns.chaos.cause import of_finding, of_last_words, of_verdict
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


def test_two_that_ended_for_the_same_exception_have_one_cause_whatever_else_it_says() -> None:
    one, two = (
        of_last_words("exit 1", f"httpx.ReadError: {number} of 'https://x:{number}/{number}'")
        for number in (7, 12)
    )
    assert (one.key, one.name) == (two.key, "exit 1/httpx.ReadError")
    assert one.what == "the command ended with exit 1: httpx.ReadError: 7 of 'https://x:7/7'"
    assert one.advice.startswith("Catch what a connection raises")


@pytest.mark.parametrize(
    "line",
    [
        "httpx.HTTPStatusError: Client error '410 Gone' for url 'https://x'",
        "requests.exceptions.HTTPError: 410 Client Error",
        "aiohttp.ClientError: status=410",
        "RuntimeError: BadDeviceToken",
        "Error: HTTP status code 503",
    ],
)
def test_who_ends_for_an_answer_is_told_that_a_refusal_is_no_end(line: str) -> None:
    cause = of_last_words("exit 1", line)
    assert cause.advice.startswith("A refused push (400, 410, 413, …) must not end the program")
    assert cause.what.startswith("the command ended with exit 1 for an answer: ")
    assert of_last_words(CANNOT_START, line).advice.startswith("Start the command by hand")


@pytest.mark.parametrize(
    "line",
    [
        "h2.exceptions.StreamClosedError: 413",
        "ConnectionTerminated error_code:0, last_stream_id:413",
        "ssl.SSLError: [SSL] record layer failure (_ssl.c:2580)",
        "OSError: [Errno 410] oh",
    ],
)
def test_a_number_is_no_status_for_being_as_large(line: str) -> None:
    assert of_last_words("exit 1", line).advice.startswith("Catch what a connection raises")


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
