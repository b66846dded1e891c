"""What never came over HTTP/2 is told by what its sender was up against, if it was."""

from __future__ import annotations

import pytest

from fakeapns import Blackhole, ChangeSettings, Drop, GoAway, On, Reject, Step, Unanswered
from fakeapns.ledger.audit import Audit, audit
from fakeapns.scenario.faults import Fault
from fakeapns.scenario.scenario import Expect

from .talks import Talk, item, numbers_of
from .told import ONE, TWO, explained
from .told_over_http2 import Pushes

SECOND = On(notification=2)


def lost(found: Audit) -> tuple[tuple[str, ...], str]:
    """The reasons, and all that is said of them."""
    [finding] = [each for each in found.findings if each.kind == "lost"]
    return finding.reasons, "\n".join(finding.explanations)


@pytest.mark.parametrize(
    ("fault", "reason", "what"),
    [
        (GoAway(debug="Shutdown"), "behind-a-goaway", "was ended by the server with GOAWAY"),
        (GoAway(debug="BadCertificateEnvironment"), "credentials", "ended by the server with GOAW"),
        (Drop(), "cut-off", "was ended by a fault (drop)"),
        (Unanswered(), "beside-no-answer", "; 1 of the 1,000 streams of connection 1 had no answe"),
    ],
)
def test_who_stops_behind_a_fault_is_told_of_that(fault: Fault, reason: str, what: str) -> None:
    talk = Talk(Step(fault, SECOND, times=1))
    talk.send([1, 2])
    talk.wait(10)
    talk.leave("graceful")
    found = talk.judged()
    reasons, text = lost(found)
    assert reasons == (reason,)
    assert what in text
    talk.send_anew(each for each in numbers_of(found, "lost") if each is not None)
    assert talk.judged().ok


@pytest.mark.parametrize("how", ["graceful", "reset"])
def test_streams_that_are_full_are_counted(how: str) -> None:
    talk = Talk(
        Step(ChangeSettings(max_concurrent_streams=2), On(notification=1), times=1),
        Step(Unanswered(), On(notification="2.."), times=2),
    )
    talk.send([1])
    talk.send([2, 3])
    talk.leave("graceful" if how == "graceful" else "reset")
    reasons, text = lost(talk.judged())
    assert reasons == ("beside-no-answer",)
    assert "; 2 of the 2 streams of connection 1 had no answer at its end; " in text


def test_streams_that_the_client_ended_itself_stand_in_nobodys_way() -> None:
    talk = Talk(Step(Unanswered(), SECOND, times=1))
    talk.send([1])
    stream = talk.begin(*_pair(2))
    talk.flow()
    talk.client.reset_stream(stream, 8)
    talk.flow()
    talk.leave("graceful")
    assert lost(talk.judged())[0] == ("",)


@pytest.mark.parametrize(
    ("fault", "reason", "what"),
    [
        (GoAway(), "above-a-goaway", "never complete when connection 1 was told GOAWAY with 3 as"),
        (GoAway("all"), "behind-a-goaway", "never complete when connection 1 was told GOAWAY"),
        (Drop(), "cut-off", "never complete when connection 1 was ended by a fault (drop)"),
        (Blackhole(), "dead-connection", "never complete when connection 1 was dead and looked"),
        (Reject(500), "never-complete", "never complete, and not seen again"),
    ],
)
def test_half_a_push_is_told_by_what_its_connection_came_to(
    fault: Fault, reason: str, what: str
) -> None:
    talk = Talk(Step(fault, SECOND, times=1))
    talk.send([1])
    # What is above the last stream was begun behind it.
    is_above = reason == "above-a-goaway"
    if not is_above:
        _begin_half(talk, 3)
    talk.begin(*_pair(2))
    if is_above:
        talk.begin(*_pair(3), end=False)
    talk.flow()
    _begin_half(talk, 4)
    talk.leave("reset")
    found = audit(list(talk.ledger), [item(1), item(3)])
    reasons, text = lost(found)
    assert reasons == (reason,), text
    assert what in text
    assert "may be among" not in text


