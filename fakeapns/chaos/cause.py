"""What a story is red for: the same for all stories that one change would turn green."""

from __future__ import annotations

import re

import msgspec

from ..ledger import ConnectionRefused
from ..ledger.audit import Finding, advice_on, in_short
from ..text import within
from .advice import LESSONS
from .verdict import CANNOT_START, NOT_PLAYED, NOTHING_SENT

#: What tells runs apart that failed in the same way: numbers, and folders.
_FOLDERS = re.compile(r"(?:(?<=[\s'\"(=:])|^)(?:/[^\s/'\":]+)*/(?=[^\s/])")
_NUMBERS = re.compile(r"0x[0-9A-Fa-f]+|\d+")
#: What a line looks like that says what went wrong; the last lines of a trace seldom do.
_TELLING = re.compile(r"(?i)^(?!\s+at ).*(?:error|exception|panic|fatal|failed)")
#: Characters of such a line.
_WIDTH = 120


class Cause(msgspec.Struct, frozen=True):
    """What a story is red for.

    `key` is the same for the same cause: a verdict, and what led to it by short names. `what`
    says it in a few words, and `advice` what to do in a sentence.
    """

    key: tuple[str, ...]
    what: str
    advice: str

    @property
    def name(self) -> str:
        """The key in one piece."""
        return "/".join(filter(None, self.key))

    @property
    def lies_in_the_story(self) -> bool:
        """Whether the story has to do with it, and not only how the command was set up."""
        setup = self.key[0] in (NOTHING_SENT, NOT_PLAYED, CANNOT_START)
        return not setup or "gave-up" in self.key


def of_verdict(verdict: str, reason: str = "", detail: str = "") -> Cause:
    """The cause of a verdict that no audit explains, through this reason.

    `detail` tells causes apart that are of one kind, and is shown behind what they are.
    """
    kind = "exit" if verdict.startswith("exit ") else verdict
    what, advice = LESSONS.get((kind, reason)) or LESSONS[kind, ""]
    what = what.format(verdict=verdict)
    return Cause((verdict, reason, detail), f"{what}: {detail}" if detail else what, advice)


def of_refusal(verdict: str, refused: ConnectionRefused) -> Cause:
    """The cause where nobody lets a client in: the hint is the advice."""
    hint = refused.hint[:1].upper() + refused.hint[1:].rstrip(".")
    what = f"no connection was let in, {refused.reason}"
    return Cause((verdict, refused.reason), what, f"{hint}.")


def of_finding(verdict: str, finding: Finding) -> list[Cause]:
    """The causes that an audit has found, one for each reason."""
    kind = finding.kind
    return [
        Cause((verdict, kind, reason), in_short(kind, reason), advice_on(kind, reason))
        for reason in finding.reasons
    ]


def telling_line(output: str) -> str:
    """The line of a command's output that says what went wrong, without what is never the same."""
    lines = [line for line in output.splitlines() if line.strip()]
    telling = [line for line in lines if _TELLING.search(line)] or lines
    if not telling:
        return ""
    line = _NUMBERS.sub("#", _FOLDERS.sub("…/", telling[-1].strip()))
    return within(line, _WIDTH)
