"""A connection that ends without a word."""

from __future__ import annotations

from collections.abc import Set
from typing import ClassVar

from .at import Conversation
from .base import Fault
from .stages import Stage
from .values import Bytes, CloseKind, bytes_in


class Drop(Fault, frozen=True, tag="drop"):
    """Close the connection right behind the notification, without a word.

    With `after_bytes` it acts before the frame is complete: as soon as that many bytes of it
    have arrived. The partial frame stays unread.
    """

    # An idle connection ended with a clean EOF, two hours behind the last push
    # (uniqush-push #47, #68; ApnsPHP #11). A reset swallows what had arrived, the error with it
    # (pushy #6). Command 0 gets no more than this on any error (Legacy Notification Format).
    stages: ClassVar[tuple[Stage, ...]] = ("notification", "open", "frame")
    close: CloseKind = "graceful"
    after_bytes: Bytes | None = None

    def stage(self, given: Set[str]) -> Stage:
        """Inside a frame where bytes are counted."""
        return super().stage(given) if self.after_bytes is None else "frame"

    @property
    def cut(self) -> int:
        """`after_bytes` as a number."""
        return bytes_in(self.after_bytes or 0)

    def act(self, at: Conversation) -> None:
        """End the connection."""
        at.end(self.close, close=self.close)
