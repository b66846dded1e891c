"""`certs`: usual and unusual certificates in a folder, and which file is which."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import Encoding

from fakeapns.certificates import ProviderKey, ProviderKeys, open_folder
from fakeapns.certificates.apple import read_identity
from fakeapns.cli import main


def mint(folder: Path, *arguments: str) -> list[tuple[str, Path]]:
    """What `certs` prints, as names and paths."""
    result = CliRunner().invoke(main, ["certs", "--certs", str(folder), *arguments])
    assert result.exit_code == 0, result.output
    lines = (line.split(maxsplit=1) for line in result.stdout.splitlines())
    return [(name, Path(path)) for name, path in lines]


def certificate(listed: list[tuple[str, Path]]) -> x509.Certificate:
    """The one client certificate in the list."""
    [path] = [path for name, path in listed if name == "certificate"]
    return x509.load_pem_x509_certificate(path.read_bytes())


def identity(listed: list[tuple[str, Path]]) -> tuple[str, str | None]:
    """Main topic and scope of the one client certificate in the list."""
    found = read_identity(certificate(listed).public_bytes(Encoding.DER))
    return found.topics[0], found.scope


def test_every_file_that_is_named_is_there(tmp_path: Path) -> None:
    listed = mint(tmp_path)
    names = [name for name, _ in listed]
    of_key = ["p8", "key-id", "team-id"]
    of_client = ["certificate", "key", "pem", "pkcs12"]
    assert names == ["ca", "ca-bundle", "truststore", *of_key, *of_client]
    assert all(path.is_file() for name, path in listed if name not in of_key[1:])


def test_private_keys_are_for_their_owner_only(tmp_path: Path) -> None:
    mint(tmp_path)
    private = {path.name for path in tmp_path.iterdir() if path.stat().st_mode & 0o777 == 0o600}
    stems = {f"com.example.app.{end}" for end in ("key", "pem", "p12")}
    [p8] = (path.name for path in tmp_path.glob("*.p8"))
    assert private == {"ca.key", "server.key", p8, *stems}
    secret = {path.name for path in tmp_path.iterdir() if b"PRIVATE KEY" in path.read_bytes()}
    assert secret <= private


def test_each_topic_gets_a_certificate(tmp_path: Path) -> None:
    listed = mint(tmp_path, "--topic", "com.example.one", "--topic", "com.example.two")
    assert [path.name for name, path in listed if name == "pem"] == [
        "com.example.one.pem",
        "com.example.two.pem",
    ]


def test_a_second_call_mints_nothing_anew(tmp_path: Path) -> None:
    mint(tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    mint(tmp_path)
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize("scope", ["sandbox", "production"])
def test_a_certificate_for_one_environment_has_a_name_of_its_own(
    tmp_path: Path, scope: str
) -> None:
    listed = mint(tmp_path, "--scope", scope)
    assert dict(listed)["pem"].name == f"com.example.app--{scope}.pem"
    assert identity(listed) == ("com.example.app", scope)
    # The good one is still there beside it.
    assert identity(mint(tmp_path)) == ("com.example.app", "both")


def test_an_expired_certificate_has_expired(tmp_path: Path) -> None:
    listed = mint(tmp_path, "--validity", "expired")
    assert dict(listed)["key"].name == "com.example.app--expired.key"
    assert certificate(listed).not_valid_after_utc < datetime.now(UTC)


def test_a_certificate_that_is_not_yet_valid_begins_later(tmp_path: Path) -> None:
    listed = mint(tmp_path, "--validity", "not-yet-valid")
    assert certificate(listed).not_valid_before_utc > datetime.now(UTC)


def test_a_foreign_certificate_is_from_a_ca_that_the_server_does_not_know(tmp_path: Path) -> None:
    ours = x509.load_pem_x509_certificate(dict(mint(tmp_path))["ca"].read_bytes())
    foreign = certificate(mint(tmp_path, "--foreign"))
    with pytest.raises((InvalidSignature, ValueError)):
        foreign.verify_directly_issued_by(ours)
    certificate(mint(tmp_path)).verify_directly_issued_by(ours)


@pytest.mark.parametrize(
    "arguments",
    [["--topic", "a/b"], ["--scope", "moon"], ["--validity", "never"], ["--kind", "toaster"]],
    ids=" ".join,
)
def test_a_wrong_option_is_a_usage_error(tmp_path: Path, arguments: list[str]) -> None:
    result = CliRunner().invoke(main, ["certs", "--certs", str(tmp_path / "new"), *arguments])
    assert result.exit_code == 2
    assert not (tmp_path / "new").exists()


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    result = CliRunner().invoke(main, ["certs", "--certs", str(tmp_path / "file" / "certs")])
    assert (result.exit_code, result.stdout) == (1, "")
    [sentence] = result.stderr.splitlines()
    assert "choose another with --certs" in sentence


# ---- keys -----------------------------------------------------------------------------------


def minted_key(folder: Path, *arguments: str) -> ProviderKey:
    """The key that `certs --key` has minted, as a server has it that starts there."""
    listed = dict(mint(folder, "--key", *arguments))
    assert list(listed) == ["p8", "key-id", "team-id"]
    assert listed["p8"] == folder / f"AuthKey_{listed['key-id']}.p8"
    key = ProviderKeys(open_folder(folder, ())).get(str(listed["key-id"]))
    assert key is not None
    assert (key.p8, key.team_id) == (listed["p8"].read_text(), str(listed["team-id"]))
    return key


@pytest.fixture(scope="module")
def keys_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that has its own certificates already."""
    directory = tmp_path_factory.mktemp("keys")
    mint(directory)
    return directory


