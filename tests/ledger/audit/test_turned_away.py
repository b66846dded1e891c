"""Connections that never came to speak: the story's own refusals are told as such."""

from __future__ import annotations

from fakeapns.ledger.audit import TurnedAway, audit
from fakeapns.scenario.scenario import Expect

from .told import ONE, TWO, Story, explained


def test_what_the_story_refused_is_told_with_its_step() -> None:
    story = Story()
    story.opened()
    story.came(ONE)
    story.fault("drop")
    story.closed("fault")
    for _ in range(3):
        story.refused("fault", "step 1 of the scenario asked for this", by="reconnect_block")
    found = explained(story, [ONE, TWO])
    assert "; connections 2 to 4, which came behind it, were refused" in found[0]
    assert found[1:] == ["connections 2 to 4 were refused by step 1 of the story, reconnect_block"]


def test_whoever_minds_a_bad_certificate_is_told_no_hint() -> None:
    story = Story()
    story.refused("fault", "step 1 asked for this", by="bad_certificate")
    assert explained(story, [ONE]) == [
        "no connection to the gateway got as far as to speak",
        "connection 1 was disturbed in the handshake by step 1 of the story, bad_certificate",
    ]


def test_a_client_without_a_certificate_is_told_so_whatever_the_story_does() -> None:
    story = Story()
    story.refused("no-client-certificate", "give it one", by="slow_handshake")
    assert explained(story, [ONE])[1:] == [
        "connection 1 was refused, no-client-certificate: give it one"
    ]


def test_refusals_of_the_client_s_own_making_stand_apart_with_their_hint() -> None:
    story = Story()
    story.refused("fault", "", by="refuse")
    story.refused("no-client-certificate", "give it one")
    story.refused("no-client-certificate", "give it one")
    story.refused("stopped", "the server was stopped")
    assert explained(story, [ONE])[1:] == [
        "connection 1 was refused by step 1 of the story, refuse",
        "connection 4 was ended as the server stopped",
        "connections 2 to 3 were refused, no-client-certificate: give it one",
    ]


def test_a_refusal_whose_fault_is_not_on_record_was_the_story_s_all_the_same() -> None:
    story = Story()
    story.refused("fault", "step 1 asked for this")
    assert list(TurnedAway(story).by_story()) == ["connection 1 was refused by the story"]
    assert list(TurnedAway(story).by_client()) == []


def test_who_asked_for_feedback_and_was_refused_is_told_why() -> None:
    story = Story()
    story.opened()
    story.came(ONE)
    story.refused("no-client-certificate", "give it one", service="feedback")
    [finding] = audit(story, [ONE], expect=Expect(feedback_read=True)).findings
    assert finding.reasons == ("turned-away",)
    assert finding.explanations == (
        "connection 2 to feedback was refused, no-client-certificate: give it one",
    )


def test_whom_the_proxy_led_nowhere_is_told_why_and_asked_for_a_push_perhaps() -> None:
    story = Story()
    story.refused("foreign-host", "let it go there without the proxy", service="proxy")
    assert explained(story, [ONE]) == [
        "no connection to the gateway or the provider API was opened",
        "connection 1 to the proxy was refused, foreign-host: let it go there without the proxy",
    ]
    story.refused("handshake-timeout", "let it ask", service="proxy")
    assert explained(story, [ONE])[0] == (
        "no connection to the gateway or the provider API got as far as to speak"
    )


def test_another_host_that_was_asked_for_is_no_attempt_to_send() -> None:
    for reason, per_error in (("foreign-host", 0), ("handshake-timeout", 1)):
        story = Story()
        story.opened()
        story.came(ONE, "rejected", "invalid-token")
        story.closed("error")
        story.refused(reason, "hint", service="proxy")
        assert audit(story, [ONE]).reconnects_per_error == per_error
