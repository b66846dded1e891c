"""Certificates that are not accepted, each made to be wrong in one way, in a real handshake."""

from __future__ import annotations

import ssl
from functools import cache
from pathlib import Path

import pytest
from cryptography import x509

from fakeapns.certificates import Authority, default_authority, explain_verification
from fakeapns.scenario.settings import Settings

from .made import CLIENTS, DAY, SERVERS, Made, issued, make, of, presenting, refusal

VERSIONS = ["1.2", "1.3"]
FOR_CLIENTS = ((CLIENTS, False),)
SIGNS_NOTHING = x509.KeyUsage(
    digital_signature=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=False,
    crl_sign=True,
    encipher_only=False,
    decipher_only=False,
)
ONLY_ELSEWHERE = x509.NameConstraints([x509.DNSName("elsewhere.example")], None)
NEVER_HERE = x509.NameConstraints(None, [x509.DNSName("here.example")])
HERE = x509.SubjectAlternativeName([x509.DNSName("here.example")])
UNKNOWN = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4.5"), b"\5\0")


@cache
def root() -> Made:
    return of(default_authority())


def below(intermediate: Made) -> tuple[Made, ...]:
    """A client's certificate under this one, and the chain."""
    return make("client", intermediate, extensions=FOR_CLIENTS), intermediate


def expired() -> tuple[Made, ...]:
    return (make("client", root(), begins=-3 * DAY, ends=-DAY),)


def expired_above() -> tuple[Made, ...]:
    return below(make("between", root(), ca=True, begins=-3 * DAY, ends=-DAY))


def in_the_future() -> tuple[Made, ...]:
    return (make("client", root(), begins=DAY, ends=2 * DAY),)


def self_signed() -> tuple[Made, ...]:
    return (make("client"),)


def under_a_foreign_root() -> tuple[Made, ...]:
    return below(make("their root", ca=True))


def of_another_fakeapns() -> tuple[Made, ...]:
    return (issued(Authority()),)


def of_apples() -> tuple[Made, ...]:
    apple = make("Apple Worldwide Developer Relations Certification Authority", ca=True)
    return (make("client", apple),)


def without_the_intermediate() -> tuple[Made, ...]:
    return below(make("between", root(), ca=True))[:1]


def for_servers() -> tuple[Made, ...]:
    return (make("server", root(), extensions=((SERVERS, False),)),)


def that_signs_nothing() -> tuple[Made, ...]:
    return (make("client", root(), extensions=((SIGNS_NOTHING, True),)),)


def forged() -> tuple[Made, ...]:
    return (make("client", root(), signed_by=make("forger").key),)


def under_no_ca() -> tuple[Made, ...]:
    return below(make("no CA", root(), extensions=FOR_CLIENTS))


def under_a_ca_that_may_not_sign() -> tuple[Made, ...]:
    return below(make("between", root(), ca=True, extensions=((SIGNS_NOTHING, True),)))


def too_far_below() -> tuple[Made, ...]:
    upper = make("upper", root(), ca=True, path_length=0)
    return *below(make("lower", upper, ca=True)), upper


def with_an_unknown_extension() -> tuple[Made, ...]:
    return (make("client", root(), extensions=((UNKNOWN, True),)),)


def outside_its_cas_names() -> tuple[Made, ...]:
    between = make("between", root(), ca=True, extensions=((ONLY_ELSEWHERE, True),))
    return make("client", between, extensions=((HERE, False),)), between


def among_its_cas_forbidden_names() -> tuple[Made, ...]:
    between = make("between", root(), ca=True, extensions=((NEVER_HERE, True),))
    return make("client", between, extensions=((HERE, False),)), between


def with_a_weak_key() -> tuple[Made, ...]:
    return (make("client", root(), bits=1024),)


def under_a_weak_key() -> tuple[Made, ...]:
    return below(make("between", root(), ca=True, bits=1024))


def called(value: object) -> str:
    return getattr(value, "__name__", "")


