"""The variables for a client: what they name, and what is read back from them."""

from __future__ import annotations

import os
import socket
import ssl
from pathlib import Path

import pytest

from fakeapns import FakeAPNs, ThreadedAPNs, UsageError
from fakeapns.protocol import encode_framed
from fakeapns.provider.environment import client_from, client_variables

OTHER = "com.example.other"
NAMES = {
    "APNS_GATEWAY_HOST",
    "APNS_GATEWAY_PORT",
    "APNS_FEEDBACK_HOST",
    "APNS_FEEDBACK_PORT",
    "APNS_API_URL",
    "APNS_API_HOST",
    "APNS_API_PORT",
    "APNS_CA",
    "APNS_CERT",
    "APNS_KEY",
    "APNS_PEM",
    "APNS_PKCS12",
    "APNS_TOPIC",
    "APNS_AUTH_KEY",
    "APNS_KEY_ID",
    "APNS_TEAM_ID",
}
#: What runtimes and libraries read by themselves.
THEIRS = {
    "SSL_CERT_FILE",
    "CURL_CA_BUNDLE",
    "NODE_EXTRA_CA_CERTS",
    "JAVA_TOOL_OPTIONS",
    "APNS_TRUSTSTORE",
    "APN_GATEWAY_URI",
    "APN_FEEDBACK_URI",
    "APN_CERTIFICATE",
}
NO_FILES = ("_HOST", "_PORT", "_URL", "_TOPIC", "_URI", "_OPTIONS", "_ID")
FILES = {name for name in NAMES | THEIRS if not name.endswith(NO_FILES)}


def test_a_running_server_has_all_of_them(apns: ThreadedAPNs) -> None:
    found = apns.environment()
    assert set(found) == NAMES | THEIRS
    assert (found["APNS_GATEWAY_HOST"], int(found["APNS_GATEWAY_PORT"])) == (
        apns.gateway.host,
        apns.gateway.port,
    )
    assert int(found["APNS_FEEDBACK_PORT"]) == apns.feedback.port
    assert (found["APNS_API_HOST"], int(found["APNS_API_PORT"])) == (apns.api.host, apns.api.port)
    assert found["APNS_API_URL"] == apns.api.url == f"https://127.0.0.1:{apns.api.port}"
    assert found["APNS_TOPIC"] == "com.example.app"
    for name in FILES:
        assert os.path.isabs(found[name]), name
        assert Path(found[name]).is_file(), name


def test_a_program_that_knows_nothing_else_gets_through(apns: ThreadedAPNs) -> None:
    found = apns.environment()
    # As a default context does with SSL_CERT_FILE in its environment.
    context = ssl.create_default_context(cafile=found["SSL_CERT_FILE"])
    context.load_cert_chain(found["APNS_CERT"], found["APNS_KEY"])
    address = found["APNS_GATEWAY_HOST"], int(found["APNS_GATEWAY_PORT"])
    with (
        socket.create_connection(address) as transport,
        context.wrap_socket(transport, server_hostname="localhost") as stream,
    ):
        stream.sendall(encode_framed(bytes(32), b"{}", identifier=1))
        apns.wait_for(topic=found["APNS_TOPIC"])


def test_paths_of_a_folder_that_is_named_from_here_are_absolute(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with FakeAPNs(certs="keys").in_thread() as apns:
        found = apns.environment()
    assert {Path(found[name]).parent for name in FILES} == {tmp_path / "keys"}


def test_a_server_that_is_not_running_has_none() -> None:
    with pytest.raises(UsageError, match="not running"):
        FakeAPNs().environment()


def test_what_the_variables_say_can_be_read_back(apns: ThreadedAPNs) -> None:
    found = apns.environment()
    client = client_from(found)
    assert client.gateway == apns.gateway
    assert client.feedback == apns.feedback
    assert client_variables(client).items() <= found.items()
    client.check_files()


@pytest.mark.apns(topics=["com.example.app", OTHER])
def test_the_certificates_of_other_topics_lie_beside(apns: ThreadedAPNs) -> None:
    client = client_from(apns.environment())
    other = client.for_topic(OTHER)
    assert other is not None
    other.check_files()
    assert other == client_from(apns.environment(OTHER))
    assert client.for_topic(client.topic) is client


def test_the_certificate_of_an_app_is_for_its_live_activities_too(apns: ThreadedAPNs) -> None:
    client = client_from(apns.environment())
    live = client.for_topic(f"{client.topic}.push-type.liveactivity")
    assert live is not None
    assert (live.topic, live.files) == (f"{client.topic}.push-type.liveactivity", client.files)


@pytest.mark.parametrize("topic", ["com.example.nobody", "../ca", "", "a\0b"])
def test_a_topic_without_a_certificate_is_none(apns: ThreadedAPNs, topic: str) -> None:
    assert client_from(apns.environment()).for_topic(topic) is None


def test_whoever_set_them_by_hand_needs_no_api(apns: ThreadedAPNs) -> None:
    found = {name: value for name, value in apns.environment().items() if "_API_" not in name}
    assert client_from(found).api is None
    assert client_from(apns.environment()).api == apns.api


@pytest.mark.parametrize("name", sorted(NAMES - {"APNS_API_URL", "APNS_API_HOST", "APNS_AUTH_KEY"}))
def test_a_variable_that_is_missing_is_named(apns: ThreadedAPNs, name: str) -> None:
    for gone in ({}, {name: ""}):
        found = {key: value for key, value in apns.environment().items() if key != name}
        with pytest.raises(UsageError, match=f"^{name} is not set"):
            client_from(found | gone)


def test_an_environment_may_have_no_key(apns: ThreadedAPNs) -> None:
    found = apns.environment()
    key = client_from(found).key
    assert key is not None
    assert key.key_id == apns.provider_key().key_id
    assert client_from(found | {"APNS_AUTH_KEY": ""}).key is None


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1", "²", "22 ", "9" * 5000], ids=range(7))
def test_a_port_that_is_none_is_named(apns: ThreadedAPNs, port: str) -> None:
    found = apns.environment() | {"APNS_FEEDBACK_PORT": port}
    with pytest.raises(UsageError, match=r"^APNS_FEEDBACK_PORT is "):
        client_from(found)
