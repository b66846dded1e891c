"""A feedback list that comes in pieces."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

import msgspec

from ..problems import Problem
from ..units import Duration, parse_duration
from .at import Listing
from .base import Fault
from .stages import Service, Stage
from .values import Bytes, bytes_in

Sizes = Annotated[
    tuple[Bytes, ...],
    msgspec.Meta(min_length=1, description="a list of numbers of bytes, or of sizes such as 16KiB"),
]


class FeedbackSplit(Fault, frozen=True, tag="feedback_split"):
    """Send the list in pieces of `sizes` bytes, the same ones over and over, with a `pause` between
    two, so that a read of it ends anywhere. It acts only on a list that is longer than one piece.
    """

    # TCP promises an order and no borders. On one machine a list comes whole nearly always, so a
    # reader that takes a read for a tuple, or for the list, is right until it is in production.
    stages: ClassVar[tuple[Stage, ...]] = ("feedback",)
    services: ClassVar[tuple[Service, ...]] = ("feedback",)
    needs: ClassVar[Literal["uninstalled"]] = "uninstalled"
    sizes: Sizes = (20,)
    pause: Duration = "10ms"

    def problems(self) -> Iterator[Problem]:
        """Pieces of nothing."""
        for position, size in enumerate(self.sizes):
            if not bytes_in(size):
                yield Problem(("sizes", position), "a piece has at least one byte")

    def act(self, at: Listing) -> None:
        """Cut it up."""
        at.split([bytes_in(size) for size in self.sizes], parse_duration(self.pause))
