"""What is read of a certificate, held against `cryptography`, and what cannot be."""

from __future__ import annotations

import random
import warnings

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import NameOID
from hypothesis import given, settings
from hypothesis import strategies as st

from fakeapns.certificates import Unreadable, default_authority, read_identity
from fakeapns.certificates.apple import PREFIXES, PRODUCTION, SANDBOX, UID
from fakeapns.certificates.reading import read_certificate

from ..frames import TOPIC
from .by_hand import UTF8_STRING, changed, signed, to_be_signed, write_certificate

COMMON = NameOID.COMMON_NAME
KINDS = [COMMON, NameOID.ORGANIZATION_NAME, NameOID.LOCALITY_NAME, NameOID.EMAIL_ADDRESS, UID]
VALUES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=80)


def as_cryptography_reads(der: bytes) -> tuple[str, str, set[str]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = x509.load_der_x509_certificate(der)
        issuer, subject = found.issuer.rfc4514_string(), found.subject.rfc4514_string()
        return issuer, subject, {each.oid.dotted_string for each in found.extensions}


def as_read(der: bytes) -> tuple[str, str, set[str]]:
    found = read_certificate(der)
    return str(found.issuer), str(found.subject), set(found.extensions)


def test_what_we_issue_is_read_as_cryptography_reads_it() -> None:
    authority = default_authority()
    ours = [authority.client(TOPIC, kind=kind, scope=scope) for kind, scope in PREFIXES]
    for each in (*ours, authority.server):
        der = each.certificate.public_bytes(Encoding.DER)
        assert as_read(der) == as_cryptography_reads(der)


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(KINDS), VALUES), min_size=1, max_size=6))
def test_any_name_is_written_as_cryptography_writes_it(
    named: list[tuple[x509.ObjectIdentifier, str]],
) -> None:
    der = write_certificate(*((kind, UTF8_STRING, value.encode()) for kind, value in named))
    assert as_read(der) == as_cryptography_reads(der)


def test_of_an_extension_that_is_there_twice_nobody_knows_which_one_counts() -> None:
    der = write_certificate(extensions=[(PRODUCTION, b""), (SANDBOX, b""), (PRODUCTION, b"")])
    with pytest.raises(Unreadable, match=r"the extension 1\.2\.840\.113635\.100\.6\.3\.2 twice"):
        read_identity(der)


@pytest.mark.parametrize("kind", [UID, COMMON])
@pytest.mark.parametrize(
    ("tag", "value"),
    [
        (0x03, b"\0apns"),  # a bit string
        (0x04, b"apns"),
        (0x02, b"\7"),
        (0x05, b""),
        (0x30, b""),
        (UTF8_STRING, b"\xff\xfe"),
        (0x1E, b"\xd8\0"),  # half a surrogate pair
        (0x1E, b"odd"),
        (0x1C, b"\0\x11\0\0"),  # behind the last character
    ],
)
def test_a_topic_that_is_no_text_is_not_guessed(
    kind: x509.ObjectIdentifier, tag: int, value: bytes
) -> None:
    with pytest.raises(Unreadable):
        read_identity(write_certificate((kind, tag, value)))


@pytest.mark.parametrize("version", [4, 5, 100, 256])
def test_a_version_that_does_not_exist_may_mean_anything(version: int) -> None:
    with pytest.raises(Unreadable, match="version is none of 1 to 3"):
        read_identity(write_certificate((UID, UTF8_STRING, TOPIC.encode()), version=version))


def test_any_bytes_are_read_or_refused() -> None:
    chance = random.Random(12)
    content = to_be_signed()
    der = signed(content)
    family = [signed(changed(content, chance)) for _ in range(500)]
    family += [der[:size] for size in range(len(der))]
    family += [
        der[:at] + bytes([chance.randrange(256)]) + der[at + 1 :] for at in range(len(der) // 2)
    ]
    read = 0
    for each in family:
        try:
            read_identity(each)
            read += 1
        except Unreadable:
            continue
    assert 0 < read < len(family)


@settings(deadline=None)
@given(st.binary())
def test_no_bytes_can_crash_the_reader(value: bytes) -> None:
    with pytest.raises(Unreadable):
        read_identity(value)
