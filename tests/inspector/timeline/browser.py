"""Pages as a real browser shows them: what is in its document when all scripts have run."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.end_to_end.runtimes import need

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless",
    # As root, as in many a container, it starts only so. The pages are our own.
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1400,900",
    "--virtual-time-budget=5000",
)
#: Elements that have no end.
VOID = {"meta", "link", "br", "hr", "img", "input"}


def browser() -> str:
    """The browser's path; without one the test is skipped, in CI it fails."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    need(found is not None, "a browser (chromium)", "the timeline page shows what it should")
    assert found is not None
    return found


class Element:
    """An element of a document: its attributes, its text, what is inside."""

    def __init__(self, name: str, attributes: dict[str, str]) -> None:
        self.name = name
        self.attributes = attributes
        self.classes = set(attributes.get("class", "").split())
        self.children: list[Element | str] = []

    @property
    def text(self) -> str:
        """All text inside."""
        return "".join(each if isinstance(each, str) else each.text for each in self.children)

    def all(self, name: str | None = None, *classes: str) -> list[Element]:
        """The elements inside of this name, or of any, that have all these classes."""
        return [
            each for each in self if name in (None, each.name) and each.classes.issuperset(classes)
        ]

    def one(self, name: str | None = None, *classes: str) -> Element:
        """The only such element."""
        found = self.all(name, *classes)
        assert len(found) == 1, f"{len(found)} of {name} {classes}"
        return found[0]

    def __iter__(self) -> Iterator[Element]:
        for child in self.children:
            if isinstance(child, Element):
                yield child
                yield from child


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.document = Element("document", {})
        self._open = [self.document]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self._open.pop().name == tag

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)


def show(folder: Path, text: str, fragment: str = "") -> Element:
    """The document of a page with this text, opened at a fragment."""
    file = folder / "page.html"
    file.write_text(text, "utf-8")
    command = [browser(), *FLAGS, f"--user-data-dir={folder / 'profile'}", "--dump-dom"]
    try:
        done = subprocess.run(
            [*command, f"{file.as_uri()}{fragment}"], capture_output=True, timeout=60, check=False
        )
    except subprocess.TimeoutExpired:
        pytest.fail("the browser did not come back")
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
    reader = _Reader()
    reader.feed(done.stdout.decode())
    return reader.document
