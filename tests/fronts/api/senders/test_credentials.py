"""How old a token may be, and how soon a newer one may come."""

from __future__ import annotations

import pytest

from fakeapns.fronts.api.senders.credentials import Credential
from fakeapns.push import Flaw

from .sessions import EXPIRED, HOUR, INVALID, MINUTE, TOO_SOON, refusal, ring, session, signed
from .signing import NOW, OTHER_KEY, OTHER_TEAM

# ---- how old it is --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "means"),
    [
        (NOW, None),
        (NOW + HOUR, None),
        (NOW + HOUR + 0.001, EXPIRED),
        (NOW + 400 * 24 * HOUR, EXPIRED),
        (NOW - 5 * MINUTE, None),
        (NOW - 5 * MINUTE - 0.001, INVALID),
        (NOW - HOUR, INVALID),
    ],
)
def test_a_token_is_good_for_an_hour_and_somewhat_before(now: float, means: object) -> None:
    assert refusal(session().check(signed(), now)) == means


@pytest.mark.parametrize(("skew", "means"), [("0ms", INVALID), ("59s", INVALID), ("1m", None)])
def test_how_far_ahead_it_may_be_is_a_setting(skew: str, means: object) -> None:
    assert refusal(session(jwt_skew=skew).check(signed(), NOW - MINUTE)) == means


def test_an_old_one_is_refused_in_words() -> None:
    found = session().check(signed(), NOW + 2 * HOUR + 3 * MINUTE + 20)
    assert found == Flaw(
        EXPIRED,
        "the iat of the token is 1577836800, 2 h 3 min before now: make a new one at most every "
        "20 and at least every 60 minutes",
    )


def test_one_from_the_future_is_refused_in_words() -> None:
    found = session().check(signed(), NOW - HOUR)
    assert found == Flaw(
        INVALID,
        "the iat of the token is 1577836800, 1 h ahead of now: set the provider's clock, or allow "
        "more with the setting jwt_skew",
    )


@pytest.mark.parametrize(
    ("behind", "said"),
    [
        (HOUR + 1, "1 h before"),
        (HOUR + MINUTE, "1 h 1 min before"),
        (26 * HOUR + 59 * MINUTE, "1 d 2 h before"),
        (24 * HOUR + 20 * MINUTE, "1 d before"),
        (18_262 * 24 * HOUR, "18262 d before"),
    ],
)
def test_a_span_is_told_by_its_two_largest_units(behind: int, said: str) -> None:
    found = session().check(signed(), NOW + behind)
    assert found is not None
    assert said in found.why


def test_a_token_gets_old_on_the_connection_that_has_taken_it() -> None:
    connection, credential = session(), signed()
    assert connection.check(credential, NOW) is None
    assert connection.check(credential, NOW + HOUR) is None
    assert refusal(connection.check(credential, NOW + HOUR + 1)) == EXPIRED


# ---- a new one ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("later", "means"),
    [
        (1, TOO_SOON),
        (0.5, TOO_SOON),
        (20 * MINUTE - 1, TOO_SOON),
        (20 * MINUTE, None),
        (50 * MINUTE, None),
    ],
)
def test_a_newer_token_wants_twenty_minutes_between(later: float, means: object) -> None:
    connection = session()
    assert connection.check(signed(), NOW) is None
    second = signed(NOW + later)
    assert refusal(connection.check(second, NOW + later)) == means
    # And again, since nobody gets used to it.
    assert refusal(connection.check(second, NOW + later)) == means
    # The one before stays as good as it was.
    assert connection.check(signed(), NOW + later) is None


@pytest.mark.parametrize("older_by", [0, 1, 30 * MINUTE])
def test_one_that_is_no_newer_may_come_at_any_time(older_by: int) -> None:
    connection = session()
    assert connection.check(signed(), NOW) is None
    assert connection.check(signed(NOW - older_by), NOW + 1) is None