def test_what_waits_for_credit_in_vain_says_why_also_of_what_never_came() -> None:
    story = Pushes()
    story.fault("no_credit")
    facts = {"ordinal": 0, "stream": 1, "path": f"/3/device/{ONE[0].hex()}", "method": "POST"}
    story.request("the client left before it was complete", **facts)
    story.closed("ended")
    reasons, text = lost(audit(story, [ONE, TWO]))
    assert reasons == ("never-complete",)
    assert "never complete when connection 1 gave no credit for bodies (no_credit)" in text
    assert "number 2 (token …00000002) never reached the provider API; connection 1 gave n" in text


def test_an_earlier_goaway_is_why_the_rest_was_given_up() -> None:
    story = Pushes()
    story.came_over(ONE)
    story.goaway(1)
    story.closed("shutdown")
    story.opened("api")
    story.came_over(TWO)
    story.closed("ended")
    found = audit(story, [ONE, TWO, (b"3" * 32, b"{}")])
    reasons, text = lost(found)
    assert reasons == ("behind-a-goaway",)
    assert "; connection 1 was told GOAWAY with 1 as its last stream" in text


def test_whom_the_story_turned_away_and_who_went_on_is_told_of_that() -> None:
    story = Pushes()
    story.refused("fault", "", service="api", by="bad_certificate")
    story.opened("api")
    story.came_over(TWO)
    story.closed("ended")
    found = audit(story, [ONE, TWO])
    reasons, text = lost(found)
    assert reasons == ("turned-away",)
    assert "connection 2 to the provider API was disturbed in the handshake by step 1" in text


def test_whom_nothing_kept_is_told_so() -> None:
    talk = Talk()
    talk.send([1, 2])
    talk.leave("graceful")
    assert lost(talk.judged())[0] == ("",)


# ---- who strikes devices off ------------------------------------------------------------------


def test_the_last_pushes_of_who_was_struck_off_are_no_loss_at_the_end() -> None:
    story = Pushes()
    again = (ONE[0], b'{"aps":{"badge":2}}')
    story.came_over(ONE, "PayloadTooLarge")
    story.came_over(TWO)
    story.closed("ended")
    found = audit(story, [ONE, TWO, again])
    reasons, text = lost(found)
    assert reasons == ("pruned",)
    assert text.startswith("number 3 (token …00000001) never came, though others did: what was ")


def test_who_stops_behind_a_refusal_has_struck_nobody_off() -> None:
    story = Pushes()
    again = (ONE[0], b'{"aps":{"badge":2}}')
    story.came_over(ONE, "PayloadTooLarge")
    story.closed("ended")
    assert lost(audit(story, [ONE, again]))[0] == ("",)
    assert lost(audit(story, [ONE, TWO, again]))[0] == ("",)


def test_answers_that_differ_in_numbers_alone_are_told_once() -> None:
    story = Pushes()
    for pair, seconds in ((ONE, 12), (TWO, 13)):
        story.came_over(pair, "ExpiredProviderToken", detail=f"it was signed {seconds} s ago")
    [text] = explained(story, [ONE, TWO])
    assert text.startswith("numbers 1 to 2 (the first for token …00000001) were rejected on conn")
    assert "(it was signed 12 s ago)" in text


def _pair(number: int) -> tuple[str, bytes]:
    token, body = item(number)
    return token, body.encode()


def _begin_half(talk: Talk, number: int) -> None:
    talk.begin(*_pair(number), end=False)
    talk.flow()


# ---- too little got through --------------------------------------------------------------------


def test_what_was_refused_is_why_too_little_got_through() -> None:
    story = Pushes()
    story.came_over(ONE)
    story.came_over(TWO, "BadPriority")
    story.closed("ended")
    found = audit(story, [ONE, TWO], expect=Expect(min_accepted=2))
    [finding] = found.findings
    assert (finding.kind, finding.reasons) == ("min_accepted", ("some-refused",))
    assert finding.explanations == (
        "number 2 (token …00000002) was refused with 400 BadPriority (why BadPriority)",
    )


def test_what_was_lost_is_told_as_that_and_refusals_are_not_to_blame() -> None:
    story = Pushes()
    story.came_over(ONE, "Unregistered")
    story.closed("ended")
    found = audit(story, [ONE, TWO], expect=Expect(min_accepted=1))
    assert [(each.kind, each.reasons) for each in found.findings] == [
        ("lost", ("",)),
        ("min_accepted", ("",)),
    ]
