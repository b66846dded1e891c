"""Other people's clients are pointed at a server, and nothing stays behind."""

from __future__ import annotations

import importlib.util
import os
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import pytest

from fakeapns import FakeAPNs, ThreadedAPNs, UsageError
from fakeapns.protocol import encode_framed

from ..end_to_end.runtimes import need

TOKEN = "1b" * 32


class OnPurpose(Exception):
    """What a block fails with."""


@contextmanager
def fails_on_purpose() -> Iterator[None]:
    """Around a block that has to fail, so that what is behind it can be looked at."""
    with pytest.raises(OnPurpose):
        yield


@pytest.fixture
def other(make_apns: Any) -> ThreadedAPNs:
    """A second server."""
    apns: ThreadedAPNs = make_apns()
    return apns


# ---- environment ----------------------------------------------------------------------------


def test_a_child_process_finds_the_server_by_its_environment(apns: ThreadedAPNs) -> None:
    subprocess.run(
        [sys.executable, "-m", "fakeapns", "send", "--count", "3"],
        env={**os.environ, **apns.environment()},
        check=True,
        capture_output=True,
        timeout=60,
    )
    apns.assert_accepted(3)


@pytest.mark.apns(topics=["com.example.one", "com.example.two"])
def test_the_environment_is_for_a_topic(apns: ThreadedAPNs) -> None:
    assert apns.environment()["APNS_TOPIC"] == "com.example.one"
    second = apns.environment("com.example.two")
    assert second["APNS_TOPIC"] == "com.example.two"
    assert second["APNS_PEM"] == apns.client_certificate("com.example.two").pem_file


def test_the_environment_is_for_a_runtime(apns: ThreadedAPNs) -> None:
    assert "trustStore=" in apns.environment()["JAVA_TOOL_OPTIONS"]
    assert "JAVA_TOOL_OPTIONS" not in apns.environment(runtime="node")
    assert "trustStore=" in apns.environment(runtime="java")["JAVA_TOOL_OPTIONS"]
    port = apns.gateway.port
    assert apns.environment(runtime="ruby")["APN_GATEWAY_URI"].endswith(f":{port}")
    with pytest.raises(UsageError, match=r"runtime 'jvaa' does not exist; did you mean java\?"):
        apns.environment(runtime="jvaa")


def test_a_server_that_does_not_run_has_no_environment() -> None:
    with pytest.raises(UsageError, match="the server is not running: enter it with"):
        FakeAPNs().environment()
    with pytest.raises(UsageError, match="the server is not running"), FakeAPNs().in_environment():
        pass


async def test_the_trio_form_has_the_same() -> None:
    async with FakeAPNs() as apns:
        with apns.in_environment():
            assert os.environ["APNS_GATEWAY_PORT"] == str(apns.gateway.port)


