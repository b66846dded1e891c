"""What is lost over HTTP/2 is told by what caused it: faults as the real front plays them, and
senders that make something of that.
"""

from __future__ import annotations

import pytest

from fakeapns import (
    Blackhole,
    ChangeSettings,
    Drop,
    GoAway,
    NoCredit,
    On,
    PartialAnswer,
    Reject,
    ResetStream,
    Step,
    Unanswered,
    Wedge,
)
from fakeapns.ledger.audit import advice_on, audit
from fakeapns.scenario.faults import Fault
from fakeapns.scenario.faults.reject import ReasonName

from .talks import Talk, item, numbers_of, told

SECOND = On(notification=2)
SHUTDOWN = '{"reason":"Shutdown"}'


@pytest.mark.parametrize(
    ("fault", "numbers", "reason", "what"),
    [
        (
            GoAway(debug="Shutdown", twice=True),
            [3, 4],
            "above-a-goaway",
            f"GOAWAY with 3 as its last stream ({SHUTDOWN})",
        ),
        (GoAway("zero", then="keep"), [2, 3, 4], "above-a-goaway", "GOAWAY with 0 as its last"),
        (
            GoAway("previous", debug="BadCertificateEnvironment"),
            [2, 3, 4],
            "credentials",
            '({"reason":"BadCertificateEnvironment"})',
        ),
        (GoAway(then="silent"), [3, 4], "above-a-goaway", "GOAWAY with 3 as its last stream"),
        (ResetStream(), [2], "refused-stream", "RST_STREAM by the server (REFUSED_STREAM)"),
        (ResetStream(twice=True), [2], "refused-stream", "(REFUSED_STREAM)"),
        (ResetStream(8), [2], "reset-stream", "RST_STREAM by the server (CANCEL)"),
        (
            Unanswered(accepted=False),
            [2],
            "never-answered",
            "a fault (unanswered), and no answer came on its stream",
        ),
        (Blackhole(), [3, 4], "dead-connection", "a connection that was dead and looked alive"),
        (Drop(), [3, 4], "cut-off", "an end of the connection before that (drop)"),
        (Drop("reset"), [3, 4], "cut-off", "an end of the connection before that (drop)"),
    ],
)
def test_what_was_not_processed_is_told_by_what_a_client_saw(
    fault: Fault, numbers: list[int], reason: str, what: str
) -> None:
    talk = Talk(Step(fault, SECOND, times=1))
    talk.send()
    talk.wait(10)
    found = talk.judged()
    assert numbers_of(found, "lost") == numbers
    reasons, text = told(found, "lost")
    assert reasons == (reason,)
    assert f"not processed for {what}" in text or what in text
    # Sent again it is right, whatever had it left out.
    talk.send_anew(numbers)
    assert talk.judged().ok


@pytest.mark.parametrize(
    ("fault", "reason", "advice"),
    [
        (Reject("TooManyRequests"), "too-many-requests", "keep the token"),
        (Reject("TooManyProviderTokenUpdates"), "token-updates", "share it among all connections"),
        (Reject("ExpiredProviderToken"), "credentials", "send the same push again"),
        (Reject("IdleTimeout"), "idle-timeout", "open a new one"),
        (Reject("Shutdown"), "shutdown-answer", "open a new connection"),
        (Reject(500), "server-error", "after a pause that grows"),
        (Reject(599), "server-error", "after a pause that grows"),
        (Reject(431), "about-the-request", "mend what it says"),
        (Wedge(), "wedged", "give it up after a few refusals alike"),
        (PartialAnswer("half-body"), "half-answer", "An answer that never ends is none"),
    ],
)
def test_what_was_refused_for_a_while_is_told_by_what_that_asks_for(
    fault: Fault, reason: str, advice: str
) -> None:
    talk = Talk(Step(fault, On(connection=1, notification="2..")))
    talk.send()
    found = talk.judged()
    assert numbers_of(found, "lost") == [2, 3, 4]
    reasons, text = told(found, "lost")
    assert (reasons, found.lessons) == ((reason,), (advice_on("lost", reason),))
    assert advice in found.lessons[0]
    assert "which is no fault of their own" in text


