"""Where a server is: the same values, whoever tells them."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from fakeapns import FakeAPNs, StartError, ThreadedAPNs, UsageError
from fakeapns.provider.addresses import Address, ApiAddress
from fakeapns.provider.endpoint import Client, ClientFiles, Endpoint, check_files
from fakeapns.provider.environment import client_from, variables
from fakeapns.provider.ready_file import read_ready_file, write_ready_file

TOPIC, OTHER = "com.example.app", "com.example.other"


@pytest.mark.apns(topics=[TOPIC, OTHER])
def test_a_running_server_tells_where_it_is_and_its_files_are_there(apns: ThreadedAPNs) -> None:
    endpoint = apns.endpoint()
    assert (endpoint.gateway, endpoint.feedback) == (apns.gateway, apns.feedback)
    assert list(endpoint.clients) == [TOPIC, OTHER]
    check_files(endpoint.ca, endpoint.ca_bundle, endpoint.truststore)
    for topic in endpoint.clients:
        endpoint.client(topic).check_files()
        assert Path(endpoint.clients[topic].pkcs12).is_file()


def test_a_topic_that_is_asked_for_is_there_behind_its_own(apns: ThreadedAPNs) -> None:
    assert list(apns.endpoint(OTHER).clients) == [TOPIC, OTHER]
    assert list(apns.endpoint(TOPIC).clients) == [TOPIC]


async def test_the_trio_form_has_one_too_while_it_runs() -> None:
    apns = FakeAPNs()
    async with apns:
        assert apns.endpoint().gateway == apns.gateway
    with pytest.raises(UsageError, match="the server is not running"):
        FakeAPNs().endpoint()


@pytest.mark.apns(topics=[TOPIC, OTHER])
def test_files_variables_and_folders_tell_the_same(apns: ThreadedAPNs, tmp_path: Path) -> None:
    endpoint = apns.endpoint()
    write_ready_file(tmp_path / "ready.json", endpoint)
    assert read_ready_file(tmp_path / "ready.json") == endpoint
    folder = Path(endpoint.ca).parent
    assert Endpoint.in_folder(folder, apns.gateway, apns.feedback, apns.api) == endpoint
    for topic in (None, OTHER):
        assert client_from(variables(endpoint, topic)) == endpoint.client(topic)


def test_a_ready_file_names_the_process_first_and_keeps_its_form(
    apns: ThreadedAPNs, tmp_path: Path
) -> None:
    write_ready_file(tmp_path / "ready.json", apns.endpoint())
    text = (tmp_path / "ready.json").read_text()
    found = json.loads(text)
    assert list(found) == [
        "pid",
        "gateway",
        "feedback",
        "ca",
        "ca_bundle",
        "truststore",
        "password",
        "clients",
        "api",
        "keys",
    ]
    assert found["api"] == {"host": "127.0.0.1", "port": apns.api.port, "url": apns.api.url}
    assert found["pid"] == os.getpid()
    assert list(found["clients"][TOPIC]) == ["certificate", "key", "pem", "pkcs12"]
    assert text == json.dumps(found, indent=2) + "\n"


def test_a_ready_file_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    endpoint = made_up()
    path = tmp_path / "nowhere" / "ready.json"
    with pytest.raises(StartError) as raised:
        write_ready_file(path, endpoint)
    assert str(raised.value) == (
        f"cannot write the ready file {path}: No such file or directory; choose another path"
    )
    with pytest.raises(StartError, match="/ is no file name: choose another for"):
        write_ready_file(Path("/"), endpoint)


def made_up(**clients: ClientFiles) -> Endpoint:
    """A server that is nowhere, its paths as seen from here."""
    address = Address("127.0.0.1", 1)
    files = "ca.pem", "bundle.pem", "trust.p12"
    return Endpoint(address, address, *files, "fakeapns", clients, ApiAddress.of(address))


def test_paths_are_absolute_whoever_gave_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    endpoint = made_up(one=ClientFiles("c.crt", "sub/../c.key", "c.pem", "c.p12"))
    assert (endpoint.ca, endpoint.truststore) == (f"{tmp_path}/ca.pem", f"{tmp_path}/trust.p12")
    assert endpoint.clients["one"].key == f"{tmp_path}/c.key"
    address = endpoint.gateway
    assert Client(address, address, "ca.pem", "one", endpoint.clients["one"]).ca == endpoint.ca


def test_a_client_that_a_server_does_not_have_is_one_sentence() -> None:
    with pytest.raises(StartError, match="no client certificates: start it again"):
        made_up().client()
    files = ClientFiles("a", "b", "c", "d")
    with pytest.raises(UsageError) as raised:
        made_up(two=files, one=files).client("three")
    assert str(raised.value) == (
        "the server has no client certificate for three: use one of one, two, or start it with "
        "--topic three"
    )
