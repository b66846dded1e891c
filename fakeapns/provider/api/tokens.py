"""The one token with which all pushes go out, as long as it may."""

from __future__ import annotations

from collections.abc import Callable

#: Seconds. Apple takes no token that is over an hour old, and wants no new one before twenty
#: minutes have gone ("Establishing a token-based connection to APNs").
OLDEST, SOONEST = 50 * 60.0, 20 * 60.0


class Tokens:
    """A JWT that all connections share. `sign` makes one for a moment, in epoch seconds."""

    def __init__(self, sign: Callable[[float], str]) -> None:
        self._sign = sign
        self._token = ""
        self._minted = 0.0
        self._replaced = False

    def current(self, now: float) -> str:
        """The token to send with."""
        if not self._token or now - self._minted >= OLDEST:
            self._mint(now)
        return self._token

    def renew(self, rejected: str, now: float) -> bool:
        """Apple has called this token expired: whether there is another to try with.

        One that was made in place of an expired one, and is called expired as soon, is not the
        fault of its age: a clock may be wrong, and more tokens make it worse (node-apn #590).
        """
        if rejected != self._token:
            return True
        if self._replaced and now - self._minted < SOONEST:
            return False
        self._mint(now)
        self._replaced = True
        return True

    def _mint(self, now: float) -> None:
        self._token = self._sign(now)
        self._minted = now
        self._replaced = False
