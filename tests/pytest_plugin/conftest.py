"""Projects in which the plugin is tried out.

In-process runs of pytest forget what they import; cryptography cannot be imported twice.
"""

from __future__ import annotations

import asyncio
import ssl

import pytest
import trio.testing

import fakeapns.fake
import fakeapns.fake.in_thread
from fakeapns.certificates import default_authority

#: Kept, and minted once for all runs.
KEPT = (asyncio, ssl, trio.testing, fakeapns.fake, fakeapns.fake.in_thread, default_authority())

SEND = """
    import socket
    from fakeapns.protocol import encode_framed

    def connect(apns, certificate_of=None):
        raw = socket.create_connection((apns.gateway.host, apns.gateway.port))
        context = (certificate_of or apns).ssl_context()
        return context.wrap_socket(raw, server_hostname="localhost")

    def send(apns, token=bytes(32), payload=b'{"aps":{}}', certificate_of=None):
        with connect(apns, certificate_of) as gateway:
            gateway.sendall(encode_framed(token, payload))
        return apns.wait_for(token=token, payload=None)
"""


@pytest.fixture(autouse=True)
def _plugins(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """The plugins beside ours as most projects have them, and tests in their order."""
    # pytest-asyncio warns where this is not set.
    options = "-p no:randomly -o asyncio_default_fixture_loop_scope=function"
    monkeypatch.setenv("PYTEST_ADDOPTS", options)


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    """A project whose tests can import `send` and `connect` from `sending`."""
    pytester.makepyfile(sending=SEND)
    pytester.syspathinsert()
    return pytester
