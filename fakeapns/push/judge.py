"""What a server decides about a push, before it is said to anybody.

One judge serves all connections of a server, and every front: it knows meanings, devices
and steps, but no connection's state and no wire.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from hashlib import blake2b

import msgspec

from ..scenario import Settings
from ..scenario.faults import Drop, Fault, Reject, Stall
from .chance import fraction
from .devices import Devices
from .payload import content_warnings
from .push import Push
from .refusal import Refusal
from .rules import Rules
from .triggers import Chosen, Occasion, Triggers

#: After these a send was noticed by the device's side. Who was refused for anything else
#: never got so far. Status 8 and feedback are independent: either may come first.
_NOTICED = (None, Refusal.UNINSTALLED)


class Verdict(msgspec.Struct, frozen=True):
    """What is to become of a push.

    `refusal` is why it is not taken, None if it is. `chosen` is the fault that acts: on the
    push itself if it `rejects` it, else behind it. `delay` is how many seconds an answer
    takes, unless the fault says otherwise. `warnings` are the content mistakes, in words.
    """

    warnings: tuple[str, ...]
    refusal: Refusal | None = None
    delay: float = 0.0
    chosen: Chosen | None = None

    @property
    def rejects(self) -> bool:
        """Whether the fault refuses the push, which is sound in itself."""
        return self.chosen is not None and isinstance(self.chosen.fault, Reject)


class Judge:
    """The rules, the triggers and the devices of one server.

    `seed` is for an `error_delay` that is a range; without one the lower end is taken.
    """

    def __init__(
        self, settings: Settings, devices: Devices, triggers: Triggers, seed: int | None = None
    ) -> None:
        self.settings = settings
        self.devices = devices
        self.triggers = triggers
        self._rules = Rules(settings, devices)
        self._seed = seed
        self._seen: Counter[bytes] = Counter()
        delay = settings.error_delay_range
        self._delay = delay.low
        self._delay_range = delay if delay.low != delay.high else None

    def describe(self, push: Push) -> tuple[str, ...]:
        """The content warnings of a push that is not judged."""
        return content_warnings(push.payload_bytes, push.priority)

    def judge(self, push: Push, topics: Sequence[str], number: int, elapsed: float) -> Verdict:
        """Judge one push: the `number`th judged one of its connection, `elapsed` seconds after
        that opened. `topics` are all that the connection stands for.
        """
        # Judged ones are counted and discarded ones never: how many of those come is up to timing.
        self.triggers.count()
        warnings = self.describe(push)
        repetition = self._repetition(push)
        chosen = self._scripted(push.token_bytes)
        # An error that a token asks for comes before what the rules have to say of such a token.
        if chosen is None or not isinstance(chosen.fault, Reject):
            refusal = self._rules.check(push, warnings)
            self._report(push, refusal)
            if refusal is not None:
                return Verdict(warnings, refusal, self._error_delay(push, repetition))
        if chosen is None:
            chosen = self.triggers.choose(
                "notification",
                Occasion(push.connection, topics, number, elapsed, push, repetition),
            )
        rejects = chosen is not None and isinstance(chosen.fault, Reject)
        delay = self._error_delay(push, repetition) if rejects else 0.0
        return Verdict(warnings, None, delay, chosen)

    def error_delay(self, what: bytes = b"") -> float:
        """Seconds before an error that no push has caused; `what` tells causes apart."""
        nothing = Push(token_bytes=what, payload_bytes=b"", topic=None, connection=0, ordinal=0)
        return self._error_delay(nothing, self._repetition(nothing))

    def _report(self, push: Push, refusal: Refusal | None) -> None:
        # A send to a removed app is what feedback is about, whether it was taken or not.
        device = self.devices.find(push.token_bytes).get(push.topic or "")
        if device is not None and refusal in _NOTICED:
            self.devices.report(device)

    def _repetition(self, push: Push) -> int:
        """How often this same push has been judged before, if it matters to anybody."""
        if self._delay_range is None and not self.triggers.uses_chance:
            return 0
        key = blake2b(digest_size=16)
        marks = repr((push.topic, push.identifier)).encode()
        for part in (push.token_bytes, push.payload_bytes, marks):
            key.update(len(part).to_bytes(4, "big") + part)
        repetition = self._seen[key.digest()]
        self._seen[key.digest()] += 1
        return repetition

    def _error_delay(self, push: Push, repetition: int) -> float:
        if self._delay_range is None or self._seed is None:
            return self._delay
        drawn = fraction(
            self._seed,
            0,
            push.topic,
            push.token_bytes,
            push.payload_bytes,
            push.identifier,
            repetition,
        )
        return self._delay_range.at(drawn)

    def _scripted(self, token: bytes) -> Chosen | None:
        """The fault that a token asks for, in the manner of java-apns's simulator."""
        # `FailingApnsServerSimulator`: ff ff 00 cc is status cc, ff ff 01 n a pause of n × 100 ms,
        # ff ff 02 a close. For clients that can reach nothing but the gateway.
        if not self.settings.scripted_tokens or len(token) < 3 or token[:2] != b"\xff\xff":
            return None
        argument = token[3] if len(token) > 3 else 0
        fault: Fault
        match token[2]:
            case 0:
                fault = Reject(argument)
            case 1:
                fault = Stall(f"{argument * 100}ms")
            case 2:
                fault = Drop()
            case _:
                return None
        return Chosen(fault, None)
