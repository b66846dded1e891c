"""What came, and nobody had meant."""

from __future__ import annotations

from ..entries import Notification
from .identity import Address, address_of
from .intention import Meant, unexpected


class Unmeant:
    """Takes notifications that stand on no list.

    They are a provider's own affair until they are accepted, such as a last word that is bad on
    purpose: pushy ended its connections with an empty one, so that the error for it proved all
    before it accepted.
    """

    def __init__(self) -> None:
        #: How many were accepted, and each of them once.
        self.accepted = 0
        self._accepted: dict[tuple[Address, bytes], Meant] = {}
        self._no_hex: dict[str, Meant] = {}

    def came(self, seen: Notification) -> None:
        """One has come."""
        if seen.outcome == "accepted":
            self.accepted += 1
            who = address_of(seen), seen.payload_bytes
            self._accepted.setdefault(who, unexpected(seen))
        elif seen.token and not seen.token_bytes:
            self._no_hex.setdefault(seen.token, unexpected(seen))

    @property
    def unexpected(self) -> tuple[Meant, ...]:
        """Those that were accepted, each once."""
        return tuple(self._accepted.values())

    @property
    def for_text(self) -> tuple[Meant, ...]:
        """Those that may stand for something meant, with its token as text in place of bytes."""
        return (*self._accepted.values(), *self._no_hex.values())

    def was_no_hex(self, token: str) -> bool:
        """Whether the provider API refused something as this token is no hex."""
        return token in self._no_hex
