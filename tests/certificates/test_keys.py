"""Keys that sign tokens: what they are, and what is said of those that cannot be."""

from __future__ import annotations

import gc
import re
import weakref
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from fakeapns.certificates import Authority, CertificateFolder, ProviderKeys
from fakeapns.certificates.keys import TEAM, KeyFacts, ProviderKey, new_facts
from fakeapns.errors import UsageError

NOW = 1_577_836_800


@pytest.fixture
def keys() -> ProviderKeys:
    """Those of a server of its own, whose clock stands."""
    return ProviderKeys(CertificateFolder(Authority()), lambda: NOW + 0.9)


def claims(key: ProviderKey, token: str) -> dict[str, Any]:
    """What is in a token, if the key has signed it."""
    found: dict[str, Any] = jwt.decode(
        token, key.private_key.public_key(), ["ES256"], options={"verify_iat": False}
    )
    return found


def test_a_key_is_what_apple_hands_out(keys: ProviderKeys) -> None:
    key = keys.usual
    assert re.fullmatch("[A-Z0-9]{10}", key.key_id)
    assert re.fullmatch("[A-Z0-9]{10}", key.team_id)
    assert key.p8.partition("\n")[0] == f"-----BEGIN {'PRIVATE KEY'}-----"
    found = load_pem_private_key(key.p8.encode(), None)
    assert isinstance(found, ec.EllipticCurvePrivateKey)
    assert isinstance(found.curve, ec.SECP256R1)


def test_the_usual_one_is_for_all(keys: ProviderKeys) -> None:
    key = keys.usual
    assert (key.topics, key.environment, key.known, key.revoked) == (None, "both", True, False)
    assert (key.team_id, list(keys)) == (TEAM, [key])
    assert repr(key) == f"<ProviderKey {key.key_id} of {TEAM}>"


def test_a_token_is_one_that_another_library_reads(keys: ProviderKeys) -> None:
    key = keys.usual
    token = key.token(NOW - 60)
    assert jwt.get_unverified_header(token) == {"alg": "ES256", "kid": key.key_id}
    assert claims(key, token) == {"iss": key.team_id, "iat": NOW - 60}


def test_a_token_is_issued_by_the_clock_it_was_given(keys: ProviderKeys) -> None:
    assert claims(keys.usual, keys.usual.token())["iat"] == NOW
    assert claims(keys.usual, keys.usual.token(0))["iat"] == 0


@pytest.mark.parametrize(
    "given",
    [
        float("nan"),
        float("inf"),
        -1e300,
        10**19,
        pytest.param(10**5000, id="long"),
        "now",
        True,
        [0],
        {},
    ],
)
def test_a_token_is_issued_at_a_time_or_not_at_all(keys: ProviderKeys, given: Any) -> None:
    with pytest.raises(UsageError, match=r"is no time of issue: write epoch seconds$"):
        keys.usual.token(given)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"topics": 5}, "5 is no list of topics: write topics="),
        ({"topics": {"com.example.app": 1}}, "is no list of topics: write topics="),
        ({"topics": [1]}, "1 is no topic: write a bundle id"),
        ({"environment": ["sandbox"]}, r"environment \['sandbox'\] does not exist \(known: both,"),
        ({"environment": None}, r"environment None does not exist \(known: both,"),
    ],
)
def test_a_key_of_the_wrong_types_is_one_sentence(given: Any, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        new_facts(**given)


def test_in_tests_there_is_no_file_until_it_is_asked_for(
    keys: ProviderKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("fakeapns.certificates.files.temporary_folder", None)
        _ = keys.usual.token(), keys.usual.p8, keys.mint(new_facts()).token()
    path = keys.usual.p8_file
    assert path.name == f"AuthKey_{keys.usual.key_id}.p8"
    assert path.read_text() == keys.usual.p8
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_a_minted_one_is_what_was_asked_for(keys: ProviderKeys) -> None:
    topics = ["com.example.b", "com.example.a", "com.example.b"]
    key = keys.mint(new_facts(topics, "sandbox", "ABCDE12345"))
    assert key.topics == ("com.example.b", "com.example.a")
    assert (key.environment, key.team_id) == ("sandbox", "ABCDE12345")
    assert keys.get(key.key_id) is key
    assert list(keys) == [keys.usual, key]


def test_one_may_be_revoked_or_never_seen(keys: ProviderKeys) -> None:
    revoked, foreign = keys.mint(new_facts(revoked=True)), keys.mint(new_facts(known=False))
    assert (revoked.known, revoked.revoked) == (True, True)
    assert (foreign.known, foreign.revoked) == (False, False)
    assert revoked.p8 != foreign.p8


def test_ids_are_made_up() -> None:
    assert len({new_facts().key_id for _ in range(100)}) == 100


def test_all_servers_with_one_authority_have_one_usual_key() -> None:
    authority = Authority()
    first, second = (ProviderKeys(CertificateFolder(authority)).usual for _ in range(2))
    assert (first.key_id, first.p8) == (second.key_id, second.p8)
    assert ProviderKeys(CertificateFolder(Authority())).usual.key_id != first.key_id


def test_an_authority_that_nobody_has_takes_its_key_along() -> None:
    authority = Authority()
    ProviderKeys(CertificateFolder(authority))
    there = weakref.ref(authority)
    del authority
    gc.collect()
    assert there() is None


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"topics": "com.example.app"}, "topics are a list: write topics=['com.example.app']"),
        ({"topics": []}, "topics cannot be empty: give at least one, or none at all"),
        ({"topics": ["a/b"]}, "'a/b' is no topic: write a bundle id such as com.example.app"),
        ({"environment": "development"}, "environment 'development' does not exist"),
        ({"team": "ABC"}, "'ABC' is no team: write ten characters, A to Z and 0 to 9"),
        ({"team": "abcde12345"}, "'abcde12345' is no team: write ten characters"),
        ({"team": "ABCDE12345\n"}, "is no team: write ten characters"),
        ({"team": 1234567890}, "1234567890 is no team: write ten characters"),
        ({"known": False, "revoked": True}, "nobody knows cannot be revoked: choose one"),
    ],
)
def test_what_cannot_be_is_one_sentence(given: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError) as refused:
        new_facts(**given)
    [sentence] = str(refused.value).splitlines()
    assert said in sentence


@pytest.mark.parametrize(
    ("facts", "is_for_all"),
    [
        (KeyFacts("A" * 10), True),
        (KeyFacts("A" * 10, "B" * 10), True),
        (KeyFacts("A" * 10, topics=("com.example.app",)), False),
        (KeyFacts("A" * 10, environment="sandbox"), False),
        (KeyFacts("A" * 10, state="revoked"), False),
        (KeyFacts("A" * 10, state="foreign"), False),
    ],
)
def test_not_every_key_is_for_all(facts: KeyFacts, is_for_all: bool) -> None:
    assert facts.is_for_all is is_for_all
