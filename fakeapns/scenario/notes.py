"""What is right in a scenario, and may surprise all the same: it is up to timing, or never acts."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from fnmatch import fnmatchcase

from ..errors import UsageError
from ..protocol import REASONS
from ..text import nearest
from .device_notes import about_devices
from .faults import Service
from .inhabitants import DeviceEntry
from .steps import On, Step
from .units import CountRange, parse_duration

_TIMES = "give that one times"
_RANGES = ("connection", "notification", "identifier", "stream")


def notes(
    steps: Sequence[Step], devices: Sequence[DeviceEntry], *, unsure: bool = True
) -> Iterator[str]:
    """A sentence for each thing that whoever wrote the steps should know: why one may not act, and
    if it is `unsure` where it does that, too.
    """
    for position, step in enumerate(steps, start=1):
        said = (*(_unsure(step) if unsure else ()), *_of(step, devices))
        yield from (f"step {position} {note}" for note in said)
        yield from (f"step {position} {note}" for note in about_devices(step, steps, devices))
        for earlier, first in enumerate(steps[: position - 1], start=1):
            if _covers(first, step):
                instead = "let it act later (after)" if step.stage == "open" else _TIMES
                yield (
                    f"step {position} never acts, since step {earlier} comes first and acts on all "
                    f"that it waits for: put it first, or {instead}"
                )
                break


def beside_the_senders(
    acts_on: Iterable[Collection[Service]], senders: Sequence[Service]
) -> Iterator[str]:
    """A sentence for each step that acts where these senders never come. It has the services on
    which each step acts.
    """
    # Who sends to the gateway reads feedback, too.
    reached = {*senders, "feedback"} if "gateway" in senders else set(senders)
    for position, services in enumerate(acts_on, start=1):
        if reached.isdisjoint(services):
            theirs = "api" if "api" in services else "gateway"
            wanted = ", ".join(f'"{each}"' for each in (*senders, theirs))
            yield (
                f"step {position} acts on the {' and the '.join(services)} alone, and chaos plays "
                f"this story with those who send to the {' and the '.join(senders)}: write "
                f"services = [{wanted}], or only the service that is meant"
            )


def _unsure(step: Step) -> Iterator[str]:
    if step.on.given & {"notification", "every"} and step.per == "server":
        yield (
            "counts notifications over all connections: with several at once it depends on timing "
            'which one it hits; content, chance or per = "connection" do not'
        )


def _of(step: Step, devices: Sequence[DeviceEntry]) -> Iterator[str]:
    on = step.on
    if on.token is not None and re.fullmatch("[0-9A-Fa-f]{2}", on.token):
        yield (
            f"asks for the token {on.token}, which is one byte: write {on.token}* for all that "
            "begin with it"
        )
    elif on.token is not None and not re.fullmatch(r"[0-9A-Fa-f*?\[\]!-]*", on.token):
        yield f"never acts: no token is like {on.token}, since tokens are hex digits here"
    for name in ("notification", "connection"):
        value = getattr(on, name)
        if value is not None and CountRange.parse(value).high == 0:
            yield f"never acts: {name} counts from 1"
    yield from _never_said(on)
    if on.chance == 0:
        yield "never acts: its chance is 0"
    if "connection" in on.given and on.service is None and step.stage == "feedback":
        yield (
            'counts connections to the gateway, too: write service = "feedback" beside connection '
            "to count those to feedback"
        )
    why = step.fault.pointless(on)
    if why is not None:
        yield f"never acts: {why}"


def _never_said(on: On) -> Iterator[str]:
    """What no push over HTTP/2 is like."""
    if on.reason is not None and not any(fnmatchcase(each, on.reason) for each in REASONS):
        near = nearest(on.reason, REASONS)
        hint = "" if near is None else f": did you mean {near}?"
        yield f"never acts: no reason of Apple's is like {on.reason}{hint}"
    # Streams of a client have odd numbers (RFC 9113, 5.1.1).
    streams = None if on.stream is None else CountRange.parse(on.stream)
    if streams is not None and streams.low == streams.high and streams.low % 2 == 0:
        yield f"never acts: stream {streams.low} is none of a client, those have odd numbers"


def _covers(first: Step, second: Step) -> bool:
    """Whether the first always acts where the second would."""
    if first.stage != second.stage or first.times is not None:
        return False
    if first.stage == "open" and _moment(first.on) != _moment(second.on):
        return False
    # What is refused is there for steps that ask for a reason, and for no others.
    if (first.on.reason is None) != (second.on.reason is None):
        return False
    # A block is there only now and then.
    always = first.fault.memory() is None and not first.on.given & {"chance", "where"}
    counted = first.on.given & {"notification", "every"}
    if not always or (counted and first.per != second.per):
        return False
    services = (second.on.service,) if second.on.service else second.fault.acts_on
    return set(services) <= set(first.fault.acts_on) and all(
        _within(first.on, second.on, name) for name in first.on.given
    )


def _moment(on: On) -> tuple[float, float]:
    """When a step acts that does so by time alone: of several at one moment the first does."""
    return parse_duration(on.after or "0ms"), parse_duration(on.idle or "0ms")


def _within(first: On, second: On, name: str) -> bool:
    wide, narrow = getattr(first, name), getattr(second, name)
    if name in ("after", "idle"):
        return parse_duration(wide) <= parse_duration(narrow or "0ms")
    if name not in _RANGES or narrow is None:
        return bool(wide == narrow)
    if name == "connection" and first.service != second.service:
        return False
    try:
        outer, inner = CountRange.parse(wide), CountRange.parse(narrow)
    except UsageError:
        return False
    return outer.low <= inner.low and (
        outer.high is None or (inner.high is not None and inner.high <= outer.high)
    )
