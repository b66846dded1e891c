"""Values that faults share: delays, sizes, ways to close."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from ...errors import UsageError
from ...text import shown
from ..problems import Checked
from ..units import Duration, Size, parse_duration, parse_size

#: How the server ends a connection: close_notify and FIN; RST; FIN alone; close_notify and
#: FIN, but reading on for good; or not at all. Which of the first three Apple used is not recorded.
#: A reset loses what had arrived (pushy #6), FIN alone is a truncation to careful TLS libraries
#: (RFC 5246, 7.2.1), and the last two are for providers that wait for an end.
CloseKind = Literal["graceful", "reset", "no-close-notify", "half", "keep"]

#: Values whose unit is in the name of their field, or in the text.
Seconds = Annotated[float, msgspec.Meta(ge=0)] | Duration
Bytes = Annotated[int, msgspec.Meta(ge=0)] | Size


class AfterNotifications(Checked, frozen=True, forbid_unknown_fields=True):
    """A delay that ends when this many further frames have arrived on the connection."""

    notifications: Annotated[int, msgspec.Meta(ge=0)]


#: `"250ms"`, or `{ notifications = 40 }`.
Delay = Duration | AfterNotifications


def seconds_in(value: Seconds) -> float:
    """Seconds, from a number or from a duration. Raises `UsageError` for what is neither."""
    return parse_duration(value) if isinstance(value, str) else _as_float(value)


def bytes_in(value: Bytes) -> int:
    """Bytes, from a number or from a size."""
    return parse_size(value) if isinstance(value, str) else value


def delay_parts(delay: Delay | float) -> tuple[float, int | None]:
    """A delay as seconds and, if it counts those instead, as a number of notifications.

    A number is seconds, a text a duration. Raises `UsageError` for what is neither.
    """
    if isinstance(delay, int | float):
        return _as_float(delay), None
    if isinstance(delay, str):
        return parse_duration(delay), None
    return 0.0, delay.notifications


def _as_float(seconds: float) -> float:
    try:
        return float(seconds)
    except OverflowError:
        raise UsageError(f"{shown(seconds)} is no time: no float is as large") from None
