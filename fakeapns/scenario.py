"""A scenario: which devices exist, what goes wrong and when, and what a good provider reaches.

The same objects come from a TOML file and from Python. What a trigger can know depends on the
stage at which its fault acts: see `KNOWN`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, Literal

import msgspec

from .devices import TOPIC
from .errors import UsageError
from .faults import Blackhole, Drop, Fault, Shutdown, Stage, Stall, Throttle
from .faults.connecting import AcceptThenClose, Alert
from .problems import Checked, Problem, Problems
from .settings import Settings
from .units import AGO_PATTERN, END, Count, CountRange, Duration

Positive = Annotated[int, msgspec.Meta(ge=1)]
HexToken = Annotated[
    str,
    msgspec.Meta(pattern=rf"^([0-9A-Fa-f]{{2}})+{END}", description="pairs of hex digits"),
]
Topic = Annotated[
    str,
    msgspec.Meta(pattern=f"^{TOPIC}{END}", description="a bundle id such as com.example.app"),
]
Ago = Annotated[
    str,
    msgspec.Meta(
        pattern=AGO_PATTERN,
        description="a time before the start such as -2h",
    ),
]

#: Which triggers each stage can know.
KNOWN: dict[Stage, frozenset[str]] = {
    "accept": frozenset({"connection"}),
    "handshake": frozenset({"connection"}),
    "open": frozenset({"connection", "topic", "after"}),
    "frame": frozenset({"connection", "notification", "every", "after"}),
    "notification": frozenset(
        {
            "connection",
            "notification",
            "every",
            "identifier",
            "token",
            "topic",
            "command",
            "priority",
            "payload",
            "after",
            "chance",
            "where",
        }
    ),
    "feedback": frozenset({"connection", "topic"}),
}

#: Faults that can act on an idle connection, by the trigger `after` alone.
_TIMED = (Drop, Shutdown, Blackhole, Stall, Throttle)

NO_ALERT = "an alert cannot be sent in the open with TLS 1.3: leave tls_maximum at 1.2"


class On(Checked, frozen=True, kw_only=True):
    """A trigger: all that is given must hold. Nothing given means always.

    `connection` counts connections at TCP accept over both services, `notification` the
    judged notifications, discarded ones never. `every` is every so many of those. `token`
    (hex) and `topic` are globs, `payload` maps dotted paths to values. `after` is the time
    since the connection opened. `chance` (0 to 1) needs a seed and is the same in every run.
    `where` is for Python only: a function of the notification.
    """

    connection: Count | None = None
    notification: Count | None = None
    every: Positive | None = None
    identifier: Count | None = None
    token: str | None = None
    topic: str | None = None
    command: Annotated[int, msgspec.Meta(ge=0, le=2)] | None = None
    priority: Literal[5, 10] | None = None
    payload: dict[str, Any] | None = None
    after: Duration | None = None
    chance: Annotated[float, msgspec.Meta(ge=0, le=1)] | None = None
    where: Any = None

    @property
    def given(self) -> set[str]:
        """The names of the triggers that are set."""
        return {name for name in self.__struct_fields__ if getattr(self, name) is not None}

    def problems(self) -> Iterator[Problem]:
        """Ranges that run backwards."""
        for name in ("connection", "notification", "identifier"):
            value = getattr(self, name)
            try:
                if value is not None:
                    CountRange.parse(value)
            except UsageError as wrong:
                yield Problem((name,), str(wrong))


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
        on = " and ".join(f"{name} {getattr(self.on, name)}" for name in sorted(self.on.given))
        return f"{self.fault.name} on {on}" if on else str(self.fault.name)

    @property
    def stage(self) -> Stage:
        """The stage at which it is decided whether the fault acts."""
        fault: Fault = self.fault
        if isinstance(fault, Drop) and fault.after_bytes is not None:
            return "frame"
        if isinstance(fault, _TIMED) and "after" in self.on.given <= KNOWN["open"]:
            return "open"
        return fault.stage

    def problems(self) -> Iterator[Problem]:
        """Triggers that the stage cannot know."""
        if not isinstance(self.fault, Fault):
            made = f": write {self.fault.__name__}()" if isinstance(self.fault, type) else ""
            yield Problem(("fault",), f"{self.fault!r} is no fault{made}")
            return
        known = KNOWN[self.stage]
        if isinstance(self.fault, AcceptThenClose):
            known -= {"after"}
        for name in sorted(self.on.given - known):
            what = f"{self.fault.name} acts before {name} can be known"
            yield Problem(("on", name), what, tuple(sorted(known - {"where"})))


class DeviceEntry(Checked, frozen=True, kw_only=True):
    """A device that exists from the start. A token of two digits stands for 32 such bytes.

    `since` is how long before the start an uninstalled device lost its app. `environment`
    is the server's unless given.
    """

    topic: Topic
    token: HexToken
    state: Literal["active", "uninstalled"] = "active"
    since: Ago | None = None
    environment: Literal["production", "sandbox"] | None = None

    @property
    def full_token(self) -> bytes:
        """The token's bytes."""
        given = bytes.fromhex(self.token)
        return given * 32 if len(given) == 1 else given

    def problems(self) -> Iterator[Problem]:
        """A time of removal for an app that is there."""
        if self.since is not None and self.state == "active":
            yield Problem(("since",), "only an uninstalled device has been so since a time")