def test_this_process_has_its_own_environment_back(
    apns: ThreadedAPNs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("APNS_GATEWAY_HOST", "gateway.example.com")
    monkeypatch.delenv("APNS_PEM", raising=False)
    before = dict(os.environ)
    with apns.in_environment("com.example.other"):
        assert os.environ["APNS_GATEWAY_HOST"] == apns.gateway.host
        assert os.environ["APNS_TOPIC"] == "com.example.other"
        del os.environ["APNS_PEM"]
    assert dict(os.environ) == before
    with fails_on_purpose(), apns.in_environment():
        raise OnPurpose
    assert dict(os.environ) == before


def test_what_else_changes_in_the_environment_is_left_alone(
    apns: ThreadedAPNs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOMEBODY_ELSES", "before")
    with apns.in_environment():
        os.environ["SOMEBODY_ELSES"] = "after"
    assert os.environ["SOMEBODY_ELSES"] == "after"


def test_environments_can_be_nested(apns: ThreadedAPNs, other: ThreadedAPNs) -> None:
    with apns.in_environment():
        with other.in_environment():
            assert os.environ["APNS_GATEWAY_PORT"] == str(other.gateway.port)
        assert os.environ["APNS_GATEWAY_PORT"] == str(apns.gateway.port)


# ---- pushjack -------------------------------------------------------------------------------


@pytest.fixture
def library() -> Any:
    """pushjack, which does what newer Pythons warn of."""
    found = hasattr(ssl, "wrap_socket") and importlib.util.find_spec("pushjack") is not None
    need(found, "pushjack on Python 3.11", "the helper for it works")
    return importlib.import_module("pushjack")


takes_what_is_deprecated = pytest.mark.filterwarnings("ignore:ssl:DeprecationWarning")


@takes_what_is_deprecated
def test_pushjack_sends_to_the_server(apns: ThreadedAPNs, library: Any) -> None:
    phone = apns.devices.add("com.example.app", TOKEN)
    phone.uninstall()
    with apns.pushjack(default_error_timeout=0) as client:
        client.send([TOKEN], "Hello", badge=3)
        apns.wait_for(token=TOKEN, payload={"aps": {"alert": "Hello", "badge": 3}})
        assert [each.token for each in client.get_expired_tokens()] == [TOKEN]


@takes_what_is_deprecated
@pytest.mark.apns(topics=["com.example.app", "com.example.other"])
def test_clients_that_the_application_makes_reach_the_server(
    apns: ThreadedAPNs, library: Any
) -> None:
    class Staging(library.APNSSandboxClient):  # type: ignore[misc]
        host = "gateway.staging.example.com"

    with apns.pushjack():
        for kind in (library.APNSClient, library.APNSSandboxClient, Staging):
            client = kind(apns.client_certificate("com.example.other").pem_file)
            client.send([TOKEN], kind.__name__, error_timeout=0)
            apns.wait_for(payload={"aps": {"alert": kind.__name__}}, topic="com.example.other")
            client.close()
    assert Staging.host == "gateway.staging.example.com"


def test_pushjack_has_its_own_addresses_back(
    apns: ThreadedAPNs, other: ThreadedAPNs, library: Any
) -> None:
    kinds = (library.APNSClient, library.APNSSandboxClient)
    before = [dict(vars(kind)) for kind in kinds]
    with apns.pushjack():
        with fails_on_purpose(), other.pushjack() as client:
            assert client.port == library.APNSSandboxClient.port == other.gateway.port
            raise OnPurpose
        assert library.APNSClient.port == apns.gateway.port
    assert [dict(vars(kind)) for kind in kinds] == before


def test_pushjack_that_is_not_there_or_cannot_run_is_one_sentence(
    apns: ThreadedAPNs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pushjack", ModuleType("pushjack"))
    monkeypatch.delattr(ssl, "wrap_socket", raising=False)
    with pytest.raises(UsageError, match=r"pushjack cannot connect on Python 3\.12"):
        apns.pushjack().__enter__()
    monkeypatch.setitem(sys.modules, "pushjack", None)
    with pytest.raises(UsageError, match=r"pushjack==1\.6\.0 is not installed"):
        apns.pushjack().__enter__()


# ---- django-push-notifications --------------------------------------------------------------


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """What stands for the library: tests/pytest_plugin/test_projects.py has the real one."""
    client: Any = ModuleType("push_notifications.apns")
    client.SETTINGS, client.ssl = {"APNS_HOST": "gateway.push.apple.com"}, ssl
    client._apns_create_socket_to_push = None
    monkeypatch.setitem(sys.modules, "push_notifications", ModuleType("push_notifications"))
    monkeypatch.setitem(sys.modules, "push_notifications.apns", client)
    yield client
    assert client.SETTINGS == {"APNS_HOST": "gateway.push.apple.com"}
    assert client.ssl is ssl


def test_the_librarys_settings_and_its_tls_lead_to_the_server(
    apns: ThreadedAPNs, client: Any
) -> None:
    with apns.django_push_notifications(APNS_ERROR_TIMEOUT=1) as settings:
        assert settings is client.SETTINGS
        assert settings["APNS_ERROR_TIMEOUT"] == 1
        assert settings["APNS_FEEDBACK_PORT"] == apns.feedback.port
        raw, tls10 = socket.socket(), client.ssl.PROTOCOL_TLSv1
        files = {
            "certfile": settings["APNS_CERTIFICATE"],
            "ca_certs": settings["APNS_CA_CERTIFICATES"],
        }
        with client.ssl.wrap_socket(raw, ssl_version=tls10, **files) as gateway:
            gateway.connect((settings["APNS_HOST"], settings["APNS_PORT"]))
            gateway.write(encode_framed(bytes.fromhex(TOKEN), b"{}"))
            apns.wait_for(token=TOKEN)


def test_the_library_can_be_pointed_elsewhere_in_between(
    apns: ThreadedAPNs, other: ThreadedAPNs, client: Any
) -> None:
    with apns.django_push_notifications():
        with fails_on_purpose(), other.django_push_notifications(APNS_HOST="::1"):
            assert client.SETTINGS["APNS_PORT"] == other.gateway.port
            assert client.SETTINGS["APNS_HOST"] == "::1"
            raise OnPurpose
        assert client.SETTINGS["APNS_PORT"] == apns.gateway.port


def test_another_generation_of_the_library_is_one_sentence(apns: ThreadedAPNs, client: Any) -> None:
    del client._apns_create_socket_to_push
    with pytest.raises(UsageError, match=r"pip install django-push-notifications==1\.4\.1"):
        apns.django_push_notifications().__enter__()


def test_a_library_that_is_not_there_is_one_sentence(
    apns: ThreadedAPNs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "push_notifications", None)
    monkeypatch.delitem(sys.modules, "push_notifications.apns", raising=False)
    with pytest.raises(UsageError, match=r"pip install django-push-notifications==1\.4\.1"):
        apns.django_push_notifications().__enter__()


def test_django_that_is_not_set_up_is_one_sentence() -> None:
    need(
        importlib.util.find_spec("push_notifications") is not None,
        "django-push-notifications",
        "unconfigured settings are explained",
    )
    program = """
from fakeapns import FakeAPNs, UsageError
with FakeAPNs().in_thread() as apns:
    try:
        apns.django_push_notifications().__enter__()
    except UsageError as sentence:
        print(sentence)
"""
    env = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    done = subprocess.run(
        [sys.executable, "-c", program], env=env, capture_output=True, text=True, timeout=60
    )
    assert done.stdout.startswith("Django's settings are not configured: set DJANGO_SETTINGS")


def test_helpers_cost_nothing_until_they_are_used() -> None:
    program = (
        "import fakeapns.fake.in_trio, fakeapns.fake.in_thread, sys; "
        "print('fakeapns.provider.libraries' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout == "False\n"
