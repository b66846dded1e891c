"""Steps, devices and channels of a scenario: what exists, what goes wrong, and when.

What a trigger can know depends on the stage at which its fault acts: see `KNOWN`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Annotated, Any, Literal

import msgspec

from ..errors import UsageError
from ..protocol import PUSH_TYPES, push_type_of
from ..text import shown
from .faults import BY_NAME, KNOWN, Fault, Service, Stage
from .problems import Checked, Problem, fields, unknown
from .units import AGO_PATTERN, END, Count, CountRange, Duration

#: What can name an app, and the files of its certificate.
TOPIC = r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}"


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
        description="how long before the start, such as -2h or 2h",
    ),
]


#: How the ids of channels are spelled, as `fakeapns/push/channel_ids.py` has it.
_CHANNEL_ID = r"([A-Za-z0-9+/]{4}){0,15}([A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)"


ChannelId = Annotated[
    str,
    msgspec.Meta(
        pattern=f"^{_CHANNEL_ID}{END}",
        description="base64 of at most 64 characters, such as dHN0LXNyY2gtY2hubDEyMw==",
    ),
]


def in_hex(given: Any) -> Any:
    """A token as a file has it, from bytes or from what has one, such as a device."""
    raw = getattr(given, "token_bytes", given)
    return raw.hex() if isinstance(raw, bytes) else raw


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
            what = f"{self.where!r} is no function: write where=lambda push: …"
            yield Problem(("where",), what)


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
        wanted = self.fault.acts_on if self.on.service is None else (self.on.service,)
        return tuple(
            each for each in wanted if self.fault.impossible(each, tls_maximum(each)) is None
        )

    def impossible(self, tls_maximum: Callable[[Service], str]) -> str | None:
        """Why it acts on none of them; None if it acts."""
        if self.services(tls_maximum):
            return None
        service = self.on.service or self.fault.acts_on[0]
        why: str | None = self.fault.impossible(service, tls_maximum(service))
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
        service = self.on.service
        if service is not None and (cannot := self.fault.cannot(service)) is not None:
            yield Problem(("on", "service"), cannot, self.fault.acts_on)
        elif service is not None and (elsewhere := self.fault.only_elsewhere(service)):
            what = f"means nothing on the {service}: leave it out, or the service"
            yield from (Problem((name,), what) for name in elsewhere)
        elif self.on.service == "feedback" and self.on.idle is not None:
            what = "who reads feedback never sends a byte, so idle says nothing of it"
            yield Problem(("on", "idle"), what)


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


class DeviceEntry(Checked, frozen=True, kw_only=True):
    """A device that exists from the start. A token of two digits stands for 32 such bytes.

    `since` is how long before the start an uninstalled device lost its app. One that is `listed`
    stands on the feedback list from the start, as if somebody had sent to it since.
    `environment` is the server's unless given.
    """

    topic: Topic
    token: HexToken
    state: Literal["active", "uninstalled"] = "active"
    since: Ago | None = None
    listed: bool = False
    environment: Literal["production", "sandbox"] | None = None

    def __post_init__(self) -> None:
        msgspec.structs.force_setattr(self, "token", in_hex(self.token))
        super().__post_init__()

    @property
    def full_token(self) -> bytes:
        """The token's bytes."""
        given = bytes.fromhex(self.token)
        return given * 32 if len(given) == 1 else given

    def problems(self) -> Iterator[Problem]:
        """A time of removal for an app that is there."""
        if self.since is not None and self.state == "active":
            what = "since is for an app that was removed: write state = 'uninstalled', too"
            yield Problem(("since",), what, named=True)
        if self.listed and self.state == "active":
            what = "listed is for an app that was removed: write state = 'uninstalled', too"
            yield Problem(("listed",), what, named=True)


def no_app(topic: str) -> str | None:
    """What keeps a topic from having channels: they are the app's (Sending channel management
    requests to APNs). None if nothing does.
    """
    kind = push_type_of(topic)
    return kind and f"a channel is of the app itself: leave {PUSH_TYPES[kind]} out"


class ChannelEntry(Checked, frozen=True, kw_only=True):
    """A channel that exists from the start, for broadcasts.

    A `storage_policy` of 0 stores nothing, 1 the newest message. One that is `deleted` was there
    before the start, and its id is never given to another.
    """

    topic: Topic
    id: ChannelId
    storage_policy: Literal[0, 1] = 0
    deleted: bool = False

    def problems(self) -> Iterator[Problem]:
        """A topic with the suffix of pushes to devices."""
        what = no_app(self.topic)
        if what is not None:
            yield Problem(("topic",), what)
