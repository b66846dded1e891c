"""Clients of the API that nobody here wrote get every push through, and every answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from fakeapns import FakeAPNs, ThreadedAPNs
from fakeapns.ledger import ApiClosed, ConnectionOpened

from ..providers import await_entries
from . import api_story
from .api_clients import CLIENTS, send


@pytest.mark.parametrize("auth", ["certificate", "token"])
@pytest.mark.parametrize("client", CLIENTS)
def test_every_push_is_there_once_and_the_client_knows_what_became_of_it(
    client: str, auth: api_story.Auth, apns: ThreadedAPNs, tmp_path: Path
) -> None:
    api_story.prepare(apns)
    order = api_story.order(apns, auth, tmp_path)
    api_story.check(apns, order, send(client, order))
    # Some say GOAWAY before they go, and then we close first: it is their wish all the same.
    await_entries(apns, ApiClosed, len(apns.ledger.of(ConnectionOpened)))
    assert {each.by for each in apns.ledger.of(ApiClosed)} == {"provider"}
    limits = api_story.limits(apns)
    if auth == "certificate":
        assert {tuple(each) for each in limits} == {(api_story.LATER,)}
    else:
        assert {tuple(each) for each in limits} == {(api_story.AT_FIRST, api_story.LATER)}


def test_apns2_of_npm_gets_everything_through(apns: ThreadedAPNs, tmp_path: Path) -> None:
    api_story.prepare(apns)
    order = api_story.order(apns, "token", tmp_path)
    for push in order.pushes:
        push.apns_id = None
    api_story.check(apns, order, send("apns2", order))


@pytest.mark.parametrize("client", ["aioapns", "node-apn", "curl"])
def test_the_library_in_plain_python_serves_them_too(
    client: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKEAPNS_HTTP2", "h2")
    with FakeAPNs().in_thread() as apns:
        api_story.prepare(apns)
        order = api_story.order(apns, "token", tmp_path)
        api_story.check(apns, order, send(client, order))