Number = Annotated[int, msgspec.Meta(ge=0)]


class Expect(Checked, frozen=True, kw_only=True):
    """What the best possible provider reaches. Messages `lost`, `duplicated` and
    `resent_after_refusal` are at most so many, none unless given; `max_connections` and
    `sent_after_feedback` bound what is used, `min_accepted` what gets through, and
    `feedback_read` says whether feedback has to be asked.
    """

    lost: Number = 0
    duplicated: Number = 0
    resent_after_refusal: Number = 0
    max_connections: Number | None = None
    min_accepted: Number | None = None
    feedback_read: bool | None = None
    sent_after_feedback: Number | None = None


class Scenario(Checked, frozen=True, kw_only=True):
    """A story. `gateway` has settings by name; `name` is that of its file."""

    about: Annotated[str, msgspec.Meta(min_length=1, description="a sentence")]
    seed: int | None = None
    gateway: dict[str, Any] = msgspec.field(default_factory=dict)
    device: tuple[DeviceEntry, ...] = ()
    step: tuple[Step, ...] = ()
    expect: Expect = Expect()
    name: str | None = None

    def problems(self) -> Iterator[Problem]:
        """What its parts cannot see by themselves."""
        yield from (each.within("gateway") for each in Settings.mistakes(self.gateway))
        seen: set[tuple[str, bytes]] = set()
        for position, device in enumerate(self.device):
            key = device.topic, device.full_token
            if key in seen:
                what = f"topic {device.topic} has token {device.token} twice"
                yield Problem(("device", position, "token"), what)
            seen.add(key)
        yield from self._unsendable_alerts(self.gateway.get("tls_maximum"))

    def _unsendable_alerts(self, tls_maximum: object) -> Iterator[Problem]:
        # TOML has numbers, too.
        if str(tls_maximum) != "1.3":
            return
        for position, step in enumerate(self.step):
            if isinstance(step.fault, Alert):
                yield Problem(("step", position), NO_ALERT)

    def notes(self) -> Iterator[str]:
        """What is right, and may surprise all the same."""
        for position, step in enumerate(self.step, start=1):
            counted = step.on.given & {"notification", "every"}
            if counted and step.per == "server" and step.stage in ("notification", "frame"):
                yield (
                    f"step {position} counts notifications over all connections: with several at "
                    "once it depends on timing which one it hits; content, chance or "
                    'per = "connection" do not'
                )

        for position, step in enumerate(self.step, start=1):
            if step.on.token is not None and re.fullmatch("[0-9A-Fa-f]{2}", step.on.token):
                yield (
                    f"step {position} asks for the token {step.on.token}, which is one byte: "
                    f"write {step.on.token}* for all that begin with it"
                )

    def check_tls(self, maximum: str) -> None:
        """Raise `ScenarioError` if an alert is asked for together with TLS 1.3."""
        found = list(self._unsendable_alerts(maximum))
        if found:
            raise Problems(found)

    def check_seed(self, seed: int | None) -> None:
        """Raise `ScenarioError` if something is left to chance and there is no seed."""
        chances = [
            position for position, step in enumerate(self.step) if step.on.chance is not None
        ]
        found = [] if seed is not None else list(missing_seed(chances, self.gateway))
        if found:
            raise Problems(found)


def missing_seed(chances: Iterable[int], gateway: Mapping[str, Any]) -> Iterator[Problem]:
    """What cannot be without a seed: steps with a chance, by position, and ranges."""
    for position in chances:
        what = "chance needs a seed: write seed = 7 at the top, or give --seed"
        yield Problem(("step", position, "on", "chance"), what)
    if ".." in str(gateway.get("error_delay", "")):
        what = "a range of delays needs a seed: write seed = 7 at the top, or give --seed"
        yield Problem(("gateway", "error_delay"), what)
