"""A folder that nobody may write to: complete, it is used as it is."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

import pytest

from fakeapns import FakeAPNs, StartError
from fakeapns.certificates import HOSTS, open_folder

from ..disks import DISK
from ..frames import TOPIC
from ..providers import dial
from .test_folder import certs, fresh, issue, put, snapshot

__all__ = ["certs", "fresh"]

READ_ONLY = pytest.mark.parametrize("error", [errno.EROFS, errno.EACCES])


@READ_ONLY
def test_a_complete_folder_that_is_read_only_is_used_as_it_is(certs: Path, error: int) -> None:
    before = snapshot(certs)
    read_only = DISK.failing(certs, error=error, always=True)
    with read_only, FakeAPNs(certs=certs).in_thread() as apns, dial(apns) as connection:
        assert connection.getpeercert(binary_form=True) is not None
        files = apns.client_certificate()
        for path in (files.certificate_file, files.pem_file, files.pkcs12_file, apns.ca_file):
            assert Path(path).parent == certs
    assert snapshot(certs) == before


def test_so_is_a_copy_whose_files_have_other_rights_ages_and_roots(certs: Path) -> None:
    bundle = certs / "ca-bundle.pem"
    bundle.write_bytes(b"another system's\n" + (certs / "ca.pem").read_bytes())
    for age, path in enumerate(sorted(certs.iterdir(), reverse=True)):
        path.chmod(0o444)
        os.utime(path, (age, age))
    before = snapshot(certs)
    with DISK.failing(certs, error=errno.EROFS, always=True):
        open_folder(certs, (TOPIC,))
    assert snapshot(certs) == before


def test_so_are_links_into_a_volume(certs: Path, tmp_path: Path) -> None:
    # As Kubernetes mounts secrets.
    volume = Path(shutil.move(certs, tmp_path / "..data"))
    certs.mkdir()
    for path in volume.iterdir():
        (certs / path.name).symlink_to(path)
    with DISK.failing(tmp_path, error=errno.EROFS, always=True):
        open_folder(certs, (TOPIC,))
    assert all(path.is_symlink() for path in certs.iterdir())


def test_so_is_one_whose_server_certificate_lacks_a_name_which_is_presented_all_the_same(
    certs: Path,
) -> None:
    put(certs, "server", issue(certs, 300, ("localhost",)))
    before = snapshot(certs)
    with DISK.failing(certs, error=errno.EROFS, always=True):
        folder = open_folder(certs, (TOPIC,))
    assert folder.authority.server.names == set(HOSTS)
    assert snapshot(certs) == before


@READ_ONLY
def test_what_would_have_to_be_minted_there_is_one_sentence(certs: Path, error: int) -> None:
    put(certs, "server", issue(certs, -1))
    for topics, name in (((TOPIC,), "server.crt"), ((TOPIC, "com.example.b"), "server.crt")):
        with DISK.failing(certs, error=error, always=True), pytest.raises(StartError) as raised:
            open_folder(certs, topics)
        assert str(raised.value) == (
            f"cannot write {certs / name}: {os.strerror(error)}; choose another folder"
        )