@pytest.mark.parametrize(
    "reason",
    ["PayloadTooLarge", "BadTopic", "MethodNotAllowed", "BadPath", "Unregistered", "BadCollapseId"],
)
def test_what_was_refused_for_its_own_fault_is_neither_lost_nor_to_be_sent_again(
    reason: ReasonName,
) -> None:
    talk = Talk(Step(Reject(reason), SECOND))
    talk.send()
    assert talk.judged().ok
    talk.send([2])
    found = talk.judged()
    assert (found.lost, numbers_of(found, "resent_after_refusal")) == ((), [2])


@pytest.mark.parametrize("gives_up", [True, False])
def test_what_waited_for_credit_in_vain_is_told_by_that(gives_up: bool) -> None:
    talk = Talk(Step(NoCredit()))
    streams = [talk.begin(item(number)[0], end=False) for number in (1, 2)]
    talk.flow()
    for stream in streams if gives_up else ():
        talk.client.reset_stream(stream, 8)
    talk.flow()
    talk.leave("graceful")
    found = talk.judged([1, 2])
    assert numbers_of(found, "lost") == [1, 2]
    reasons, text = told(found, "lost")
    assert reasons == ("never-complete",)
    assert "came on streams of connection 1 that were never complete" in text
    assert advice_on("lost", "never-complete") in found.lessons
    talk.send_anew([1, 2])
    assert talk.judged([1, 2]).ok


def test_streams_over_the_limit_are_counted_and_what_was_on_them_is_known() -> None:
    talk = Talk(Step(ChangeSettings(max_concurrent_streams=1), On(notification=1), times=1))
    talk.push(*_as_bytes(1))
    # The client has acknowledged the limit, and minds it not.
    talk.client.remote_settings.max_concurrent_streams = 100
    talk.client.remote_settings.acknowledge()
    talk.send([2, 3, 4])
    found = talk.judged(max_streams_refused=1)
    assert (found.streams_refused, numbers_of(found, "lost")) == (2, [3, 4])
    assert told(found, "lost")[0] == ("over-the-limit",)
    assert told(found, "max_streams_refused") == (
        ("",),
        "connection 1 had 2 streams refused: more than may be open at once",
    )
    assert "streams refused for a limit 2, expected at most 1" in found.shortfalls
    assert "streams refused 2" in str(found)
    talk.send([3])
    talk.send([4])
    assert talk.judged(max_streams_refused=2).ok


def test_what_a_fault_refuses_is_no_stream_over_the_limit() -> None:
    talk = Talk(Step(ResetStream(), SECOND, times=1))
    talk.send()
    talk.send([2])
    found = talk.judged(max_streams_refused=0)
    assert (found.ok, found.streams_refused) == (True, 0)


def _as_bytes(number: int) -> tuple[str, bytes]:
    token, body = item(number)
    return token, body.encode()


# ---- who strikes devices off ------------------------------------------------------------------

SAME = [(f"{1:064x}", '{"aps":{"badge":1}}'), (f"{1:064x}", '{"aps":{"badge":2}}')]


@pytest.mark.parametrize(
    ("reason", "gone"),
    [
        ("Unregistered", True),
        ("ExpiredToken", True),
        ("BadDeviceToken", True),
        ("DeviceTokenNotForTopic", True),
        ("PayloadTooLarge", False),
        ("BadTopic", False),
        ("TooManyRequests", False),
        ("ExpiredProviderToken", False),
    ],
)
def test_a_device_is_rightly_struck_off_for_what_is_about_it_alone(
    reason: ReasonName, gone: bool
) -> None:
    talk = Talk(Step(Reject(reason), On(notification=1)))
    talk.push(SAME[0][0], SAME[0][1].encode())
    talk.send([7])
    found = audit(list(talk.ledger), [*SAME, item(7)])
    assert numbers_of(found, "withheld") == ([2] if gone else [])
    pruned = [
        text
        for finding in found.findings
        for text in finding.explanations
        if "which says nothing against the device" in text
    ]
    assert bool(pruned) is not gone
    if pruned:
        assert "number 2 (token …00000001) never came, though others did" in pruned[0]
        assert advice_on("lost", "pruned") in found.lessons
