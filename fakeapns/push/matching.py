"""Whether a trigger holds: its numbers, its globs, its times, and what a push has."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fnmatch import fnmatchcase, translate
from functools import lru_cache
from typing import Any

import msgspec

from ..scenario import CountRange, On, parse_duration
from ..scenario.faults import Service
from .payload import contains, parse_payload
from .push import Push


class Occasion(msgspec.Struct, frozen=True):
    """What a stage knows when it asks which fault acts.

    `number` is that of the push among the judged ones, from 1, on its connection; `elapsed`
    the seconds since the connection opened, `idle` those since its last byte; `repetition` how
    often this same push has been judged before; `host` the name that the client asked for. `reason`
    is why the push is refused, in Apple's words, None where it is sound. `topics` are those of the
    connection, where there is no push. Without a `service` faults of any may act.
    """

    connection: int
    topics: Sequence[str] = ()
    number: int = 0
    elapsed: float = 0.0
    idle: float = 0.0
    push: Push | None = None
    repetition: int = 0
    host: str | None = None
    reason: str | None = None
    service: Service | None = None


def within(allowed: int | str | None, number: int | None) -> bool:
    """Whether a count is among those that are asked for, if any are."""
    return allowed is None or (number is not None and number in CountRange.parse(allowed))


def long_enough(on: On, occasion: Occasion) -> bool:
    """Whether the times that are asked for have passed."""
    return all(
        wanted is None or waited >= parse_duration(wanted)
        for wanted, waited in ((on.after, occasion.elapsed), (on.idle, occasion.idle))
    )


def distance(on: On, judged: int, most: int) -> int:
    """How many notifications are counted before one that the trigger's numbers allow."""
    ahead = 0
    if on.every is not None:
        ahead = on.every - judged % on.every - 1
    if on.notification is not None:
        allowed = CountRange.parse(on.notification)
        if allowed.high is not None and judged >= allowed.high:
            return most
        ahead = max(ahead, allowed.low - judged - 1)
    return ahead


@lru_cache(maxsize=256)
def any_of(globs: tuple[str, ...]) -> re.Pattern[str]:
    """What matches whatever one of the globs does."""
    return re.compile("|".join(map(translate, globs)))


def topic_fits(glob: str | None, occasion: Occasion) -> bool:
    """Whether a topic is one that is asked for."""
    if glob is None:
        return True
    topics = occasion.topics if occasion.push is None else (occasion.push.topic or "",)
    return any(fnmatchcase(topic, glob) for topic in topics)


def describes(on: On, push: Push) -> bool:
    """Whether a push has what is asked for, but for what `asks_for` looks at."""
    return (
        within(on.identifier, push.identifier)
        and (on.command is None or on.command == push.command)
        # Commands 0 and 1 are sent with 10 (Legacy Notification Format), and so is HTTP/2 without
        # the header: a command 2 frame without the item is taken alike.
        and (on.priority is None or on.priority == (push.priority or 10))
        and (on.token is None or fnmatchcase(push.token.lower(), on.token.lower()))
        and within(on.stream, push.stream)
        and like(on.push_type, push.push_type)
        and like_in_any_case(on.apns_id, push.apns_id)
        and like(on.collapse_id, push.collapse_id)
    )


def like(glob: str | None, value: str | None) -> bool:
    """Whether this is what is asked for, if anything is."""
    return glob is None or (value is not None and fnmatchcase(value, glob))


def like_in_any_case(glob: str | None, value: str | None) -> bool:
    """The same of what means the same in capitals: hosts (RFC 9110, 4.2.3), UUIDs (RFC 9562, 4)."""
    return glob is None or (value is not None and fnmatchcase(value.lower(), glob.lower()))


def asks_for(on: On, push: Push) -> bool:
    """What runs code of the user: a `where`, and `==` of what a payload is to have."""
    __tracebackhide__ = True
    return (on.payload is None or _has(push.payload_bytes, on.payload)) and (
        on.where is None or bool(on.where(push))
    )


def _has(payload: bytes, wanted: dict[str, Any]) -> bool:
    try:
        content = parse_payload(payload)
    except ValueError:
        return False
    return all(_at(content, path, value) for path, value in wanted.items())


def _at(content: Any, path: str, value: Any) -> bool:
    for key in path.split("."):
        if not isinstance(content, dict) or key not in content:
            return False
        content = content[key]
    return contains(content, value)
