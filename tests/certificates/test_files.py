"""Certificates as files: who may read them, and whether other programs can."""

from __future__ import annotations

import gc
import os
import re
import shutil
import ssl
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier, Thread
from typing import get_args

import pytest

from fakeapns import Authority, FakeAPNs, StartError, UsageError, inputs
from fakeapns.certificates import (
    PASSWORD,
    CertificateFolder,
    check_topic,
    client_context,
    default_authority,
    server_context,
)
from fakeapns.ledger.entries import ConnectionOpened
from fakeapns.scenario.faults import Service
from fakeapns.scenario.settings import Settings

from ..frames import TOPIC
from ..providers import await_entries, dial, presenting


def tool(name: str) -> str:
    """The path of a program without which nothing is proven; CI has all of them."""
    path = shutil.which(name)
    if path is None:
        if os.environ.get("CI"):
            pytest.fail(f"{name} is missing, and CI has to have it")
        pytest.skip(f"no {name} here: not proven that it can read our files")
    return path


def mode(path: str) -> int:
    return Path(path).stat().st_mode & 0o777


@pytest.fixture
def folder(tmp_path: Path) -> CertificateFolder:
    return CertificateFolder(default_authority(), tmp_path)


def test_private_keys_are_for_their_owner_only(folder: CertificateFolder) -> None:
    folder.write_all()
    client = folder.client(TOPIC)
    client.write_all()
    for path in (client.key_file, client.pem_file, client.pkcs12_file):
        assert mode(path) == 0o600
    for name in ("ca.key", "server.key"):
        assert mode(folder.path(name)) == 0o600
    for path in (folder.ca_file, folder.bundle_file, client.certificate_file):
        assert mode(path) == 0o644


@pytest.mark.parametrize("umask", [0o000, 0o077])
def test_who_may_read_a_file_does_not_depend_on_the_umask(tmp_path: Path, umask: int) -> None:
    folder = CertificateFolder(default_authority(), tmp_path)
    before = os.umask(umask)
    try:
        private, public = folder.client(TOPIC).key_file, folder.ca_file
    finally:
        os.umask(before)
    assert (mode(private), mode(public)) == (0o600, 0o644)


def test_the_names_are_those_of_the_ready_file(folder: CertificateFolder, tmp_path: Path) -> None:
    folder.write_all()
    folder.client(TOPIC).write_all()
    assert {path.name for path in tmp_path.iterdir()} == {
        "ca.pem",
        "ca.key",
        "ca-bundle.pem",
        "truststore.p12",
        "server.crt",
        "server.key",
        f"{TOPIC}.crt",
        f"{TOPIC}.key",
        f"{TOPIC}.pem",
        f"{TOPIC}.p12",
    }


def test_an_unusual_certificate_has_a_file_of_its_own(folder: CertificateFolder) -> None:
    usual = folder.client(TOPIC).pem_file
    unusual = folder.client(TOPIC, scope="sandbox", validity="expired").pem_file
    assert Path(unusual).name == f"{TOPIC}--sandbox--expired.pem"
    assert Path(usual).read_bytes() != Path(unusual).read_bytes()


def test_a_file_is_written_when_it_is_asked_for_and_not_before(
    folder: CertificateFolder, tmp_path: Path
) -> None:
    client = folder.client(TOPIC)
    assert list(tmp_path.iterdir()) == []
    assert client.pem_file == str(tmp_path / f"{TOPIC}.pem")
    assert len(list(tmp_path.iterdir())) == 1


def test_a_certificate_is_never_there_without_its_key(
    folder: CertificateFolder, tmp_path: Path
) -> None:
    assert folder.client(TOPIC).certificate_file == str(tmp_path / f"{TOPIC}.crt")
    assert (tmp_path / f"{TOPIC}.key").exists()


def test_the_bundle_holds_our_ca_behind_the_roots_of_the_system(folder: CertificateFolder) -> None:
    bundle = Path(folder.bundle_file).read_bytes()
    assert bundle.endswith(default_authority().ca_pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cafile=folder.bundle_file)
    roots = ssl.get_default_verify_paths().openssl_cafile
    if Path(roots).exists():
        assert Path(roots).read_bytes().rstrip() in bundle


