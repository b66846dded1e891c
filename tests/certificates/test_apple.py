"""Apple's shape of a client certificate, written and read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from hypothesis import given, settings
from hypothesis import strategies as st

from fakeapns import UsageError
from fakeapns.certificates import Unreadable, default_authority
from fakeapns.certificates.apple import (
    PREFIXES,
    PRODUCTION,
    SANDBOX,
    TOPICS,
    UID,
    Identity,
    Kind,
    Scope,
    decode_topics,
    encode_topics,
    read_identity,
)

from ..frames import TOPIC
from .by_hand import write_certificate

# An app with its VoIP and complication topics: the value, then whole extension elements.
FAMILY = (
    (TOPIC, "app"),
    (f"{TOPIC}.voip", "voip"),
    (f"{TOPIC}.complication", "complication"),
)
TOPICS_VALUE = bytes.fromhex(
    """
    30 64 0c 0f 63 6f 6d 2e 65 78 61 6d 70 6c 65 2e
    61 70 70 30 05 0c 03 61 70 70 0c 14 63 6f 6d 2e
    65 78 61 6d 70 6c 65 2e 61 70 70 2e 76 6f 69 70
    30 06 0c 04 76 6f 69 70 0c 1c 63 6f 6d 2e 65 78
    61 6d 70 6c 65 2e 61 70 70 2e 63 6f 6d 70 6c 69
    63 61 74 69 6f 6e 30 0e 0c 0c 63 6f 6d 70 6c 69
    63 61 74 69 6f 6e
    """
)
TOPICS_EXTENSION = bytes.fromhex("30 74 06 0a 2a 86 48 86 f7 63 64 06 03 06 04 66") + TOPICS_VALUE
SANDBOX_EXTENSION = bytes.fromhex("30 10 06 0a 2a 86 48 86 f7 63 64 06 03 01 04 02 05 00")
PRODUCTION_EXTENSION = bytes.fromhex("30 10 06 0a 2a 86 48 86 f7 63 64 06 03 02 04 02 05 00")
UID_ATTRIBUTE = bytes.fromhex("06 0a 09 92 26 89 93 f2 2c 64 01 01")


def der_of(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.DER)


def issued(topic: str = TOPIC, *, scope: Scope = "both", kind: Kind = "app") -> x509.Certificate:
    return default_authority().client(topic, scope=scope, kind=kind).certificate


def self_signed(*names: x509.NameAttribute[str], topics: bytes | None = None) -> bytes:
    """The DER of a certificate that nobody but Apple's namesake would issue."""
    name, now = x509.Name(names), datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(KEY.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=1))
    )
    if topics is not None:
        builder = builder.add_extension(x509.UnrecognizedExtension(TOPICS, topics), False)
    return der_of(builder.sign(KEY, hashes.SHA256()))


KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def named(value: str) -> x509.NameAttribute[str]:
    return x509.NameAttribute(NameOID.COMMON_NAME, value)


# ---- the topics extension -----------------------------------------------------------------


def test_the_topics_of_an_app_have_the_bytes_that_apple_writes() -> None:
    assert len(TOPICS_VALUE) == 102
    assert encode_topics(FAMILY) == TOPICS_VALUE


def test_the_bytes_that_apple_writes_are_read_back() -> None:
    assert decode_topics(TOPICS_VALUE) == [topic for topic, _ in FAMILY]


def test_a_kind_with_several_words_is_skipped_as_one() -> None:
    kinds = bytes.fromhex("30 0b 0c 03 617070 0c 04 766f6970")
    topic = bytes.fromhex("0c 03 612e62")
    assert decode_topics(b"\x30" + bytes([len(topic + kinds)]) + topic + kinds) == ["a.b"]


@settings(deadline=None)
@given(st.lists(st.tuples(st.text(max_size=300), st.sampled_from(["app", "voip"])), max_size=20))
def test_any_topics_are_read_back_as_written(pairs: list[tuple[str, str]]) -> None:
    assert decode_topics(encode_topics(pairs)) == [topic for topic, _ in pairs]


@settings(deadline=None)
@given(st.binary())
def test_no_bytes_in_the_extension_can_crash_the_reader(value: bytes) -> None:
    decode_topics(value)


@pytest.mark.parametrize("size", range(len(TOPICS_VALUE)))
def test_a_cut_extension_gives_no_topic_that_was_not_there(size: int) -> None:
    assert set(decode_topics(TOPICS_VALUE[:size])) <= {topic for topic, _ in FAMILY}


# ---- what is issued -------------------------------------------------------------------------


def test_a_universal_certificate_has_the_exact_elements_of_apples() -> None:
    certificate = default_authority().client(TOPIC, further_topics=FAMILY[1:]).certificate
    der = der_of(certificate)
    assert TOPICS_EXTENSION in der
    assert SANDBOX_EXTENSION in der
    assert PRODUCTION_EXTENSION in der
    assert UID_ATTRIBUTE in der


@pytest.mark.parametrize(("kind", "scope"), PREFIXES)
def test_every_kind_has_its_common_name_and_is_read_back(kind: Kind, scope: Scope) -> None:
    topic = f"com.example.{kind}"
    certificate = issued(topic, scope=scope, kind=kind)
    [name] = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    [uid] = certificate.subject.get_attributes_for_oid(UID)
    assert name.value == PREFIXES[kind, scope] + topic
    assert uid.value == topic
    found = read_identity(der_of(certificate))
    assert (found.topics, found.scope) == ((topic,), scope)
    assert str(name.value) in found.subject


