"""Whose a connection is, and for which topics a key is."""

from __future__ import annotations

import pytest

from fakeapns.fronts.api.senders.credentials import Credential
from fakeapns.push import Flaw, Refusal

from .sessions import APP, HOUR, INVALID, NEWS, UNRELATED, refusal, session, signed
from .signing import KEY, NOW, OTHER_KEY, OTHER_TEAM, TEAM, keyring

NOT_ALLOWED = Refusal.TOPIC_NOT_ALLOWED

# ---- whose connection it is -----------------------------------------------------------------


def test_the_first_token_binds_a_connection_to_its_team() -> None:
    connection = session()
    assert connection.check(signed(), NOW) is None
    assert connection.check(signed(NOW, "OTHERTEAM1", OTHER_TEAM), NOW) == Flaw(
        INVALID,
        f"the token is of the team {OTHER_TEAM}, and the first push made this a connection of "
        f"{TEAM}: open one for each team",
    )
    assert connection.check(signed(), NOW) is None


@pytest.mark.parametrize(
    ("first", "second", "means"),
    [
        (KEY, OTHER_KEY, None),
        ("FORAPP0001", "FORAPP0002", None),
        (KEY, "FORAPP0001", UNRELATED),
        ("FORAPP0001", KEY, UNRELATED),
        ("FORAPP0001", "FORNEWS001", UNRELATED),
    ],
)
def test_and_to_keys_of_one_kind(first: str, second: str, means: object) -> None:
    connection = session()
    assert connection.check(signed(key_id=first), NOW) is None
    assert refusal(connection.check(signed(key_id=second), NOW)) == means


def test_a_key_of_another_kind_is_refused_in_words() -> None:
    connection = session()
    connection.check(signed(), NOW)
    found = connection.check(signed(key_id="FORAPP0001"), NOW)
    assert found is not None
    assert found.why == (
        f"the key FORAPP0001 is for {APP} alone, and the first push bound this connection to "
        f"{KEY}, which is for all topics of the team: open another one"
    )


@pytest.mark.parametrize("refused", [signed(key_id="REVOKED001"), signed(NOW - 2 * HOUR)])
def test_what_is_refused_binds_nothing(refused: Credential) -> None:
    connection = session()
    assert connection.check(refused, NOW) is not None
    assert connection.check(signed(NOW, "OTHERTEAM1", OTHER_TEAM), NOW) is None


# ---- topics ---------------------------------------------------------------------------------


def test_a_key_for_single_topics_is_for_no_other() -> None:
    credential = signed(key_id="FORAPP0001")
    assert credential.topic_flaw(APP, NOT_ALLOWED) is None
    assert credential.topic_flaw(NEWS, NOT_ALLOWED) == Flaw(
        NOT_ALLOWED,
        f"the key FORAPP0001 is for {APP}, and not for {NEWS}: sign with a key for that topic, or "
        "one for all of the team",
    )
    assert credential.topic_flaw(f"{APP}.voip", NOT_ALLOWED) is not None


def test_a_key_of_a_team_is_for_every_topic() -> None:
    assert signed().topic_flaw("com.example.whatever", NOT_ALLOWED) is None
    assert keyring().read(b"bearer x").topic_flaw(APP, NOT_ALLOWED) is None
