"""Where the proxy is, for whoever asks in Python, and in which variable others find it."""

from __future__ import annotations

import os

import pytest

from fakeapns import FakeAPNs, ThreadedAPNs, UsageError


async def test_it_has_an_address_and_a_url_and_keeps_both() -> None:
    apns = FakeAPNs(proxy_port=0)
    with pytest.raises(UsageError, match="the server is not running"):
        _ = apns.proxy
    async with apns:
        before = apns.proxy
        assert before.url == f"http://{before.host}:{before.port}"
        assert apns.ports[-1] == before.port
        assert apns.endpoint().proxy == before
        assert apns.environment()["APNS_PROXY"] == before.url
    async with apns:
        assert apns.proxy == before


async def test_there_is_none_unless_asked_for() -> None:
    async with FakeAPNs() as apns:
        with pytest.raises(UsageError, match="no proxy: make the server with proxy_port=0"):
            _ = apns.proxy
        assert apns.endpoint().proxy is None
        assert "APNS_PROXY" not in apns.environment()


@pytest.mark.apns(proxy_port=0)
def test_a_marker_asks_for_one_and_the_variables_of_this_process_have_it(
    apns: ThreadedAPNs,
) -> None:
    with apns.in_environment():
        assert os.environ["APNS_PROXY"] == apns.proxy.url
    assert "APNS_PROXY" not in os.environ


def test_it_is_there_when_the_server_is_as_new() -> None:
    with FakeAPNs(proxy_port=0).in_thread() as apns:
        before = apns.proxy
        apns.renew()
        assert apns.proxy == before
        apns.restart()
        assert apns.proxy == before
