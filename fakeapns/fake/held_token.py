"""Tokens that a device, or a Live Activity, has or had."""

from __future__ import annotations

from typing import NamedTuple

from ..push import Registration


class HeldToken(NamedTuple):
    """A token: when somebody got it, and until when it was good, in epoch seconds; None while it
    is.
    """

    token: str
    since: float
    until: float | None


def held_token(known: Registration) -> HeldToken:
    """The same of a token as the model knows it."""
    # A test may say of a device that it has just made up that its app went two hours ago: it had
    # its token before that, or else a provider would be right to keep it.
    made, gone = known.made, known.since
    return HeldToken(known.token, made if gone is None else min(made, gone), gone)
