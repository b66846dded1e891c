"""Devices on a timeline: what came, what was shown, what woke the app, and what waited."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fakeapns.inspector.timeline import Section, page, trace
from fakeapns.inspector.timeline.phones import MOST_DEVICES
from fakeapns.ledger import Delivery, Entry
from fakeapns.push import Fate, Shown
from tests.frames import TOPIC, numbered

from .browser import Element, show
from .test_browser import facts, labels
from .told import Story

TEA = Shown("Tea", 3, "default")


def landed(
    story: Story, push: Entry, fate: Fate, detail: str = "why", device: int = 1, **changed: Any
) -> Delivery:
    """A notification has met with this on a device."""
    usual = {"topic": TOPIC, "token": numbered(device).hex()}
    about = {"notification": push.seq, "device": device, "fate": fate, "detail": detail}
    return story.tell(Delivery, **(usual | about | changed))


def drawn(story: Story, folder: Path, event: Entry | None = None) -> Element:
    """Its page in a browser, with the panel of an event."""
    text = page("t", [Section("one", trace=trace(story.ledger))])
    return show(folder, text, "" if event is None else f"#s=1&e={event.seq}")


def lane_of(document: Element, device: int) -> Element:
    """The lane of a device."""
    [lane] = [
        each
        for each in document.all("g", "lane")
        if each.attributes.get("data-device") == str(device)
    ]
    return lane


def test_a_device_is_a_lane_below_the_connections(tmp_path: Path) -> None:
    story = Story()
    story.opened()
    landed(story, story.sent(1), "delivered", shown=TEA)
    landed(story, story.sent(2), "delivered", woke=30.0)
    landed(story, story.sent(3), "dropped", "it is silent, and the user has ended the app")
    landed(story, story.sent(4), "stored", device=2, token=numbered(9).hex())
    document = drawn(story, tmp_path)
    names = [each.text for each in document.one("div", "names").all("div", "name")]
    assert names == [f"1 gateway{TOPIC}", f"1 device{TOPIC}", f"2 device{TOPIC}"]
    counts = document.one("div", "counts").all("div", "count")[2:]
    assert [each.text for each in counts] == ["2 of 3 delivered", "0 of 1 delivered"]
    assert [each.one("em").attributes["title"] for each in counts] == [
        "2 delivered, 1 shown, 1 woken, 0 waiting, 1 to nothing",
        "0 delivered, 0 shown, 0 woken, 1 waiting, 0 to nothing",
    ]
    one, two = lane_of(document, 1), lane_of(document, 2)
    assert labels(one) == ["“Tea”", "woke for 30 s", "dropped"]
    for look in ("on-screen", "handed", "came-to-nothing"):
        assert len(one.all("path", "sign", look)) == 1
    assert len(one.all("path", "wake")) == 1
    assert labels(two) == ["stored"]
    assert len(two.all("path", "sign", "waiting")) == 1
    [mark] = one.all("path", "on-screen")
    assert mark.attributes["aria-label"] == "Delivery on device 1 · delivered: why · “Tea”"
    legend = {each.text for each in document.one("div", "legend").all("span", "item")}
    assert legend >= {
        *("shown on a device", "delivered, not shown", "woke the app", "kept for a device"),
        "came to nothing",
    }


def test_what_had_waited_is_tied_to_what_became_of_it(tmp_path: Path) -> None:
    story = Story()
    story.opened()
    one = story.sent(1)
    first = landed(story, one, "stored", "the phone is offline")
    two = story.sent(2)
    replaced = landed(story, one, "replaced", f"replaced by number {two.seq}")
    kept = landed(story, two, "stored", "the phone is offline")
    last = landed(story, two, "delivered", "shown", shown=TEA)
    document = drawn(story, tmp_path, last)
    lane = lane_of(document, 1)
    assert len(lane.all("path", "wait")) == 2
    found = facts(document.one("aside", "panel"))
    assert found["waited"] == "the phone is offline, stored"
    assert found["of"] == "#2"
    assert found["alert"] == "Tea"
    assert found["badge"] == "3"
    links = [each.attributes["href"] for each in document.one("aside", "panel").all("a")]
    assert links == [f"#s=1&e={seq}" for seq in (last.seq, two.seq, kept.seq)]
    # It is pointed at, too.
    assert len(document.one("g", "over").all("path", "link")) == 1
    found = facts(drawn(story, tmp_path, first).one("aside", "panel"))
    assert (found["fate"], found["then"]) == ("stored", "replaced")
    found = facts(drawn(story, tmp_path, one).one("aside", "panel"))
    assert found["led to"] == "stored on device 1 stored; replaced on device 1 replaced"
    found = facts(drawn(story, tmp_path, replaced).one("aside", "panel"))
    assert found["why"] == f"replaced by number {two.seq}"


def test_a_delivery_says_all_that_is_known_of_it(tmp_path: Path) -> None:
    story = Story()
    story.opened()
    alert = {"title": "Shop", "body": "<b>Tea</b>"}
    entry = landed(story, story.sent(1), "delivered", shown=Shown(alert), woke=30.0)
    found = facts(drawn(story, tmp_path, entry).one("aside", "panel"))
    assert found["alert"] == '{"title":"Shop","body":"<b>Tea</b>"}'
    assert found["woke"] == "the app, for 30 s at most"
    assert found["token"] == numbered(1).hex()
    assert (found["device"], found["topic"]) == ("1", TOPIC)
    assert not {"badge", "sound", "waited", "then"} & found.keys()


@pytest.mark.parametrize(
    ("shown", "label"),
    [
        (Shown("Tea"), "“Tea”"),
        (Shown({"title": "Shop"}), "“Shop”"),
        (Shown({"loc-key": "TEA"}), "an alert"),
        (Shown(None, 3), "badge 3"),
        (Shown(None, None, "bell"), "a sound"),
        (None, None),
    ],
)
def test_what_a_screen_has_is_said_beside_it(
    tmp_path: Path, shown: Shown | None, label: str | None
) -> None:
    story = Story()
    story.opened()
    landed(story, story.sent(1), "delivered", shown=shown)
    assert labels(lane_of(drawn(story, tmp_path), 1)) == [label] * (label is not None)


def test_a_ledger_without_deliveries_has_no_lane_more(tmp_path: Path) -> None:
    story = Story()
    story.opened()
    story.sent(1)
    document = drawn(story, tmp_path)
    assert len(document.all("g", "lane")) == 1
    assert "led to" not in document.one("main").text


def test_too_many_devices_are_counted(tmp_path: Path) -> None:
    story = Story()
    story.opened()
    push = story.sent(1)
    for device in range(1, MOST_DEVICES + 3):
        landed(story, push, "delivered", device=device)
    taken = trace(story.ledger)
    assert (len(taken.devices), taken.devices_left_out) == (MOST_DEVICES, 2)
    assert len(taken.signs) == MOST_DEVICES
    document = drawn(story, tmp_path)
    assert document.one("p", "left-out").text == "2 further devices left out."


def test_of_a_token_that_changes_the_lane_has_the_last() -> None:
    story = Story()
    push = story.sent(1)
    landed(story, push, "delivered")
    landed(story, push, "dropped", token=numbered(8).hex())
    [lane] = trace(story.ledger).devices
    assert lane.token == numbered(8).hex()
    assert (lane.delivered, lane.nothing) == (1, 1)


def test_the_token_of_a_lane_is_that_of_the_app_whatever_else_it_was_sent() -> None:
    story = Story()
    push = story.sent(1)
    live: dict[str, Any] = {"topic": f"{TOPIC}.push-type.liveactivity", "token": numbered(7).hex()}
    landed(story, push, "delivered", **live)
    [lane] = trace(story.ledger).devices
    assert (lane.topic, lane.token) == (TOPIC, "")
    landed(story, push, "delivered")
    landed(story, push, "delivered", token="")
    landed(story, push, "delivered", **live)
    [lane] = trace(story.ledger).devices
    assert (lane.topic, lane.token) == (TOPIC, numbered(1).hex())
