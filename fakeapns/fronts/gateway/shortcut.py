"""Which notifications may travel in a bundle: those that nobody has to decide about.

Most are accepted, without a fault. Of frames in a row this finds how many of the first are like
that. It is a shortcut only: whatever it lets through, the judge accepts as well; what it does not
is left to him. What is odd about a payload changes nothing about that, so nobody looks into it
here, unless such payloads are refused: see `FrameBundle` for when it is looked into.
"""

from __future__ import annotations

import re
from operator import sub

from ...protocol import LONGEST_TAIL, TOKEN_SIZE, Frames
from ...push import Judge, Rules, content_warnings


class Shortcut:
    """Finds them for one gateway."""

    def __init__(self, judge: Judge, rules: Rules) -> None:
        self._devices = judge.devices
        self._triggers = judge.triggers
        self._limit = rules.payload_limit
        self._strict = rules.strict
        self._registered_only = rules.registered_only
        self._environment = rules.environment

    @classmethod
    def of(cls, judge: Judge, rules: Rules) -> Shortcut | None:
        """The shortcut of a gateway; None where the settings leave no room for one."""
        settings, delay = judge.settings, judge.settings.error_delay_range
        possible = (
            TOKEN_SIZE in rules.token_sizes
            and not settings.scripted_tokens
            and not settings.signed_expiry
            # Chance wants every notification counted that was judged.
            and delay.low == delay.high
        )
        return cls(judge, rules) if possible else None

    def count(self, frames: Frames, first: int, topic: str, connection: int, number: int) -> int:
        """How many frames from the first on are plain; `number` were judged on the connection."""
        most = len(frames) - first
        most, watched = self._triggers.quiet_for(most, connection, number, topic)
        last = first + most
        if watched is not None:
            last = _unmatched(frames, watched, first, last)
        if last > first and (self._registered_only or self._devices):
            last = self._known(frames, topic, first, last)
        last = self._fitting(frames, first, last)
        if self._strict:
            last = _faultless(frames, topic, first, last)
        return last - first

    def _known(self, frames: Frames, topic: str, first: int, last: int) -> int:
        """The first frame whose token is not fine, or the one behind that of a device, since what
        became of that comes next on record; or the last.
        """
        index = first if self._registered_only else self._somebodys(frames, first, last)
        if index == last:
            return last
        device = self._devices.find(frames.token(index)).get(topic)
        is_here = (
            device is not None
            and device.since is None
            and device.environment in (None, self._environment)
        )
        return index + is_here

    def _somebodys(self, frames: Frames, first: int, last: int) -> int:
        """The first frame whose token somebody has, or the last."""
        tokens, heads, at, size = self._devices.tokens, self._devices.heads, first + 1, 16
        # Behind that of a device nobody looks: if the first is none, more are not either, probably.
        if frames.token(first) in tokens:
            return first
        while at < last:
            end = min(last, at + size)
            for found in heads.among(frames.token_heads(at, end)):
                if frames.token(at + found) in tokens:
                    return at + found
            at, size = end, size * 32
        return last

    def _fitting(self, frames: Frames, first: int, last: int) -> int:
        """The first frame whose payload is empty or too long, or the last."""
        places, head, limit = frames.places, frames.payload_at, self._limit
        # Mostly the lengths of the frames say it of all at once.
        lengths = [*map(sub, places[first + 1 : last + 1], places[first:last])]
        if not lengths or (min(lengths) > head + LONGEST_TAIL and max(lengths) <= head + limit):
            return last
        for index in range(first, last):
            if not 0 < frames.payload_size(index) <= limit:
                return index
        return last


def _faultless(frames: Frames, topic: str, first: int, last: int) -> int:
    """The first frame of whose payload there is something to say, or the last."""
    for index in range(first, last):
        # With a priority of 10 there is no less to say than with any other.
        if content_warnings(frames.payload(index), None, topic):
            return index
    return last


def _unmatched(frames: Frames, watched: re.Pattern[str], first: int, last: int) -> int:
    """The first frame whose token matches, or the last."""
    buffer, starts, token_at = frames.buffer, frames.starts, frames.token_at
    match = watched.match
    for index in range(first, last):
        at = starts[index] + token_at
        if match(buffer[at : at + TOKEN_SIZE].hex()):
            return index
    return last
