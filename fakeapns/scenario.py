"""When a fault acts: a step is a trigger and a fault."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import msgspec

from .errors import UsageError
from .faults import AnyFault, Fault
from .notification import Notification
from .units import CountRange


class On(msgspec.Struct, frozen=True, kw_only=True):
    """A trigger: all that is given must hold. Nothing given means every notification.

    Numbers are a number or a range as text, `"2..5"` or `"3.."`. `notification` counts the
    notifications that were judged, discarded ones never, since their number depends on
    timing. `token` (hex) and `topic` are globs, `payload` maps dotted paths to values.
    `where` is for Python only: a function of the notification.
    """

    connection: int | str | None = None
    notification: int | str | None = None
    every: int | None = None
    identifier: int | str | None = None
    token: str | None = None
    topic: str | None = None
    command: int | None = None
    priority: int | None = None
    payload: dict[str, Any] | None = None
    where: Callable[[Notification], object] | None = None

    def __post_init__(self) -> None:
        for given in (self.connection, self.notification, self.identifier):
            if given is not None:
                CountRange.parse(given)
        if self.every is not None and self.every < 1:
            raise UsageError(f"every {self.every} notifications cannot be: count from 1")


class Step(msgspec.Struct, frozen=True):
    """A fault and when it acts.

    `times` bounds how often, unlimited by default. With `per="connection"` counts and
    `times` start anew on each connection.
    """

    fault: AnyFault
    on: On = On()
    times: int | None = None
    per: Literal["server", "connection"] = "server"

    def __post_init__(self) -> None:
        if not isinstance(self.fault, Fault):
            raise UsageError(f"{self.fault!r} is no fault: give one such as Reject() or Drop()")
        if self.times is not None and self.times < 1:
            raise UsageError(f"a step that acts {self.times} times never acts: leave it out")
        if self.per not in ("server", "connection"):
            raise UsageError(f"counts run per server or per connection, not per {self.per!r}")
