"""One HTML file that needs nothing else: what came of each test or story, and its timeline.

Whatever a provider, a certificate or a title says is hostile until shown otherwise. The
file's own policy lets exactly one script and one style run, the two beside this module, and
no byte be fetched; data is embedded so that it cannot end its element, and the script only
ever makes text of it.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import Literal

import msgspec

from ...text import printable
from .shown import Trace

#: How a section ended, to be seen from afar; none where nothing was proved.
Badge = Literal["passed", "failed", ""]
BADGES: tuple[Badge, ...] = ("passed", "failed")

#: In the order in which they build upon each other.
SCRIPTS = tuple(
    f"{name}.js"
    for name in (
        *("text", "deliveries", "model", "shapes", "chart", "margins", "panel", "viewer"),
        "page",
    )
)
STYLE = "page.css"

_FOLDER = Path(__file__).parent
#: Inside a script element these could end it, or a line of it.
_UNSAFE = re.compile("[<>&\u2028\u2029]")
#: What is shown as a number: `1,000`, and `2 of 3`.
_NUMBER = re.compile(r"[0-9][0-9,]*( of [0-9,]+)?")
#: Facts that sections have in common are columns of the summary, as far as they fit.
_COLUMNS = 9


class Section(msgspec.Struct, frozen=True):
    """One test or story. `facts` are rows of a name and a value, `notes` are paragraphs.

    A note of several lines, or one that starts with `$ `, is shown as a terminal would. A
    section without a trace has no timeline.
    """

    title: str
    badge: Badge = ""
    about: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    trace: Trace | None = None


def page(title: str, sections: Sequence[Section], notes: Sequence[str] = ()) -> str:
    """The file's text, to be written as UTF-8. Links in it count sections from 1.

    `notes` are paragraphs about all of it, above the sections.
    """
    script, style = _script(), _style()
    policy = (
        f"default-src 'none'; script-src '{_source(script)}'; style-src '{_source(style)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    alone = len(sections) == 1
    parts = [
        "<!doctype html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="color-scheme" content="light dark">',
        f"<title>{_text(title)}</title>",
        f"<style>{style}</style>",
        "</head>",
        "<body>",
        f"<header><h1>{_text(title)}</h1>{_tally(sections)}</header>",
        "<main>",
        *([_summary(sections)] if len(sections) > 1 else []),
        *map(_note, notes),
        *(_section(number, each, alone) for number, each in enumerate(sections, start=1)),
        "</main>",
        "<footer>Made by fakeapns. Nothing in this file is fetched from anywhere.</footer>",
        f"<script>{script}</script>",
        "</body>",
        "</html>",
    ]
    return "\n".join(parts) + "\n"


def _section(number: int, section: Section, alone: bool) -> str:
    opened = " open" if alone or section.badge == "failed" else ""
    parts = [
        f'<details class="section" id="s={number}" data-section="{number}"{opened}>',
        f"<summary><h2>{_text(section.title)}</h2>{_badge(section.badge)}"
        f'<p class="about">{_text(section.about)}</p></summary>',
        _facts(section.facts),
        *map(_note, section.notes),
    ]
    if section.trace is not None:
        parts += [
            '<div class="timeline"><noscript>The timeline is drawn by a script in this file, '
            "and scripts are switched off.</noscript></div>",
            f'<script type="application/json" class="trace">{_embedded(section.trace)}</script>',
        ]
    return "\n".join([*filter(None, parts), "</details>"])


def _tally(sections: Sequence[Section]) -> str:
    if len(sections) == 1:
        return ""
    counts = Counter(each.badge for each in sections)
    words = [
        f'<span class="{badge}">{counts[badge]} {badge}</span>' for badge in BADGES if counts[badge]
    ]
    text = " ".join(words) if sections else "Nothing was run."
    return f'<p class="tally">{text}</p>'


def _summary(sections: Sequence[Section]) -> str:
    names = dict.fromkeys(name for section in sections for name, _ in section.facts)
    columns = list(names)[:_COLUMNS]
    rows = []
    for number, section in enumerate(sections, start=1):
        facts = dict(section.facts)
        cells = [_cell(facts.get(name, "")) for name in columns]
        rows.append(
            f'<tr><th scope="row"><a href="#s={number}">{_text(section.title)}</a></th>'
            f"{''.join(cells)}<td>{_badge(section.badge)}</td></tr>"
        )
    heads = "".join(f'<th scope="col">{_text(name)}</th>' for name in ("", *columns, "verdict"))
    return (
        f'<div class="summary"><table><thead><tr>{heads}</tr></thead>\n'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _cell(value: str) -> str:
    kind = ' class="number"' if _NUMBER.fullmatch(value) else ""
    return f"<td{kind}>{_text(value)}</td>"


def _facts(facts: Iterable[tuple[str, str]]) -> str:
    rows = [f"<div><dt>{_text(name)}</dt><dd>{_text(value)}</dd></div>" for name, value in facts]
    return f'<dl class="facts">{"".join(rows)}</dl>' if rows else ""


def _note(note: str) -> str:
    lines = note.expandtabs().splitlines()
    text = "\n".join(map(_text, lines))
    return f"<pre>{text}</pre>" if len(lines) > 1 or note.startswith("$ ") else f"<p>{text}</p>"


def _badge(badge: Badge) -> str:
    return f'<span class="verdict {badge}">{badge}</span>' if badge else ""


def _text(text: str) -> str:
    """Text of anybody's as HTML, with what would hide or turn it around spelled out."""
    return escape(printable(text))


def _embedded(trace: Trace) -> str:
    """The trace as JSON that can neither end its element nor open another one."""
    text = msgspec.json.encode(trace).decode()
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _source(text: str) -> str:
    """What a policy calls an element with this text."""
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode('ascii')}"


@cache
def _script() -> str:
    # One block, so that nothing of it is a property of the window.
    files = [(_FOLDER / name).read_text("utf-8") for name in SCRIPTS]
    return '"use strict";\n{\n' + "\n".join(files) + "}\n"


@cache
def _style() -> str:
    return (_FOLDER / STYLE).read_text("utf-8")
