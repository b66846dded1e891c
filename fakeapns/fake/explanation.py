"""The text of a failed assertion: what was wanted, what came nearest, and all that there is.

It has to fit a terminal however much was recorded, so what is alike is folded and the middle
of a long list is left out. What was rejected or discarded is never folded into the rest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from ..ledger import (
    Difference,
    Ledger,
    Notification,
    Wanted,
    answer_in_words,
    apns_headers,
    remarks,
)
from ..scenario import Scenario, Step
from ..text import EMPTY, beginning, printable, readable, within
from .circumstances import surroundings

#: Lines of the list of what was recorded, and of other lists.
_LINES = 30
_FEW = 3
#: Notifications among which the nearest is looked for, the last ones.
_CANDIDATES = 20_000
_TEXT = 60
#: Characters of a line that says what was wanted, and differences that are told.
_LONG, _MOST = 400, 10


def explain(
    expected: str,
    ledger: Ledger,
    wanted: Wanted | None,
    scenario: Scenario,
    seed: int | None,
    steps: Sequence[Step],
    arriving: Sequence[str] = (),
) -> str:
    """The text. `expected` is a sentence that says what there was instead, too. `arriving` are
    sentences on what may still come.

    With `wanted` the nearest of what was recorded is held against it, field by field.
    """
    recorded = ledger.notifications()
    lines = [within(expected, _LONG)]
    if wanted is not None:
        lines += _nearest(wanted, recorded)
    lines += _recorded(recorded)
    lines += surroundings(ledger, scenario, seed, steps, arriving)
    return readable("\n".join(lines))


# ---- the nearest ----------------------------------------------------------------------------


def _nearest(wanted: Wanted, recorded: Sequence[Notification]) -> Iterator[str]:
    """The notification that lacks least of what is wanted, and what that is."""
    first = max(0, len(recorded) - _CANDIDATES)
    best: tuple[int, int] | None = None
    for number in range(first, len(recorded)):
        missing = sum(map(_weight, wanted.differences(recorded[number])))
        # Of equals the latest: it is the one that the test is about more often.
        if missing and (best is None or missing <= best[0]):
            best = missing, number
    if best is None:
        return
    notification = recorded[best[1]]
    yield f"nearest, number {best[1] + 1}: {line_of(notification)}"
    differences = wanted.differences(notification)
    yield from (f"    {within(printable(str(each)), _LONG)}" for each in differences[:_MOST])
    if len(differences) > _MOST:
        yield f"    … and {len(differences) - _MOST} more"
    if notification.service == "api":
        yield from (f"    {within(printable(each), _LONG)}" for each in _of_the_api(notification))


def _of_the_api(notification: Notification) -> Iterator[str]:
    """What a line has no room for: headers as they came, and what was answered."""
    headers = ", ".join(f"{name} {value}" for name, value in apns_headers(notification))
    yield f"its headers: {headers or 'none of Apple'}"
    yield f"its answer: {answer_in_words(notification)}"
    violations = notification.violations or ()
    if len(violations) > 1:
        yield f"all that was wrong with it: {', '.join(violations)}"


def _weight(difference: Difference) -> int:
    # A push to the right device or channel, or with the right id, is nearer than any other,
    # whatever became of it.
    far = difference.name in ("token", "channel", "apns_id") and not difference.near
    return 100 if far else 1


# ---- what was recorded ----------------------------------------------------------------------


def line_of(notification: Notification) -> str:
    """A notification in one line: what became of it, where, for whom and what it says."""
    outcome, _, status = notification.verdict.partition(" ")
    return printable(
        f"{outcome}{f' ({status})' if status else ''} connection {notification.connection} "
        f"{notification.whom} {says(notification)}"
        f"{remarks((), None, notification.why, notification.violations or ())}"
    )


def says(notification: Notification) -> str:
    """The alert's text, or the payload where there is none."""
    payload = notification.payload
    aps = payload.get("aps") if isinstance(payload, dict) else None
    alert = aps.get("alert") if isinstance(aps, dict) else None
    if isinstance(alert, dict):
        alert = alert.get("body") or alert.get("title")
    if isinstance(alert, str):
        return repr(within(alert, _TEXT))
    return beginning(notification.payload_bytes, _TEXT) or EMPTY


def _recorded(recorded: Sequence[Notification]) -> Iterator[str]:
    if not recorded:
        yield "recorded: nothing"
        return
    counts = Counter(each.outcome for each in recorded)
    what = ", ".join(f"{number:,} {outcome}" for outcome, number in counts.items())
    total = "1 notification" if len(recorded) == 1 else f"{len(recorded):,} notifications"
    yield f"recorded: {total}" + (f" ({what})" if len(counts) > 1 else "")
    groups = list(_groups(recorded))
    lines = [line for start, length in groups for line in _folded(recorded, start, length)]
    if len(recorded) <= _LINES:
        lines = [f"  {number}. {line_of(each)}" for number, each in enumerate(recorded, start=1)]
    if len(lines) > _LINES:
        half = _LINES // 2
        lines[half:-half] = [f"  … {len(lines) - 2 * half} lines left out: see apns.ledger"]
    yield from lines


def _groups(recorded: Sequence[Notification]) -> Iterator[tuple[int, int]]:
    """Start and length of runs in which the same became of all on one connection."""
    start = 0
    for number in range(1, len(recorded) + 1):
        if number == len(recorded) or _kind(recorded[number]) != _kind(recorded[start]):
            yield start, number - start
            start = number


def _kind(notification: Notification) -> tuple[object, ...]:
    return (
        notification.connection,
        notification.outcome,
        notification.status,
        notification.topic,
    )


def _folded(recorded: Sequence[Notification], start: int, length: int) -> Iterator[str]:
    last = start + length - 1
    yield f"  {start + 1}. {line_of(recorded[start])}"
    if length > _FEW:
        yield f"     … {length - 2:,} more like it"
    elif length == _FEW:
        yield f"  {start + 2}. {line_of(recorded[start + 1])}"
    if length > 1:
        yield f"  {last + 1}. {line_of(recorded[last])}"
