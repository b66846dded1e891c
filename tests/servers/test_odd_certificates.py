"""Client certificates that are trusted, and that no library would write: each is let in or refused
with a reason, and everybody else is served.
"""

from __future__ import annotations

import random
import ssl
import subprocess
import sys
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from cryptography.x509 import NameOID

from fakeapns import FakeAPNs, ThreadedAPNs
from fakeapns.certificates.apple import PRODUCTION, SANDBOX, TOPICS, UID
from fakeapns.ledger.entries import ConnectionOpened, ConnectionRefused

from ..certificates.by_hand import (
    BIT_STRING,
    PRINTABLE_STRING,
    UTF8_STRING,
    Named,
    as_credentials,
    changed,
    name,
    signed,
    to_be_signed,
    write_certificate,
)
from ..frames import TOPIC, framed
from ..providers import await_entries, dial, presenting
from .streams import insist_on

COMMON, COUNTRY, UNIT = (
    NameOID.COMMON_NAME,
    NameOID.COUNTRY_NAME,
    NameOID.ORGANIZATIONAL_UNIT_NAME,
)
#: As long as ids of generated extensions of white-label apps are.
LONG = f"com.example.{'whitelabel.' * 6}app"
PUSH = "Apple Push Services: "
OURS: Named = (UID, UTF8_STRING, TOPIC.encode())
THREE: Named = (COUNTRY, PRINTABLE_STRING, b"USA")
LONG_NAME = write_certificate((COMMON, UTF8_STRING, f"{PUSH}{LONG}".encode()))
COUNTRY_OF_THREE = write_certificate(THREE, OURS)


def attempt(apns: ThreadedAPNs, shown: bytes | ssl.SSLContext, version: str = "TLSv1.2") -> str:
    """Come in with this certificate, send one notification and leave; what TLS has against it."""
    context = presenting(apns, as_credentials(shown)) if isinstance(shown, bytes) else shown
    insist_on(context, version)
    try:
        with dial(apns, context) as connection:
            connection.sendall(framed())
            connection.unwrap()
    except ssl.SSLError as wrong:
        return wrong.reason or ""
    except OSError:
        # In TLS 1.3 it has come in before it is judged.
        return "closed"
    return ""


def serve_somebody_else(apns: ThreadedAPNs) -> None:
    with dial(apns) as connection:
        before = len(apns.accepted)
        connection.sendall(framed())
        apns.wait_for(before + 1, timeout=30)


def in_words(value: object) -> str:
    """A name for a test that is the same in every process, which no certificate is."""
    return "certificate" if isinstance(value, bytes) else str(value)


@pytest.mark.parametrize("version", ["TLSv1.2", "TLSv1.3"])
@pytest.mark.parametrize(
    ("der", "hint"),
    [
        (write_certificate((COMMON, BIT_STRING, b"\0apns")), "the CN of its subject is no text"),
        (write_certificate((COMMON, BIT_STRING, b"\0apns"), OURS), "the CN of its subject"),
        (write_certificate((UID, BIT_STRING, b"\0apns")), "the UID of its subject is no text"),
        (write_certificate(OURS, version=5), "its version is none of 1 to 3"),
        (write_certificate(OURS, extensions=[(TOPICS, b"")] * 2), "the extension 1.2.840."),
    ],
    ids=in_words,
)
def test_what_cannot_be_read_is_refused_with_a_reason_and_does_no_harm(
    der: bytes, hint: str, version: str
) -> None:
    with FakeAPNs(tls_maximum="1.3").in_thread() as apns:
        seen = attempt(apns, der, version)
        if version == "TLSv1.2":
            assert seen == "SSLV3_ALERT_BAD_CERTIFICATE"
        [refused] = await_entries(apns, ConnectionRefused)
        assert refused.reason == "client-certificate-unreadable"
        assert refused.hint.startswith("the client's certificate cannot be read, since ")
        assert hint in refused.hint
        assert "issue a new one, or give the client one of our client certificates" in refused.hint
        serve_somebody_else(apns)
    assert apns.failure is None


