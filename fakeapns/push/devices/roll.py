"""Devices that stand in a file, one a line, which may be read again once it has changed."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from ...errors import UsageError
from ...scenario import TOPIC
from ...text import shown
from ..payload import parse_payload
from ..token import short_token
from .given import removal, whole_token
from .landing import Landing
from .registration import Environment, Registration
from .registry import Devices
from .tokens import ByToken, every, put

#: Devices that are looked at in one go, which takes milliseconds.
_SLICE = 1000


class _Line(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """As it stands in the file. `since` is epoch seconds, or how long before it was read."""

    token: str
    topic: str
    state: str = "active"
    since: float | str | None = None
    environment: Environment | None = None


_decode = msgspec.json.Decoder(_Line).decode


class Changed(msgspec.Struct):
    """How many devices were added, removed, and changed by a reading."""

    added: int = 0
    removed: int = 0
    changed: int = 0


class Roll:
    """The devices of one server that stand in a file, beside all others."""

    def __init__(self, devices: Devices) -> None:
        self._devices = devices
        self._readings = 0

    def read(self) -> Reading:
        """Begin to read it, for the first time or again."""
        self._readings += 1
        return Reading(self._devices, self._readings)


class Reading:
    """One reading: the lines are taken first, and nothing is changed before all are fine."""

    # Of those that are there already, and as the file has them, nothing is kept but the number of
    # this reading: to read a million again takes no more memory than to have them.

    def __init__(self, devices: Devices, number: int) -> None:
        self._devices = devices
        self._number = number
        self._now = devices.now()
        self._new: ByToken = {}
        self._different: list[tuple[Registration, float | None, Environment | None]] = []
        #: So that a million devices have one text between them.
        self._topics: dict[str, str] = {}
        #: What it has come to.
        self.changed = Changed()

    def take(self, text: bytes) -> None:
        """Take a line. Raises `UsageError` for one that is no device, or is there already."""
        try:
            line = _decode(text)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as wrong:
            raise UsageError(_in_words(text, wrong)) from None
        token, topic = whole_token(line.token), self._topic(line.topic)
        since = removal(line.state, line.since, line.environment, self._now)
        known = self._devices.find(token).get(topic)
        if known is None:
            made = Registration(topic, token, line.environment, 0, self._now)
            made.since, made.reading = since, self._number
            put(self._new, made)
            return
        if known.reading in (None, self._number):
            raise UsageError(
                f"token {short_token(known.token)} is registered twice under {topic}: keep one"
            )
        known.reading = self._number
        if since is not None and known.since is not None and not isinstance(line.since, float):
            # How long ago it was is told from the first reading.
            since = known.since
        if (since, line.environment) != (known.since, known.environment):
            self._different.append((known, since, line.environment))

    def _topic(self, given: str) -> str:
        known = self._topics.get(given)
        if known is None:
            if not re.fullmatch(TOPIC, given):
                raise UsageError(f"{shown(given)} is no topic: write one such as com.example.app")
            known = self._topics[given] = given
        return known

    def apply(self) -> Iterator[list[Landing]]:
        """Change the devices, some for each `next`, which gives what became of what had waited."""
        yield from _in_slices(self._changes())

    def _changes(self) -> Iterator[list[Landing]]:
        devices, changed = self._devices, self.changed
        for known, since, environment in self._different:
            changed.changed += 1
            yield devices.change(known, since, environment)
        for each in devices:
            gone = each.reading not in (None, self._number)
            changed.removed += gone
            yield devices.forget(each) if gone else []
        for made in every(self._new.values()):
            # Somebody may have added it while the rest was read.
            if made.topic not in devices.find(made.token_bytes):
                changed.added += 1
                devices.enrol(made)
                yield []


def _in_words(text: bytes, wrong: Exception) -> str:
    """Why a line is no device, of which this was said."""
    try:
        parse_payload(text)
    except ValueError as unread:
        return f"the line {unread}"
    return str(wrong)


def _in_slices(changes: Iterator[list[Landing]]) -> Iterator[list[Landing]]:
    landings: list[Landing] = []
    for number, each in enumerate(changes, 1):
        landings += each
        if number % _SLICE == 0:
            yield landings
            landings = []
    yield landings
