"""Which notifications may travel in a bundle: those about which there is nothing to say.

Most are accepted, without a warning and without a fault. Of frames in a row this finds how
many of the first are like that. It is a shortcut only: whatever it lets through, the judge
accepts as well, with nothing to say; what it does not is left to him.
"""

from __future__ import annotations

import re

import msgspec

from ...protocol import TOKEN_SIZE, Frames
from ...push import MAX_DEPTH, Judge, Rules, has_repeated_keys, parsed_warnings

#: JSON that is no longer than this cannot be nested too deeply: each level takes two bytes.
_SHALLOW = 1024

#: Bytes of {"aps":{"alert":""}}, and of the shortest key and value that could be there twice. What
#: an alert has of bytes beside its characters counts, so such a payload is looked at.
_NO_ROOM = len(b'{"aps":{"alert":""}}') + len(b'"aps":0,')

#: What looking at a payload as if it were plain may raise.
_NOT_PLAIN = (msgspec.MsgspecError, ValueError, RecursionError, TypeError, AttributeError)

# A plain one: a decoder for typed payloads takes as long (373 and 372 ns a notification, with the
# scan around it) and would skip what has to be looked at; one that only validates takes 323, and
# then nothing is known of the content (measured).
_decode = msgspec.json.Decoder().decode


class Shortcut:
    """Finds them for one gateway."""

    def __init__(self, judge: Judge, rules: Rules) -> None:
        self._devices = judge.devices
        self._triggers = judge.triggers
        self._limit = rules.payload_limit
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
        return self._sound(frames, topic, first, last) - first

    def _known(self, frames: Frames, topic: str, first: int, last: int) -> int:
        """The first frame whose token is not fine, or the last."""
        buffer, starts, token_at = frames.buffer, frames.starts, frames.token_at
        find = self._devices.find
        for index in range(first, last):
            at = starts[index] + token_at
            known = find(buffer[at : at + TOKEN_SIZE])
            if not known:
                if self._registered_only:
                    return index
                continue
            device = known.get(topic)
            if (
                device is None
                or device.since is not None
                or device.environment not in (None, self._environment)
            ):
                return index
        return last

    def _sound(self, frames: Frames, topic: str, first: int, last: int) -> int:
        """The first frame with something wrong in its payload, or the last."""
        # Priority is not looked at: None means 10, which finds no fewer warnings than 5.
        buffer, starts, payload_at = frames.buffer, frames.starts, frames.payload_at
        limit = self._limit
        decode = _decode
        try:
            for index in range(first, last):
                at = starts[index] + payload_at
                size = buffer[at - 2] << 8 | buffer[at - 1]
                payload = buffer[at : at + size]
                content = decode(payload)
                if size > limit or (size > _SHALLOW and _may_be_deep(payload)):
                    return index
                # The commonest of all payloads, before all others.
                if len(content) == 1:
                    aps = content.get("aps")
                    if (
                        len(aps) == 1
                        and type(alert := aps.get("alert")) is str
                        and size - len(alert) < _NO_ROOM
                    ):
                        continue
                if parsed_warnings(content, None, topic) or has_repeated_keys(payload, content):
                    return index
        except _NOT_PLAIN:
            return index
        return last


def _may_be_deep(payload: bytes) -> bool:
    """Whether there are brackets enough for a nesting that nobody reads."""
    return payload.count(b"[") + payload.count(b"{") > MAX_DEPTH


def _unmatched(frames: Frames, watched: re.Pattern[str], first: int, last: int) -> int:
    """The first frame whose token matches, or the last."""
    buffer, starts, token_at = frames.buffer, frames.starts, frames.token_at
    match = watched.match
    for index in range(first, last):
        at = starts[index] + token_at
        if match(buffer[at : at + TOKEN_SIZE].hex()):
            return index
    return last
