"""Three hundred pushes that are written before SETTINGS can have come are all served."""

from __future__ import annotations

from pathlib import Path

import pytest

from fakeapns import FakeAPNs, ThreadedAPNs
from fakeapns.ledger import ApiClosed, ConnectionOpened

from ..providers import await_entries
from . import api_story
from .by_hand import send_at_once


@pytest.mark.parametrize("auth", ["certificate", "token"])
@pytest.mark.parametrize("alpn", [True, False])
@pytest.mark.parametrize("engine", ["ngh2", "h2"])
def test_all_are_served_with_alpn_and_without(
    engine: str,
    alpn: bool,
    auth: api_story.Auth,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FAKEAPNS_HTTP2", engine)
    with FakeAPNs().in_thread() as apns:
        api_story.prepare(apns)
        order = api_story.order(apns, auth, tmp_path)
        api_story.check(apns, order, send_at_once(order, alpn=alpn))
        assert [each.alpn for each in apns.ledger.of(ConnectionOpened)] == ["h2" if alpn else None]
        [closed] = await_entries(apns, ApiClosed)
        assert (closed.streams, closed.requests, closed.unanswered) == (300, 300, 0)


def test_what_a_php_client_does_is_fine(apns: ThreadedAPNs, tmp_path: Path) -> None:
    # Apple's name, by whatever address it was reached, a port behind it, tokens in capital letters,
    # libcurl's own content-type, and no push type.
    order = api_story.order(apns, "token", tmp_path, count=20)
    for push in order.pushes:
        push.token = push.token.upper()
    apple, form = "api.push.apple.com", "application/x-www-form-urlencoded"
    told = send_at_once(order, name=apple, authority=f"{apple}:2197", content_type=form)
    assert told.wrong == []
    assert {said.status for said in told.answers.values()} == {200}
    assert [each.token for each in apns.accepted] == api_story.TOKENS[:20]
