"""Which notifications may travel in a bundle: those about which there is nothing to say.

Most are accepted, without a warning and without a fault. Of frames in a row this finds how
many of the first are like that. It is a shortcut only: whatever it lets through, the judge
accepts as well, with nothing to say; what it does not is left to him.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from ...protocol import TOKEN_SIZE, Frames
from ...push import MAX_DEPTH, MAX_TOPIC, Judge, parsed_warnings

#: JSON that is no longer than this cannot be nested too deeply: each level takes two bytes.
_SHALLOW = 1024

#: What looking at a payload as if it were plain may raise.
_NOT_PLAIN = (msgspec.MsgspecError, ValueError, RecursionError, TypeError, AttributeError)

# A plain one: a decoder for typed payloads takes as long (373 and 372 ns a notification, with the
# scan around it) and would skip what has to be looked at; one that only validates takes 323, and
# then nothing is known of the content (measured).
_decode = msgspec.json.Decoder().decode


class Shortcut:
    """Finds them for one gateway."""

    def __init__(self, judge: Judge) -> None:
        settings = judge.settings
        self._devices = judge.devices
        self._triggers = judge.triggers
        self._limit = settings.payload_limit
        self._registered_only = settings.tokens == "registered"
        self._environment = settings.environment
        delay = settings.error_delay_range
        self._possible = (
            TOKEN_SIZE in settings.sizes
            and not settings.scripted_tokens
            and not settings.signed_expiry
            # Chance wants every notification counted that was judged.
            and delay.low == delay.high
        )

    def count(self, frames: Frames, topics: Sequence[str], connection: int, number: int) -> int:
        """How many of the first frames are plain; `number` have been judged on the connection."""
        if not self._possible or not topics or len(topics[0].encode()) > MAX_TOPIC:
            return 0
        most, watched = self._triggers.quiet_for(len(frames), connection, number, topics[0])
        if watched is not None:
            most = _unmatched(frames, watched, most)
        if most and (self._registered_only or self._devices):
            most = self._known(frames, topics[0], most)
        return self._sound(frames, most)

    def _known(self, frames: Frames, topic: str, most: int) -> int:
        """How many of the first have a token that is fine."""
        buffer, starts, token_at = frames.buffer, frames.starts, frames.token_at
        find = self._devices.find
        for index in range(most):
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
        return most

    def _sound(self, frames: Frames, most: int) -> int:
        """How many of the first have a payload with nothing wrong."""
        # Priority is not looked at: None means 10, which finds no fewer warnings than 5.
        buffer, starts, payload_at = frames.buffer, frames.starts, frames.payload_at
        limit = self._limit
        decode = _decode
        try:
            for index in range(most):
                at = starts[index] + payload_at
                size = buffer[at - 2] << 8 | buffer[at - 1]
                payload = buffer[at : at + size]
                content = decode(payload)
                if size > limit or (size > _SHALLOW and _may_be_deep(payload)):
                    return index
                # The commonest of all payloads, before all others.
                if len(content) == 1:
                    aps = content.get("aps")
                    if len(aps) == 1 and type(aps.get("alert")) is str:
                        continue
                if parsed_warnings(content, None):
                    return index
        except _NOT_PLAIN:
            return index
        return most


def _may_be_deep(payload: bytes) -> bool:
    """Whether there are brackets enough for a nesting that nobody reads."""
    return payload.count(b"[") + payload.count(b"{") > MAX_DEPTH


def _unmatched(frames: Frames, watched: re.Pattern[str], most: int) -> int:
    """How many of the first have a token that does not match."""
    buffer, starts, token_at = frames.buffer, frames.starts, frames.token_at
    match = watched.match
    for index in range(most):
        at = starts[index] + token_at
        if match(buffer[at : at + TOKEN_SIZE].hex()):
            return index
    return most
