"""pushjack is pointed at a server, and nothing stays behind."""

from __future__ import annotations

import importlib.util
import ssl
import sys
from types import ModuleType
from typing import Any

import pytest

from fakeapns import ThreadedAPNs, UsageError

from ...end_to_end.runtimes import need
from .on_purpose import OnPurpose, fails_on_purpose

TOKEN = "1b" * 32


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
    newer: Any = ModuleType("pushjack")
    newer.APNSClient = type("APNSClient", (), {"host": "api.push.apple.com"})
    monkeypatch.setitem(sys.modules, "pushjack", newer)
    monkeypatch.setattr(ssl, "wrap_socket", None, raising=False)
    with pytest.raises(UsageError, match=r"otherwise than 1\.6\.0: pip install pushjack==1"):
        apns.pushjack().__enter__()
    assert newer.APNSClient.host == "api.push.apple.com"
    monkeypatch.setitem(sys.modules, "pushjack", None)
    with pytest.raises(UsageError, match=r"pushjack==1\.6\.0 is not installed"):
        apns.pushjack().__enter__()
