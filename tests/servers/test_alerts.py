"""Alerts that clients send: each has its name and its number, whenever it comes."""

from __future__ import annotations

import ssl

import pytest
import trio
from trio.testing import memory_stream_pair

from fakeapns.fronts.gateway import gateway_front
from fakeapns.ledger.entries import ConnectionClosed
from fakeapns.ledger.ledger import Ledger
from fakeapns.push.devices import Devices
from fakeapns.push.judge import Judge
from fakeapns.push.triggers import Triggers
from fakeapns.scenario.settings import Settings
from fakeapns.servers.alerts import NAMES, alert_of, meaning
from fakeapns.servers.refusals import Attempt, Refused, last_words

from .driven import drive
from .streams import contexts, door, hello, tls_pair

VERSIONS = ["1.2", "1.3"]
#: A record of data that no key fits.
NOISE = b"\x17\x03\x03\x00\x20" + bytes(32)


def refused(alert: int, level: int = 2) -> Refused:
    """What becomes of a client of TLS 1.2 that answers our certificate with an alert."""
    ours, server_side = contexts()
    heard = hello(ours) + bytes([21, 3, 3, 0, 2, level, alert])
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = server_side.wrap_bio(incoming, outgoing, server_side=True)
    incoming.write(heard)
    attempt = Attempt(door(), heard, True, False, ())
    with pytest.raises(ssl.SSLError) as caught:
        server.do_handshake()
    return attempt.broken(caught.value)


@pytest.mark.parametrize("number", range(256))
def test_whatever_number_a_client_sends_is_told(number: int) -> None:
    told = refused(number)
    name = NAMES.get(number, "an unknown alert")
    assert told.hint.endswith(f" (it sent {name}, alert {number})")
    assert told.turned_away == f"sent {name}, alert {number}"


def test_only_one_alert_says_for_sure_that_nobody_knows_our_ca() -> None:
    reasons = {number: meaning(number)[0] for number in range(256)}
    assert [no for no, reason in reasons.items() if reason == "client-does-not-trust-ca"] == [48]
    assert refused(48).hint.startswith(
        "the client does not trust our CA: give ca.pem (in a test: apns.ca_file) to its CA option"
    )
    assert "or it does not trust our CA" in refused(42).hint
    assert "mostly since it does not trust our CA" in refused(46).hint
    assert "CA" not in refused(45).hint
    assert all(meaning(number)[1].count("the client") <= 1 for number in range(256))
    assert (refused(41).reason, refused(70).reason) == ("no-client-certificate", "tls-version")


def test_who_asks_for_another_name_is_told_which_one_not_to_use() -> None:
    for number, reason in ((42, "client-refused-certificate"), (112, "client-refused-certificate")):
        told, hint = meaning(number, "push.example.com")
        assert told == reason
        assert hint.startswith(
            "the client connects by a name that our certificate does not have: use localhost, "
            "127.0.0.1 or one of Apple's names instead of 'push.example.com' (it sent "
        )
    assert meaning(48, "push.example.com") == meaning(48)
    # Of a name that is right nothing is said, and of none nothing is known.
    assert "instead of" not in refused(42).hint


@pytest.mark.parametrize(
    ("reason", "number"),
    [
        ("SSLV3_ALERT_HANDSHAKE_FAILURE", 40),
        ("SSLV3_ALERT_NO_CERTIFICATE", 41),
        ("TLSV1_ALERT_UNKNOWN_CA", 48),
        ("TLSV1_ALERT_PROTOCOL_VERSION", 70),
        ("TLSV1_ALERT_USER_CANCELLED", 90),
        ("TLSV13_ALERT_MISSING_EXTENSION", 109),
        ("TLSV1_UNSUPPORTED_EXTENSION", 110),
        ("TLSV1_UNRECOGNIZED_NAME", 112),
        ("TLSV1_BAD_CERTIFICATE_STATUS_RESPONSE", 113),
        ("TLSV13_ALERT_CERTIFICATE_REQUIRED", 116),
        ("WRONG_VERSION_NUMBER", None),
        ("", None),
    ],
)
def test_an_alert_that_only_openssl_could_read_is_known_by_its_name(
    reason: str, number: int | None
) -> None:
    wrong = ssl.SSLError()
    wrong.reason = reason
    assert alert_of(wrong) == number


def test_what_is_no_matter_of_tls_has_no_last_words() -> None:
    assert last_words(trio.BrokenResourceError()) is None
    assert last_words(OSError()) is None


class Garbling(trio.abc.HalfCloseableStream):
    """A stream on which something arrives that the peer has not sent."""

    def __init__(self, inner: trio.abc.HalfCloseableStream) -> None:
        self.inner = inner
        self.garbles = False

    async def receive_some(self, max_bytes: int | None = None) -> bytes | bytearray:
        return NOISE if self.garbles else await self.inner.receive_some(max_bytes)

    async def send_all(self, data: bytes | bytearray | memoryview) -> None:
        await self.inner.send_all(data)

    async def wait_send_all_might_not_block(self) -> None:
        await self.inner.wait_send_all_might_not_block()

    async def send_eof(self) -> None:
        await self.inner.send_eof()

    async def aclose(self) -> None:
        await self.inner.aclose()


async def closed_after(version: str, *, alert: bool) -> ConnectionClosed:
    """How a connection ends on which a client sends an alert, or something that is no TLS."""
    theirs, ours = memory_stream_pair()
    garbling = Garbling(theirs)
    settings = Settings.of({"tls_maximum": version})
    client, server = await tls_pair((garbling, ours), {"tls_maximum": settings.tls_maximum})
    ledger = Ledger()
    judge = Judge(settings, Devices(lambda: 0.0), Triggers())
    async with trio.open_nursery() as nursery:
        nursery.start_soon(drive, server, gateway_front(judge, ledger), ledger)
        if alert:
            garbling.garbles = True
            with pytest.raises(ssl.SSLError, match="BAD_RECORD_MAC"):
                await client.receive_some()
            # OpenSSL has the alert ready; what is ready goes out.
            await client.finish_handshake()
        else:
            await theirs.send_all(b"GET / HTTP/1.1\r\n\r\n")
    [closed] = ledger.of(ConnectionClosed)
    return closed


@pytest.mark.parametrize("version", VERSIONS)
async def test_an_alert_behind_the_handshake_is_told_where_the_connection_ends(
    version: str,
) -> None:
    closed = await closed_after(version, alert=True)
    assert (closed.by, closed.how) == ("provider", "lost")
    assert closed.detail is not None
    assert closed.detail.startswith("TLS broke on the way")
    assert closed.detail.endswith("(it sent bad_record_mac, alert 20)")


@pytest.mark.parametrize("version", VERSIONS)
async def test_bytes_that_are_no_tls_any_more_are_told_where_the_connection_ends(
    version: str,
) -> None:
    closed = await closed_after(version, alert=False)
    assert closed.detail is not None
    assert closed.detail.startswith("what the client sent is no TLS any more (")
