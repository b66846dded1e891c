"""What a real browser shows of a page: lanes, marks, labels, panels, and no mischief."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from fakeapns import FakeAPNs
from fakeapns.inspector.timeline import Section, page, trace
from fakeapns.ledger.entries import ConnectionRefused, FaultFired, Malformed, Response
from tests.scenario.test_catalogue import send_it_all_again, send_well

from .browser import Element, show
from .told import Story, played


@pytest.fixture(scope="module")
def burst() -> FakeAPNs:
    """A bad token in a burst, met by a provider that replays well."""
    return played("bad-token-in-a-burst", send_well)


def section(apns_or_story: FakeAPNs | Story, title: str = "one") -> Section:
    """Its timeline, in a section."""
    return Section(title, trace=trace(apns_or_story.ledger))


def labels(lane: Element) -> list[str]:
    """The words beside its signs."""
    return [each.text for each in lane.all("text", "label")]


def facts(panel: Element) -> dict[str, str]:
    """The names and values of a panel."""
    return {row.one("dt").text: row.one("dd").text for row in panel.one("dl").all("div")}


def test_a_lane_a_connection_and_a_mark_a_notification(burst: FakeAPNs, tmp_path: Path) -> None:
    document = show(tmp_path, page("t", [section(burst)]))
    one, two = document.all("g", "lane")
    for number, lane in enumerate((one, two), start=1):
        sent = Counter(each.outcome for each in burst.notifications if each.connection == number)
        for outcome in ("accepted", "rejected", "discarded"):
            assert len(lane.all("path", "mark", outcome)) == sent[outcome]
    assert "invalid-token #100" in labels(one)
    assert len(one.all("path", "sign", "response")) == 1
    assert len(two.all("path", "ring", "replay")) == len(burst.discarded)
    assert not document.all("path", "in-vain")
    names = [each.text for each in document.one("div", "names").all("div", "name")]
    assert names == ["1 gatewaycom.example.app", "2 gatewaycom.example.app"]
    head, *rows = document.one("div", "counts").all("div", "count")
    assert [each.text for each in head.all("span")] == [
        "accepted",
        "rejected",
        "discarded",
        "again",
    ]
    assert [each.text for each in rows[1].all("span")] == ["400", "1", "0", "100"]
    # Every mark is named for those who cannot see it.
    assert all(each.attributes["aria-label"] for each in one.all("path", "mark"))


def test_what_happened_to_connections_is_said_beside_them(tmp_path: Path) -> None:
    story = Story()
    gateway = {"service": "gateway", "peer": "p"}
    story.tell(
        ConnectionRefused, connection=1, reason="no certificate", hint="Send one.", **gateway
    )
    story.opened(2)
    story.sent(1, connection=2)
    story.tell(FaultFired, connection=2, step=1, fault="drop", detail="reset hard")
    story.closed(2, how="reset", reason="fault")
    story.now += 5
    story.opened(3)
    story.tell(
        Malformed,
        connection=3,
        ordinal=1,
        command=2,
        identifier=None,
        reason="item 9",
        bytes_hex="0209",
        status="protocol-error",
        outcome="rejected",
    )
    story.tell(
        Response,
        connection=3,
        status="protocol-error",
        code=128,
        identifier=0,
        delayed_ms=0,
        delayed_by="none",
        bytes_hex="088000000000",
    )
    story.closed(3, reason="shutdown")
    story.opened(4, service="feedback")
    document = show(tmp_path, page("t", [section(story)]))
    refused, dropped, bad, feedback = document.all("g", "lane")
    assert labels(refused) == ["refused: no certificate"]
    assert refused.all("path", "sign", "refused")
    assert {"reset", "drop reset hard"} <= set(labels(dropped))
    assert {"protocol-error id 0", "shutdown"} <= set(labels(bad))
    assert len(bad.all("path", "mark", "malformed")) == 1
    assert "feedback" in feedback.classes
    # The pause is seen: a tick where time jumps.
    assert document.all("path", "jump")
    assert "5.006 s" in [each.text for each in document.one("g", "axis").all("text")]


def test_a_link_opens_the_section_and_the_panel_of_what_it_names(
    burst: FakeAPNs, tmp_path: Path
) -> None:
    [replay, *_] = [each for each in burst.accepted if each.connection == 2]
    text = page("t", [section(burst), section(burst, "two"), section(burst, "three")])
    document = show(tmp_path, text, f"#s=2&e={replay.seq}")
    shut, opened, other = document.all("details", "section")
    assert "open" in opened.attributes
    # The others are not even drawn.
    assert not shut.all("svg", "drawing")
    assert not other.all("svg", "drawing")
    panel = opened.one("aside", "panel")
    assert "hidden" not in panel.attributes
    assert panel.one("h3").text == "Notification #1 on connection 2 link"
    found = facts(panel)
    assert found["outcome"] == "accepted"
    assert found["token"] == replay.token
    assert found["identifier"] == str(replay.identifier)
    assert found["earlier"] == "sent again: #101 on connection 1 was discarded #101"
    words, dump = (each.text for each in panel.all("pre"))
    assert words == replay.payload_bytes.decode()
    assert dump.splitlines()[0].startswith("0000  7b 22 61 70 73 22 3a 7b")
    # A line leads to the earlier sight.
    assert len(opened.all("path", "link")) == 1


def test_an_error_packet_names_its_notification(burst: FakeAPNs, tmp_path: Path) -> None:
    [bad] = [each for each in burst.rejected if each.connection == 1]
    [response, *_] = burst.ledger.of(Response)
    document = show(tmp_path, page("t", [section(burst)]), f"#s=1&e={response.seq}")
    panel = document.one("aside", "panel")
    assert facts(panel)["status"] == "invalid-token (8)"
    link = next(each for each in panel.all("a") if each.text == "#100")
    assert link.attributes["href"] == f"#s=1&e={bad.seq}"
    assert panel.one("pre").text.split() == ["0000", "08", "08", "00", "00", "00", "64", ".....d"]


def test_duplicates_are_seen(tmp_path: Path) -> None:
    apns = played("many-bad-tokens", send_it_all_again)
    drawn = trace(apns.ledger)
    document = show(tmp_path, page("t", [Section("one", trace=drawn)]))
    in_vain = sum(bool(each.earlier and each.earlier.kind != "replay") for each in drawn.marks)
    lanes = document.all("g", "lane")
    assert sum(len(lane.all("path", "ring", "in-vain")) for lane in lanes) == in_vain > 0
    assert len(lanes) > 10


def test_nothing_hostile_runs_or_breaks_out(tmp_path: Path) -> None:
    attack = (
        "</script></pre><script>document.title='owned'</script>"
        "<img src=x onerror=\"document.title='owned'\"><svg onload=\"document.title='owned'\">"
    )
    story = Story()
    story.opened(topic=attack, certificate=attack, peer=attack)
    sent = story.sent(1, payload_bytes=attack.encode(), topic=attack, warnings=(attack,))
    story.tell(FaultFired, connection=1, step=None, fault=attack, detail=attack)
    story.closed(how=attack, reason=attack)
    whole = Section(attack, "failed", attack, ((attack, attack),), (attack,), trace(story.ledger))
    document = show(tmp_path, page("Harmless", [whole, whole]), f"#s=1&e={sent.seq}")
    assert document.one("title").text == "Harmless"
    assert not document.all("img")
    assert len(document.all("script")) == 3
    opened, _ = document.all("details", "section")
    assert opened.one("aside", "panel").all("pre")[0].text == attack
    assert facts(opened.one("aside", "panel"))["warnings"] == attack


def test_the_policy_stops_what_escaping_would_have_missed(tmp_path: Path) -> None:
    text = page("Harmless", [section(Story())])
    attack = "<script>document.title='owned'</script><b onclick=x style='color:red'>b</b>"
    document = show(tmp_path, text.replace("</main>", f"{attack}</main>"))
    assert document.one("title").text == "Harmless"


def test_bytes_that_cannot_be_seen_are_spelled_out(tmp_path: Path) -> None:
    story = Story()
    story.opened()
    odd = story.sent(1, payload_bytes="\u202eevil\x1b[2J\u200b\u2028ß".encode())
    document = show(tmp_path, page("t", [section(story)]), f"#s=1&e={odd.seq}")
    words, dump = document.one("aside", "panel").all("pre")
    assert words.text == "\\u202eevil\\x1b[2J\\u200b\\u2028ß"
    assert dump.text.splitlines()[0].endswith("...evil.[2J.....")


def test_bytes_that_are_no_text_and_a_megabyte_are_shown_as_far_as_can_be(tmp_path: Path) -> None:
    story = Story()
    story.opened()
    story.sent(1, payload_bytes=b"\xff\xfe{")
    long = story.sent(2, payload_bytes=b"y" * 1_000_000)
    text = page("t", [section(story)])
    assert len(text) < 100_000
    panel = show(tmp_path, text, f"#s=1&e={long.seq}").one("aside", "panel")
    captions = [each.text for each in panel.all("figcaption")]
    assert captions[0] == "payload, 1,000,000 bytes, the first 4,096 bytes"
    panel = show(tmp_path, text, "#s=1&e=2").one("aside", "panel")
    assert panel.all("figcaption")[0].text == "payload, 3 bytes, no UTF-8"
    assert panel.all("pre")[0].text == "\ufffd\ufffd{"


def test_nothing_at_all_and_a_link_to_nothing_are_shown_too(tmp_path: Path) -> None:
    document = show(tmp_path, page("t", [section(Story())]), "#s=1&e=99")
    assert document.one("p", "left-out").text == "Nothing happened."
    assert "hidden" in document.one("aside", "panel").attributes


def test_it_says_how_much_is_left_out(tmp_path: Path) -> None:
    story = Story()
    story.opened()
    story.sent(1)
    drawn = trace(story.ledger)
    drawn.left_out, drawn.lanes_left_out = 12_345, 1
    document = show(tmp_path, page("t", [Section("one", trace=drawn)]))
    assert document.one("p", "left-out").text == (
        "12,345 events of this timeline left out: a fair part is drawn. "
        "1 further connection left out."
    )
