"""A page under somebody's hands: real clicks and keys, in a real browser."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import msgspec
import pytest

from fakeapns import FakeAPNs
from fakeapns.inspector.timeline import Section, page, trace
from fakeapns.ledger.entries import Response
from tests.end_to_end.runtimes import need
from tests.scenario.test_catalogue import send_well

from .browser import browser
from .told import Story, played

FOLDER = Path(__file__).parents[2] / "end_to_end" / "node"
UNPROVEN = "clicks and keys lead where they should"
HEADING, ADDRESS, TIP = "aside.panel h3", "aside.panel a", ".tip"
FACTS = "aside.panel dl"

Step = tuple[str, str]


class Seen(msgspec.Struct):
    """What the driver read: texts of what is visible, errors and refusals, the address."""

    read: dict[str, str | None]
    errors: list[str]
    hash: str


@pytest.fixture(scope="module")
def burst() -> FakeAPNs:
    """A bad token in a burst, met by a provider that replays well."""
    return played("bad-token-in-a-burst", send_well)


def do(folder: Path, text: str, *steps: Step, fragment: str = "") -> Seen:
    """What is seen of a page after these steps. Nothing may have gone wrong in it."""
    node = shutil.which("node")
    need(node is not None, "Node", UNPROVEN)
    assert node is not None
    there = (FOLDER / "node_modules" / "playwright-core").is_dir()
    need(there, f"playwright-core (npm install --prefix {FOLDER})", UNPROVEN)
    file = folder / "page.html"
    file.write_text(text, "utf-8")
    order = {
        "browser": browser(),
        "page": file.as_uri() + fragment,
        "steps": steps,
        "read": [HEADING, ADDRESS, TIP, FACTS, "svg.drawing", "[aria-pressed=true]"],
    }
    done = subprocess.run(
        [node, FOLDER / "look.js"],
        input=json.dumps(order),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    seen = msgspec.json.decode(done.stdout, type=Seen)
    assert seen.errors == []
    return seen


def drawn(apns: FakeAPNs) -> str:
    """A page with its timeline."""
    return page("t", [Section("one", trace=trace(apns.ledger))])


def test_a_click_on_a_mark_opens_its_panel_and_the_address_follows(
    burst: FakeAPNs, tmp_path: Path
) -> None:
    [bad] = [each for each in burst.rejected if each.connection == 1]
    seen = do(tmp_path, drawn(burst), ("click", f"#s1e{bad.seq}"))
    assert seen.read[HEADING] == "Notification #100 on connection 1 link"
    assert seen.hash == f"#s=1&e={bad.seq}"


def test_each_has_the_wall_time_that_it_was_though_the_clock_was_advanced_since(
    tmp_path: Path,
) -> None:
    story = Story()
    story.opened()
    before = story.sent(1)
    story.ahead = 3600
    behind = story.sent(2)
    text = page("t", [Section("one", trace=trace(story.ledger))])
    for sent, time in ((before, "12:26:40.002"), (behind, "13:26:40.003")):
        seen = do(tmp_path, text, ("click", f"#s1e{sent.seq}"))
        assert f"2020-09-13 {time} UTC" in (seen.read[FACTS] or "")


def test_a_click_on_an_error_packet_and_on_what_it_names(burst: FakeAPNs, tmp_path: Path) -> None:
    [response, *_] = burst.ledger.of(Response)
    seen = do(
        tmp_path,
        drawn(burst),
        ("click", f"#s1e{response.seq}"),
        ("click", "aside.panel dd a"),
        # Browsers tell of a new address a moment later.
        ("waitForSelector", f"{HEADING}:has-text('Notification')"),
    )
    assert seen.read[HEADING] == "Notification #100 on connection 1 link"


def test_the_pointer_shows_a_line(burst: FakeAPNs, tmp_path: Path) -> None:
    [bad] = [each for each in burst.rejected if each.connection == 1]
    seen = do(tmp_path, drawn(burst), ("hover", f"#s1e{bad.seq}"))
    assert seen.read[HEADING] is None
    assert seen.read[TIP] == (
        f"Notification #100 on connection 1 · rejected invalid-token · token {bad.token[:8]}…"
    )


def test_keys_go_from_one_to_the_next_and_enter_opens(burst: FakeAPNs, tmp_path: Path) -> None:
    keys = ["ArrowRight", "ArrowRight", "ArrowRight", "Enter"]
    seen = do(tmp_path, drawn(burst), ("focus", "svg.drawing"), *(("press", key) for key in keys))
    assert seen.read[HEADING] == "Notification #2 on connection 1 link"
    keys = ["ArrowDown", "Home", "End", "ArrowLeft", "ArrowLeft", "Enter", "Escape"]
    seen = do(tmp_path, drawn(burst), ("focus", "svg.drawing"), *(("press", key) for key in keys))
    assert seen.read[HEADING] is None
    last = [each for each in burst.notifications if each.connection == 2][-1]
    assert seen.hash == f"#s=1&e={last.seq}"


def test_by_time_and_from_closer_by_the_same_is_found(burst: FakeAPNs, tmp_path: Path) -> None:
    [bad] = [each for each in burst.rejected if each.connection == 1]
    closer = ("click", "button[aria-label=Closer]")
    seen = do(tmp_path, drawn(burst), closer, closer, closer, ("click", f"#s1e{bad.seq + 1}"))
    assert seen.read[HEADING] == "Notification #101 on connection 1 link"
    apns = played("everything-at-once", send_well)
    [response, *_] = apns.ledger.of(Response)
    steps = ("click", "button:text('time')"), ("click", f"#s1e{response.seq}")
    seen = do(tmp_path, drawn(apns), *steps)
    assert seen.read["[aria-pressed=true]"] == "time"
    assert seen.read[HEADING] == f"Error packet on connection {response.connection} link"


def test_a_section_that_is_opened_is_drawn(burst: FakeAPNs, tmp_path: Path) -> None:
    sections = [Section(name, "passed", trace=trace(burst.ledger)) for name in ("one", "two")]
    text = page("t", sections)
    assert do(tmp_path, text).read["svg.drawing"] is None
    for opener in ("#s\\=1 > summary", "a[href='#s=1']"):
        steps = ("click", opener), ("waitForSelector", "#s\\=1 svg.drawing")
        assert do(tmp_path, text, *steps).read["svg.drawing"] is not None