CASES = [
    (expired, "client-certificate-expired", "has expired"),
    (expired_above, "client-certificate-expired", "or one of its chain has"),
    (in_the_future, "client-certificate-not-yet-valid", "compare the clocks"),
    (self_signed, "client-certificate-self-signed", "signed itself"),
    (under_a_foreign_root, "client-certificate-untrusted", "is not from our CA"),
    (for_servers, "client-certificate-wrong-purpose", "names clientAuth"),
    (that_signs_nothing, "client-certificate-wrong-purpose", "lets it sign"),
    (forged, "client-certificate-signature", "not its issuer's"),
    (under_no_ca, "client-certificate-issuer-no-ca", "may not issue any: let a CA"),
    (under_a_ca_that_may_not_sign, "client-certificate-issuer-no-ca", "keyCertSign"),
    (too_far_below, "client-certificate-chain-too-long", "path length"),
    (with_an_unknown_extension, "client-certificate-unknown-extension", "not critical"),
    (outside_its_cas_names, "client-certificate-name-forbidden", "another CA"),
    (among_its_cas_forbidden_names, "client-certificate-name-forbidden", "another CA"),
    (with_a_weak_key, "client-certificate-weak", "tls_minimum=1.0"),
    (under_a_weak_key, "client-certificate-weak", "tls_minimum=1.0"),
]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(("chain", "reason", "hint"), CASES, ids=called)
async def test_each_way_to_be_wrong_has_its_own_words(
    chain: object, reason: str, hint: str, version: str
) -> None:
    assert callable(chain)
    settings = Settings.of({"tls_maximum": version})
    client = presenting(default_authority(), version, *chain())
    refused = await refusal(default_authority(), client, settings)
    assert (refused.reason, refused.hint.partition("'s certificate ")[0]) == (reason, "the client")
    assert hint in refused.hint


@pytest.mark.parametrize(
    ("chain", "reason", "hint"),
    [
        (of_another_fakeapns, "client-certificate-untrusted", "as of an earlier start"),
        (of_apples, "client-certificate-untrusted", "a real one of Apple's"),
        (
            without_the_intermediate,
            "client-certificate-issuer-missing",
            "issued by 'CN=between', which is none of the CAs that we trust and did not come along",
        ),
    ],
    ids=called,
)
async def test_of_whom_nobody_knows_the_issuer_the_name_tells_more(
    chain: object, reason: str, hint: str
) -> None:
    assert callable(chain)
    client = presenting(default_authority(), "1.2", *chain())
    refused = await refusal(default_authority(), client, Settings())
    assert refused.reason == reason
    assert hint in refused.hint
    # TLS 1.3 hides certificates, and OpenSSL keeps what it has refused: both are said.
    client = presenting(default_authority(), "1.3", *chain())
    refused = await refusal(default_authority(), client, Settings(tls_maximum="1.3"))
    assert refused.reason == "client-certificate-untrusted"
    assert "is not from our CA" in refused.hint
    assert "let the client send the intermediate certificates" in refused.hint


@pytest.mark.parametrize("version", VERSIONS)
async def test_an_intermediate_of_a_further_ca_is_missed_by_its_name(
    tmp_path: Path, version: str
) -> None:
    theirs = make("their root", ca=True)
    (tmp_path / "ca.pem").write_bytes(theirs.pem)
    chain = below(make("their intermediate", theirs, ca=True))
    settings = Settings.of({"client_ca": [str(tmp_path / "ca.pem")], "tls_maximum": version})
    client = presenting(default_authority(), version, *chain[:1])
    refused = await refusal(default_authority(), client, settings)
    assert "let the client send the intermediate certificates" in refused.hint
    assert ("their intermediate" in refused.hint) == (version == "1.2")


@pytest.mark.parametrize("presented", [(), (b"no certificate",)])
def test_what_nobody_has_met_is_told_in_openssls_words(presented: tuple[bytes, ...]) -> None:
    wrong = ssl.SSLCertVerificationError()
    wrong.verify_code, wrong.verify_message = 50, "application verification failure"
    reason, hint = explain_verification(wrong, presented, ())
    assert reason == "client-certificate-refused"
    assert "(application verification failure, code 50)" in hint
    wrong.verify_code = 20
    assert explain_verification(wrong, presented, ())[0] == "client-certificate-untrusted"
