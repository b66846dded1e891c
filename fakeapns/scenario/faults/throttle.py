"""A server that reads slowly."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar

import msgspec

from ..problems import Problem
from ..units import Size
from .at import Conversation
from .base import Fault
from .stages import Service, Stage
from .values import bytes_in


class Throttle(Fault, frozen=True, tag="throttle"):
    """Read no faster than this from now on, so that writes block."""

    # Ours: the slow way into what `stall` does at once. TN2265 takes less than some 9,000
    # notifications a second for a sign that a provider handles errors badly.
    stages: ClassVar[tuple[Stage, ...]] = ("notification", "open")
    services: ClassVar[tuple[Service, ...]] = ("gateway", "api")
    holds: ClassVar[bool] = True
    bytes_per_second: Annotated[int, msgspec.Meta(ge=1)] | Size = 1024

    def problems(self) -> Iterator[Problem]:
        """No bytes at all."""
        if bytes_in(self.bytes_per_second) < 1:
            yield Problem(("bytes_per_second",), "nothing at all is a stall: use that fault")

    def act(self, at: Conversation) -> None:
        """Slow down."""
        at.read_slowly(bytes_in(self.bytes_per_second))
