"""What both forms of `FakeAPNs` offer without waiting for anything."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import Any, Literal

from ..errors import UsageError, unknown_name
from ..push import Push
from ..scenario import On, Settings, Step
from ..scenario.faults import Fault
from .assertions import Records
from .channels import HeldChannels
from .clock import HeldClock
from .emulator import Emulator
from .house import House
from .reachable import Reachable


class Surface(Reachable, Records):
    """All that one server offers in either form: how to get there, channels, faults and records."""

    @property
    def failure(self) -> Exception | None:
        """What a connection has made the server fail with: never of a provider's making."""
        return self._emulator.failure

    @property
    def settings(self) -> Settings:
        """The settings in force."""
        return self._emulator.settings

    @property
    def clock(self) -> HeldClock:
        """The clock of the protocol, to be advanced."""
        return HeldClock(self._house)

    @property
    def channels(self) -> HeldChannels:
        """The channels that exist, for broadcasts over the provider API."""
        return HeldChannels(self, self._emulator.channels, self.topics[0])

    # ---- what goes wrong --------------------------------------------------------------------

    def inject(
        self,
        fault: Fault,
        *,
        times: int | None = None,
        per: Literal["server", "connection"] = "server",
        **on: Any,
    ) -> Step:
        """Let a fault act on the notifications that `on` describes, by default on all.

        `on` are the fields of `On`: `notification=3`, `every=100`, `token="1b*"`,
        `where=lambda notification: …` and so on. Faults injected first come first, behind those of
        the scenario. `times` bounds how often it acts, for the server or for each connection as
        `per` has it. What a `where` raises fails the test: see `reraise`. Raises `UsageError` for
        an unknown trigger, for a chance without a seed and for what cannot be together with the
        settings, `ScenarioError` for a trigger that the fault cannot know.
        """
        unknown = set(on) - set(On.__struct_fields__)
        if unknown:
            raise UsageError(unknown_name("trigger", min(unknown), On.__struct_fields__, Push))
        step = Step(fault, On(**on), times, per)
        if step.on.chance is not None and self.seed is None:
            raise UsageError("chance needs a seed: give FakeAPNs one")
        impossible = step.impossible(self.settings.tls_maximum_of)
        if impossible is not None:
            raise UsageError(impossible)
        self._emulator.triggers.add(step)
        self._emulator.injected.append(step)
        self._emulator.steps_changed()
        return step

    def clear_faults(self) -> None:
        """Forget all faults that were injected. Those of the scenario stay."""
        self._emulator.triggers.remove(self._emulator.injected)
        self._emulator.injected.clear()
        self._emulator.steps_changed()

    # ---- inside -----------------------------------------------------------------------------

    @property
    @abstractmethod
    def _house(self) -> House:
        """What its devices ask of it."""

    @abstractmethod
    def _within(self, act: Callable[[], object]) -> object:
        """Call this where no connection is served meanwhile."""


def house_of(apns: Surface) -> House:
    """Where the devices of a server are, for who changes many of them."""
    return apns._house


def emulator_of(apns: Surface) -> Emulator:
    """What is behind a server, for another form of it."""
    return apns._emulator
