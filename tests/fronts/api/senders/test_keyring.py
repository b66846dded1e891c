"""What a token is worth by the keys that the service knows, and that it is looked at once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakeapns.fronts.api.senders.credentials import KnownKey
from fakeapns.fronts.api.senders.keyring import Keyring
from fakeapns.push import Flaw, Refusal
from fakeapns.scenario.settings import Settings

from .signing import (
    KEY,
    NOW,
    OTHER_KEY,
    OTHER_TEAM,
    TEAM,
    Environment,
    by_hand,
    header,
    keyring,
    known,
    token,
)

USUAL = header(token())


def flaw(authorization: bytes, *keys: KnownKey, **settings: object) -> Flaw:
    """What is wrong with it to a server that has these keys."""
    found = keyring(*keys, **settings).read(authorization).flaw
    assert found is not None
    return found


def invalid(authorization: bytes, *keys: KnownKey) -> str:
    """Why it is invalid."""
    found = flaw(authorization, *keys)
    assert found.refusal is Refusal.CREDENTIALS_INVALID
    return found.why


def test_a_token_of_a_known_key_is_good_and_says_whose_it_is() -> None:
    found = keyring().read(USUAL)
    assert (found.key_id, found.team_id, found.iat) == (KEY, TEAM, NOW)
    assert (found.flaw, found.warnings, found.topics) == (None, (), None)


def test_warnings_come_with_it() -> None:
    odd = by_hand({"alg": "ES256", "kid": KEY}, {"iss": TEAM, "iat": str(NOW)})
    found = keyring().read(odd)
    assert found.flaw is None
    assert len(found.warnings) == 2


def test_a_token_is_looked_at_once_however_often_it_comes() -> None:
    ring = keyring()
    assert ring.read(bytes(bytearray(USUAL))) is ring.read(USUAL)


def test_what_is_no_token_is_one_object_too() -> None:
    ring = keyring()
    assert ring.read(b"bearer x") is ring.read(b"bearer x")


def test_a_key_that_is_minted_later_makes_its_tokens_good() -> None:
    keys: dict[str, KnownKey] = {}
    ring = Keyring(keys, Settings.of({}))
    assert ring.read(USUAL).flaw is not None
    assert ring.read(USUAL) is ring.read(USUAL)
    keys[KEY] = known()
    assert ring.read(USUAL).flaw is None


def test_no_more_tokens_are_remembered_than_anybody_has() -> None:
    ring = keyring()
    first = ring.read(USUAL)
    read = [ring.read(b"bearer %d" % number) for number in range(5000)]
    assert all(each.flaw for each in read)
    assert ring.read(USUAL) is not first
    assert ring.read(USUAL).flaw is None


# ---- whose it is ----------------------------------------------------------------------------


def test_a_key_that_nobody_knows_is_refused_with_those_that_are_known() -> None:
    keys = known(), known("ZZZZZZZZZZ"), known("REVOKED001", revoked=True)
    why = invalid(header(token(OTHER_KEY)), *keys)
    assert why == (
        "the kid of the token is 'KLM456NOPQ', which is no key that the service knows: known are "
        "ABC123DEFG, ZZZZZZZZZZ; sign with one that it has, or mint one"
    )


def test_of_many_keys_some_are_named() -> None:
    keys = [known(f"0000{number:06d}", OTHER_TEAM) for number in range(9)]
    why = invalid(header(token()), *keys)
    assert "0000000004 and others; sign" in why
    assert "0000000005" not in why


def test_where_no_key_is_known_that_is_said() -> None:
    found = Keyring({}, Settings.of({})).read(USUAL).flaw
    assert found is not None
    assert "known are none" in found.why


def test_a_key_that_is_nearly_written_right_is_named() -> None:
    for near in (KEY.lower(), KEY[:-1], KEY + "X"):
        odd = by_hand({"alg": "ES256", "kid": near}, {"iss": TEAM, "iat": NOW}, b"\1" * 64)
        assert f"did you mean {KEY};" in invalid(odd)


def test_ids_in_each_others_place_are_known_for_that() -> None:
    odd = by_hand({"alg": "ES256", "kid": TEAM}, {"iss": KEY, "iat": NOW})
    assert invalid(odd) == (
        f"kid is {TEAM}, the id of the team, and iss {KEY}, that of the key: "
        "write each in the other's place"
    )


def test_a_key_of_another_team_is_named_with_its_team() -> None:
    assert invalid(header(token(team_id=OTHER_TEAM))) == (
        f"the iss of the token is '{OTHER_TEAM}', and the key {KEY} belongs to the team {TEAM}: "
        "write that one"
    )


def test_a_revoked_key_is_no_key() -> None:
    assert invalid(USUAL, known(revoked=True)) == (
        f"the key {KEY} is revoked: sign with another one"
    )


def test_who_has_signed_instead_is_named_where_that_is_known() -> None:
    odd = by_hand({"alg": "ES256", "kid": KEY}, {"iss": TEAM, "iat": NOW}, key_id=OTHER_KEY)
    assert invalid(odd, known(), known(OTHER_KEY)) == (
        f"the kid of the token is {KEY}, and the key {OTHER_KEY} has signed it: "
        "write the id of the .p8 that signs"
    )
    assert invalid(odd) == (
        f"the signature of the token is not by the key {KEY}: sign with its .p8, over header and "
        "claim set as they are sent"
    )


def test_a_byte_of_it_that_is_another_one_is_a_wrong_signature() -> None:
    signed, dot, signature = USUAL.rpartition(b".")
    other = signed + dot + (b"A" if signature[:1] != b"A" else b"B") + signature[1:]
    assert "is not by the key" in invalid(other)


def test_what_a_token_lacks_makes_it_invalid() -> None:
    assert "should have three" in invalid(b"bearer x")
    odd = by_hand({"alg": "HS256", "kid": KEY}, {"iss": TEAM, "iat": NOW})
    assert "sign with ES256" in invalid(odd)
    assert keyring().read(odd).key_id == KEY


# ---- for which environment ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("of", "here", "fits"),
    [
        ("both", "production", True),
        ("both", "sandbox", True),
        ("production", "production", True),
        ("sandbox", "sandbox", True),
        ("production", "sandbox", False),
        ("sandbox", "production", False),
    ],
)
def test_a_key_is_for_its_environment(of: Environment, here: str, fits: bool) -> None:
    found = keyring(known(environment=of), environment=here).read(USUAL).flaw
    assert (found is None) is fits
    if found is not None:
        assert found.refusal is Refusal.CREDENTIALS_OF_OTHER_ENVIRONMENT
        assert found.why == (
            f"the key {KEY} is for {of}, and this is {here}: sign with a key for it, or for both"
        )


@pytest.mark.parametrize("revoked", [False, True])
def test_the_environment_is_looked_at_first(revoked: bool) -> None:
    key = known(environment="sandbox", revoked=revoked)
    unsigned = by_hand({"alg": "none", "kid": KEY}, {}, b"")
    for odd in (USUAL, unsigned, header(token(team_id=OTHER_TEAM))):
        assert flaw(odd, key).refusal is Refusal.CREDENTIALS_OF_OTHER_ENVIRONMENT


@given(st.binary(max_size=200).map(lambda odd: b"bearer " + odd) | st.binary(max_size=200))
def test_whatever_comes_is_a_credential_with_a_flaw(authorization: bytes) -> None:
    found = flaw(authorization)
    assert found.refusal is Refusal.CREDENTIALS_INVALID
    assert found.why.isprintable()
