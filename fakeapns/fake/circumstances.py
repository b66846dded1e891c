"""What else there is to know about a failure: what came to nothing, what was played, and how to do
it again.
"""

from __future__ import annotations

import os
import re
import shlex
from collections import Counter
from collections.abc import Iterator, Sequence

from ..ledger import (
    ApiClosed,
    ApiRequest,
    ConnectionClosed,
    ConnectionOpened,
    ConnectionRefused,
    FaultFired,
    GoAwaySeen,
    Ledger,
    Malformed,
    Notification,
    ResetSeen,
    ServerStarted,
    done_in_words,
    goaway_in_words,
)
from ..protocol.http2 import code_name
from ..scenario import Scenario, Step, scenario_names
from ..text import printable

_FEW = 3


def surroundings(
    ledger: Ledger,
    scenario: Scenario,
    seed: int | None,
    steps: Sequence[Step],
    arriving: Sequence[str],
) -> Iterator[str]:
    """All of it. `arriving` are sentences on what may still come to be recorded."""
    yield from nobody(ledger, arriving)
    yield from unused(ledger, arriving)
    yield from arriving
    yield from unreadable(ledger)
    yield from on_streams(ledger)
    yield from refused(ledger)
    yield from played(ledger, scenario, seed, steps)


def nobody(ledger: Ledger, arriving: Sequence[str]) -> Iterator[str]:
    """That no client has come, where that is so: mostly it went to Apple instead."""
    if arriving or not all(isinstance(each, ServerStarted) for each in ledger):
        return
    if ledger.resets:
        yield "what came before reset() is on record no more, and nothing has come since"
    else:
        yield (
            "no connection is on record either: is the sender pointed at apns.api.host and "
            "apns.api.port, or at those of apns.gateway?"
        )
        yield (
            "a sender that knows Apple's addresses alone comes here in the block of a helper, such "
            "as apns.aioapns(), or by apns.proxy, with proxy_port=0"
        )


def unused(ledger: Ledger, told: Sequence[str]) -> Iterator[str]:
    """Connections for pushes that are open, on which nothing has come, and of which nothing is
    `told` yet.
    """
    used = {each.connection for each in ledger.of(Notification)}
    used |= {each.connection for each in ledger.of(ConnectionClosed)}
    used |= {each.connection for each in ledger.of(Malformed)}
    used |= {each.connection for each in ledger.of(ApiRequest)}
    used |= {number for number in map(_connection_in, told) if number is not None}
    opened = [each for each in ledger.of(ConnectionOpened) if each.service != "feedback"]
    idle = [each.connection for each in opened if each.connection not in used]
    if idle:
        yield f"open, and no notification has come on it yet: connection {_some(idle)}"


def _some(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers[:_FEW])) + (" and more" if len(numbers) > _FEW else "")


def _connection_in(sentence: str) -> int | None:
    found = re.search(r"\bconnection (\d+)", sentence)
    return None if found is None else int(found[1])


def unreadable(ledger: Ledger) -> Iterator[str]:
    """What arrived and was no notification."""
    malformed = Counter(each.reason for each in ledger.of(Malformed))
    for reason, times in malformed.most_common(_FEW):
        yield printable(f"{_many(times, 'frame')} could not be read: {reason}")
    closed = ledger.of(ConnectionClosed)
    # What was said of a request stands with that.
    requests = {each.detail for each in ledger.of(ApiRequest)}
    details = (each.detail for each in closed if each.detail is not None)
    told = Counter(each for each in details if each not in requests)
    for detail, times in told.most_common(_FEW):
        yield printable(f"{_many(times, 'connection')} ended: {detail}")
    size = sum(each.unread_bytes for each in closed if each.detail is None)
    if size:
        yield f"{size:,} bytes formed no whole frame, or were not read any more"


def on_streams(ledger: Ledger) -> Iterator[str]:
    """What came over HTTP/2 and was no push, and what was ended there before its time."""
    asked = ledger.of(ApiRequest)
    yield from _about_channels(list(filter(None, map(done_in_words, asked))))
    requests = Counter(
        (each.http_status, each.reason, each.detail or f"{each.method} {each.path}")
        for each in asked
        if not each.fulfilled
    )
    for (*code, why), times in requests.most_common(_FEW):
        answer = " ".join(str(each) for each in code if each is not None) or "not answered"
        verb = "was" if times == 1 else "were"
        yield printable(f"{_many(times, 'request')} {verb} no push ({answer}): {why}")
    # Why a stream was reset that a request came on stands with that.
    told = {why for (*_, why) in requests}
    resets = Counter(
        (each.by, code_name(each.code), each.detail)
        for each in ledger.of(ResetSeen)
        if each.detail not in told
    )
    for (by, name, detail), times in resets.most_common(_FEW):
        why = "" if detail in (None, name) else f": {detail}"
        verb = "was" if times == 1 else "were"
        yield printable(f"{_many(times, 'stream')} {verb} reset by the {by}, {name}{why}")
    # With a provider's own last word nothing is wrong, and what it says may be how it ended.
    closed = {each.connection: each.detail or "" for each in ledger.of(ConnectionClosed)}
    ends: dict[str, list[int]] = {}
    for each in ledger.of(GoAwaySeen):
        is_telling = each.by == "server" or each.code
        if is_telling and not (each.debug and each.debug in closed.get(each.connection, "")):
            ends.setdefault(goaway_in_words(each), []).append(each.connection)
    for words, told_so in sorted(ends.items(), key=lambda end: -len(end[1]))[:_FEW]:
        subject = "connection" if len(told_so) == 1 else "connections"
        verb = "was" if len(told_so) == 1 else "were"
        yield printable(f"{subject} {_some(told_so)} {verb} told {words}")
    missed = sum(each.unanswered for each in ledger.of(ApiClosed))
    if missed:
        yield f"{_many(missed, 'request')} had no answer when the connection ended"


def _about_channels(done: Sequence[str]) -> Iterator[str]:
    """What became of channels by request, the last of it: what was sent came after most of that."""
    if len(done) > _FEW:
        yield f"{_many(len(done), 'request')} about channels, the last of which:"
    yield from map(printable, done[-_FEW:])


def _many(times: int, what: str) -> str:
    return f"a {what}" if times == 1 else f"{times:,} {what}s"


def refused(ledger: Ledger) -> Iterator[str]:
    """Connections that were refused, and what to do about it."""
    turned_away = Counter((each.reason, each.hint) for each in ledger.of(ConnectionRefused))
    for (reason, hint), times in turned_away.most_common(_FEW):
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
