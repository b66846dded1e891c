"""What may go wrong: one small frozen type for each fault.

A fault describes; `session` decides when it acts and `servers.perform` acts. Durations are
text with a unit, as in a scenario file.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from .errors import UsageError
from .protocol import Status
from .units import parse_duration

#: How the server ends a connection: close_notify, then FIN; FIN alone; or RST.
Close = Literal["graceful", "reset", "no-close-notify"]


class AfterNotifications(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A delay that ends when this many further frames have arrived on the connection."""

    notifications: int


#: `"250ms"`, or `AfterNotifications(40)`; a mapping `{"notifications": 40}` becomes one.
Delay = str | AfterNotifications


class Fault(msgspec.Struct, frozen=True, tag_field="fault", forbid_unknown_fields=True):
    """What all faults have in common: nothing but a name."""

    @property
    def name(self) -> str:
        """The fault's name, as in a scenario file."""
        return str(self.__struct_config__.tag)


class Reject(Fault, frozen=True, tag="reject"):
    """Refuse the notification with a status: Apple's name for it, or a number.

    `delay` is how long the error takes, by default the setting `error_delay`. What arrives
    meanwhile is discarded, as on the real service.
    """

    status: str | int = "invalid-token"
    delay: Delay | None = None

    def __post_init__(self) -> None:
        _check_delay(self)
        if isinstance(self.status, Status):
            msgspec.structs.force_setattr(self, "status", self.status.label)
        try:
            code = self.code
        except ValueError as wrong:
            raise UsageError(str(wrong)) from None
        if not 0 <= code <= 255:
            raise UsageError(f"status {code} does not fit a byte: give a name or 0 to 255")

    @property
    def code(self) -> int:
        """The status as it goes over the wire."""
        return self.status if isinstance(self.status, int) else int(Status.named(self.status))


class Drop(Fault, frozen=True, tag="drop"):
    """Close the connection right behind the notification, without a word."""

    close: Close = "graceful"

    def __post_init__(self) -> None:
        if self.close not in Close.__args__:  # type: ignore[attr-defined]
            allowed = ", ".join(Close.__args__)  # type: ignore[attr-defined]
            raise UsageError(f"a connection cannot be closed {self.close!r}; allowed: {allowed}")


class Shutdown(Fault, frozen=True, tag="shutdown"):
    """Go away for maintenance: status 10 with the identifier of the last accepted one."""

    delay: Delay | None = None

    def __post_init__(self) -> None:
        _check_delay(self)


class Stall(Fault, frozen=True, tag="stall"):
    """Stop reading for a while, then judge everything in order as if nothing had happened."""

    for_: str = msgspec.field(name="for", default="1s")

    def __post_init__(self) -> None:
        parse_duration(self.for_)


AnyFault = Reject | Drop | Shutdown | Stall


def _check_delay(fault: Any) -> None:
    delay = fault.delay
    if isinstance(delay, Mapping):
        try:
            delay = msgspec.convert(delay, AfterNotifications)
        except msgspec.ValidationError as wrong:
            raise UsageError(f"delay {fault.delay!r}: {wrong}; write notifications = 40") from None
        msgspec.structs.force_setattr(fault, "delay", delay)
    if isinstance(delay, AfterNotifications):
        if delay.notifications < 0:
            raise UsageError(
                f"a delay of {delay.notifications} notifications cannot be: count from 0"
            )
    elif delay is not None:
        parse_duration(delay)
