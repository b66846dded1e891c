"""The pages as tests see them: texts by their paths, blocks by their languages."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent.parent
#: The services among the examples, which have a page each.
SERVICES = ("examples/orders-asyncio", "examples/orders-node", "examples/messenger")
#: Where pages are. What git ignores may hold others.
FOLDERS = (".", "benchmarks", "certs", "docs", "examples", "scenarios", *SERVICES)

PAGES = {
    str(path.relative_to(ROOT)): path.read_text("utf-8")
    for folder in FOLDERS
    for path in sorted((ROOT / folder).glob("*.md"))
}

#: Blocks that are run elsewhere, by how they begin.
ELSEWHERE = {
    # tests/test_packaging.py runs it in a fresh environment.
    "demo": "python3.11 -m venv .venv && .venv/bin/pip install --quiet '.[server]'",
    # tests/examples/test_services.py has what comes behind the installation.
    "shop-node": "python3.11 -m venv .venv && .venv/bin/pip install --quiet ../..",
    "shop-asyncio": "python3.11 -m venv .venv\n.venv/bin/pip install --quiet -r",
    "messenger": "python3.11 -m venv .venv\n.venv/bin/pip install --quiet -r",
    # This test run is what it does; the CI script takes the command from here.
    "tests": "python3.11 -m venv .venv && .venv/bin/pip install --quiet --editable '.[test]'",
}


class Block(NamedTuple):
    """A block between fences."""

    page: str
    line: int
    language: str
    text: str


def _blocks(page: str, text: str) -> list[Block]:
    fences = re.finditer(r"^```(\w*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return [Block(page, text.count("\n", 0, at.start()) + 1, at[1], at[2]) for at in fences]


BLOCKS = [block for page, text in PAGES.items() for block in _blocks(page, text)]


def blocks(language: str, page: str | None = None) -> list[Block]:
    """All blocks in this language, or those of one page."""
    return [block for block in BLOCKS if block.language == language and page in (None, block.page)]


def name_of(block: Block) -> str:
    """Where a block is, for the names of tests."""
    return f"{block.page}:{block.line}"


def section(page: str, heading: str) -> str:
    """What stands below a heading, up to the next of its level or a higher one."""
    found = re.search(rf"^(#+) {re.escape(heading)}\n", PAGES[page], re.MULTILINE)
    assert found, f"{page} has no {heading!r}"
    rest = PAGES[page][found.end() :]
    end = re.search(rf"^#{{1,{len(found[1])}}} ", rest, re.MULTILINE)
    return rest[: end.start()] if end else rest


def in_first_column(text: str) -> set[str]:
    """What tables say in backticks in their first column."""
    cells = re.findall(r"^\| ((?:[^|]|\\\|)*?) \|", text, re.MULTILINE)
    return {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}
