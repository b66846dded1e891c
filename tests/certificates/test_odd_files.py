"""What is no file, or has no end, in a folder of certificates and among the system's roots."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from fakeapns import Authority, StartError, inputs
from fakeapns.certificates import files, open_folder

from ..frames import TOPIC

pytestmark = pytest.mark.skipif(not Path("/dev/zero").exists(), reason="not on this system")


@pytest.fixture
def certs(tmp_path: Path) -> Path:
    open_folder(tmp_path / "certs", (TOPIC,))
    return tmp_path / "certs"


def odd(path: Path, kind: str) -> None:
    """Put there what is no file, or is one without end."""
    path.unlink()
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "huge":
        with path.open("wb") as file:
            file.truncate(20 << 30)
    else:
        path.symlink_to("/dev/zero")


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("pipe", "it is a pipe that nobody writes to; start who does, or give a file"),
        ("endless", "it has no end, or more than 16,777,216 bytes; give another file"),
        ("huge", "it has no end, or more than 16,777,216 bytes; give another file"),
    ],
)
@pytest.mark.parametrize("name", ["ca.pem", "ca.key", "server.crt", f"{TOPIC}.key"])
def test_what_is_no_file_where_a_pair_should_be_is_one_sentence(
    certs: Path, name: str, kind: str, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inputs, "LOOKS", 2)
    odd(certs / name, kind)
    with pytest.raises(StartError) as raised:
        open_folder(certs, (TOPIC,))
    told = f"cannot read {certs / name}: {why}, or choose another folder with --certs"
    assert str(raised.value) == told


@pytest.mark.parametrize("kind", ["pipe", "endless", "huge"])
@pytest.mark.parametrize(
    "name", ["ca-bundle.pem", "truststore.p12", f"{TOPIC}.pem", f"{TOPIC}.p12"]
)
def test_what_is_no_file_where_we_write_one_makes_room_for_it(
    certs: Path, name: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inputs, "LOOKS", 2)
    before = (certs / name).stat().st_size
    odd(certs / name, kind)
    open_folder(certs, (TOPIC,))
    assert (certs / name).lstat().st_size == pytest.approx(before, abs=64)
    assert (certs / name).is_file()
    assert not (certs / name).is_symlink()


def test_roots_of_a_system_that_have_no_end_are_done_without(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(files, "_ROOTS", ("/dev/zero",))
    monkeypatch.setattr(files, "ssl", SimpleNamespace(get_default_verify_paths=_endless_roots))
    folder = files.CertificateFolder(Authority())
    assert Path(folder.bundle_file).read_bytes() == folder.authority.ca_pem


def _endless_roots() -> SimpleNamespace:
    return SimpleNamespace(openssl_cafile="/dev/zero")
