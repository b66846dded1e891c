"""What a server has recorded, as a person wants to read it under a test that failed.

It fits a terminal however much there is: what went as usual is folded, and what did not is
kept as long as there is room for it.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Hashable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter

from ..fake import Surface, played
from ..ledger import (
    ApiClosed,
    ApiRequest,
    ApiResponse,
    ConnectionClosed,
    ConnectionOpened,
    ConnectionRefused,
    Delivery,
    Entry,
    FaultFired,
    FeedbackSent,
    Notification,
    SettingsSeen,
    describe,
)
from ..text import within

#: Lines for entries, and how many of these are the first ones where not all can be shown.
_LINES = 45
_HEAD = 15
#: What there is no more of than this is kept to the last.
_RARE = 8
#: Many end with what to do about it: the longest hint has 400 characters and an address.
_WIDTH = 600
#: Entries that are looked at, the last ones.
LOOKED_AT = 20_000


def record(apns: Surface) -> str:
    """The text: counts, what was played and how to do it again, and the entries."""
    ledger = apns.ledger
    number = ledger.dropped + len(ledger)
    # Over a copy, which iterating makes: the server's thread may drop entries meanwhile.
    entries = list(deque(iter(ledger), maxlen=LOOKED_AT))
    earlier = max(0, number - len(entries))
    lines = [_counts(entries), *played(ledger, apns.scenario, apns.seed, apns.steps)]
    if earlier:
        lines.append(f"… {earlier:,} earlier entries")
    return "\n".join([*lines, *_entries(entries)])


def _counts(entries: Sequence[Entry]) -> str:
    """`2 accepted, 1 rejected on 2 connections; of those for devices 1 delivered, 1 stored`."""
    outcomes = Counter(each.outcome for each in entries if isinstance(each, Notification))
    came = ", ".join(f"{number:,} {outcome}" for outcome, number in outcomes.items())
    connections = sum(isinstance(each, ConnectionOpened) for each in entries)
    where = "1 connection" if connections == 1 else f"{connections:,} connections"
    # What became of one that had waited stands instead of that.
    fates = {(e.device, e.notification): e.fate for e in entries if isinstance(e, Delivery)}
    landed = ", ".join(f"{number:,} {fate}" for fate, number in Counter(fates.values()).items())
    on_devices = f"; of those for devices {landed}" if landed else ""
    return f"{came or 'no notification'} on {where}{on_devices}"


def _entries(entries: Sequence[Entry]) -> list[str]:
    """All of them, or else with more and more folded, until there is room."""
    lines = list(map(_line, entries)) if len(entries) <= _LINES else []
    often = Counter(map(_name, entries))
    for rare in (len(entries), _RARE):
        for shown in (2, 0):
            if not lines or len(lines) > _LINES:
                kinds = [_kind(each, rare < often[_name(each)]) for each in entries]
                lines = _lines(entries, kinds, shown)
    if len(lines) <= _LINES:
        return lines
    left_out = len(lines) - _LINES + 1
    return [
        *lines[:_HEAD],
        f"… {left_out:,} lines left out: see apns.ledger, or use --apns-trace=on",
        *lines[_HEAD + left_out :],
    ]


def _lines(entries: Sequence[Entry], kinds: Sequence[Hashable], shown: int) -> list[str]:
    groups = groupby(zip(kinds, entries, strict=True), key=itemgetter(0))
    return [line for _, group in groups for line in _folded([entry for _, entry in group], shown)]


def _kind(entry: Entry, often: bool) -> Hashable:
    """The same for neighbours that may be folded into one another."""
    match entry:
        case Notification(outcome="accepted", warnings=()) if entry.answered is not False:
            return "as usual"
        case Delivery(fate="delivered" | "stored"):
            return "as usual"
        case ConnectionOpened() | SettingsSeen() | ApiRequest(fulfilled=True):
            return "as usual"
        case ApiResponse(http_status=200 | 201 | 204):
            return "as usual"
        case ApiClosed(unanswered=missed) if missed:
            return ("telling", entry.seq)
        case ConnectionClosed(
            reason="ended" | "stopped",
            rejected=0,
            discarded=0,
            malformed=0,
            unread_bytes=0,
            detail=None,
        ):
            return "as usual"
        case Notification(outcome="discarded", cause=cause) if not often:
            return cause
        case FeedbackSent(connection=connection) if not often:
            return "feedback", connection
        case _:
            return "as usual" if often else ("telling", entry.seq)


def _folded(group: Sequence[Entry], shown: int) -> Iterator[str]:
    """The first and the last of a group if two are `shown`, and how many there are beside."""
    if len(group) <= shown + 1:
        yield from map(_line, group)
        return
    inner = group[1:-1] if shown else group
    if shown:
        yield _line(group[0])
    kinds = Counter(_name(each) for each in inner)
    what = ", ".join(f"{number:,} {name}" for name, number in kinds.items())
    yield f"{'':11}… {what}"
    if shown:
        yield _line(group[-1])


def _name(entry: Entry) -> str:
    """What sort of thing it is."""
    match entry:
        case Notification():
            warned = "with warnings" if entry.warnings else None
            return " ".join(filter(None, (entry.verdict, warned)))
        case Delivery():
            return f"{entry.fate} on a device"
        case FaultFired():
            return f"fault {entry.fault}"
        case ApiRequest() | ApiResponse():
            return f"{entry.__struct_config__.tag} {entry.reason or entry.http_status}"
        case ConnectionClosed() | ConnectionRefused():
            return f"{entry.__struct_config__.tag} ({entry.reason})"
        case _:
            return str(entry.__struct_config__.tag)


def _line(entry: Entry) -> str:
    return within(describe(entry), _WIDTH)
