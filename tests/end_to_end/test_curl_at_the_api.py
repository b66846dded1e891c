"""curl at every port and in every way, as people try a service out."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator

import pytest

from fakeapns import FakeAPNs, ThreadedAPNs
from fakeapns.ledger import ApiRequest, ConnectionOpened, ConnectionRefused, Malformed

from ..processes import PATIENCE
from ..providers import await_entries

CURL = shutil.which("curl")
DEVICE = "/3/device/" + "1b" * 32

pytestmark = pytest.mark.skipif(
    CURL is None, reason="curl is missing, so nothing here proves what it is told"
)


def curl(apns: ThreadedAPNs, url: str, *options: str) -> tuple[int, str]:
    """What comes of a push: curl's exit code, and the status behind the body."""
    assert CURL is not None
    command = [CURL, "--silent", "--cacert", apns.ca_file, "--write-out", " %{http_code}"]
    push = ["--header", "apns-topic: com.example.app", "--data", '{"aps":{"alert":"Hello"}}']
    done = subprocess.run(
        [*command, *push, *options, url + DEVICE],
        timeout=PATIENCE,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout.strip()


@pytest.fixture
def apns() -> Iterator[ThreadedAPNs]:
    """A server that offers the API without TLS, too."""
    with FakeAPNs(plain_api_port=0).in_thread() as running:
        yield running


def test_a_certificate_is_enough(apns: ThreadedAPNs) -> None:
    certificate = apns.client_certificate().pem_file
    assert curl(apns, apns.api.url, "--http2", "--cert", certificate) == (0, "200")
    apns.assert_accepted(1, topic="com.example.app")
    [opened] = apns.ledger.of(ConnectionOpened)
    assert (opened.service, opened.alpn, opened.topic) == ("api", "h2", "com.example.app")


@pytest.mark.parametrize("plain", [False, True])
def test_a_token_is_enough_at_both_ports(apns: ThreadedAPNs, plain: bool) -> None:
    token = f"authorization: bearer {apns.provider_key().token()}"
    address, how = (apns.plain_api, "--http2-prior-knowledge") if plain else (apns.api, "--http2")
    assert curl(apns, address.url, how, "--header", token) == (0, "200")
    apns.assert_accepted(1)


@pytest.mark.parametrize("plain", [False, True])
def test_http_1_1_is_told_what_to_switch_on(apns: ThreadedAPNs, plain: bool) -> None:
    url = apns.plain_api.url if plain else apns.api.url
    code, said = curl(apns, url, "--http1.1")
    assert (code, said[-3:]) == (0, "505")
    what = "let the client begin with HTTP/2" if plain else "switch HTTP/2 on in the client"
    assert what in said
    assert await_entries(apns, ApiRequest)[0].http_status == 505


def test_http_without_tls_at_the_port_with_is_told_of_both_ports(apns: ThreadedAPNs) -> None:
    curl(apns, apns.api.url.replace("https", "http"))
    [refused] = await_entries(apns, ConnectionRefused)
    assert (refused.service, refused.reason) == ("api", "plain-http")
    assert f"write https instead of http in its URL, or use port {apns.plain_api.port}" in (
        refused.hint
    )


def test_tls_at_the_port_without_is_told_where_it_is_spoken(apns: ThreadedAPNs) -> None:
    code, _ = curl(apns, apns.plain_api.url.replace("http", "https"), "--http2")
    assert code != 0
    [malformed] = await_entries(apns, Malformed)
    assert f"connect to the provider API, at port {apns.api.port}" in malformed.reason


@pytest.mark.parametrize("scope", ["sandbox", "production"])
def test_a_certificate_of_the_other_environment_gets_a_goaway(scope: str) -> None:
    environment = "production" if scope == "sandbox" else "sandbox"
    with FakeAPNs(environment=environment).in_thread() as apns:  # type: ignore[arg-type]
        other = apns.client_certificate(scope=scope)  # type: ignore[arg-type]
        code, _ = curl(apns, apns.api.url, "--http2", "--cert", other.pem_file)
        assert code != 0
        assert apns.accepted == []
        [opened] = await_entries(apns, ConnectionOpened)
        assert opened.certificate is not None
        apns.settle()
        assert "BadCertificateEnvironment" in str(apns.ledger)
