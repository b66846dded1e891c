"""The steps of one server while it runs: counting, and choosing which fault acts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from fnmatch import fnmatchcase
from functools import partial
from typing import Any

import msgspec

from ..scenario import On, Step
from ..scenario.faults import Fault, Service, Stage
from .chance import fraction
from .matching import (
    Occasion,
    any_of,
    asks_for,
    describes,
    distance,
    like,
    like_in_any_case,
    long_enough,
    topic_fits,
    within,
)
from .mishaps import Mishaps
from .push import Push


class Placed(msgspec.Struct, frozen=True, eq=False):
    """A step at its position, from 1, with what its fault has to remember."""

    position: int
    step: Step
    memory: Any
    services: frozenset[Service]


class Chosen(msgspec.Struct, frozen=True):
    """A fault that acts, and the position of its step, from 1; None if no step asked for it."""

    fault: Fault
    position: int | None

    @property
    def reason(self) -> str:
        """Who is to be blamed for what it does, in words."""
        if self.position is None:
            return f"the token itself asked for this ({self.fault.name}): scripted_tokens is on"
        return f"step {self.position} of the scenario, {self.fault.name}, asked for this"


class Triggers:
    """Steps with their counters. The first that matches and may still act wins.

    `seed` is needed where a step has a `chance`, and `tls_maximum` says up to which version of TLS
    a service speaks. What functions of the user raise goes to `mishaps`, and their step does not
    match then.
    """

    def __init__(
        self,
        seed: int | None = None,
        mishaps: Mishaps | None = None,
        tls_maximum: Callable[[Service], str] = lambda service: "",
    ) -> None:
        self.mishaps = mishaps or Mishaps()
        self._seed = seed
        self._tls_maximum = tls_maximum
        self._steps: dict[Stage, list[Placed]] = {}
        self._size = 0
        self._judged = 0
        #: How often each step has fired, by its position: on the whole, and on a connection where
        #: it counts on each anew.
        self._fired: Counter[int] = Counter()
        self._fired_on: dict[int, Counter[int]] = {}
        self._accepted: Counter[Service] = Counter()
        #: Of each connection that is there its service, and its number among those of that.
        self._there: dict[int, tuple[Service, int]] = {}
        self.uses_chance = False
        #: Whether a step waits for pushes that are refused.
        self.uses_reasons = False

    def add(self, step: Step) -> None:
        """Append a step behind those that are there."""
        self._size += 1
        services = frozenset(step.services(self._tls_maximum))
        placed = Placed(self._size, step, step.fault.memory(), services)
        self.uses_chance = self.uses_chance or step.on.chance is not None
        self.uses_reasons = self.uses_reasons or step.on.reason is not None
        # Last, since the server's thread may be asking: a test may add a step from its own.
        self._steps.setdefault(step.stage, []).append(placed)

    def remove(self, steps: Iterable[Step]) -> None:
        """Forget these steps. The positions of the others stay."""
        gone = {id(step) for step in steps}
        for placed in self._all():
            if id(placed.step) in gone:
                for fired in (self._fired, *self._fired_on.values()):
                    fired.pop(placed.position, None)
        kept = {
            stage: [placed for placed in found if id(placed.step) not in gone]
            for stage, found in self._steps.items()
        }
        self._steps = {stage: found for stage, found in kept.items() if found}

    def has(self, stage: Stage) -> bool:
        """Whether any step acts at this stage."""
        return stage in self._steps

    def ask_for_host(self, stage: Stage) -> bool:
        """Whether a step at this stage is for some hosts alone."""
        return any(placed.step.on.host is not None for placed in self._steps.get(stage, ()))

    def may_hold(self, service: Service) -> bool:
        """Whether a step may leave bytes of a service unread, so that writes have to block."""
        return any(placed.step.fault.holds and service in placed.services for placed in self._all())

    def still_has(self, placed: Placed) -> bool:
        """Whether a step is still there: a timer may outlive it."""
        return placed in self._steps.get(placed.step.stage, ())

    def arrive(self, connection: int, service: Service) -> None:
        """A connection was accepted."""
        self._accepted[service] += 1
        self._there[connection] = service, self._accepted[service]

    def leave(self, connection: int) -> None:
        """A connection is over."""
        self._there.pop(connection, None)
        self._fired_on.pop(connection, None)

    def count(self, number: int = 1) -> None:
        """So many more have been judged, whatever came of them."""
        self._judged += number

    def quiet_for(
        self, most: int, connection: int, number: int, topic: str
    ) -> tuple[int, re.Pattern[str] | None]:
        """How many of the next `most` notifications of this connection no step can act on,
        as long as their tokens, in hex, do not match the pattern.

        `number` is how many were judged on it. Less than possible is fine, more is not.
        """
        # A cut needs to see each frame begin; chance counts how often each push was judged.
        if "frame" in self._steps or self.uses_chance:
            return 0, None
        globs: list[str] = []
        for placed in self._steps.get("notification", ()):
            step = placed.step
            local = step.per == "connection"
            if self._is_spent(placed, connection) or not self._meets(step.on, connection):
                continue
            if step.on.reason is not None:
                # It waits for what is refused.
                continue
            if step.on.topic is not None and not fnmatchcase(topic, step.on.topic):
                continue
            ahead = distance(step.on, number if local else self._judged, most)
            if ahead == 0 and step.on.token is not None:
                globs.append(step.on.token.lower())
            else:
                most = min(most, ahead)
        return most, any_of(tuple(globs)) if globs else None

    def choose(self, stage: Stage, occasion: Occasion) -> Chosen | None:
        """The fault that acts at this stage, if any; its step counts as fired."""
        found = self.find(stage, occasion)
        return None if found is None else self.fire(found, occasion.connection)

    def find(self, stage: Stage, occasion: Occasion) -> Placed | None:
        """The step that would act at this stage."""
        for placed in self._steps.get(stage, ()):
            if self.matches(placed, occasion, ahead=stage == "frame"):
                return placed
        return None

    def matches(self, placed: Placed, occasion: Occasion, *, ahead: bool = False) -> bool:
        """Whether a step applies and may still act. With `ahead`, to the next notification."""
        if self._is_spent(placed, occasion.connection):
            return False
        local = placed.step.per == "connection"
        number = (occasion.number if local else self._judged) + ahead
        return self._applies(placed, occasion, number)

    def fire(self, placed: Placed, connection: int) -> Chosen:
        """Count a step as fired; its fault."""
        self._count_fired(placed, connection, 1)
        return Chosen(placed.step.fault, placed.position)

    def take_back(self, chosen: Chosen, connection: int) -> None:
        """It turned out that nobody could see the fault act: its step has not fired."""
        for placed in self._all():
            if placed.position == chosen.position:
                self._count_fired(placed, connection, -1)

    def _count_fired(self, placed: Placed, connection: int, times: int) -> None:
        fired = self._fired
        if placed.step.per == "connection":
            fired = self._fired_on.setdefault(connection, Counter())
        fired[placed.position] += times

    def _is_spent(self, placed: Placed, connection: int) -> bool:
        """Whether a step has fired as often as it may."""
        times = placed.step.times
        if times is None:
            return False
        if placed.step.per == "connection":
            on_it = self._fired_on.get(connection)
            return on_it is not None and on_it[placed.position] >= times
        return self._fired[placed.position] >= times

    def _all(self) -> Iterator[Placed]:
        return (placed for found in list(self._steps.values()) for placed in found)

    def timers(self, occasion: Occasion) -> list[Placed]:
        """Steps that act on a connection by time alone, in order of their positions."""
        return [
            placed
            for placed in self._steps.get("open", ())
            if self._applies(placed, occasion, 0, timed=False)
        ]

    def at_accept(self, occasion: Occasion, now: float) -> Chosen | None:
        """The fault that meets a connection accepted at `now`, seconds since the start."""
        for placed in self._steps.get("accept", ()):
            if self.matches(placed, occasion) and placed.step.fault.meets(placed.memory, now):
                return self.fire(placed, occasion.connection)
        return None

    def _applies(
        self, placed: Placed, occasion: Occasion, number: int, *, timed: bool = True
    ) -> bool:
        on, services = placed.step.on, placed.services
        return (
            (occasion.service is None or occasion.service in services)
            and self._meets(on, occasion.connection)
            and within(on.notification, number)
            and (on.every is None or number % on.every == 0)
            and (not timed or long_enough(on, occasion))
            and topic_fits(on.topic, occasion)
            and like_in_any_case(on.host, occasion.host)
            # A refused push is there for steps that ask for its reason, and for no others.
            and (on.reason is None) == (occasion.reason is None)
            and like(on.reason, occasion.reason)
            and (occasion.push is None or self._describes(on, occasion.push))
            and (on.chance is None or self._draw(placed.position, occasion) < on.chance)
        )

    def _meets(self, on: On, connection: int) -> bool:
        """Whether a trigger may be for this connection."""
        if on.service is None:
            return within(on.connection, connection)
        service, number = self._there.get(connection, (None, 0))
        return service == on.service and within(on.connection, number)

    def _describes(self, on: On, push: Push) -> bool:
        if not describes(on, push):
            return False
        if on.payload is None and on.where is None:
            return True
        return self.mishaps.call(partial(asks_for, on), push, otherwise=False)

    def _draw(self, position: int, occasion: Occasion) -> float:
        push = occasion.push
        assert push is not None
        assert self._seed is not None
        return fraction(
            self._seed,
            position,
            push.topic,
            push.addressee,
            push.payload_bytes,
            push.identifier,
            occasion.repetition,
        )
