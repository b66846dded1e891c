"""Faults of the feedback service."""

from __future__ import annotations

from typing import Annotated, ClassVar

import msgspec

from ..units import Duration
from .base import Bytes, Fault, Stage


class FeedbackCut(Fault, frozen=True, tag="feedback_cut"):
    """End the list behind so many tuples, and so many bytes of the next one."""

    stage: ClassVar[Stage] = "feedback"
    after_tuples: Annotated[int, msgspec.Meta(ge=0)] = 0
    after_bytes: Bytes = 0


class FeedbackDelay(Fault, frozen=True, tag="feedback_delay"):
    """Send nothing for a while."""

    stage: ClassVar[Stage] = "feedback"
    delay: Duration = "1s"


class FeedbackRepeat(Fault, frozen=True, tag="feedback_repeat"):
    """Send the whole list twice."""

    stage: ClassVar[Stage] = "feedback"


class FeedbackStale(Fault, frozen=True, tag="feedback_stale"):
    """List the active devices as well, as gone for the time `age`: before they registered.

    Seen in production (apns4erl #181, node-apn #409). Timestamps exist because of this.
    """

    stage: ClassVar[Stage] = "feedback"
    age: Duration = "30d"


class FeedbackSilent(Fault, frozen=True, tag="feedback_silent"):
    """Send the list and never close."""

    stage: ClassVar[Stage] = "feedback"
