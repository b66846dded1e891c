"""django-push-notifications 1.4.1 is pointed at a server, and nothing stays behind."""

from __future__ import annotations

import importlib.util
import os
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from fakeapns import ThreadedAPNs, UsageError
from fakeapns.protocol import encode_framed

from ...end_to_end.runtimes import need
from .on_purpose import OnPurpose, fails_on_purpose

TOKEN = "1b" * 32


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Any]:
    """What stands for the library: tests/pytest_plugin/test_projects.py has the real one."""
    client: Any = ModuleType("push_notifications.apns")
    client.SETTINGS, client.ssl = {"APNS_HOST": "gateway.push.apple.com"}, ssl
    client._apns_create_socket_to_push = None
    package: Any = ModuleType("push_notifications")
    package.__path__ = [str(tmp_path)]
    monkeypatch.setitem(sys.modules, "push_notifications", package)
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


def test_another_generation_of_the_library_is_one_sentence(
    apns: ThreadedAPNs, client: Any, tmp_path: Path
) -> None:
    (tmp_path / "conf.py").touch()
    with pytest.raises(UsageError, match=r"neither 1\.4\.1 nor 3\.2 or later: pip install 'dj"):
        apns.django_push_notifications().__enter__()


def test_a_library_that_is_not_there_is_one_sentence(
    apns: ThreadedAPNs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "push_notifications", None)
    with pytest.raises(UsageError, match=r"pip install 'django-push-notifications\[apns-async\]>="):
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