def test_one_that_came_too_soon_is_refused_in_words() -> None:
    connection = session()
    connection.check(signed(), NOW)
    assert connection.check(signed(NOW + 90), NOW + 90) == Flaw(
        TOO_SOON,
        "the token is newer than the one that this connection has begun to use 1 min 30 s ago: go "
        "on with a token for 20 minutes at least, and for 60 at most",
    )


def test_what_was_too_soon_does_not_begin_the_time_anew() -> None:
    connection = session()
    connection.check(signed(), NOW)
    for minute in range(1, 20):
        assert connection.check(signed(NOW + minute * MINUTE), NOW + minute * MINUTE) is not None
    assert connection.check(signed(NOW + 20 * MINUTE), NOW + 20 * MINUTE) is None
    assert connection.check(signed(NOW + 21 * MINUTE), NOW + 21 * MINUTE) is not None


def test_it_counts_since_when_a_token_is_used_not_since_when_there_is_one() -> None:
    # pushy #931: shared by connections, of which one opened right before the next was due.
    connection = session()
    assert connection.check(signed(), NOW + 46 * MINUTE) is None
    assert refusal(connection.check(signed(NOW + 50 * MINUTE), NOW + 51 * MINUTE)) == TOO_SOON


def test_and_since_its_first_push_not_since_its_last() -> None:
    connection = session()
    for minute in range(0, 50, 5):
        assert connection.check(signed(), NOW + minute * MINUTE) is None
    assert connection.check(signed(NOW + 50 * MINUTE), NOW + 50 * MINUTE) is None


def test_several_tokens_side_by_side_are_no_new_ones() -> None:
    connection = session()
    old, new = signed(), signed(NOW + 30 * MINUTE)
    connection.check(old, NOW)
    for now in range(NOW + 30 * MINUTE, NOW + 40 * MINUTE, MINUTE):
        assert connection.check(new, now) is None
        assert connection.check(old, now) is None


def test_the_key_that_signs_does_not_matter_to_that() -> None:
    connection = session()
    connection.check(signed(), NOW)
    assert refusal(connection.check(signed(NOW + 1, OTHER_KEY), NOW + 1)) == TOO_SOON
    assert connection.check(signed(NOW, OTHER_KEY), NOW + 1) is None


@pytest.mark.parametrize(
    "refused", [signed(NOW + 1, "REVOKED001"), signed(NOW - 2 * HOUR), signed(NOW + HOUR)]
)
def test_what_is_refused_counts_for_nothing(refused: Credential) -> None:
    connection = session()
    assert connection.check(refused, NOW) is not None
    assert connection.check(signed(NOW + 2), NOW + 2) is None


def test_connections_count_apart() -> None:
    server = ring()
    first, second = server.session("192.0.2.1"), server.session("192.0.2.1")
    assert first.check(signed(), NOW) is None
    assert second.check(signed(NOW + 1), NOW + 1) is None


def test_by_address_they_count_together() -> None:
    server = ring(jwt_scope="address")
    first, second = server.session("192.0.2.1"), server.session("192.0.2.1")
    assert first.check(signed(), NOW) is None
    found = second.check(signed(NOW + 1), NOW + 1)
    assert found is not None
    assert found.refusal is TOO_SOON
    assert "the one that this address has begun to use 1 s ago" in found.why
    assert second.check(signed(), NOW + 1) is None
    assert server.session("192.0.2.2").check(signed(NOW + 1), NOW + 1) is None


def test_teams_count_apart_even_at_one_address() -> None:
    server = ring(jwt_scope="address")
    assert server.session("192.0.2.1").check(signed(), NOW) is None
    other = signed(NOW + 1, "OTHERTEAM1", OTHER_TEAM)
    assert server.session("192.0.2.1").check(other, NOW + 1) is None


def test_no_more_addresses_are_remembered_than_there_is_room_for() -> None:
    server = ring(jwt_scope="address")
    server.session("192.0.2.1").check(signed(), NOW)
    for number in range(5000):
        server.session(f"2001:db8::{number:x}")
    assert server.session("192.0.2.1").check(signed(NOW + 1), NOW + 1) is None
