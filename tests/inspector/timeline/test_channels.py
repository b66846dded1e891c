"""Broadcasts and channels on a timeline."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fakeapns.inspector.timeline import trace
from fakeapns.ledger import ApiRequest, ApiResponse
from tests.frames import TOPIC
from tests.ledger.pushes import APNS_ID

from .test_api import shown
from .test_browser import facts
from .told import Story

ID = "dHN0LXNyY2gtY2hubDEyMw=="
ASKED: dict[str, Any] = {"connection": 1, "ordinal": 1, "stream": 1, "headers": {}}
ASKED |= {"path": f"/1/apps/{TOPIC}/channels", "reason": None, "body_base64": ""}


def a_story() -> Story:
    """A connection to the API, open."""
    story = Story()
    story.opened(service="api", tls="TLSv1.3", alpn="h2")
    return story


def test_the_panel_of_a_broadcast_names_its_channel_and_no_token(tmp_path: Path) -> None:
    story = a_story()
    sent = story.pushed(1, token_bytes=b"", channel=ID, push_type="liveactivity")
    document = shown(story, tmp_path, sent)
    found = facts(document.one("aside", "panel"))
    assert found["channel"] == ID
    assert found["apns-request-id"] == APNS_ID
    assert not {"token", "apns-id"} & found.keys()
    [mark] = document.one("g", "lane").all("path", "mark", "accepted")
    assert mark.attributes["aria-label"] == (
        f"Notification #1 on connection 1 · accepted · channel {ID}"
    )


@pytest.mark.parametrize(
    ("method", "code", "channel", "label"),
    [
        ("POST", 201, ID, "channel made"),
        ("GET", 200, ID, "channel shown"),
        ("DELETE", 204, ID, "channel deleted"),
        ("GET", 200, None, "channels listed"),
    ],
)
def test_a_request_about_channels_is_nothing_that_went_wrong(
    tmp_path: Path, method: str, code: int, channel: str | None, label: str
) -> None:
    story = a_story()
    facts_of_it = {**ASKED, "method": method, "http_status": code, "channel": channel}
    done = story.tell(ApiRequest, **facts_of_it)
    answer = {"http_status": code, "reason": None, "delayed_ms": 0, "delayed_by": "none"}
    story.tell(ApiResponse, connection=1, stream=1, **answer)
    document = shown(story, tmp_path, done)
    panel, lane = document.one("aside", "panel"), document.one("g", "lane")
    assert panel.one("h3").text == "Request on connection 1 about channels link"
    assert facts(panel).get("channel") == channel
    assert len(lane.all("path", "mark", "done")) == 1
    assert not lane.all("path", "mark", "request")
    assert len(lane.all("path", "sign", "no-error")) == 1
    assert not lane.all("path", "sign", "response")
    words = {each.text for each in lane.all("text", "label")}
    assert words == {label, f"{code} #1"}
    legend = [each.text for each in document.one("div", "legend").all("span", "item")]
    assert "request about channels" in legend
    assert "request that is no push" not in legend


def test_a_broadcast_without_a_payload_is_for_somebody() -> None:
    story = a_story()
    for number in (1, 2):
        sent = {"token_bytes": b"", "payload_bytes": b"", "channel": ID, "reason": "PayloadEmpty"}
        story.pushed(number, **sent)
    again = trace(story.ledger).marks[1].earlier
    assert again is not None
    assert again.kind == "resent-after-refusal"
