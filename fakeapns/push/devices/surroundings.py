"""What all devices of one server have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

import msgspec

from ...scenario import Budget, Settings
from .registration import Environment, Registration
from .subscriptions import Subscriptions

R = TypeVar("R", bound=Registration)


class Mint(Protocol):
    """Registers what `make` makes of a token, a made-up one unless it is given, and the moment, in
    epoch seconds.
    """

    def __call__(
        self, topic: str, make: Callable[[bytes, float], R], token: bytes | None = None
    ) -> R: ...


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """`wall` is asked for the time, in epoch seconds, and `mint` for further tokens; in
    `subscriptions` stands who follows which channel. The rest is as `Settings` has it, durations in
    seconds.
    """

    wall: Callable[[], float]
    mint: Mint
    subscriptions: Subscriptions
    environment: Environment
    notice_after: float
    feedback_last_app: bool
    silent_budget: Budget | None
    store_absent_expiration: bool

    @classmethod
    def of(
        cls,
        settings: Settings,
        *,
        wall: Callable[[], float],
        mint: Mint,
        subscriptions: Subscriptions,
    ) -> Surroundings:
        """Those of a server with these settings."""
        return cls(
            wall=wall,
            mint=mint,
            subscriptions=subscriptions,
            environment=settings.environment,
            notice_after=settings.notice_seconds,
            feedback_last_app=settings.feedback_last_app,
            silent_budget=settings.budget,
            store_absent_expiration=settings.store_absent_expiration,
        )
