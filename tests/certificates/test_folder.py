"""A certificate folder that is kept between runs."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme
from cryptography import x509

from fakeapns import Authority, FakeAPNs, StartError, UsageError
from fakeapns.certificates import HOSTS, Credentials, ProviderKeys, open_folder

from ..frames import TOPIC
from ..providers import dial


def snapshot(directory: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in directory.iterdir()}


def test_a_new_folder_tells_git_to_ignore_it_and_one_that_is_there_does_not(
    tmp_path: Path,
) -> None:
    open_folder(tmp_path / "a" / "certs", (TOPIC,))
    assert (tmp_path / "a" / "certs" / ".gitignore").read_text() == "*\n"
    assert not (tmp_path / "a" / ".gitignore").exists()
    mine = tmp_path / "mine"
    mine.mkdir()
    open_folder(mine, (TOPIC,))
    assert not (mine / ".gitignore").exists()


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as a first start leaves it; each test begins with a copy."""
    directory = tmp_path_factory.mktemp("fresh")
    ProviderKeys(open_folder(directory, (TOPIC,)))
    return directory


@pytest.fixture
def certs(tmp_path: Path, fresh: Path) -> Path:
    return Path(shutil.copytree(fresh, tmp_path / "certs"))


@pytest.fixture
def minted(fresh: Path) -> dict[str, bytes]:
    return snapshot(fresh)


def put(certs: Path, stem: str, pair: Credentials) -> None:
    (certs / f"{stem}.crt").write_bytes(pair.certificate_pem)
    (certs / f"{stem}.key").write_bytes(pair.key_pem)


def issue(certs: Path, days: float, names: tuple[str, ...] = HOSTS) -> Credentials:
    """A pair of the folder's own CA that ends in so many days."""
    ca = trustme.CA.from_pem((certs / "ca.pem").read_bytes(), (certs / "ca.key").read_bytes())
    now = datetime.now(UTC)
    leaf = ca.issue_cert(
        *names,
        not_before=now - timedelta(days=2),
        not_after=now + timedelta(days=days),
        key_type=trustme.KeyType.RSA,
    )
    return Credentials(leaf.cert_chain_pems[0].bytes(), leaf.private_key_pem.bytes())


def test_a_folder_that_does_not_exist_is_made(tmp_path: Path) -> None:
    open_folder(tmp_path / "a" / "b", (TOPIC,))
    assert (tmp_path / "a" / "b" / f"{TOPIC}.pem").exists()


def test_all_files_are_there_from_the_start(minted: dict[str, bytes]) -> None:
    assert {"ca.pem", "ca.key", "ca-bundle.pem", "truststore.p12", "server.crt"} <= set(minted)
    assert {f"{TOPIC}{end}" for end in (".crt", ".key", ".pem", ".p12")} <= set(minted)


def test_what_is_still_valid_is_used_again(certs: Path, minted: dict[str, bytes]) -> None:
    folder = open_folder(certs, (TOPIC,))
    assert snapshot(certs) == minted
    assert folder.authority.server.certificate_pem == minted["server.crt"]
    assert folder.client(TOPIC).credentials.key_pem == minted[f"{TOPIC}.key"]


def test_a_further_topic_is_minted_beside_the_others(certs: Path, minted: dict[str, bytes]) -> None:
    open_folder(certs, (TOPIC, "com.example.second"))
    after = snapshot(certs)
    assert {name: after[name] for name in minted} == minted
    pem = after["com.example.second.crt"]
    issuer = x509.load_pem_x509_certificate(minted["ca.pem"])
    x509.load_pem_x509_certificate(pem).verify_directly_issued_by(issuer)


@pytest.mark.parametrize("days", [-1.0, 0.5], ids=["expired", "about to expire"])
@pytest.mark.parametrize("stem", ["server", TOPIC])
def test_what_has_ended_or_ends_soon_is_minted_anew(certs: Path, stem: str, days: float) -> None:
    old = issue(certs, days)
    put(certs, stem, old)
    open_folder(certs, (TOPIC,))
    new = (certs / f"{stem}.crt").read_bytes()
    assert new != old.certificate_pem
    ends = x509.load_pem_x509_certificate(new).not_valid_after_utc
    assert ends > datetime.now(UTC) + timedelta(days=300)


def test_what_ends_in_a_week_will_do(certs: Path) -> None:
    pair = issue(certs, 7)
    put(certs, "server", pair)
    assert open_folder(certs, (TOPIC,)).authority.server.certificate_pem == pair.certificate_pem


def test_a_server_certificate_that_lacks_a_name_is_minted_anew_and_its_key_stays(
    certs: Path, caplog: pytest.LogCaptureFixture
) -> None:
    # As an older version has left it.
    older = tuple(each for each in HOSTS if "broadcast" not in each)
    put(certs, "server", issue(certs, 300, older))
    before = snapshot(certs)
    assert open_folder(certs, (TOPIC,)).authority.server.names == set(HOSTS)
    after = snapshot(certs)
    assert {name for name in before if before[name] != after[name]} == {"server.crt"}
    [line] = caplog.messages
    assert line == (
        f"{certs / 'server.crt'} is minted anew, since it lacks api-broadcast.push.apple.com and "
        "3 more; its key stays"
    )
    caplog.clear()
    open_folder(certs, (TOPIC,))
    assert (snapshot(certs), caplog.messages) == (after, [])


def test_a_server_certificate_without_any_names_is_minted_anew(certs: Path) -> None:
    put(certs, "server", issue(certs, 300, ("api.push.apple.com",)))
    with FakeAPNs(certs=certs).in_thread() as apns, dial(apns) as connection:
        assert connection.getpeercert() is not None
    assert open_folder(certs, (TOPIC,)).authority.server.names == set(HOSTS)