UUID = "51e57265-7c2c-4d2c-b1f0-2b7f0a6f1c11"
MANAGEMENT = f"com.apple.mgmt.External.{UUID}"


@pytest.mark.parametrize("kind", ["app", "mdm"])
def test_device_management_has_its_uuid_for_a_common_name(kind: Kind) -> None:
    certificate = issued(MANAGEMENT, kind=kind)
    [name] = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    [uid] = certificate.subject.get_attributes_for_oid(UID)
    assert (name.value, uid.value) == (f"APSP:{UUID}", MANAGEMENT)
    found = read_identity(der_of(certificate))
    assert (found.topics, found.scope) == ((MANAGEMENT,), "production")


@pytest.mark.parametrize("name", ["APSP:51e57265", "APSP:com.apple.mgmt.External.51e57265"])
def test_device_management_is_told_by_its_common_name_alone(name: str) -> None:
    found = read_identity(self_signed(named(name)))
    assert found.topics == ("com.apple.mgmt.External.51e57265",)


@pytest.mark.parametrize(
    ("scope", "sandbox", "production", "topics"),
    [
        ("sandbox", True, False, False),
        ("production", False, True, False),
        ("both", True, True, True),
    ],
)
def test_the_environment_is_in_the_extensions(
    scope: Scope, sandbox: bool, production: bool, topics: bool
) -> None:
    extensions = {each.oid: each for each in issued(scope=scope).extensions}
    assert (SANDBOX in extensions) == sandbox
    assert (PRODUCTION in extensions) == production
    assert (TOPICS in extensions) == topics
    ours = [extensions[oid] for oid in (SANDBOX, PRODUCTION, TOPICS) if oid in extensions]
    assert not any(each.critical for each in ours)


def test_a_client_certificate_is_for_clients_and_for_a_year() -> None:
    certificate = issued()
    usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usage) == [ExtendedKeyUsageOID.CLIENT_AUTH]
    assert certificate.not_valid_after_utc - certificate.not_valid_before_utc == timedelta(365)
    constraints = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value
    assert not constraints.ca


def test_a_voip_certificate_lists_its_topic_as_such() -> None:
    certificate = issued("com.example.call.voip", kind="voip")
    value = certificate.extensions.get_extension_for_oid(TOPICS).value
    assert isinstance(value, x509.UnrecognizedExtension)
    assert value.value == encode_topics([("com.example.call.voip", "voip")])


def test_a_kind_that_exists_for_one_environment_takes_that_one() -> None:
    assert read_identity(der_of(issued("web.com.example", kind="website"))).scope == "production"


def test_a_topic_too_long_for_the_common_name_is_whole_in_the_uid() -> None:
    topic = "com.example." + "x" * 100
    certificate = issued(topic)
    [name] = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    assert len(str(name.value)) == 64
    assert read_identity(der_of(certificate)).topics == (topic,)


def test_an_unknown_kind_is_refused_with_those_that_exist() -> None:
    unknown: Kind = "vopi"  # type: ignore[assignment]
    with pytest.raises(UsageError, match=r"'vopi' does not exist; did you mean voip\?"):
        default_authority().client(TOPIC, kind=unknown)


# ---- what others issue ------------------------------------------------------------------------


def test_without_a_uid_the_topic_is_in_the_common_name() -> None:
    der = self_signed(named("Apple Development IOS Push Services: com.example.old"))
    assert read_identity(der) == Identity(
        "CN=Apple Development IOS Push Services: com.example.old",
        ("com.example.old",),
        "sandbox",
    )


def test_further_topics_come_behind_the_main_one_and_none_twice() -> None:
    der = self_signed(x509.NameAttribute(UID, TOPIC), topics=TOPICS_VALUE)
    assert read_identity(der).topics == tuple(topic for topic, _ in FAMILY)


@pytest.mark.parametrize("nothing", ["", " ", "\t \N{NO-BREAK SPACE}"])
@pytest.mark.parametrize("prefix", PREFIXES.values())
def test_a_topic_of_no_characters_is_none_wherever_it_stands(prefix: str, nothing: str) -> None:
    listed = encode_topics([(nothing, "app")])
    nowhere = write_certificate((UID, 0x0C, nothing.encode()), extensions=[(TOPICS, listed)])
    assert read_identity(nowhere).topics == ()
    named = (NameOID.COMMON_NAME, 0x0C, (prefix + nothing).encode())
    assert read_identity(write_certificate(named, extensions=[])).topics == ()
    beside = encode_topics([(nothing, "app"), ("com.example.listed", "app")])
    der = write_certificate(named, extensions=[(TOPICS, beside)])
    assert read_identity(der).topics == ("com.example.listed",)
    named = (NameOID.COMMON_NAME, 0x0C, f"{prefix}com.apple.mgmt.named".encode())
    der = write_certificate((UID, 0x0C, nothing.encode()), named, extensions=[])
    assert read_identity(der).topics == ("com.apple.mgmt.named",)


def test_a_certificate_of_no_known_shape_has_no_topic_and_any_environment() -> None:
    found = read_identity(self_signed(named("somebody")))
    assert (found.topics, found.scope) == ((), None)


def test_bytes_that_are_no_certificate_are_refused() -> None:
    with pytest.raises(Unreadable, match="cut short"):
        read_identity(b"\x30\x03abc")
