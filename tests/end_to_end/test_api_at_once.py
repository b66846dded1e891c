"""Three hundred pushes that are written before SETTINGS can have come are all served."""

from __future__ import annotations

from pathlib import Path

import pytest

from fakeapns import FakeAPNs
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
