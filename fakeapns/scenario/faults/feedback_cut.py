"""A feedback list that breaks off."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import msgspec

from .at import Listing
from .base import Fault
from .stages import Service, Stage
from .values import Bytes, CloseKind, bytes_in


class FeedbackCut(Fault, frozen=True, tag="feedback_cut"):
    """End the list behind so many tuples, and so many bytes of the next one.

    It acts only on a list that is longer.
    """

    # Not seen at Apple, but lines do break: go-libapns calls a short read an error, other clients
    # leave the rest out and never know that there was one.
    stages: ClassVar[tuple[Stage, ...]] = ("feedback",)
    services: ClassVar[tuple[Service, ...]] = ("feedback",)
    needs: ClassVar[Literal["uninstalled"]] = "uninstalled"
    after_tuples: Annotated[int, msgspec.Meta(ge=0)] = 0
    after_bytes: Bytes = 0
    close: CloseKind = "graceful"

    def act(self, at: Listing) -> None:
        """Leave out the rest."""
        at.cut(self.after_tuples, bytes_in(self.after_bytes), self.close)
