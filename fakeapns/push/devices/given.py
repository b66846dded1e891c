"""What people say of a device that they add, and what is wrong with it."""

from __future__ import annotations

from typing import get_args

from ...errors import UsageError, unknown_name
from ...scenario import LONGEST_TOKEN
from ..token import Token, parse_token
from .moments import Time, moment_of
from .registration import Environment, State

_STATES, _ENVIRONMENTS = get_args(State), get_args(Environment)


def removal(state: str, since: Time | None, environment: str | None, now: float) -> float | None:
    """When a device like this lost its app, in epoch seconds; None where it is there. Raises as
    `Devices.add` does.
    """
    if state not in _STATES:
        raise UsageError(unknown_name("device state", state, _STATES))
    if environment is not None and environment not in _ENVIRONMENTS:
        raise UsageError(unknown_name("environment", environment, _ENVIRONMENTS))
    if state == "uninstalled":
        return now if since is None else moment_of(since, now)
    if since is not None:
        raise UsageError("since is for an app that was removed: write state='uninstalled', too")
    return None


def whole_token(token: Token) -> bytes:
    """A token in bytes; two hex digits stand for that byte 32 times. Raises `UsageError` for what
    no device has: what is no token, or has no byte, or more than 100.
    """
    known = parse_token(token)
    if not 1 <= len(known) <= LONGEST_TOKEN:
        size = f"{len(known):,} bytes" if known else "no byte"
        raise UsageError(f"a device token has 1 to {LONGEST_TOKEN} bytes, and this has {size}")
    return known * 32 if isinstance(token, str) and len(known) == 1 else known
