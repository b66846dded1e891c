"""Steps of a scenario: what goes wrong, and when.

What a trigger can know depends on the stage at which its fault acts: see `KNOWN`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Set
from typing import Annotated, Any, Literal

import msgspec

from ..errors import UsageError
from ..text import shown
from .faults import BY_NAME, KNOWN, Fault, Service, Stage
from .problems import Checked, Problem, fields, unknown
from .tokens import in_hex
from .units import Count, CountRange, Duration

Positive = Annotated[int, msgspec.Meta(ge=1)]

#: What only notifications of one service have.
API_ONLY = frozenset({"push_type", "apns_id", "collapse_id", "reason", "stream"})
GATEWAY_ONLY = frozenset({"identifier", "command"})


class On(Checked, frozen=True, kw_only=True):
    """A trigger: all that is given must hold. Nothing given means always.

    `connection` counts connections at TCP accept, over all services or, with a `service`, over
    that one. `notification` counts the judged notifications, discarded ones never, and `every`
    is every so many of those. `token` (hex) and `topic` are globs, `payload` maps dotted paths
    to values. `host` is a glob of the name that TLS or a proxy was asked for. `push_type`,
    `apns_id` and `collapse_id` are globs of headers, and `stream` is that of the request. A
    `reason` is a glob of Apple's: with it a step acts on notifications that are refused for that,
    and on no others. `after` is the time since the connection opened, `idle` the time without a
    byte from the provider. `chance` (0 to 1) needs a seed and is the same in every run. `where` is
    for Python only: a function of the notification.
    """

    service: Service | None = None
    connection: Count | None = None
    notification: Count | None = None
    every: Positive | None = None
    identifier: Count | None = None
    token: str | None = None
    topic: str | None = None
    command: Annotated[int, msgspec.Meta(ge=0, le=2)] | None = None
    priority: Literal[1, 5, 10] | None = None
    payload: dict[str, Any] | None = None
    after: Duration | None = None
    idle: Duration | None = None
    chance: Annotated[float, msgspec.Meta(ge=0, le=1)] | None = None
    where: Any = None
    host: str | None = None
    push_type: str | None = None
    apns_id: str | None = None
    collapse_id: str | None = None
    reason: str | None = None
    stream: Count | None = None

    def __post_init__(self) -> None:
        msgspec.structs.force_setattr(self, "token", in_hex(self.token))
        super().__post_init__()

    @property
    def given(self) -> set[str]:
        """The names of the triggers that are set."""
        return {name for name in self.__struct_fields__ if getattr(self, name) is not None}

    def may_hold_on(self, service: Service) -> bool:
        """Whether all that is given can be known of this service."""
        only = {"gateway": API_ONLY, "api": GATEWAY_ONLY}.get(service, API_ONLY | GATEWAY_ONLY)
        return self.service in (None, service) and only.isdisjoint(self.given)

    def problems(self) -> Iterator[Problem]:
        """Ranges that run backwards, what no frame has together, a `where` that is no function."""
        for name in ("connection", "notification", "identifier", "stream"):
            value = getattr(self, name)
            try:
                if value is not None:
                    CountRange.parse(value)
            except UsageError as wrong:
                yield Problem((name,), str(wrong))
        # Legacy Notification Format: command 0 has no identifier, and neither of the old ones a
        # priority, so both are sent with 10.
        if self.command == 0 and self.identifier is not None:
            yield Problem(("identifier",), "notifications of command 0 have no identifier")
        if self.command in (0, 1) and self.priority == 5:
            yield Problem(("priority",), f"all notifications of command {self.command} have 10")
        theirs, ours = sorted(self.given & API_ONLY), sorted(self.given & GATEWAY_ONLY)
        if theirs and ours:
            what = f"{theirs[0]} is known on the api alone, and {ours[0]} on the gateway"
            yield Problem((theirs[0],), what, named=True)
        elif self.service is not None:
            missing = {"gateway": theirs, "api": ours}.get(self.service, theirs + ours)
            for name in missing:
                yield Problem((name,), f"{name} is not known on the {self.service}", named=True)
        if self.where is not None and not callable(self.where):
            yield Problem(("where",), f"{self.where!r} is no function: write where=lambda push: …")


class Step(Checked, frozen=True):
    """A fault and when it acts.

    `times` bounds how often, unlimited by default: "fail three times, then succeed" is
    `times = 3`. With `per = "connection"` counts and `times` start anew on each connection.
    """

    fault: Any
    on: On = On()
    times: Positive | None = None
    per: Literal["server", "connection"] = "server"

    def __str__(self) -> str:
        """The fault and what it waits for."""
        given = {name: getattr(self.on, name) for name in sorted(self.on.given)}
        # A function by its name: where it lies in memory says nothing.
        on = " and ".join(
            f"{name} {getattr(value, '__name__', value)}" for name, value in given.items()
        )
        return f"{self.fault.name} on {on}" if on else str(self.fault.name)

    @property
    def stage(self) -> Stage:
        """The stage at which it is decided whether the fault acts."""
        fault: Fault = self.fault
        return fault.stage(self.on.given)

    def services(self, tls_maximum: Callable[[Service], str]) -> tuple[Service, ...]:
        """The services on which it may act that speak TLS up to these versions."""
        return tuple(
            each for each in self._wanted if self.fault.impossible(each, tls_maximum(each)) is None
        )

    @property
    def _wanted(self) -> tuple[Service, ...]:
        """The services that fault and trigger have in common."""
        return tuple(each for each in self.fault.acts_on if self.on.may_hold_on(each))

    def impossible(self, tls_maximum: Callable[[Service], str]) -> str | None:
        """Why it acts on none of them; None if it acts."""
        if self.services(tls_maximum):
            return None
        first = self._wanted[0]
        why: str | None = self.fault.impossible(first, tls_maximum(first))
        return why

    def problems(self) -> Iterator[Problem]:
        """Triggers that the stage cannot know."""
        if not isinstance(self.fault, Fault):
            yield _no_fault(self.fault)
            return
        known = KNOWN[self.stage] - self.fault.senseless
        for name in sorted(self.on.given - known):
            what = f"{self.fault.name} acts before {name} can be known"
            if name == "idle":
                what = f"{self.fault.name} does not act on a connection that is idle"
            yield Problem(("on", name), what, tuple(sorted(known - {"where"})))
        yield from self._misplaced(known)

    def _misplaced(self, known: Set[str]) -> Iterator[Problem]:
        """What is not there on the services on which it is to act."""
        service, wanted = self.on.service, self._wanted
        if service is not None and (cannot := self.fault.cannot(service)) is not None:
            yield Problem(("on", "service"), cannot, self.fault.acts_on)
        elif len(wanted) == 1 and (elsewhere := self.fault.only_elsewhere(wanted[0])):
            instead = ", which alone this is for" if service is None else ""
            otherwise = "" if service is None else ", or the service"
            what = f"means nothing on the {wanted[0]}{instead}: leave it out{otherwise}"
            yield from (Problem((name,), what) for name in elsewhere)
        elif service == "feedback" and self.on.idle is not None:
            what = "who reads feedback never sends a byte, so idle says nothing of it"
            yield Problem(("on", "idle"), what)
        elif not wanted and self.on.given <= known:
            name = sorted(self.on.given & (API_ONLY | GATEWAY_ONLY))[0]
            where = f"{self.fault.name} acts, on the {' and the '.join(self.fault.acts_on)}"
            what = f"{name} is not known where {where}"
            yield Problem(("on", name), what, named=True)


def _no_fault(given: Any) -> Problem:
    """What to write instead: the class for a name, an object for the class."""
    if isinstance(given, str):
        kind = BY_NAME.get(given)
        if kind is None:
            return unknown("fault", given, BY_NAME, ("fault",), named=True)
        what = f"{given!r} is the name of a fault, here goes the fault itself"
    else:
        kind = given if isinstance(given, type) and issubclass(given, Fault) else None
        what = (
            f"{shown(given)} is no fault" if kind is None else f"{kind.__name__} is only its class"
        )
    required = [] if kind is None else [f"{each.name}=…" for each in fields(kind) if each.required]
    write = "Reject()" if kind is None else f"{kind.__name__}({', '.join(required)})"
    return Problem(("fault",), f"{what}: write {write}", named=True)
