"""What a server decides about a push, before it is said to anybody.

One judge serves all connections of a server, and every front: it knows meanings, devices
and steps, but no connection's state and no wire.
"""

from __future__ import annotations

import msgspec

from ..scenario import Settings
from .chance import Repetitions, fraction
from .channels import Channels
from .content import content_warnings
from .devices import Devices
from .matching import Occasion
from .push import Push
from .reason import reason_for
from .refusal import Refusal
from .rules import Rules
from .triggers import Chosen, Triggers
from .unmet import UnmetChanges

#: After these a send was noticed by the device's side. Who was refused for anything else
#: never got so far. Status 8 and feedback are independent: either may come first.
_NOTICED = (None, Refusal.UNINSTALLED)


class Verdict(msgspec.Struct, frozen=True):
    """What is to become of a push.

    `refusal` is why it is not taken, None if it is sound. `chosen` is the fault that acts: on
    the push itself if that `decides`, else behind it; on a refused one it is of a step that asked
    for the reason. `delay` is how many seconds an answer
    takes, unless the fault says otherwise. `warnings` are the content mistakes, in words, and
    `reason` is why it is refused in words, None where it is for a fault to say. `violations` are
    all refusals that apply, of which the first counts.
    """

    warnings: tuple[str, ...]
    refusal: Refusal | None = None
    delay: float = 0.0
    chosen: Chosen | None = None
    reason: str | None = None
    violations: tuple[Refusal, ...] = ()

    @property
    def decided(self) -> bool:
        """Whether it is for the fault to say what becomes of the push."""
        return self.chosen is not None and self.chosen.fault.decides


class Judge:
    """The triggers, the devices and the channels of one server, for all its services.

    `seed` is for an `error_delay` that is a range; without one the lower end is taken.
    """

    def __init__(
        self, settings: Settings, devices: Devices, triggers: Triggers, seed: int | None = None
    ) -> None:
        self.settings = settings
        self.devices = devices
        self.channels = Channels(devices.now, settings.max_channels, settings.without_broadcast)
        devices.subscriptions.channels = self.channels
        self.triggers = triggers
        self.unmet = UnmetChanges()
        self._seed = seed
        self.repetitions = Repetitions()
        delay = settings.error_delay_range
        self._delay = delay.low
        self._delay_range = delay if delay.low != delay.high else None

    def warnings(self, push: Push) -> tuple[str, ...]:
        """The content mistakes of a push, judged or not."""
        return content_warnings(push.payload_bytes, push.priority, push.topic, push.push_type)

    def judge(
        self,
        push: Push,
        rules: Rules,
        number: int,
        elapsed: float,
        chosen: Chosen | None = None,
        *,
        host: str | None = None,
    ) -> Verdict:
        """Judge one push by the rules of its service: the `number`th judged one of its
        connection, `elapsed` seconds after that opened, whose client asked for `host`. A fault that
        is `chosen` already, as by the push itself, goes before the steps.
        """
        # Judged ones are counted and discarded ones never: how many of those come is up to timing.
        self.triggers.count()
        warnings = self.warnings(push)
        repetition = self._repetition(push)
        occasion = Occasion(
            push.connection,
            number=number,
            elapsed=elapsed,
            push=push,
            repetition=repetition,
            host=host,
            service=rules.service,
        )
        # An answer that a push asks for comes before what the rules have to say of such a push.
        if chosen is None or not chosen.fault.decides:
            known = self.devices.find(push.token_bytes)
            device = known.get(push.topic or "")
            gone = device is not None and self.devices.noticed(device) is not None
            violations = tuple(rules.violations(push, known, warnings, gone=gone))
            refusal = violations[0] if violations else None
            # A send to a removed app is what feedback is about, whether it was taken or not.
            if device is not None and refusal in _NOTICED:
                self.devices.report(device)
            if refusal is not None:
                # What the push itself asks for does not act behind a refused one.
                waiting = None if chosen else self._chosen_for(rules.reason(refusal), occasion)
                delay = self._error_delay(push, repetition)
                reason = reason_for(refusal, push, rules, known, warnings)
                return Verdict(warnings, refusal, delay, waiting, reason, violations)
        if chosen is None:
            chosen = self.triggers.choose("notification", occasion)
        decided = chosen is not None and chosen.fault.decides
        delay = self._error_delay(push, repetition) if decided else 0.0
        return Verdict(warnings, None, delay, chosen)

    def _chosen_for(self, reason: str | None, occasion: Occasion) -> Chosen | None:
        """The fault that waits for pushes which are refused for this, if one does."""
        if reason is None or not self.triggers.uses_reasons:
            return None
        return self.triggers.choose(
            "notification", msgspec.structs.replace(occasion, reason=reason)
        )

    def error_delay(self, what: bytes = b"") -> float:
        """Seconds before an error that no push has caused; `what` tells causes apart."""
        nothing = Push(token_bytes=what, payload_bytes=b"", topic=None, connection=0, ordinal=0)
        return self._error_delay(nothing, self._repetition(nothing))

    def _repetition(self, push: Push) -> int:
        """How often this same push has been judged before, if it matters to anybody."""
        if self._delay_range is None and not self.triggers.uses_chance:
            return 0
        return self.repetitions.count(
            push.topic, push.addressee, push.payload_bytes, push.identifier
        )

    def _error_delay(self, push: Push, repetition: int) -> float:
        if self._delay_range is None or self._seed is None:
            return self._delay
        drawn = fraction(
            self._seed,
            0,
            push.topic,
            push.addressee,
            push.payload_bytes,
            push.identifier,
            repetition,
        )
        return self._delay_range.at(drawn)
