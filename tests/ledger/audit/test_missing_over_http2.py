"""The provider API judged: what was not processed, what never came, and who is who."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest

from fakeapns.ledger.audit import audit
from fakeapns.scenario.scenario import Expect

from ...frames import PAYLOAD, TOKEN, TOPIC
from ..pushes import push
from .told import MEANT, ONE, THREE, TWO, Story, explained
from .told_over_http2 import Pushes


def test_what_lay_above_a_goaway_and_came_again_is_right() -> None:
    story = Pushes()
    story.came_over(ONE)
    cause = story.goaway(1)
    story.unprocessed(TWO, cause)
    story.opened("api")
    story.came_over(TWO)
    found = audit(story, [ONE, TWO], expect=Expect(max_connections=2))
    assert found.ok, str(found)
    assert found.side_by_side == 1


def test_what_lay_above_a_goaway_and_never_came_again_is_lost() -> None:
    story = Pushes()
    cause = story.goaway()
    story.unprocessed(ONE, cause)
    story.closed("shutdown")
    found = audit(story, [ONE])
    assert found.explanations == (
        "number 1 (token …00000001) came on connection 1, was not processed for GOAWAY with 0 as "
        'its last stream ({"reason":"Shutdown"}), and not seen again; the provider opened no '
        "further connection",
    )
    assert "A GOAWAY names the last stream that was looked at" in found.lessons[0]


def test_what_a_goaway_left_for_who_its_sender_is_wants_other_credentials() -> None:
    story = Pushes()
    cause = story.goaway(reason="BadCertificateEnvironment")
    story.unprocessed(ONE, cause)
    story.closed("error")
    found = audit(story, [ONE])
    assert '({"reason":"BadCertificateEnvironment"}), and not seen again' in found.explanations[0]
    assert "is about the certificate or the token that signs in" in found.lessons[0]
    assert "at once" not in found.lessons[0]


def test_a_refused_stream_is_no_refusal() -> None:
    story = Pushes()
    cause = story.reset(1)
    story.unprocessed(ONE, cause)
    assert explained(story, [ONE]) == [
        "number 1 (token …00000001) came on connection 1, was not processed for RST_STREAM by the "
        "server (REFUSED_STREAM), and not seen again; connection 1 stayed open for it",
    ]
    story.came_over(ONE)
    assert audit(story, [ONE]).ok


def test_what_was_still_to_be_sent_behind_a_goaway_is_told_so() -> None:
    story = Pushes()
    story.came_over(ONE)
    story.goaway(1)
    story.closed("shutdown")
    found = audit(story, [ONE, TWO])
    assert found.explanations == (
        "number 2 (token …00000002) was not read: number 1 was the last on connection 1, which was "
        'ended by the server with GOAWAY ({"reason":"Shutdown"}), and what was written behind that '
        "is gone; the provider opened no further connection",
    )
    assert found.lessons[0].startswith("GOAWAY ends a connection and not the work")


# ---- never seen -------------------------------------------------------------------------------


def test_what_never_came_never_reached_the_api() -> None:
    story = Pushes()
    story.came_over(ONE)
    story.closed("ended")
    [text] = explained(story, [ONE, TWO])
    assert text.startswith("number 2 (token …00000002) never reached the provider API: number 1 ")


def test_requests_that_were_no_push_may_be_what_is_missing() -> None:
    story = Pushes()
    story.request("GET is no POST")
    story.request("GET is no POST")
    story.closed("ended")
    found = audit(story, [ONE])
    assert found.explanations == (
        "number 1 (token …00000001) was not read",
        "it may be among 2 requests on connection 1 that came to no push: GET is no POST",
    )
    assert any("A push is a whole POST to /3/device/" in each for each in found.lessons)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (b64encode(TOKEN).decode(), "decode the base64 first"),
        (f"<{TOKEN.hex(' ', 4)}>", "decode the hex first"),
    ],
)
def test_a_token_in_another_form_is_known_for_whose_it_was(text: str, kind: str) -> None:
    story = Pushes()
    facts: dict[str, Any] = {"token_bytes": b"", "token_text": text}
    story.came_over(reason="BadDeviceToken", **facts)
    story.closed("ended")
    found = audit(story, [(TOKEN, PAYLOAD)])
    [why] = found.explanations
    assert why.startswith("number 1 (token 00010203…) came for the text of its token: ")
    assert why.endswith(kind)
    assert found.lessons[0].startswith("On the provider API a token stands in the path as digits")


def test_who_was_turned_away_at_the_api_is_told_so() -> None:
    story = Story()
    story.refused(service="api")
    assert explained(story, [ONE]) == [
        "no connection to the provider API got as far as to speak",
        "connection 1 to the provider API was refused, untrusted: trust our CA",
    ]


def test_with_both_services_both_are_named() -> None:
    story = Pushes()
    story.closed("ended")
    story.opened()
    story.closed("ended")
    assert explained(story, [ONE]) == [
        "number 1 (token …00000001) never reached the gateway or the provider API"
    ]


def test_connections_of_both_services_count() -> None:
    story = Pushes()
    story.came_over(ONE)
    story.closed("ended")
    story.opened()
    story.came(TWO)
    story.closed("ended")
    story.opened()
    story.came(THREE)
    found = audit(story, MEANT, expect=Expect(max_connections=2))
    assert (found.connections, found.accepted) == (3, 3)
    assert [each.kind for each in found.findings] == ["max_connections"]


# ---- who is who -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "facts"),
    [
        ({"channel": "dHN0", "payload": {"aps": {}}}, {"token_bytes": b"", "channel": "dHN0"}),
        (push(token_bytes=b"", channel="dHN0"), {"token_bytes": b"", "channel": "dHN0"}),
        ((TOKEN, PAYLOAD), {"token_bytes": TOKEN}),
    ],
)
def test_a_push_is_its_token_or_channel_and_its_payload(given: Any, facts: dict[str, Any]) -> None:
    payload = b'{"aps":{}}' if isinstance(given, dict) else PAYLOAD
    story = Pushes()
    story.came_over(**{"payload_bytes": payload, **facts})
    found = audit(story, [given])
    assert found.ok, str(found)
    assert (found.delivered, found.connections) == (1, 1)


def test_a_channel_is_named_where_it_is_missing() -> None:
    story = Pushes()
    story.closed("ended")
    found = audit(story, [{"channel": "dHN0", "payload": {"aps": {}}}])
    assert found.explanations == ("number 1 (channel dHN0) never reached the provider API",)
    assert str(found.lost[0]) == 'number 1 channel dHN0 payload {"aps":{}}'


def test_tokens_that_are_no_hex_are_not_all_the_same() -> None:
    story = Pushes()
    for text in ("one", "other", ""):
        facts: dict[str, Any] = {"token_bytes": b"", "token_text": text or None, "topic": TOPIC}
        story.came_over(reason="BadDeviceToken", **facts)
    # An empty token is meant here, and only the third came for that.
    found = audit(story, [(b"", PAYLOAD)])
    assert ([each.number for each in found.refused], found.resent_after_refusal) == ([1], ())
