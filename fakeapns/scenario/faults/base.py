"""What all faults share: names, stages, delays, ways to close."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import msgspec

from ..problems import Checked
from ..units import Duration, Size, parse_duration, parse_size

#: When a fault acts, and with that what a trigger can know.
Stage = Literal["accept", "handshake", "open", "frame", "notification", "feedback"]

#: How the server ends a connection: close_notify and FIN; RST; FIN alone; close_notify and
#: FIN, but reading on for good; or not at all.
Close = Literal["graceful", "reset", "no-close-notify", "half", "keep"]


#: Values whose unit is in the name of their field, or in the text.
Seconds = Annotated[float, msgspec.Meta(ge=0)] | Duration
Bytes = Annotated[int, msgspec.Meta(ge=0)] | Size


class AfterNotifications(Checked, frozen=True, forbid_unknown_fields=True):
    """A delay that ends when this many further frames have arrived on the connection."""

    notifications: Annotated[int, msgspec.Meta(ge=0)]


#: `"250ms"`, or `{ notifications = 40 }`.
Delay = Duration | AfterNotifications


class Fault(Checked, frozen=True, tag_field="fault", forbid_unknown_fields=True):
    """What all faults have in common: a name and a stage."""

    stage: ClassVar[Stage] = "notification"

    @property
    def name(self) -> str:
        """The fault's name, as in a scenario file."""
        return str(self.__struct_config__.tag)


def seconds_in(value: Seconds) -> float:
    """Seconds, from a number or from a duration."""
    return parse_duration(value) if isinstance(value, str) else float(value)


def bytes_in(value: Bytes) -> int:
    """Bytes, from a number or from a size."""
    return parse_size(value) if isinstance(value, str) else value
