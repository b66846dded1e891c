"""Keys of a server, from the facade to what its front judges by."""

from __future__ import annotations

from pathlib import Path

import pytest
import trio
from trio.testing import MockClock

from fakeapns import Authority, FakeAPNs, UsageError
from fakeapns.certificates import CertificateFolder, ProviderKeys
from fakeapns.certificates.keys import new_facts
from fakeapns.fake.in_thread import ThreadedAPNs
from fakeapns.fake.known_keys import KnownKeys, keyring_of
from fakeapns.fronts.api.senders.jwt import read_token
from fakeapns.push import Refusal
from fakeapns.scenario.settings import Settings


def header(token: str) -> bytes:
    """The header `authorization`."""
    return b"bearer " + token.encode()


# ---- the facade -----------------------------------------------------------------------------


def test_without_arguments_it_is_the_one_from_the_start(apns: ThreadedAPNs) -> None:
    key = apns.provider_key()
    assert apns.provider_key() is key
    assert (key.topics, key.environment, key.known, key.revoked) == (None, "both", True, False)
    assert apns.provider_key(environment="both", team=None) is key


def test_both_forms_have_it_and_before_the_start() -> None:
    apns = FakeAPNs()
    assert apns.provider_key() is apns.in_thread().provider_key()


def test_with_any_it_is_a_new_one(apns: ThreadedAPNs) -> None:
    usual = apns.provider_key()
    app, again = (apns.provider_key(topics=["com.example.app"]) for _ in range(2))
    assert len({usual.key_id, app.key_id, again.key_id}) == 3
    assert (app.topics, app.team_id) == (("com.example.app",), usual.team_id)
    second = apns.provider_key(team=usual.team_id)
    assert (second.team_id, second.key_id != usual.key_id) == (usual.team_id, True)
    assert apns.provider_key(environment="sandbox").environment == "sandbox"
    assert apns.provider_key(team="ABCDE12345").team_id == "ABCDE12345"
    assert not apns.provider_key(known=False).known
    assert apns.provider_key(revoked=True).revoked


def test_what_cannot_be_is_one_sentence(apns: ThreadedAPNs) -> None:
    with pytest.raises(UsageError, match="'ABC' is no team: write ten characters"):
        apns.provider_key(team="ABC")


def test_servers_of_one_authority_take_the_same_one(apns: ThreadedAPNs) -> None:
    assert FakeAPNs().provider_key().key_id == apns.provider_key().key_id
    assert FakeAPNs(authority=Authority()).provider_key().key_id != apns.provider_key().key_id


def test_what_one_server_has_minted_no_other_knows(apns: ThreadedAPNs) -> None:
    key_id = apns.provider_key(topics=["com.example.app"]).key_id
    with FakeAPNs().in_thread() as other:
        assert key_id not in [each.key_id for each in other.endpoint().keys]


def test_in_a_folder_they_are_there_before_the_start(tmp_path: Path) -> None:
    apns = FakeAPNs(certs=tmp_path / "certs")
    key = apns.provider_key()
    assert key.p8_file.parent == tmp_path / "certs"
    assert Path(apns.ca_file).parent == Path(apns.client_certificate().pem_file).parent
    assert Path(apns.ca_file).parent == tmp_path / "certs"
    with apns.in_thread() as running:
        assert running.provider_key() is key
        assert Path(running.ca_file).parent == tmp_path / "certs"


def test_a_token_is_issued_on_the_servers_clock() -> None:
    clock = MockClock()

    async def main() -> None:
        async with FakeAPNs() as apns:
            first = read_token(header(apns.provider_key().token())).issued_at
            clock.jump(3000)
            second = read_token(header(apns.provider_key().token())).issued_at
            assert 3000 <= second - first <= 3002

    trio.run(main, clock=clock)


def test_a_server_that_is_as_new_has_its_keys_as_it_has_its_certificates() -> None:
    with FakeAPNs().in_thread() as apns:
        usual, app = apns.provider_key(), apns.provider_key(topics=["com.example.app"])
        apns.renew()
        assert apns.provider_key() is usual
        assert app.key_id in [each.key_id for each in apns.endpoint().keys]
        apns.restart()
        assert apns.provider_key() is usual


def test_others_are_told_of_those_that_are_good(apns: ThreadedAPNs) -> None:
    usual = apns.provider_key()
    app = apns.provider_key(topics=["com.example.app"], environment="sandbox")
    apns.provider_key(revoked=True)
    apns.provider_key(known=False)
    told = apns.endpoint().keys
    assert [each.key_id for each in told[:1]] == [usual.key_id]
    assert app.key_id in {each.key_id for each in told}
    assert all(Path(each.p8).read_text() for each in told)
    found = apns.environment()
    assert found["APNS_AUTH_KEY"] == str(usual.p8_file)
    assert (found["APNS_KEY_ID"], found["APNS_TEAM_ID"]) == (usual.key_id, usual.team_id)


# ---- what a front judges by -----------------------------------------------------------------


@pytest.fixture
def keys() -> ProviderKeys:
    """Those of a server."""
    return ProviderKeys(CertificateFolder(Authority()))


def test_a_front_knows_each_key_that_apple_does(keys: ProviderKeys) -> None:
    app = keys.mint(new_facts(["com.example.app"], "sandbox", "ABCDE12345", revoked=True))
    foreign = keys.mint(new_facts(known=False))
    known = KnownKeys(keys)
    assert set(known) == {keys.usual.key_id, app.key_id}
    assert len(known) == 2
    found = known[app.key_id]
    assert (found.key_id, found.team_id) == (app.key_id, "ABCDE12345")
    assert found.topics == frozenset({"com.example.app"})
    assert (found.environment, found.revoked) == ("sandbox", True)
    assert found.public_key == app.private_key.public_key()
    assert known[app.key_id] is found
    assert known.get(foreign.key_id) is None
    assert known[keys.usual.key_id].topics is None


def test_a_token_of_each_is_worth_what_its_key_is(keys: ProviderKeys) -> None:
    ring = keyring_of(keys, Settings.of({}))
    assert ring.read(header(keys.usual.token())).flaw is None
    for facts, refusal in (
        (new_facts(["com.example.app"]), None),
        (new_facts(team="ABCDE12345"), None),
        (new_facts(environment="sandbox"), Refusal.CREDENTIALS_OF_OTHER_ENVIRONMENT),
        (new_facts(revoked=True), Refusal.CREDENTIALS_INVALID),
        (new_facts(known=False), Refusal.CREDENTIALS_INVALID),
    ):
        # Minted while the server runs.
        flaw = ring.read(header(keys.mint(facts).token())).flaw
        assert (None if flaw is None else flaw.refusal) == refusal
