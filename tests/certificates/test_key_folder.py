"""Keys in a folder that is kept between runs, and that others use as well."""

from __future__ import annotations

import json
import logging
import threading
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from fakeapns import Authority, FakeAPNs, StartError
from fakeapns.certificates import CertificateFolder, ProviderKeys, open_folder
from fakeapns.certificates.keys import TEAM, new_facts, new_pem
from fakeapns.certificates.locks import FolderLock

from .test_folder import certs, fresh, snapshot

__all__ = ["certs", "fresh"]

THEIRS = "AuthKey_THEIRS0001.p8"
AUTHORITY = Authority()


def opened(directory: Path) -> ProviderKeys:
    """As a server opens it that has its certificates elsewhere, which is quicker."""
    return ProviderKeys(CertificateFolder(AUTHORITY, directory, FolderLock(directory)))


def listed(directory: Path) -> list[dict[str, Any]]:
    """What `keys.json` has."""
    found: list[dict[str, Any]] = json.loads((directory / "keys.json").read_text())["keys"]
    return found


def refused(directory: Path) -> str:
    """What is said of a folder that cannot be used, in one sentence."""
    with pytest.raises(StartError) as raised:
        opened(directory)
    [sentence] = str(raised.value).splitlines()
    return sentence


# ---- from run to run ------------------------------------------------------------------------


def test_a_first_start_writes_the_usual_key_and_what_it_is(tmp_path: Path) -> None:
    key = opened(tmp_path).usual
    path = tmp_path / f"AuthKey_{key.key_id}.p8"
    assert path.read_text() == key.p8
    assert path.stat().st_mode & 0o777 == 0o600
    assert listed(tmp_path) == [
        {
            "key_id": key.key_id,
            "team_id": TEAM,
            "topics": None,
            "environment": "both",
            "state": "known",
        }
    ]


def test_the_next_one_has_the_same_and_writes_nothing(tmp_path: Path) -> None:
    first = opened(tmp_path).usual
    before = snapshot(tmp_path)
    second = opened(tmp_path).usual
    assert (second.facts, second.p8) == (first.facts, first.p8)
    assert second.p8_file == tmp_path / f"AuthKey_{first.key_id}.p8"
    assert snapshot(tmp_path) == before


def test_others_are_kept_once_their_file_was_asked_for(tmp_path: Path) -> None:
    keys = opened(tmp_path)
    never = keys.mint(new_facts())
    kept = [
        keys.mint(new_facts(["com.example.app"], "sandbox", "ABCDE12345")),
        keys.mint(new_facts(revoked=True)),
        keys.mint(new_facts(known=False)),
    ]
    for key in kept:
        assert key.p8_file.read_text() == key.p8
    again = opened(tmp_path)
    assert [key.facts for key in again] == [key.facts for key in (keys.usual, *kept)]
    assert again.get(never.key_id) is None
    assert [each["state"] for each in listed(tmp_path)] == ["known", "known", "revoked", "foreign"]


def test_the_usual_key_is_the_first_that_is_for_all(tmp_path: Path) -> None:
    keys = opened(tmp_path)
    special, ordinary = keys.mint(new_facts(environment="sandbox")), keys.mint(new_facts())
    for key in (special, ordinary):
        _ = key.p8_file
    (tmp_path / f"AuthKey_{keys.usual.key_id}.p8").unlink()
    assert opened(tmp_path).usual.facts == ordinary.facts


def test_a_key_that_was_removed_is_none_any_more(tmp_path: Path) -> None:
    first = opened(tmp_path).usual
    (tmp_path / f"AuthKey_{first.key_id}.p8").unlink()
    authority = Authority()
    folder = CertificateFolder(authority, tmp_path, FolderLock(tmp_path))
    second = ProviderKeys(folder).usual
    assert second.key_id != first.key_id
    assert [each["key_id"] for each in listed(tmp_path)] == [second.key_id]


def test_a_server_keeps_them_with_its_certificates(certs: Path) -> None:
    before = snapshot(certs)
    [key_id] = (each["key_id"] for each in listed(certs))
    with FakeAPNs(certs=certs).in_thread() as apns:
        assert apns.provider_key().key_id == key_id
        assert apns.provider_key().p8_file.parent == certs
    assert snapshot(certs) == before


# ---- keys that somebody else has put there --------------------------------------------------


def test_a_key_without_an_entry_is_one_of_the_usual_team(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    pem = new_pem()
    (tmp_path / THEIRS).write_bytes(pem)
    with caplog.at_level(logging.WARNING, "fakeapns"):
        keys = opened(tmp_path)
    assert (keys.usual.key_id, keys.usual.team_id) == ("THEIRS0001", TEAM)
    assert keys.usual.p8.encode() == pem
    assert caplog.messages == [
        f"{tmp_path / THEIRS} is not in keys.json: a key of the team {TEAM}, for every topic"
    ]
    # Nothing is written: it is not ours.
    assert [path.name for path in tmp_path.iterdir()] == [THEIRS]


def test_it_is_as_its_entry_has_it(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / THEIRS).write_bytes(new_pem())
    entry = {"key_id": "THEIRS0001", "team_id": "ABCDE12345", "topics": ["com.example.app"]}
    (tmp_path / "keys.json").write_text(json.dumps({"keys": [entry]}))
    key = opened(tmp_path).get("THEIRS0001")
    assert key is not None
    assert (key.team_id, key.topics, key.environment) == (
        "ABCDE12345",
        ("com.example.app",),
        "both",
    )
    assert caplog.messages == []


def test_files_of_other_names_are_nobodys_business(tmp_path: Path) -> None:
    for name in ("key.p8", "authkey.p8", "AuthKey_THEIRS0001.pem"):
        (tmp_path / name).write_text("x")
    assert len(list(opened(tmp_path))) == 1


def private(key: Any, how: PrivateFormat = PrivateFormat.PKCS8) -> bytes:
    """A key in PEM."""
    found: bytes = key.private_bytes(Encoding.PEM, how, NoEncryption())
    return found


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "it is no private key in PEM"),
        (b"nothing of the kind", "it is no private key in PEM"),
        (private(rsa.generate_private_key(65537, 1024)), "it is no key of an elliptic curve"),
        (private(ec.generate_private_key(ec.SECP384R1())), "it is on the curve secp384r1"),
    ],
    ids=["empty", "text", "RSA", "P-384"],
)
def test_a_file_that_is_no_key_is_one_sentence(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / THEIRS).write_bytes(content)
    sentence = refused(tmp_path)
    assert sentence.startswith(f"{tmp_path / THEIRS} is no key to sign tokens with: {said}")
    assert sentence.endswith("; put the right file there, or move it away")