def test_files_made_from_a_new_certificate_are_new_as_well(certs: Path) -> None:
    before = snapshot(certs)
    put(certs, TOPIC, issue(certs, -1))
    open_folder(certs, (TOPIC,))
    after = snapshot(certs)
    assert before[f"{TOPIC}.p12"] != after[f"{TOPIC}.p12"]
    assert after[f"{TOPIC}.pem"] == after[f"{TOPIC}.crt"] + after[f"{TOPIC}.key"]


def test_a_key_that_others_may_read_is_put_right(certs: Path) -> None:
    (certs / "ca.key").chmod(0o644)
    open_folder(certs, (TOPIC,))
    assert (certs / "ca.key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("there", "gone"),
    [("ca.pem", "ca.key"), ("server.crt", "server.key"), (f"{TOPIC}.crt", f"{TOPIC}.key")],
)
def test_a_certificate_whose_key_is_gone_is_one_sentence_with_both_ways_out(
    certs: Path, there: str, gone: str
) -> None:
    (certs / gone).unlink()
    with pytest.raises(StartError) as raised:
        open_folder(certs, (TOPIC,))
    assert str(raised.value) == (
        f"{certs / there} is there but {gone} is not: put it back, "
        f"or delete {certs / there} to have both minted anew"
    )


@pytest.mark.parametrize("gone", ["ca.pem", "server.crt", f"{TOPIC}.crt"])
def test_a_key_whose_certificate_is_gone_gets_another_one_and_all_else_stays_good(
    certs: Path, minted: dict[str, bytes], gone: str
) -> None:
    (certs / gone).unlink()
    open_folder(certs, (TOPIC,))
    after = snapshot(certs)
    keys = [name for name in minted if name.endswith(".key")]
    assert {name: after[name] for name in keys} == {name: minted[name] for name in keys}
    old, new = (x509.load_pem_x509_certificate(each[gone]) for each in (minted, after))
    assert old.public_key() == new.public_key()
    assert old.issuer == new.issuer
    assert {each.oid for each in old.extensions} == {each.oid for each in new.extensions}
    with FakeAPNs(certs=certs).in_thread() as apns, dial(apns) as connection:
        assert connection.getpeercert(binary_form=True) is not None
    assert snapshot(certs) == after


@pytest.mark.parametrize("name", ["ca.key", "server.key", f"{TOPIC}.key"])
def test_a_key_alone_that_is_none_is_one_sentence(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"this is no PEM\n")
    with pytest.raises(StartError) as raised:
        open_folder(tmp_path, (TOPIC,))
    assert str(raised.value) == (
        f"{tmp_path / name} is no PEM file of ours: delete it to have it minted anew"
    )


def test_somebody_elses_pair_is_not_overwritten(certs: Path) -> None:
    foreign = Authority().client(TOPIC)
    put(certs, TOPIC, foreign)
    with pytest.raises(StartError, match=r"\.crt is not from .*ca\.pem: move it away"):
        open_folder(certs, (TOPIC,))
    assert (certs / f"{TOPIC}.crt").read_bytes() == foreign.certificate_pem


def test_a_key_of_another_certificate_is_noticed(certs: Path) -> None:
    (certs / f"{TOPIC}.key").write_bytes((certs / "server.key").read_bytes())
    with pytest.raises(StartError, match="do not belong together: delete both"):
        open_folder(certs, (TOPIC,))


@pytest.mark.parametrize("name", ["ca.pem", "ca.key", "server.crt", f"{TOPIC}.key"])
def test_a_file_with_something_else_in_it_is_noticed(certs: Path, name: str) -> None:
    (certs / name).write_bytes(b"this is no PEM\n")
    with pytest.raises(StartError, match="is no PEM file of ours: delete both"):
        open_folder(certs, (TOPIC,))


def test_a_file_that_cannot_be_read_is_one_sentence(certs: Path) -> None:
    (certs / "server.crt").unlink()
    (certs / "server.crt").mkdir()
    with pytest.raises(StartError, match=r"cannot read .*server\.crt: .*; choose another folder"):
        open_folder(certs, (TOPIC,))


def test_a_link_that_leads_nowhere_is_not_replaced(certs: Path, tmp_path: Path) -> None:
    (certs / "ca.key").unlink()
    (certs / "ca.key").symlink_to(tmp_path / "not mounted" / "ca.key")
    with pytest.raises(StartError, match=r"cannot read .*ca\.key: No such file"):
        open_folder(certs, (TOPIC,))
    assert (certs / "ca.key").is_symlink()


def test_a_folder_that_is_a_file_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "certs").touch()
    with pytest.raises(StartError, match=r"certificate folder .*; choose another with --certs"):
        open_folder(tmp_path / "certs", (TOPIC,))


def test_a_topic_that_is_none_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        open_folder(tmp_path / "certs", (TOPIC, "../evil"))
    assert os.listdir(tmp_path) == []


def test_a_server_uses_the_folder_it_is_given(certs: Path, minted: dict[str, bytes]) -> None:
    with FakeAPNs(certs=certs).in_thread() as apns:
        assert apns.ca_file == str(certs / "ca.pem")
        assert apns.ca_pem == minted["ca.pem"]
        assert apns.client_certificate().pem_file == str(certs / f"{TOPIC}.pem")
        with dial(apns) as connection:
            assert connection.getpeercert(binary_form=True) is not None


def test_folder_and_authority_exclude_each_other(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="certs and authority are both given"):
        FakeAPNs(certs=tmp_path, authority=Authority())