def test_the_bundle_is_not_fed_with_itself(
    folder: CertificateFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = Path(folder.bundle_file).read_bytes()
    monkeypatch.setenv("SSL_CERT_FILE", folder.bundle_file)
    again = CertificateFolder(default_authority(), Path(folder.bundle_file).parent / "again")
    (Path(folder.bundle_file).parent / "again").mkdir()
    assert Path(again.bundle_file).read_bytes() == first


def test_a_temporary_folder_goes_with_the_last_who_holds_it() -> None:
    folder = CertificateFolder(default_authority())
    directory = Path(folder.ca_file).parent
    assert directory.stat().st_mode & 0o777 == 0o700
    del folder
    gc.collect()
    assert not directory.exists()


def test_threads_that_ask_at_once_get_files_that_are_there() -> None:
    folders = [CertificateFolder(default_authority()) for _ in range(10)]
    all_at_once = Barrier(4)

    def ask(folder: CertificateFolder) -> list[str]:
        all_at_once.wait()
        client = folder.client(TOPIC)
        return [client.pem_file, client.certificate_file, folder.ca_file]

    with ThreadPoolExecutor(4) as pool:
        for folder in folders:
            paths = list(pool.map(ask, [folder] * 4))
            assert paths == [paths[0]] * 4
            assert all(os.path.exists(path) for path in paths[0])


def test_the_same_content_is_not_written_twice(folder: CertificateFolder) -> None:
    path = Path(folder.ca_file)
    before = path.stat()
    again = CertificateFolder(default_authority(), path.parent)
    assert Path(again.ca_file).stat().st_mtime_ns == before.st_mtime_ns
    assert path.stat().st_ino == before.st_ino


def test_a_folder_that_does_not_exist_is_one_sentence(tmp_path: Path) -> None:
    gone = CertificateFolder(default_authority(), tmp_path / "gone")
    with pytest.raises(StartError, match=r"^cannot write .*ca\.pem: .*; choose another folder$"):
        _ = gone.ca_file


@pytest.mark.parametrize("topic", ["", "../evil", "a b", ".hidden", "a/b", "ä.b"])
def test_a_topic_that_could_not_name_a_file_is_refused(topic: str) -> None:
    with pytest.raises(UsageError, match=r"is no topic: write a bundle id"):
        check_topic(topic)


@pytest.mark.parametrize("topic", ["com.example.app", "web.com.example", "a", "com.Apple_1-x"])
def test_a_bundle_id_is_a_topic(topic: str) -> None:
    check_topic(topic)


# ---- other programs ---------------------------------------------------------------------


def run(name: str, *arguments: str) -> str:
    """What a program says; a failure shows what it complained about."""
    done = subprocess.run(
        [tool(name), *arguments], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_openssl_reads_the_pkcs12_file(folder: CertificateFolder) -> None:
    store = folder.client(TOPIC).pkcs12_file
    # Without -legacy OpenSSL 3 refuses the ciphers that the clients of those days can read.
    password = ("-passin", f"pass:{PASSWORD}")
    shown = run("openssl", "pkcs12", "-in", store, *password, "-nodes", "-legacy")
    assert shown.count("BEGIN CERTIFICATE") == 2
    assert "PRIVATE KEY" in shown
    assert re.search(rf"CN\s*=\s*Apple Push Services: {re.escape(TOPIC)}", shown)


def test_openssl_verifies_what_was_issued(folder: CertificateFolder) -> None:
    folder.write_all()
    for path in (folder.path("server.crt"), folder.client(TOPIC).certificate_file):
        run("openssl", "verify", "-x509_strict", "-CAfile", folder.ca_file, path)


@pytest.mark.parametrize("file", ["truststore", "client"])
def test_java_reads_its_stores(folder: CertificateFolder, file: str) -> None:
    truststore = file == "truststore"
    store = folder.truststore_file if truststore else folder.client(TOPIC).pkcs12_file
    shown = run("keytool", "-list", "-keystore", store, "-storepass", PASSWORD)
    assert ("trustedCertEntry" if truststore else "PrivateKeyEntry") in shown


# ---- contexts -------------------------------------------------------------------------------


def test_a_client_ca_that_cannot_be_read_is_one_sentence(tmp_path: Path) -> None:
    empty = tmp_path / "empty.pem"
    empty.touch()
    for path in (tmp_path / "gone.pem", empty):
        with pytest.raises(UsageError, match=r"^setting client_ca: .* cannot be read as PEM"):
            server_context(default_authority(), Settings.of({"client_ca": path}))


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="not on this system")
@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("pipe", "it is a pipe that nobody writes to; start who does, or give a file"),
        ("huge", "it has no end, or more than 16,777,216 bytes; give another file"),
        ("/dev/zero", "it has no end, or more than 16,777,216 bytes; give another file"),
    ],
)
def test_a_client_ca_that_is_no_file_is_one_sentence(
    tmp_path: Path, name: str, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inputs, "LOOKS", 2)
    os.mkfifo(tmp_path / "pipe")
    with (tmp_path / "huge").open("wb") as file:
        file.truncate(20 << 30)
    path = tmp_path / name
    with pytest.raises(UsageError) as raised:
        server_context(default_authority(), Settings.of({"client_ca": path}))
    assert str(raised.value) == f"setting client_ca: {path} cannot be read: {why}"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="not on this system")
def test_a_client_ca_in_a_pipe_is_trusted_by_every_context_of_a_server(tmp_path: Path) -> None:
    pipe, foreign = tmp_path / "pipe", Authority()
    os.mkfifo(pipe)
    text = "Zertifikate für alle\n".encode() + foreign.ca_pem
    writer = Thread(target=pipe.write_bytes, args=(text,))
    writer.start()
    with FakeAPNs(client_ca=pipe, tls_maximum="1.3").in_thread() as apns:
        writer.join()
        context = presenting(apns, foreign.client(TOPIC))
        services = get_args(Service)
        for service in services:
            dial(apns, context, service).close()
        opened = await_entries(apns, ConnectionOpened, len(services))
        assert [each.service for each in opened] == list(services)


def test_a_client_context_without_credentials_still_verifies_the_server() -> None:
    context = client_context(default_authority(), None)
    assert context.check_hostname
    assert context.verify_mode == ssl.CERT_REQUIRED
