"""What a story is red for: the same for all stories that one change would turn green."""

from __future__ import annotations

import msgspec

from ..ledger import ConnectionRefused
from ..ledger.audit import Finding, advice_on, in_short
from .advice import LESSONS
from .output import is_of_an_answer, kind_of, telling_line
from .verdict import CANNOT_START, NOT_PLAYED, NOTHING_SENT


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


def of_verdict(verdict: str, reason: str = "", detail: str = "", alike: str | None = None) -> Cause:
    """The cause of a verdict that no audit explains, through this reason.

    `detail` tells causes apart that are of one kind, and is shown behind what they are; `alike` is
    what it has in common with others that say the same.
    """
    kind = "exit" if verdict.startswith("exit ") else verdict
    what, advice = LESSONS.get((kind, reason)) or LESSONS[kind, ""]
    what = what.format(verdict=verdict)
    key = verdict, reason, detail if alike is None else alike
    return Cause(key, f"{what}: {detail}" if detail else what, advice)


def of_last_words(verdict: str, output: str) -> Cause:
    """The cause of a verdict of which what the command has written tells more."""
    line = telling_line(output)
    refused = verdict.startswith("exit ") and is_of_an_answer(line)
    return of_verdict(verdict, "refused" if refused else "", line, kind_of(line))


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
