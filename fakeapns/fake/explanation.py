"""The text of a failed assertion: what was wanted, what came nearest, and all that there is.

It has to fit a terminal however much was recorded, so what is alike is folded and the middle
of a long list is left out. What was rejected or discarded is never folded into the rest.
"""

from __future__ import annotations

import os
import re
import shlex
from collections import Counter
from collections.abc import Iterator, Sequence

from ..ledger import (
    ConnectionClosed,
    ConnectionOpened,
    ConnectionRefused,
    Difference,
    FaultFired,
    Ledger,
    Malformed,
    Notification,
    Wanted,
)
from ..push import short_token
from ..scenario import Scenario, Step, scenario_names
from ..text import EMPTY, printable, readable

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
    lines = [_within(expected, _LONG)]
    if wanted is not None:
        lines += _nearest(wanted, recorded)
    lines += _recorded(recorded)
    lines += _unused(ledger, recorded, arriving)
    lines += arriving
    lines += _unreadable(ledger)
    lines += _refused(ledger)
    lines += played(ledger, scenario, seed, steps)
    return readable("\n".join(lines))


def _unused(ledger: Ledger, recorded: Sequence[Notification], told: Sequence[str]) -> Iterator[str]:
    """Connections to the gateway that are open, on which nothing has come, and of which nothing is
    `told` yet.
    """
    used = {each.connection for each in recorded}
    used |= {each.connection for each in ledger.of(ConnectionClosed)}
    used |= {each.connection for each in ledger.of(Malformed)}
    used |= {number for number in map(_connection_in, told) if number is not None}
    opened = [each for each in ledger.of(ConnectionOpened) if each.service == "gateway"]
    idle = [each.connection for each in opened if each.connection not in used]
    if idle:
        some = ", ".join(map(str, idle[:_FEW])) + (" and more" if len(idle) > _FEW else "")
        yield f"open, and no notification has come on it yet: connection {some}"


def _connection_in(sentence: str) -> int | None:
    found = re.search(r"\bconnection (\d+)", sentence)
    return None if found is None else int(found[1])


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
    yield from (f"    {_within(printable(str(each)), _LONG)}" for each in differences[:_MOST])
    if len(differences) > _MOST:
        yield f"    … and {len(differences) - _MOST} more"


def _weight(difference: Difference) -> int:
    # A push to the right device is nearer than any other, whatever became of it.
    return 100 if difference.name == "token" and not difference.near else 1


# ---- what was recorded ----------------------------------------------------------------------


def line_of(notification: Notification) -> str:
    """A notification in one line: what became of it, where, for whom and what it says."""
    status = f" ({notification.status})" if notification.status else ""
    reason = f": {notification.reason}" if notification.reason else ""
    return printable(
        f"{notification.outcome}{status} connection {notification.connection} "
        f"token {short_token(notification.token)} topic {notification.topic} "
        f"{says(notification)}{reason}"
    )


def says(notification: Notification) -> str:
    """The alert's text, or the payload where there is none."""
    payload = notification.payload
    aps = payload.get("aps") if isinstance(payload, dict) else None
    alert = aps.get("alert") if isinstance(aps, dict) else None
    if isinstance(alert, dict):
        alert = alert.get("body") or alert.get("title")
    if isinstance(alert, str):
        return repr(_cut(alert))
    return _cut(notification.payload_bytes[: 4 * _TEXT].decode("utf-8", "replace")) or EMPTY


def _cut(text: str) -> str:
    return _within(text, _TEXT)


def _within(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


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


# ---- what else there is to know -------------------------------------------------------------


def _unreadable(ledger: Ledger) -> Iterator[str]:
    """What arrived and was no notification."""
    malformed = Counter(each.reason for each in ledger.of(Malformed))
    for reason, times in malformed.most_common(_FEW):
        yield printable(f"{_many(times, 'frame')} could not be read: {reason}")
    closed = ledger.of(ConnectionClosed)
    told = Counter(each.detail for each in closed if each.detail is not None)
    for detail, times in told.most_common(_FEW):
        yield printable(f"{_many(times, 'connection')} ended: {detail}")
    size = sum(each.unread_bytes for each in closed if each.detail is None)
    if size:
        yield f"{size:,} bytes formed no whole frame, or were not read any more"


def _many(times: int, what: str) -> str:
    return f"a {what}" if times == 1 else f"{times:,} {what}s"


def _refused(ledger: Ledger) -> Iterator[str]:
    refused = Counter((each.reason, each.hint) for each in ledger.of(ConnectionRefused))
    for (reason, hint), times in refused.most_common(_FEW):
        how_often = "a connection was" if times == 1 else f"{times} connections were"
        yield printable(f"{how_often} refused ({reason}): {hint}")


def played(
    ledger: Ledger, scenario: Scenario, seed: int | None, steps: Sequence[Step]
) -> Iterator[str]:
    """Which faults fired and which did not, of which scenario, and how to run the test again."""
    entries = ledger.of(FaultFired)
    fired = Counter(each.fault for each in entries)
    if fired:
        yield "faults that fired: " + ", ".join(_times(name, n) for name, n in fired.items())
    positions = {each.step for each in entries}
    idle = [str(step) for number, step in enumerate(steps, start=1) if number not in positions]
    if idle:
        more = f" and {len(idle) - _FEW} more" if len(idle) > _FEW else ""
        yield f"never fired: {', '.join(idle[:_FEW])}{more}"
    options = []
    if scenario.name is not None:
        if scenario.name in scenario_names():
            options += ["--apns-scenario", scenario.name]
        yield f"scenario {scenario.name}" + ("" if seed is None else f", seed {seed}")
    if seed is not None:
        options += ["--apns-seed", str(seed)]
    test, _, _ = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" ")
    if options and test:
        yield f"again: {shlex.join(['pytest', test, *options])}"


def _times(name: str, times: int) -> str:
    return name if times == 1 else f"{name} ({times} times)"
