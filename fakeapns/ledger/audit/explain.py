"""Why: which notification, on which connection, behind which error, and what came next.

One sentence for all that went wrong in the same way, so the worst run takes a few lines. Beside
each stands the short name of its reason, as `advice` has it; none where it only adds something.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence

from ...push import short_token
from .as_text import WrittenAsText
from .clauses import Clauses
from .finding import Finding
from .intention import Intention
from .journal import Journal
from .missing import Missing
from .phrases import Told, connections, its, listed, were
from .pruned import Pruned
from .too_much_over_http2 import TooMuchOverHTTP2
from .trail import Sight, Trail

#: Sentences of one kind.
_SENTENCES = 6


class Explainer:
    """Explains findings, given by position, from what was noted on the way.

    `resent` has where each of those came again that were refused.
    """

    def __init__(
        self,
        intention: Intention,
        journal: Journal,
        found: Mapping[str, Sequence[int]],
        resent: Mapping[int, Sequence[Sight]],
        *,
        arriving: bool,
    ) -> None:
        self._intention = intention
        self._journal = journal
        self._found = found
        self._again = resent
        self._arriving = arriving
        self._say = Clauses(intention, journal)
        self._as_text = WrittenAsText(intention, journal)
        self._pruned = Pruned(intention, journal)
        self._over_http2 = TooMuchOverHTTP2(journal, self._say)

    def findings(self, told: Iterable[tuple[str, str]]) -> Iterator[Finding]:
        """What fell short, by kind and in a sentence, with how it came about."""
        for kind, text in told:
            sentences = list(self._sentences(kind))
            reasons = dict.fromkeys(reason for reason, _ in sentences if reason is not None)
            if self._arriving and kind in ("received", "min_accepted"):
                reasons = {"arriving": None}
            lines = [sentence for _, sentence in sentences]
            more = len(lines) - _SENTENCES
            if more > 0:
                lines[_SENTENCES:] = [f"… and {more} more of this kind"]
            yield Finding(
                kind=kind, text=text, reasons=tuple(reasons) or ("",), explanations=tuple(lines)
            )

    def _sentences(self, kind: str) -> Iterator[Told]:
        match kind:
            case "lost":
                yield from self._lost(self._found["lost"])
            case "duplicated":
                yield from self._duplicated(self._found["duplicated"])
            case "resent_after_refusal":
                yield from self._resent(self._found["resent_after_refusal"])
            case "resent_unanswered":
                yield from self._over_http2.unanswered(self._found["resent_unanswered"])
            case "unexpected":
                yield from self._unexpected()
            case "max_provider_tokens":
                yield self._over_http2.provider_tokens()
            case "max_streams_refused":
                yield from self._over_http2.streams_refused()
            case "sent_after_gone":
                yield from self._over_http2.sent_after_gone()
            case "resent_with_new_id":
                yield from self._over_http2.renamed()
            case "resent_at_once":
                yield from self._over_http2.hasty()
            case "min_accepted" if not self._found["lost"]:
                yield from self._refused()
            case "max_connections":
                yield from self._connections()
            case "feedback_read":
                yield from self._feedback()
            case "sent_as_listed":
                yield from self._altered()
            case "fates":
                yield from self._fates()
            case "stale_badges":
                yield from (("", how) for _, how in self._journal.badges.stale)
            case "live_tokens_kept":
                yield from self._pruned.told(self._found["pruned"], self._say)
            case "sent_after_feedback":
                tokens = self._journal.in_vain.after_feedback
                yield "", f"feedback had listed these before: {listed(map(short_token, tokens))}"

    def _lost(self, lost: Sequence[int]) -> Iterator[Told]:
        by_feedback = self._pruned.by_feedback(self._found["pruned"])
        for _, sentence in self._pruned.told(by_feedback, self._say):
            yield "pruned-too-soon", sentence
        known = set(by_feedback)
        others = [each for each in lost if each not in known]
        if others:
            missing = Missing(self._journal, self._say, self._as_text, arriving=self._arriving)
            yield from missing.told(others)

    # ---- sent too often ---------------------------------------------------------------------

    def _duplicated(self, doubled: Sequence[int]) -> Iterator[Told]:
        groups: dict[int, list[int]] = {}
        for position in doubled:
            groups.setdefault(self._journal.home[position], []).append(position)
        for home, positions in groups.items():
            again = sorted({self._journal.doubled[each].connection for each in positions})
            which = self._say.which(positions)
            if self._journal.trails[home].service == "api":
                yield self._over_http2.duplicated(home, positions, again)
                continue
            if again == [home]:
                most = max(self._journal.accepted[each] for each in positions)
                often = "twice" if most == 2 else f"{most:,} times"
                yield "same-connection", f"{which} came {often} on connection {home}"
                continue
            yield (
                _reason_to_repeat(self._journal.trails.get(home)),
                f"{which} had been accepted on connection {home} and came again on "
                f"{connections(again)}; {self._say.knowable(home)}",
            )

    def _resent(self, resent: Sequence[int]) -> Iterator[Told]:
        groups: dict[tuple[str | None, bool], list[int]] = {}
        for position in resent:
            refused = self._journal.refused[position]
            groups.setdefault((refused.status, refused.code is not None), []).append(position)
        for (status, by_http), positions in groups.items():
            first = positions[0]
            why = self._journal.refused[first].why
            again = sorted({each.connection for each in self._again[first]})
            times = sum(len(self._again[each]) for each in positions)
            example = "it" if len(positions) == 1 else f"number {first + 1}"
            yield (
                "over-the-api" if by_http else "",
                f"{self._say.which(positions)} {were(positions)} refused with {status}, a fault "
                f"of {its(positions)} own that no resending can mend, and sent again, "
                f"{times} {'time' if times == 1 else 'times'} in all: {example} was refused on "
                f"{self._told_where(first)}{why} and came again on {connections(again)}",
            )

    def _refused(self) -> Iterator[Told]:
        """What was refused for its own fault, most of it first."""
        ways: dict[str, list[int]] = {}
        for position in self._found["refused"]:
            ways.setdefault(self._journal.refused[position].status or "", []).append(position)
        for status, positions in sorted(ways.items(), key=lambda way: -len(way[1])):
            why = self._journal.refused[positions[0]].why
            yield (
                "some-refused",
                f"{self._say.which(positions)} {were(positions)} refused with {status}{why}",
            )

    def _told_where(self, position: int) -> str:
        """Where a notification was refused, and where the answer came if that is another."""
        found = self._journal.knowledge.where_told(position)
        assert found is not None
        refused, told = found
        here = f"connection {refused}"
        return here if told == refused else f"{here}, as connection {told} was told,"

    # ---- the rest ---------------------------------------------------------------------------

    def _altered(self) -> Iterator[Told]:
        alike: dict[str, list[int]] = {}
        for position, how in self._journal.as_listed.altered.items():
            alike.setdefault(how, []).append(position)
        for how, positions in alike.items():
            yield "", f"{self._say.which(positions)} {how}"

    def _fates(self) -> Iterator[Told]:
        for fate, why in self._journal.landed.why.items():
            yield "", f"the first that was {fate}: {why}"

    def _unexpected(self) -> Iterator[Told]:
        meant: dict[Hashable, int] = {}
        for position in range(len(self._intention)):
            meant.setdefault(self._intention.meant(position).to, position)
        for found in self._journal.unmeant.unexpected:
            whom = "token" if found.channel is None else "channel"
            if found.to not in meant:
                owner = self._as_text.owner(found)
                text = "" if owner is None else f"; it is that of number {owner + 1} as text"
                yield "", f"{found}: nothing was meant for that {whom}{text}"
                continue
            other = self._intention.meant(meant[found.to])
            yield "", f"{found}: what was meant for that {whom} is {other}"

    def _connections(self) -> Iterator[Told]:
        for trail in self._journal.trails.values():
            carried = "1 notification" if trail.frames == 1 else f"{trail.frames} notifications"
            yield "", f"connection {trail.connection} carried {carried} and {self._say.end(trail)}"

    def _feedback(self) -> Iterator[Told]:
        away = self._journal.turned_away
        if self._journal.feedback_read:
            yield "unasked", "a connection to feedback was opened"
        elif away.at("feedback"):
            yield from (("turned-away", each) for each in away.in_words())
        else:
            yield "", "feedback has to be asked: connect to its port and read until it ends"


def _reason_to_repeat(home: Trail | None) -> str:
    """What could be known of what a connection had accepted, as a reason."""
    answer = None if home is None or home.swallows else home.response
    if answer is None:
        return ""
    if answer.status == "shutdown":
        return "before-a-shutdown"
    if answer.status == "no-error":
        return "no-error"
    return "before-the-error" if home is not None and home.named else ""
