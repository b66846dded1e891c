"""Pages are found from the README, links lead somewhere, and pages are short."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

import pytest

from .reading import PAGES, ROOT, SERVICES, blocks

#: As many lines as one reads in one go.
READABLE = 300


def without_blocks(page: str) -> str:
    """The text of a page outside of its blocks."""
    return re.sub(r"^```.*?^```$", "", PAGES[page], flags=re.MULTILINE | re.DOTALL)


def links(page: str) -> Iterator[tuple[str, str]]:
    """Path, seen from the root, and anchor of every link into this repository."""
    for target in re.findall(r"\]\(([^)\s]+)\)", without_blocks(page)):
        if "://" not in target:
            path, _, anchor = target.partition("#")
            whole = (ROOT / page).parent / path if path else ROOT / page
            yield str(PurePosixPath(whole.resolve().relative_to(ROOT))), anchor


def anchors(page: str) -> set[str]:
    """What its headings are called in links, as GitHub makes it from them."""
    headings = re.findall(r"^#+ (.*)$", without_blocks(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings}


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page: str) -> None:
    for path, anchor in links(page):
        assert (ROOT / path).exists(), path
        if anchor:
            assert anchor in anchors(path), f"{path}#{anchor}"


def test_the_table_of_the_readme_leads_to_every_page() -> None:
    table = PAGES["README.md"].partition("## Where to find what")[2]
    services = {f"{folder}/README.md" for folder in SERVICES}
    missing = [page for page in {*PAGES} - services - {"README.md"} if f"]({page})" not in table]
    assert missing == []
    assert services <= {path for path, _ in links("examples/README.md")}


@pytest.mark.parametrize("page", [page for page in PAGES if page != "CHANGELOG.md"])
def test_a_page_is_read_in_one_go(page: str) -> None:
    assert len(PAGES[page].splitlines()) < READABLE


def test_the_readme_is_short_and_says_first_what_is_spoken() -> None:
    assert len(PAGES["README.md"].splitlines()) < 220
    first = " ".join(PAGES["README.md"].split("\n\n")[1].split())
    for words in ("provider API", "HTTP/2", "binary interface", "gateway", "feedback", "2021"):
        assert words in first


def test_the_first_example_takes_ten_lines_and_speaks_the_api() -> None:
    first = blocks("python", "README.md")[0].text
    assert len(list(filter(None, first.splitlines()))) <= 10
    assert '"--service", "api"' in first


@pytest.mark.parametrize(
    "page", ["README.md", "docs/api.md", "docs/pytest.md", "docs/scenarios.md"]
)
def test_a_page_about_both_services_begins_with_the_api(page: str) -> None:
    assert re.findall("provider API|gateway", without_blocks(page))[0] == "provider API"
    assert "apns.gateway" not in blocks("python", page)[0].text


def test_the_page_about_the_gateway_alone_says_so_and_where_the_api_is() -> None:
    head = PAGES["docs/gateway.md"].partition("## ")[0].split("```")[0]
    assert "gateway" in head.splitlines()[0]
    assert "](api.md)" in head