@pytest.mark.parametrize(
    ("arguments", "means"),
    [
        ([], (None, "both", True, False)),
        (["--scope", "sandbox"], (None, "sandbox", True, False)),
        (["--topic", "a", "--topic", "b.voip"], (("a", "b.voip"), "both", True, False)),
        (["--foreign"], (None, "both", False, False)),
        (["--revoked"], (None, "both", True, True)),
    ],
    ids=str,
)
def test_a_key_is_what_the_options_say(
    keys_folder: Path, arguments: list[str], means: object
) -> None:
    key = minted_key(keys_folder, *arguments)
    assert (key.topics, key.environment, key.known, key.revoked) == means


def test_each_call_mints_another_one_and_the_usual_one_stays(tmp_path: Path) -> None:
    first, second = minted_key(tmp_path), minted_key(tmp_path)
    assert first.key_id != second.key_id
    listed = dict(mint(tmp_path))
    usual = ProviderKeys(open_folder(tmp_path, ())).usual
    assert (str(listed["key-id"]), listed["p8"]) == (usual.key_id, usual.p8_file)
    assert usual.key_id not in (first.key_id, second.key_id)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--key", "--kind", "app"], "--kind is of certificates, and --key mints none"),
        (["--key", "--validity", "expired"], "--validity is of certificates"),
        (["--revoked"], "--revoked is of keys: add --key"),
        (["--key", "--foreign", "--revoked"], "a key that nobody knows cannot be revoked"),
        (["--key", "--topic", "a/b"], "'a/b' is no topic"),
        (["--key", "--scope", "moon"], "'moon' is not one of"),
    ],
    ids=str,
)
def test_what_makes_no_sense_together_is_a_usage_error(
    tmp_path: Path, arguments: list[str], said: str
) -> None:
    result = CliRunner().invoke(main, ["certs", "--certs", str(tmp_path / "new"), *arguments])
    assert result.exit_code == 2
    assert said in result.stderr
    assert not (tmp_path / "new").exists()


def test_a_folder_with_a_key_that_is_none_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "AuthKey_ABCDEF123.p8").touch()
    result = CliRunner().invoke(main, ["certs", "--key", "--certs", str(tmp_path)])
    assert (result.exit_code, result.stdout) == (1, "")
    [sentence] = result.stderr.splitlines()
    assert "a key id has ten characters" in sentence
