"""The file: whole in itself, and nothing that anybody says in it is more than text."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from hashlib import sha256
from html import unescape
from importlib.resources import files

import pytest

from fakeapns.inspector.timeline import Section, page, trace
from fakeapns.inspector.timeline.document import SCRIPTS, STYLE
from fakeapns.ledger.entries import FaultFired

from .told import Story

HOSTILE = "</script></title><script>document.title='owned'</script>"
FACTS = (("accepted", "500"), ("lost", "0"))


def told() -> Story:
    """A story with one notification."""
    story = Story()
    story.opened()
    story.sent(1)
    return story


def section(title: str = "one", **changed: object) -> Section:
    """A section with a timeline."""
    return Section(title=title, **({"trace": trace(told().ledger)} | changed))  # type: ignore[arg-type]


def elements(text: str, name: str) -> list[str]:
    """What is inside each element of this name, as it stands in the file."""
    return re.findall(f"<{name}(?: [^>]*)?>(.*?)</{name}>", text, re.DOTALL)


def test_the_policy_lets_the_script_and_the_style_run_and_nothing_else() -> None:
    text = page("title", [section()])
    [policy] = re.findall(r'Content-Security-Policy" content="([^"]*)"', text)
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    [script] = [each for each in elements(text, "script") if each.startswith('"use strict"')]
    [style] = elements(text, "style")
    assert rules == {
        "default-src": "'none'",
        "script-src": source(script),
        "style-src": source(style),
        "base-uri": "'none'",
        "form-action": "'none'",
    }


def source(text: str) -> str:
    """What a policy calls an element with this text."""
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def test_nothing_is_fetched_and_no_style_or_handler_stands_in_an_attribute() -> None:
    text = page("title", [section(), section("two", badge="failed")])
    addresses = set(re.findall(r"https?://[^\"'\s]*", text))
    assert addresses == {"http://www.w3.org/2000/svg"}
    markup = re.sub(r"<(script|style).*?</\1>", "", text, flags=re.DOTALL)
    assert not re.search(r"\s(src|style|on\w+)=", markup)
    assert "@import" not in text
    assert "url(" not in text


def test_the_scripts_never_read_a_string_as_anything_but_text() -> None:
    folder = files("fakeapns.inspector.timeline")
    for name in SCRIPTS:
        script = folder.joinpath(name).read_text("utf-8")
        assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|\beval\b", script)
        # Inlined, neither of these may end the element or hide its end.
        assert "</script" not in script
        assert "<!--" not in script
    assert "</style" not in folder.joinpath(STYLE).read_text("utf-8")


def test_without_scripts_there_are_still_the_summary_the_facts_and_the_notes() -> None:
    sections = [
        section("good", badge="passed", about="All is well.", facts=FACTS),
        section("bad", badge="failed", facts=FACTS, notes=("It lost 3.", "$ fakeapns chaos")),
    ]
    text = page("Chaos", sections)
    assert "<h1>Chaos</h1>" in text
    assert '<span class="passed">1 passed</span> <span class="failed">1 failed</span>' in text
    [table] = elements(text, "table")
    assert elements(table, "a") == ["good", "bad"]
    assert re.findall(r'href="([^"]*)"', table) == ["#s=1", "#s=2"]
    assert elements(table, "th")[:4] == ["", "accepted", "lost", "verdict"]
    assert elements(table, "td")[:2] == ["500", "0"]
    assert "<p>It lost 3.</p>" in text
    assert "<pre>$ fakeapns chaos</pre>" in text
    assert "All is well." in text
    assert text.count("<dt>accepted</dt><dd>500</dd>") == 2


def test_what_is_said_of_all_of_it_stands_above_the_sections_and_is_text() -> None:
    text = page("Chaos", [section(badge="failed")], ["One cause.", HOSTILE])
    assert "<p>One cause.</p>" in text
    assert text.index("One cause.") < text.index("<details")
    assert HOSTILE not in text


@pytest.mark.parametrize(
    ("value", "number"), [("1,000", True), ("0 of 100", True), ("0 of", False), ("1.5 s", False)]
)
def test_what_is_shown_as_a_number(value: str, number: bool) -> None:
    text = page("t", [section(facts=(("lost", value),)), section()])
    assert (f'<td class="number">{value}</td>' in text) is number


def test_failed_sections_are_open_from_the_start_and_one_alone_is() -> None:
    many = page("t", [section(badge="passed"), section(badge="failed"), section()])
    assert [" open" in each for each in re.findall("<details[^>]*>", many)] == [False, True, False]
    alone = page("t", [section(badge="passed")])
    assert [" open" in each for each in re.findall("<details[^>]*>", alone)] == [True]
    assert "<table>" not in alone


def test_a_section_without_a_trace_has_no_timeline_and_no_sections_are_a_page() -> None:
    text = page("t", [section(trace=None, notes=("It could not be started.",))])
    assert "application/json" not in text
    assert "timeline" not in re.sub(r"<(script|style).*?</\1>", "", text, flags=re.DOTALL)
    assert "Nothing was run." in page("t", [])


@pytest.mark.parametrize("where", ["title", "about", "facts", "notes"])
def test_what_a_section_says_is_text(where: str) -> None:
    hostile: object = {"facts": ((HOSTILE, HOSTILE),), "notes": (HOSTILE, f"{HOSTILE}\nx")}.get(
        where, HOSTILE
    )
    text = page(HOSTILE, [section(**{where: hostile}), section()])  # type: ignore[arg-type]
    assert HOSTILE not in text
    assert unescape(text).count(HOSTILE) >= 3
    # Two traces and the file's own.
    assert len(elements(text, "script")) == text.count("<script") == 3


def test_embedded_data_can_neither_end_its_element_nor_its_line() -> None:
    story = Story()
    nasty = f"{HOSTILE}<!--\u2028\u2029&amp;]]>"
    story.opened(topic=nasty, certificate=nasty, peer=nasty)
    story.sent(1, payload_bytes=nasty.encode(), topic=nasty, warnings=(nasty,))
    story.tell(FaultFired, connection=1, step=None, fault=nasty, detail=nasty)
    text = page("t", [section(trace=trace(story.ledger))])
    [data] = [each for each in elements(text, "script") if each.startswith("{")]
    assert not re.search("[<>&\u2028\u2029]", data)
    decoded = json.loads(data)
    assert decoded["contents"][0]["text"] == nasty
    assert decoded["lanes"][0]["opened"]["topic"] == nasty
    assert decoded["signs"][0]["detail"] == nasty


def test_what_would_hide_or_turn_a_line_is_spelled_out() -> None:
    text = page("a\u202eb", [section(notes=("\x1b[2Jgone\ttab\nnext\udc80",))])
    assert "<h1>a\\u202eb</h1>" in text
    assert "<pre>\\x1b[2Jgone" in text
    assert "next\\udc80</pre>" in text
    text.encode()


def test_34_sections_stay_a_file_of_some_megabytes() -> None:
    story = Story()
    story.opened()
    for number in range(500):
        story.sent(number)
    for number in range(250, 500):
        story.sent(number, connection=2)
    text = page("t", [section(str(each), trace=trace(story.ledger)) for each in range(34)])
    assert len(text) < 10_000_000
