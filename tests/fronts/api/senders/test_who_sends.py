"""What somebody may send, by certificate or by token, as a client finds it out."""

from __future__ import annotations

from typing import Any

import pytest

from fakeapns import Blackhole, GoAway, Step
from fakeapns.fronts.front import Provider
from fakeapns.protocol import REASONS

from ....frames import TOPIC
from ....moments import WALL
from ..dialogue import HELLO, NOBODY, TOKEN, Dialogue, signed
from .sessions import APP, NEWS, RING
from .signing import KEY, OTHER_TEAM, token

SEVERAL = Provider((APP, f"{APP}.voip"), "UID=com.example.app")
NONE = Provider((), "CN=nobody")
IAT = int(WALL) - 60


def refused(talk: Dialogue, **how: Any) -> tuple[str | None, str | None]:
    """The reason that such a push is answered with, and why that is, in words."""
    heard = talk.push(**how)
    assert heard.status == (200 if heard.reason is None else REASONS[heard.reason])
    return heard.reason, talk.latest.why


# ---- by certificate ---------------------------------------------------------------------------


def test_a_certificate_for_one_topic_says_which_where_the_request_does_not() -> None:
    talk = Dialogue()
    assert talk.push(apns_topic=None).status == 200
    assert talk.latest.topic == TOPIC


def test_a_certificate_is_for_its_topics_and_no_other() -> None:
    why = f"the certificate is for {APP}, not {NEWS}"
    assert refused(Dialogue(), apns_topic=NEWS) == ("TopicDisallowed", why)
    why = f"the certificate is for {APP} and {APP}.voip, not {NEWS}"
    assert refused(Dialogue(provider=SEVERAL), apns_topic=NEWS) == ("TopicDisallowed", why)
    assert refused(Dialogue(provider=NONE)) == (
        "TopicDisallowed",
        f"the certificate is for no topic, not {APP}",
    )


def test_with_several_topics_a_request_has_to_say_which() -> None:
    talk = Dialogue(provider=SEVERAL)
    why = f"apns-topic is missing, and the certificate has several topics: {APP}, {APP}.voip"
    assert refused(talk, apns_topic=None) == ("MissingTopic", why)
    for topic in SEVERAL.topics:
        assert talk.push(apns_topic=topic).status == 200


def test_where_a_certificate_has_none_a_setting_may_say_it() -> None:
    why = "apns-topic is missing, and the certificate has none"
    assert refused(Dialogue(provider=NONE), apns_topic=None) == ("MissingTopic", why)
    talk = Dialogue(provider=NONE, topic=APP)
    assert talk.push(apns_topic=None).status == 200
    assert talk.latest.topic == APP
    assert Dialogue(topic=NEWS).push(apns_topic=NEWS).reason == "TopicDisallowed"


def test_with_a_certificate_nobody_looks_at_authorization() -> None:
    talk = Dialogue()
    assert talk.push(signed="a.b").status == 200
    assert (talk.latest.key_id, talk.latest.violations) == (None, ())
    assert "authorization" not in talk.latest.headers


# ---- by token ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [
        (signed(issued=-60), signed("FORAPP0001", -60), "UnrelatedKeyIdInToken"),
        (signed("FORAPP0001", -60), signed(issued=-60), "UnrelatedKeyIdInToken"),
        (signed("FORAPP0001", -60), signed("FORAPP0002", -60), None),
        (signed(issued=-60), token("OTHERTEAM1", OTHER_TEAM, IAT), "InvalidProviderToken"),
        (signed("REVOKED001", -60), token("OTHERTEAM1", OTHER_TEAM, IAT), None),
    ],
    ids=["first for all", "first for topics", "same topics", "another team", "refused first"],
)
def test_the_first_push_binds_a_connection_to_a_team_and_a_kind_of_key(
    first: str, second: str, reason: str | None
) -> None:
    talk = Dialogue(provider=NOBODY, keys=RING)
    talk.push(signed=first)
    assert refused(talk, signed=second)[0] == reason
    # Another connection is bound to nothing.
    talk.open(NOBODY)
    assert talk.push(signed=second).status == 200


def test_a_key_for_single_topics_signs_for_no_other() -> None:
    talk = Dialogue(provider=NOBODY, keys=RING)
    how: dict[str, Any] = {"signed": signed("FORNEWS001", -60)}
    assert refused(talk, apns_topic=APP, **how)[0] == "TopicDisallowed"
    assert talk.push(apns_topic=NEWS, **how).status == 200


def test_who_signed_is_on_record_with_what_is_odd_about_it() -> None:
    talk = Dialogue(provider=NOBODY)
    assert talk.push(signed=token(iat=str(IAT))).status == 200
    push = talk.latest
    assert (push.key_id, push.team_id) == (KEY, "DEF123GHIJ")
    assert len(push.provider_token or "") == 16
    assert any("iat" in warning for warning in push.warnings)


def test_a_connection_may_renew_once_in_twenty_minutes_and_another_begins_anew() -> None:
    for scope, reason in (("connection", None), ("address", "TooManyProviderTokenUpdates")):
        talk = Dialogue(provider=NOBODY, jwt_scope=scope)  # type: ignore[arg-type]
        assert talk.push(signed=signed(issued=-60)).status == 200
        assert talk.push(signed=signed(issued=0)).reason == "TooManyProviderTokenUpdates"
        talk.open(NOBODY)
        assert talk.push(signed=signed(issued=0)).reason == reason


@pytest.mark.parametrize("fault", [Blackhole(), GoAway(then="keep")])
def test_a_token_that_nobody_looked_at_counts_for_nothing(fault: Any) -> None:
    """Who renews as it reconnects is not too soon behind what a dead connection took."""
    talk = Dialogue(Step(fault, times=1), provider=NOBODY, jwt_scope="address")
    talk.push(signed=signed(issued=0))
    talk.now = 1500.0
    talk.push(signed=signed(issued=1400))
    assert (talk.latest.outcome, talk.latest.key_id) == ("discarded", KEY)
    talk.now = 1600.0
    talk.open(NOBODY)
    assert talk.push(signed=signed(issued=1600)).status == 200


def test_a_key_that_is_minted_in_between_is_known_to_the_next_push() -> None:
    talk = Dialogue(provider=NOBODY, keys=RING[1:])
    how: dict[str, Any] = {"signed": signed(issued=-60)}
    assert refused(talk, **how)[0] == "InvalidProviderToken"
    talk.keys[KEY] = RING[0]
    assert talk.push(TOKEN, HELLO, **how).status == 200


def test_without_credentials_a_missing_topic_is_told_of_too() -> None:
    talk = Dialogue(provider=NOBODY)
    talk.push(apns_topic=None)
    assert talk.latest.violations == ("MissingProviderToken", "MissingTopic")
