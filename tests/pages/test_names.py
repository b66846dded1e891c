"""Files, modules and variables that pages name exist."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from fakeapns.cli.serve import serve

from .reading import FOLDERS, PAGES, ROOT, SERVICES, section

TOP = (*FOLDERS[1:], "fakeapns", "tests", ".ci")
#: Its notes name files of other people's libraries.
FOREIGN = "docs/matrix.md"


def quoted_words(page: str) -> Iterator[str]:
    """The words of all that a page has in backticks, and of its blocks of text and commands."""
    for quoted in re.findall(r"`([^`\n]+)`", PAGES[page]):
        yield from quoted.split()
    for block in re.findall(r"^```(?:sh|text)\n(.*?)^```$", PAGES[page], re.M | re.S):
        yield from re.findall(r"[\w./*-]+", block)


def paths(page: str) -> Iterator[str]:
    """The files of this repository that a page names, from its root or from the package's; that
    of a service names those beside it.
    """
    beside, _, _ = page.rpartition("/")
    for word in quoted_words(page):
        if beside in SERVICES and re.fullmatch(r"[\w/-]+\.(py|js|toml|txt)", word):
            yield f"{beside}/{word}"
        elif word.split("/")[0] in TOP and "/" in word:
            yield word
        elif re.fullmatch(r"[\w/]+\.py", word):
            yield f"fakeapns/{word}"


def modules(page: str) -> list[str]:
    """The modules that a page says to run."""
    return re.findall(r"python -m ([\w.]+)", PAGES[page])


def variables(page: str) -> set[str]:
    """The environment variables of ours that a page names."""
    return set(re.findall(r"\bFAKEAPNS_[A-Z_]*[A-Z]\b", PAGES[page]))


def named_in(folder: str) -> set[str]:
    """The environment variables of ours that the code in a folder names."""
    texts = (path.read_text("utf-8") for path in (ROOT / folder).rglob("*.py"))
    return {name for text in texts for name in re.findall(r"\"(FAKEAPNS_[A-Z_]+)\"", text)}


#: What is made by commands of ours, and not in a clone.
MADE = {line.strip("/") for line in (ROOT / ".gitignore").read_text("utf-8").splitlines()}


@pytest.mark.parametrize("page", [page for page in PAGES if page != FOREIGN])
def test_the_files_exist_that_a_page_names(page: str) -> None:
    named = set(paths(page)) - MADE
    assert [path for path in named if not any(ROOT.glob(path))] == []


@pytest.mark.parametrize("page", [page for page in PAGES if modules(page)])
def test_the_modules_exist_that_a_page_says_to_run(page: str) -> None:
    assert [name for name in modules(page) if find_spec(name) is None] == []


def test_nobody_is_led_to_apple_by_a_variable_that_is_not_set() -> None:
    # An empty HTTPS_PROXY is none, so the first use on a line has to stop where ours is missing.
    lines = [line for page in PAGES.values() for line in page.splitlines()]
    first = [line.partition("APNS_PROXY")[2] for line in lines if "HTTPS_PROXY=" in line]
    assert len(first) >= 2
    assert [rest for rest in first if not rest.startswith(":?}")] == []


def test_the_variables_exist_that_pages_name() -> None:
    options = {str(option.envvar) for option in serve.params}
    known = options | named_in("fakeapns") | named_in("tests")
    named = {name for page in PAGES for name in variables(page)}
    assert "FAKEAPNS_GATEWAY_PORT" in named
    assert named <= known


# ---- the page on the architecture -----------------------------------------------------------

ARCHITECTURE = "docs/architecture.md"
PACKAGE = ROOT / "fakeapns"
ROOMS = {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").is_file()}


def defined_in(path: Path) -> set[str]:
    """The names of classes, functions, variables and attributes that a file defines."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        match node:
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name):
                found.add(name)
            case ast.AsyncFunctionDef(name=name) | ast.Name(id=name, ctx=ast.Store()):
                found.add(name)
            case ast.Attribute(attr=name, ctx=ast.Store()):
                found.add(name)
    return found


DEFINED = {str(path.relative_to(PACKAGE)): defined_in(path) for path in PACKAGE.rglob("*.py")}


def located(text: str) -> Iterator[tuple[str, str]]:
    """Files and the names that stand right behind them: in brackets, or in the drawing."""
    yield from re.findall(r"`([\w/]+\.py)` \(`(\w+)`\)", text)
    yield from re.findall(r"([\w/]+\.py) {2}(\w+)", text)
    yield from ((path, name) for name, path in re.findall(r"`(\w+)` \(`([\w/]+\.py)`\)", text))
    for module, name in re.findall(r"`(\w+)\.(\w+)(?:\([^`]*\))?`", text):
        yield from ((path, name) for path in DEFINED if Path(path).stem == module)


def named(text: str) -> set[str]:
    """All names in backticks, and in the drawing all that is called or has a capital in it."""
    [drawing] = re.findall(r"^```text\n(.*?)^```$", text, re.M | re.S)
    quoted = re.findall(r"`(\w+)(?:\([^`]*\))?`", text)
    drawn = re.findall(r"\b(\w+)\(|\b([A-Z]+[a-z]+[A-Z]\w*)", drawing)
    return {*quoted, *filter(None, (name for pair in drawn for name in pair))} - ROOMS


@pytest.mark.parametrize("page", [ARCHITECTURE, "CONTRIBUTING.md"])
def test_the_names_are_where_a_page_says(page: str) -> None:
    places = list(located(PAGES[page]))
    assert places
    missing = [each for each in places if each[1] not in DEFINED.get(each[0], set())]
    assert missing == []


def test_the_names_of_the_architecture_exist() -> None:
    known = set().union(*DEFINED.values())
    names = named(PAGES[ARCHITECTURE])
    assert {"TLSStream", "act", "receive", "Verdict", "deadline"} <= names
    assert names - known == set()


@pytest.mark.parametrize("page", [ARCHITECTURE, "CONTRIBUTING.md"])
def test_the_rooms_are_all_described_and_have_what_is_said_of_them(page: str) -> None:
    rows = [
        (set(re.findall(r"`(\w+)`", rooms)), set(re.findall(r"`(\w+)`", text)))
        for rooms, text in re.findall(r"^\| (`[^|]+`) \|(.*)$", section(page, "The rooms"), re.M)
    ]
    assert set().union(*(rooms for rooms, _ in rows)) == ROOMS
    for rooms, names in rows:
        files = [path for path in DEFINED if path.split("/")[0] in rooms]
        # Files and folders count as names, too: `campaign`, `audit`.
        known = set().union(*(DEFINED[path] | set(re.split(r"[/.]", path)) for path in files))
        assert names - known == set(), rooms