@pytest.mark.parametrize(
    ("der", "topic", "subject"),
    [
        (LONG_NAME, LONG, f"CN={PUSH}{LONG}"),
        (COUNTRY_OF_THREE, TOPIC, f"UID={TOPIC},C=USA"),
        (write_certificate((COUNTRY, UTF8_STRING, b""), OURS), TOPIC, f"UID={TOPIC},C="),
        (
            write_certificate((UNIT, PRINTABLE_STRING, b"a@*"), OURS),
            TOPIC,
            f"UID={TOPIC},OU=a@*",
        ),
        (
            write_certificate((UNIT, BIT_STRING, b"\0a"), OURS),
            TOPIC,
            f"UID={TOPIC},OU=#03020061",
        ),
        (write_certificate((UNIT, 0x14, b"M\xfcller"), OURS), TOPIC, f"UID={TOPIC},OU=Müller"),
        (write_certificate((UID, 0x1E, TOPIC.encode("utf-16-be"))), TOPIC, f"UID={TOPIC}"),
        (write_certificate(OURS, extensions=[]), TOPIC, f"UID={TOPIC}"),
        (write_certificate(OURS, extensions=[(TOPICS, b"\x30\x7f")]), TOPIC, f"UID={TOPIC}"),
        (write_certificate(extensions=[(SANDBOX, b""), (PRODUCTION, b"?")]), TOPIC, None),
    ],
    ids=in_words,
)
def test_what_is_merely_unusual_comes_in(der: bytes, topic: str, subject: str | None) -> None:
    with FakeAPNs().in_thread() as apns:
        assert attempt(apns, der) == ""
        [opened] = await_entries(apns, ConnectionOpened)
        assert (opened.topic, apns.wait_for(timeout=30)[0].topic) == (topic, topic)
        assert subject in (opened.certificate, None)
        serve_somebody_else(apns)


# Here warnings of any thread raise.
PROGRAM = """
from tests.servers import test_odd_certificates as odd
odd.let_in()
odd.explain()
"""


def let_in() -> None:
    with FakeAPNs().in_thread() as apns:
        for der in (LONG_NAME, COUNTRY_OF_THREE):
            assert attempt(apns, der) == ""
        assert [each.topic for each in await_entries(apns, ConnectionOpened, 2)] == [LONG, TOPIC]


def explain() -> None:
    """Where neither the certificate nor the CAs that are trusted would pass without a warning."""
    with TemporaryDirectory() as folder:
        trusted = Path(folder) / "odd.pem"
        trusted.write_bytes(as_credentials(LONG_NAME).certificate_pem)
        with FakeAPNs(client_ca=trusted).in_thread() as apns:
            seen = attempt(apns, signed(to_be_signed(issuer=name(THREE))))
            assert seen == "TLSV1_ALERT_UNKNOWN_CA"
            [refused] = await_entries(apns, ConnectionRefused)
            assert "was issued by 'C=USA'" in refused.hint


def test_warnings_that_raise_change_nothing() -> None:
    command = [sys.executable, "-W", "error", "-c", PROGRAM]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")


def test_of_certificates_with_anything_wrong_each_is_let_in_or_refused_on_record() -> None:
    chance = random.Random(12)
    ordinary = to_be_signed()
    came = 0
    with FakeAPNs().in_thread() as apns:
        while came < 120:
            der = signed(changed(ordinary, chance))
            try:
                context = presenting(apns, as_credentials(der))
            except ssl.SSLError:
                # What OpenSSL cannot present it cannot read either.
                continue
            attempt(apns, context)
            came += 1
        serve_somebody_else(apns)
        apns.settle()
        told = Counter(
            type(each)
            for each in apns.ledger
            if isinstance(each, ConnectionOpened | ConnectionRefused)
        )
        assert sum(told.values()) == came + 1
        assert min(told.values()) > 10
    assert apns.failure is None
