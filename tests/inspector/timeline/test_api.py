"""The provider API on a timeline: lanes, streams as marks, headers in the panel, no credentials."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fakeapns.inspector.timeline import Section, page, trace
from fakeapns.ledger import (
    Answering,
    ApiClosed,
    ApiRequest,
    ApiResponse,
    Entry,
    GoAwaySeen,
    ResetSeen,
    SettingsSeen,
)
from fakeapns.scenario import On, Step
from fakeapns.scenario.faults import Reject
from tests.fronts.api.dialogue import NOBODY, Dialogue, signed
from tests.ledger.pushes import APNS_ID

from .browser import Element, show
from .test_browser import facts, labels
from .told import Story

REQUEST: dict[str, Any] = {"connection": 1, "ordinal": 9, "stream": 99, "headers": {"a": "b"}}
REQUEST |= {"method": "GET", "path": "/x", "http_status": 405, "reason": "MethodNotAllowed"}
REQUEST |= {"detail": "GET is no POST", "body_base64": "e30="}
END: dict[str, Any] = {"by": "server", "last_stream": 3, "code": 0, "debug": "{}", "unprocessed": 1}
COUNTS = dict.fromkeys(("received", "accepted", "rejected", "discarded", "malformed"), 0)


def a_story() -> tuple[Story, dict[str, Entry]]:
    """One connection on which everything happens, and what a test asks about."""
    story = Story()
    told: dict[str, Entry] = {}
    story.opened(service="api", tls="TLSv1.3", alpn="h2")
    told["settings"] = story.tell(SettingsSeen, connection=1, by="server", values={3: 1, 99: 7})
    told["push"] = story.pushed(
        1,
        reason="BadPriority",
        detail="apns-priority is 7",
        violations=("BadPriority", "PayloadEmpty"),
        collapse_id="news",
        key_id="ABC123DEFG",
        provider_token="0123456789abcdef",
        team_id="DEF123GHIJ",
        headers={"user-agent": "me/1", "x-twice": ("a", "b")},
    )
    told["response"] = story.tell(
        ApiResponse,
        connection=1,
        stream=1,
        http_status=400,
        reason="BadPriority",
        delayed_ms=5,
        delayed_by="time",
    )
    told["late"] = story.pushed(2, answering=Answering())
    told["request"] = story.tell(ApiRequest, **REQUEST)
    reset = {"stream": 5, "by": "provider", "code": 8, "detail": "CANCEL"}
    told["reset"] = story.tell(ResetSeen, connection=1, **reset)
    told["goaway"] = story.tell(GoAwaySeen, connection=1, **END)
    ended: dict[str, Any] = {"how": "graceful", "reason": "shutdown", "unread_bytes": 0}
    told["closed"] = story.tell(
        ApiClosed, connection=1, by="server", streams=4, requests=3, unanswered=1, **ended, **COUNTS
    )
    return story, told


def shown(story: Story | Dialogue, folder: Path, entry: Entry | None = None) -> Element:
    """The document of its page, with the panel of an entry."""
    text = page("t", [Section("one", trace=trace(story.ledger))])
    return show(folder, text, "" if entry is None else f"#s=1&e={entry.seq}")


# ---- as data ----------------------------------------------------------------------------------


def test_a_push_is_a_mark_with_its_answer_and_what_it_shares_is_there_once() -> None:
    story = Story()
    first = story.pushed(1, collapse_id="a")
    story.pushed(2, collapse_id="a", reason="BadTopic", detail="why", violations=("BadTopic", "X"))
    story.pushed(3, collapse_id="b")
    drawn = trace(story.ledger)
    assert [mark.envelope for mark in drawn.marks] == [0, 0, 1]
    assert drawn.envelopes[0] == first.envelope
    bad = drawn.marks[1]
    assert (bad.stream, bad.http_status, bad.why, bad.answered) == (3, 400, "why", True)
    assert (bad.violations, bad.apns_id) == (("BadTopic", "X"), APNS_ID)
    [lane] = drawn.lanes
    assert (lane.service, lane.accepted, lane.rejected) == ("api", 2, 1)


def test_a_token_that_is_no_hex_is_shown_as_it_came() -> None:
    story = Story()
    story.pushed(1, token_bytes=b"", token_text="no-hex")
    assert trace(story.ledger).contents[0].token == "no-hex"


def test_what_is_no_push_is_a_sign_and_is_counted() -> None:
    story, told = a_story()
    drawn = trace(story.ledger)
    assert {each.seq for each in drawn.signs} == {
        told[name].seq for name in ("settings", "response", "request", "reset", "goaway")
    }
    assert drawn.lanes[0].requests == 1


@pytest.mark.parametrize(
    ("answering", "answers", "kind"),
    [
        (True, False, "duplicate"),
        (False, False, "rescue"),
        (Answering(), False, "rescue"),
        (Answering(), True, "duplicate"),
    ],
)
def test_a_copy_of_what_was_not_answered_is_a_rescue(
    answering: Answering | bool, answers: bool, kind: str
) -> None:
    story = Story()
    story.pushed(1, answering=answering)
    told = {"http_status": 200, "reason": None, "delayed_ms": 9, "delayed_by": "time"}
    if answers:
        story.tell(ApiResponse, connection=1, stream=1, **told)
    story.pushed(1, ordinal=2, stream=3)
    drawn = trace(story.ledger)
    again = drawn.marks[1].earlier
    assert again is not None
    assert again.kind == kind
    assert not any(mark.lost for mark in drawn.marks)
    assert (drawn.lanes[0].replays, drawn.lanes[0].duplicates) == (
        (1, 0) if kind == "rescue" else (0, 1)
    )


# ---- as a browser shows it --------------------------------------------------------------------


def test_a_connection_is_a_lane_with_streams_as_marks(tmp_path: Path) -> None:
    story, _ = a_story()
    document = shown(story, tmp_path)
    [lane] = document.all("g", "lane")
    assert "api" in lane.classes
    kinds = ("accepted", "rejected", "request")
    assert [len(lane.all("path", "mark", kind)) for kind in kinds] == [1, 1, 1]
    for kind in ("settings", "response", "stream-reset", "goaway", "closed"):
        assert len(lane.all("path", "sign", kind)) == 1
    assert {"400 BadPriority #1", "no push: 405", "reset 5", "GOAWAY 3"} <= set(labels(lane))
    legend = [each.text for each in document.one("div", "legend").all("span", "item")]
    assert {"GOAWAY", "stream reset", "SETTINGS", "request that is no push"} <= set(legend)
    head, row = document.one("div", "counts").all("div", "count")
    counts = zip(head.all("span"), row.all("span"), strict=True)
    assert {name.text: number.text for name, number in counts} == {
        "accepted": "1",
        "rejected": "1",
        "no push": "1",
    }


def test_the_words_for_goaway_stand_beside_its_flag_and_not_beside_settings(
    tmp_path: Path,
) -> None:
    story = Story()
    story.opened(service="api", tls="TLSv1.3", alpn="h2")
    story.tell(SettingsSeen, connection=1, by="server", values={3: 1})
    story.tell(GoAwaySeen, connection=1, **END)
    story.tell(SettingsSeen, connection=1, by="provider", values={})
    # So many that nothing has much room.
    for number in range(1, 41):
        story.pushed(number)
    lane = shown(story, tmp_path).one("g", "lane")
    flag = lane.one("path", "goaway").attributes["d"]
    at = float(flag[1:].partition(" ")[0])
    assert float(lane.one("text", "goaway").attributes["x"]) - at == pytest.approx(9)


def test_the_panel_of_a_push_has_its_headers_and_all_that_was_wrong(tmp_path: Path) -> None:
    story, told = a_story()
    panel = shown(story, tmp_path, told["push"]).one("aside", "panel")
    found = facts(panel)
    assert found["outcome"] == "rejected 400 BadPriority"
    assert found["why"] == "apns-priority is 7"
    assert found["all that was wrong"] == "BadPriority, PayloadEmpty"
    assert found["answer"] == "400 BadPriority"
    assert (found["push type"], found["collapse id"]) == ("alert", "news")
    assert (found["apns-id"], found["stream"]) == (APNS_ID, "1")
    assert found["signed by"] == "key ABC123DEFG of DEF123GHIJ"
    assert found["provider token"] == "0123456789abcdef"
    assert not {"command", "identifier", "channel"} & found.keys()
    captions = [each.text for each in panel.all("figcaption")]
    assert captions[0] == "other headers"
    assert panel.all("pre")[0].text == "user-agent: me/1\nx-twice: a\nx-twice: b"


@pytest.mark.parametrize(
    ("name", "title", "rows"),
    [
        ("late", "Notification #2 on connection 1", {"answer": "200, no answer has left"}),
        (
            "request",
            "Request on connection 1 that is no push",
            {"asked": "GET /x", "answer": "405 MethodNotAllowed", "why": "GET is no POST"},
        ),
        (
            "response",
            "Answer on connection 1",
            {"answer": "400 BadPriority", "names": "#1", "delayed": "5 ms, by time"},
        ),
        (
            "goaway",
            "GOAWAY on connection 1",
            {"by": "the server", "last stream": "3", "not processed": "1 stream"},
        ),
        (
            "reset",
            "Reset of stream 5 on connection 1",
            {"by": "the provider", "code": "8", "why": "CANCEL"},
        ),
        ("settings", "SETTINGS on connection 1", {"says": "max concurrent streams 1, 99 7"}),
        ("closed", "Connection 1 closed", {"requests": "3 on 4 streams, 1 not answered"}),
    ],
)
def test_everything_else_has_a_panel_too(
    name: str, title: str, rows: dict[str, str], tmp_path: Path
) -> None:
    story, told = a_story()
    panel = shown(story, tmp_path, told[name]).one("aside", "panel")
    assert panel.one("h3").text == f"{title} link"
    assert rows.items() <= facts(panel).items()


def test_nothing_hostile_in_a_header_or_a_path_runs(tmp_path: Path) -> None:
    attack = "</script><img src=x onerror=\"document.title='owned'\">"
    story = Story()
    story.opened(service="api")
    story.tell(ApiRequest, **REQUEST | {"path": attack, "detail": attack, "headers": {"x": attack}})
    story.tell(GoAwaySeen, connection=1, **END | {"debug": attack})
    sent = story.pushed(1, push_type=attack, apns_id=attack, headers={attack: attack})
    document = shown(story, tmp_path, sent)
    assert document.one("title").text == "t"
    assert not document.all("img")
    assert facts(document.one("aside", "panel"))["push type"] == attack


def test_what_the_front_records_is_drawn_and_its_credentials_are_nowhere(tmp_path: Path) -> None:
    late = Step(Reject("Shutdown", delay="2s"), On(notification=2))
    talk = Dialogue(late, provider=NOBODY)
    talk.client.config.validate_outbound_headers = False
    secret = signed()
    talk.push(signed=secret)
    talk.push(signed=secret, device="cd" * 32)
    talk.push(signed=secret, method="GET", body=b"")
    talk.push("ab" * 32, b"{}", ("authorization", f"bearer {secret}"), signed=secret)
    # HTTP/2 itself refuses this one.
    talk.push("ab" * 32, b"{}", ("te", "gzip"), signed=secret)
    talk.begin(signed=secret, end=False)
    talk.flow()
    talk.wait(3)
    talk.leave()
    text = page("t", [Section("one", trace=trace(talk.ledger))])
    assert '"authorization' not in text
    assert "bearer" not in text
    assert not any(part in text for part in secret.split("."))
    [lane] = shown(talk, tmp_path).all("g", "lane")
    assert len(lane.all("path", "mark", "accepted")) == 1
    assert len(lane.all("path", "mark", "request")) >= 2
