"""The text of a failed assertion about a device: what came nearest to what was wanted, and why
something else became of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from ..ledger import (
    Delivery,
    Difference,
    Notification,
    WantedDelivery,
    payload_differences,
    said_in,
)
from ..push import Installation, relation
from ..text import printable, readable, within
from .asked import Asked
from .circumstances import surroundings
from .courses import Course, courses_of, sent_instead
from .explanation import says

#: Lines of the list of what there was, and of other lists.
_LINES, _FEW = 20, 3
#: Characters of a line.
_LONG = 400


class Kind(NamedTuple):
    """What a delivery has to be: in words, with a device behind them, and whether one is so.
    `lacks` says what a push lacks for that.
    """

    on: str
    is_so: Callable[[Delivery], bool]
    lacks: Callable[[Notification], Sequence[Difference]] = lambda _: ()


def _no_wake(push: Notification) -> Sequence[Difference]:
    """What keeps it from being silent, which "true" does, too."""
    silent = {"aps": {"content-available": 1}}
    return [*payload_differences(silent, push.payload, "payload")]


DELIVERED = Kind("delivered to", lambda each: each.fate == "delivered")
SHOWN = Kind("shown on", lambda each: each.shown is not None)
WOKEN = Kind("that woke the app on", lambda each: each.woke is not None, _no_wake)


def explain_deliveries(
    asked: Asked,
    expected: str,
    kind: Kind,
    wanted: WantedDelivery | None,
    found: Sequence[Delivery],
    arriving: Sequence[str],
) -> str:
    """The text. `expected` is a sentence that says what there was instead, too. `arriving` are
    sentences on what may still come.

    With `wanted` the nearest of what it was sent is held against it, else what was `found` is too
    much.
    """
    record, held = asked.record, asked.held
    courses = courses_of(record.ledger, asked.devices, held)
    lines = [within(expected, _LONG)]
    lines += _nearest(courses, held, kind, wanted) if wanted else _found(courses, held, found)
    lines += _listed(courses, held) if courses else _nothing(asked)
    lines += surroundings(record.ledger, record.scenario, record.seed, record.steps, arriving)
    return readable("\n".join(lines))


# ---- what it was sent -----------------------------------------------------------------------


def _nearest(
    courses: Sequence[Course], held: Installation, kind: Kind, wanted: WantedDelivery
) -> Iterator[str]:
    """What lacks least of what is wanted, and what that is."""
    best: tuple[int, Course] | None = None
    for course in courses:
        missing = len(wanted.differences(course.latest, course.push))
        is_so = course.latest is not None and kind.is_so(course.latest)
        # Of equals the latest: it is the one that the test is about more often.
        if (missing or not is_so) and (best is None or missing <= best[0]):
            best = missing, course
    if best is None:
        return
    _, course = best
    yield f"nearest, {_in_a_line(course, held)}"
    differences = wanted.differences(course.latest, course.push)
    if course.push is not None and course.latest is not None and not kind.is_so(course.latest):
        differences += kind.lacks(course.push)
    yield from (f"    {within(printable(str(each)), _LONG)}" for each in differences)


def _found(
    courses: Sequence[Course], held: Installation, found: Sequence[Delivery]
) -> Iterator[str]:
    """What there should not have been."""
    numbers = {each.notification for each in found}
    there = [each for each in courses if each.seq in numbers]
    yield from (f"found, {_in_a_line(each, held)}" for each in there[:_FEW])
    if len(there) > _FEW:
        yield f"… and {len(there) - _FEW:,} more"


def _in_a_line(course: Course, held: Installation) -> str:
    """A notification, what became of it on the device, and what it says."""
    said = said_in(course.latest, course.push)
    words = [] if course.push is None else [says(course.push)]
    words += [] if said.badge is None else [f"badge {said.badge:g}"]
    about = f" ({', '.join(words)})" if words else ""
    return printable(within(f"number {course.seq}: {course.in_words(held)}{about}", _LONG))


def _listed(courses: Sequence[Course], held: Installation) -> Iterator[str]:
    number = "1 notification" if len(courses) == 1 else f"{len(courses):,} notifications"
    yield f"it was sent {number}, by the seq of their entries:"
    lines = [f"  {_in_a_line(each, held)}" for each in courses]
    if len(lines) > _LINES:
        half = _LINES // 2
        lines[half:-half] = [f"  … {len(lines) - _LINES} more: see phone.deliveries"]
    yield from lines


# ---- where it was sent nothing --------------------------------------------------------------


def _nothing(asked: Asked) -> Iterator[str]:
    """That nothing was sent to it, and to whom something was instead."""
    ledger, held = asked.record.ledger, asked.held
    instead = sent_instead(ledger, asked.devices)
    if not instead:
        yield "nothing was sent to it, nor to anybody else"
        return
    yield f"nothing was sent to it, which is token {held.token} {held.topic}; instead to"
    for whom, times in instead[:_FEW]:
        yield f"  {whom}" + ("" if times == 1 else f", {times:,} times")
    if len(instead) > _FEW:
        yield f"  … and {len(instead) - _FEW:,} others"
    same = (relation(each.token_bytes, held.token_bytes) for each in ledger.notifications())
    if (what := next(filter(None, same), None)) is not None:
        yield f"one of these is {what}"
