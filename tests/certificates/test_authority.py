"""The authority: what it issues, how long that is valid, and that it keeps what it has."""

from __future__ import annotations

import os
import ssl
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID
from trio.testing import MockClock

from fakeapns import Authority, FakeAPNs
from fakeapns.certificates import Validity, default_authority
from fakeapns.certificates.authority import HOSTS
from fakeapns.certificates.descriptors import as_path
from fakeapns.errors import UsageError

from ..frames import TOPIC, framed


def test_the_server_answers_to_local_names_and_to_apples() -> None:
    certificate = default_authority().server.certificate
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert {"localhost", "gateway.push.apple.com", "feedback.sandbox.push.apple.com"} <= set(
        names.get_values_for_type(x509.DNSName)
    )
    assert names.get_values_for_type(x509.IPAddress) == [
        ip_address("127.0.0.1"),
        ip_address("::1"),
    ]
    assert len(list(names)) == len(HOSTS)


def test_the_server_certificate_ends_within_397_days() -> None:
    certificate = default_authority().server.certificate
    assert certificate.not_valid_before_utc < datetime.now(UTC) < certificate.not_valid_after_utc
    lifetime = certificate.not_valid_after_utc - certificate.not_valid_before_utc
    assert timedelta(days=300) < lifetime <= timedelta(days=397)


def test_every_key_is_rsa_for_old_clients() -> None:
    authority = default_authority()
    for pem in (
        authority.ca_pem,
        authority.server.certificate_pem,
        authority.client(TOPIC).certificate_pem,
    ):
        key = x509.load_pem_x509_certificate(pem).public_key()
        assert isinstance(key, rsa.RSAPublicKey)
        assert key.key_size >= 2048


def test_the_issuer_bears_the_name_that_old_clients_look_for() -> None:
    issuer = default_authority().client(TOPIC).certificate.issuer
    [organization] = issuer.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    assert "Apple" in str(organization.value)


def test_what_was_issued_is_kept() -> None:
    authority = default_authority()
    assert authority.client(TOPIC) is authority.client(TOPIC)
    assert authority.client(TOPIC) is not authority.client(TOPIC, scope="sandbox")
    assert authority.server is authority.server


def test_threads_that_ask_at_once_get_the_same_certificate() -> None:
    authority = default_authority()
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(authority.client, ["com.example.at-once"] * 32))
    assert len(found) == 1


def test_minting_happens_once_a_process() -> None:
    assert default_authority() is default_authority()


def test_two_authorities_have_nothing_in_common() -> None:
    assert Authority().ca_pem != default_authority().ca_pem


@pytest.mark.parametrize(
    ("validity", "begun", "ended"),
    [("valid", True, False), ("expired", True, True), ("not-yet-valid", False, False)],
)
def test_a_certificate_can_be_past_or_future(validity: Validity, begun: bool, ended: bool) -> None:
    certificate = default_authority().client(TOPIC, validity=validity).certificate
    now = datetime.now(UTC)
    assert (certificate.not_valid_before_utc < now) == begun
    assert (certificate.not_valid_after_utc < now) == ended


@pytest.mark.parametrize("paths", ["none", "some"])
def test_what_is_loaded_into_a_context_leaves_no_file_behind(
    tmp_path: Path, paths: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Where no descriptor has a path, or, as on FreeBSD, only the first three have.
    (tmp_path / "some").mkdir()
    monkeypatch.setattr("fakeapns.certificates.descriptors.PATHS", str(tmp_path / paths))
    (files := tmp_path / "files").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(files))
    default_authority().client(TOPIC).load_into(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
    assert list(files.iterdir()) == []


def test_where_descriptors_have_paths_it_passes_through_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nowhere"))
    before = os.listdir("/dev/fd")
    default_authority().client(TOPIC).load_into(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
    assert os.listdir("/dev/fd") == before


def test_what_cannot_be_written_leaves_no_descriptor_open() -> None:
    before = os.listdir("/dev/fd")
    no_bytes: Any = "-----BEGIN"
    with pytest.raises(TypeError), as_path(no_bytes):
        raise AssertionError("there is nothing to read")
    assert os.listdir("/dev/fd") == before


def test_a_whole_server_leaves_nothing_on_disk_unless_a_file_is_asked_for(tmp_path: Path) -> None:
    program = """
import os, sys
from fakeapns import FakeAPNs
with FakeAPNs().in_thread() as apns:
    apns.ssl_context()
    assert os.listdir(sys.argv[1]) == [], os.listdir(sys.argv[1])
    open(apns.ca_file).close()
    assert len(os.listdir(sys.argv[1])) == 1
"""
    subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)],
        env={"TMPDIR": str(tmp_path)},
        check=True,
        timeout=60,
    )
    assert list(tmp_path.iterdir()) == []


def test_a_ca_with_an_elliptic_curve_issues_certificates_that_are_trusted() -> None:
    # What trustme makes unless it is told otherwise.
    ca = trustme.CA()
    authority = Authority(ca)
    certificate = x509.load_pem_x509_certificate(authority.ca_pem)
    assert isinstance(certificate.public_key(), ec.EllipticCurvePublicKey)
    client = authority.client(TOPIC)
    client.certificate.verify_directly_issued_by(certificate)
    assert isinstance(client.certificate.public_key(), rsa.RSAPublicKey)
    assert client.pkcs12(authority.ca_pem)
    assert authority.java_truststore


async def test_a_server_with_such_a_ca_lets_its_clients_in(autojump_clock: MockClock) -> None:
    async with FakeAPNs(authority=Authority(trustme.CA())) as apns:
        provider = await apns.connect(TOPIC)
        await provider.send_all(framed(1))
        assert [each.topic for each in await apns.wait_for()] == [TOPIC]


@pytest.mark.parametrize("name", ["scope", "kind", "validity"])
@pytest.mark.parametrize("given", ["dev", 5, None, ["app"], {}])
def test_what_no_certificate_can_have_is_one_sentence(name: str, given: Any) -> None:
    how: Any = {name: given}
    with pytest.raises(UsageError, match=r" does not exist.* \(known: "):
        Authority().client("com.example.app", **how)
