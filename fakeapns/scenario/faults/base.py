"""A fault: its keys, when it may act, on which services, and what it does. One file each."""

from __future__ import annotations

from collections.abc import Iterator, Set
from typing import Any, ClassVar, Literal

from ..problems import Checked
from .stages import KNOWN, Service, Stage


class Fault(Checked, frozen=True, tag_field="fault", forbid_unknown_fields=True):
    """What all faults have in common.

    The fields of a subclass are its keys, its tag is its name, and its docstring its part of
    the reference. `stages` are those at which it may act, the usual one first; `services`
    those that it can disturb. `act` is its effect: a class without one cannot be made, which raises
    `TypeError`. Values that make no sense raise `ScenarioError` as it is made.
    """

    stages: ClassVar[tuple[Stage, ...]] = ("notification",)
    services: ClassVar[tuple[Service, ...]] = ("gateway",)
    #: Whether it says what becomes of the push it acts on, instead of acting behind it.
    decides: ClassVar[bool] = False
    #: Whether what a provider has written may wait unread behind it: then its writes have to block,
    #: and a verdict has to know that it may be looked at long after it was written.
    holds: ClassVar[bool] = False
    #: Whether it only sets the scene for other faults of a story, if there are any.
    prepares: ClassVar[bool] = False
    #: Whether a connection may be the worse for it: else it is blamed for no end of one.
    disturbs: ClassVar[bool] = True
    #: Triggers that its stage knows and that make no sense for it.
    senseless: ClassVar[frozenset[str]] = frozenset()
    #: The state of devices without which nobody could see it.
    needs: ClassVar[Literal["active", "uninstalled"] | None] = None

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if cls.act is Fault.act:
            raise TypeError(f"the fault {cls.__name__} has no effect: define act(self, at)")

    def act(self, at: Any) -> None:
        """Do what the fault does. `at` is the face of `at` that its stage has."""
        raise NotImplementedError

    @property
    def name(self) -> str:
        """The fault's name, as in a scenario file."""
        return str(self.__struct_config__.tag)

    def stage(self, given: Set[str]) -> Stage:
        """The stage at which it acts, if these triggers are given.

        By time alone a fault acts on an idle connection, too.
        """
        timed = "idle" in given or ("after" in given and given <= KNOWN["open"])
        if timed and "open" in self.stages:
            return "open"
        return self.stages[0]

    @property
    def acts_on(self) -> tuple[Service, ...]:
        """The services that it can disturb as it is."""
        return tuple(each for each in self.services if self.cannot(each) is None)

    def cannot(self, service: Service) -> str | None:
        """Why it cannot disturb a service, in words; None if it can."""
        if service in self.services:
            return None
        return f"{self.name} cannot disturb the {service} service"

    def only_elsewhere(self, service: Service) -> tuple[str, ...]:
        """The names of fields that are given, and mean nothing on this service."""
        return ()

    @property
    def cut(self) -> int:
        """At the stage `frame`: how many bytes of a frame have come when it acts."""
        return 0

    def impossible(self, service: Service, tls_maximum: str) -> str | None:
        """Why it cannot act on a service that speaks TLS up to this version, if it cannot."""
        return None

    def pointless(self, on: Any) -> str | None:
        """Why it never acts with this trigger, an `On`, if it cannot."""
        return None

    def memory(self) -> Any:
        """What a server has to remember for a step with this fault, if anything."""
        return None

    def meets(self, memory: Any, now: float) -> bool:
        """Whether it meets a connection that is accepted at `now`, seconds since the start."""
        return True


def holding() -> frozenset[str]:
    """The names of all faults that hold up what was written, those made elsewhere among them."""
    return frozenset(name for name, kind in _all() if kind.holds)


def sparing() -> frozenset[str]:
    """The names of all faults that do nothing to a connection."""
    return frozenset(name for name, kind in _all() if not kind.disturbs)


def _all() -> Iterator[tuple[str, type[Fault]]]:
    known: list[type[Fault]] = [Fault]
    for each in known:
        known += each.__subclasses__()
        yield str(each.__struct_config__.tag), each
