"""What is read of a certificate, held against `cryptography`, and what cannot be."""

from __future__ import annotations

import random
import ssl
import warnings

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import NameOID
from hypothesis import given, settings
from hypothesis import strategies as st

from fakeapns.certificates import (
    Unreadable,
    default_authority,
    read_identity,
    reading,
    verification,
)
from fakeapns.certificates.apple import (
    PREFIXES,
    PRODUCTION,
    SANDBOX,
    TOPICS,
    UID,
    encode_topics,
)
from fakeapns.certificates.der import OBJECT_IDENTIFIER, SEQUENCE, SET, dotted, encode
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


#: Of a name that is one space some versions of cryptography escape the escape as well.
NAMES = VALUES.filter(lambda value: value != " ")


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(KINDS), NAMES), min_size=1, max_size=6))
def test_any_name_is_written_as_cryptography_writes_it(
    named: list[tuple[x509.ObjectIdentifier, str]],
) -> None:
    der = write_certificate(*((kind, UTF8_STRING, value.encode()) for kind, value in named))
    assert as_read(der) == as_cryptography_reads(der)


def test_a_name_of_one_space_is_escaped_once() -> None:
    _, subject, _ = as_read(write_certificate((COMMON, UTF8_STRING, b" ")))
    assert subject == "CN=\\ "


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


def named(kind: bytes, value: bytes = b"x") -> bytes:
    """A name of one attribute, of this kind by the bytes of its number."""
    attribute = encode(SEQUENCE, encode(OBJECT_IDENTIFIER, kind) + encode(UTF8_STRING, value))
    return encode(SEQUENCE, encode(SET, attribute))


@pytest.mark.parametrize("size", [65, 1900, 90_000])
def test_a_number_longer_than_any_is_not_read(size: int) -> None:
    with pytest.raises(Unreadable, match=r"^an object identifier has more than 64 bytes$"):
        dotted(b"\x81" * (size - 1) + b"\1")


def test_a_number_of_64_bytes_is_one() -> None:
    assert dotted(b"\x2a" + b"\xff" * 62 + b"\x7f") == f"1.2.{2**441 - 1}"


def test_a_number_without_end_is_said_in_our_words() -> None:
    der = signed(to_be_signed(issuer=named(b"\x2a" + b"\x81" * 5000 + b"\1")))
    with pytest.raises(Unreadable, match=r"^an object identifier has more than 64 bytes$"):
        read_certificate(der)


def test_a_certificate_larger_than_any_is_not_looked_into(monkeypatch: pytest.MonkeyPatch) -> None:
    der = write_certificate((UID, UTF8_STRING, b"x" * 70_000))
    monkeypatch.setattr(reading, "elements", lambda _: pytest.fail("looked into"))
    with pytest.raises(Unreadable, match=r"^it has 70,\d{3} bytes, and no more than 16,384 are"):
        read_certificate(der)


@pytest.mark.parametrize("size", [256, 4096])
def test_a_topic_may_be_longer_than_any_app_has_it(size: int) -> None:
    long = b"x" * size
    prefixed = PREFIXES["app", "both"].encode() + long
    for der in (
        write_certificate((UID, UTF8_STRING, long), extensions=[]),
        write_certificate((COMMON, UTF8_STRING, prefixed), extensions=[]),
        write_certificate(
            (COMMON, UTF8_STRING, b"x"),
            extensions=[(TOPICS, encode_topics([(long.decode(), "app")]))],
        ),
    ):
        assert read_identity(der).topics == (long.decode(),)


@pytest.mark.parametrize("letter", ["x", "é"])
def test_a_topic_that_each_entry_would_repeat_without_end_is_refused(letter: str) -> None:
    long = letter * 4097
    told = rf"^it has a topic of {len(long.encode()):,} bytes, and no more than 4,096 are read$"
    for der in (
        write_certificate((UID, UTF8_STRING, long.encode())),
        write_certificate((COMMON, UTF8_STRING, f"{PREFIXES['app', 'both']}{long}".encode())),
        write_certificate(extensions=[(TOPICS, encode_topics([(TOPIC, "app"), (long, "app")]))]),
    ):
        with pytest.raises(Unreadable, match=told):
            read_identity(der)


def test_more_topics_than_any_app_has_are_refused() -> None:
    def listing(count: int) -> bytes:
        return encode_topics((f"a{number}", "app") for number in range(count))

    few = write_certificate((COMMON, UTF8_STRING, b"x"), extensions=[(TOPICS, listing(256))])
    assert len(read_identity(few).topics) == 256
    many = write_certificate((COMMON, UTF8_STRING, b"x"), extensions=[(TOPICS, listing(257))])
    with pytest.raises(Unreadable, match=r"^it has 257 topics, and no more than 256 are read$"):
        read_identity(many)


def test_the_cas_that_are_trusted_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[bytes] = []

    def counted(der: bytes) -> reading.Certificate:
        read.append(der)
        return read_certificate(der)

    monkeypatch.setattr(verification, "read_certificate", counted)
    unknown = signed(to_be_signed(issuer=named(b"\x55\4\3", b"nobody")))
    trusted = [write_certificate((COMMON, UTF8_STRING, b"%d" % each)) for each in range(20)]
    wrong = ssl.SSLCertVerificationError()
    wrong.verify_code = 20
    for _ in range(10):
        reason, _ = verification.explain_verification(wrong, [unknown], trusted)
        assert reason == "client-certificate-issuer-missing"
    assert sorted(read) == sorted([*trusted, *[unknown] * 10])


@settings(deadline=None)
@given(st.binary())
def test_no_bytes_can_crash_the_reader(value: bytes) -> None:
    with pytest.raises(Unreadable):
        read_identity(value)