@pytest.mark.parametrize("key_id", ["ABCDEF123", "ABCDEF12345", "abcdef1234", "ABC DEF123", ""])
def test_a_key_id_that_is_none_is_one_sentence(tmp_path: Path, key_id: str) -> None:
    (tmp_path / f"AuthKey_{key_id}.p8").write_bytes(new_pem())
    assert refused(tmp_path) == (
        f"{tmp_path}/AuthKey_{key_id}.p8 is named for the key {key_id}, and a key id has ten "
        "characters, A to Z and 0 to 9: rename it, or move it away"
    )


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"\xff",
        b'{"keys": {}}',
        b'{"keys": [5]}',
        b'{"keys": [{"team_id": "ABCDE12345"}]}',
        b'{"keys": [{"key_id": "ABC"}]}',
        b'{"keys": [{"key_id": "ABCDE12345", "team_id": "ABCDE12345\\n"}]}',
        b'{"keys": [{"key_id": "ABCDE12345", "environment": "development"}]}',
        b'{"keys": [{"key_id": "ABCDE12345", "state": "lost"}]}',
        b'{"keys": [{"key_id": "ABCDE12345", "enviroment": "sandbox"}]}',
        b'{"keys": [], "teams": []}',
        b'{"keys":' + b"[" * 5000,
    ],
)
def test_a_list_that_is_none_is_one_sentence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "keys.json").write_bytes(content)
    sentence = refused(tmp_path)
    assert sentence.startswith(f"{tmp_path / 'keys.json'} is no list of keys as we write it: ")
    assert "; mend it, or delete it, and all keys beside it are of the team" in sentence


@pytest.mark.parametrize("name", [THEIRS, "keys.json"])
def test_what_cannot_be_read_is_one_sentence(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    assert refused(tmp_path).startswith(f"cannot read {tmp_path / name}: Is a directory")


def test_a_server_says_it_before_anything_listens(certs: Path) -> None:
    (certs / "AuthKey_ABC.p8").write_bytes(new_pem())
    with pytest.raises(StartError, match="is named for the key ABC, and a key id has ten"):
        FakeAPNs(certs=certs).in_thread().start()


# ---- several at once ------------------------------------------------------------------------


def test_a_key_that_another_program_has_minted_since_is_known(tmp_path: Path) -> None:
    server, other = opened(tmp_path), opened(tmp_path)
    key = other.mint(new_facts(["com.example.app"]))
    assert server.get(key.key_id) is None
    _ = key.p8_file
    found = server.get(key.key_id)
    assert found is not None
    assert (found.facts, found.p8) == (key.facts, key.p8)
    assert server.get(key.key_id) is found
    assert server.get(server.usual.key_id) is server.usual


def test_what_others_break_in_the_folder_harms_no_server_that_runs(tmp_path: Path) -> None:
    server = opened(tmp_path)
    (tmp_path / "keys.json").write_text("nothing of the kind")
    (tmp_path / "AuthKey_ABC.p8").touch()
    assert server.get("ABCDE12345") is None
    assert server.get(server.usual.key_id) is server.usual


def test_ids_that_are_none_are_not_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = opened(tmp_path)
    monkeypatch.setattr("fakeapns.certificates.key_folder.read_keys", None)
    (tmp_path / "keys.json").unlink()
    assert all(server.get(odd) is None for odd in ("", "ABC", "../../ca", "ABCDE12345\n", "é" * 10))


@pytest.mark.parametrize("kind", ["flock", "a file"])
def test_two_that_mint_at_once_lose_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    if kind == "a file":
        monkeypatch.setattr("fakeapns.certificates.locks.fcntl", None)
    servers = [opened(tmp_path) for _ in range(2)]
    minted: list[str] = []

    def mint(keys: ProviderKeys) -> None:
        for _ in range(10):
            key = keys.mint(new_facts())
            _ = key.p8_file
            minted.append(key.key_id)

    threads = [threading.Thread(target=mint, args=[keys]) for keys in servers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert {each["key_id"] for each in listed(tmp_path)} == {servers[0].usual.key_id, *minted}
    assert len(minted) == 20


def test_minting_beside_certificates_is_one_folder(tmp_path: Path) -> None:
    folder = open_folder(tmp_path / "certs", ())
    keys = ProviderKeys(folder)
    assert keys.usual.p8_file.parent == tmp_path / "certs"
    assert (tmp_path / "certs" / ".gitignore").read_text() == "*\n"
