"""How many provider tokens (JWT) were in use side by side.

"Refresh your token no more than once every 20 minutes" (Establishing a token-based connection to
APNs). Who renews in order has two within these: the old one a moment before, and the new one.
"""

from __future__ import annotations

from ..entries import Notification

#: Seconds of the protocol's clock within which those are counted.
WINDOW = 1200.0


class ProviderTokens:
    """Takes pushes in order. `most` distinct tokens of one team were seen within the window."""

    def __init__(self) -> None:
        self.most = 0
        #: The team of those, their key, and the connections that they came on.
        self.team: str | None = None
        self.connections: tuple[int, ...] = ()
        #: By team: each token, where it was seen last and when, the latest at the end.
        self._seen: dict[str | None, dict[str, tuple[float, int]]] = {}

    def take(self, push: Notification) -> None:
        """Note who has signed a push."""
        token = push.provider_token
        if token is None:
            return
        recent = self._seen.setdefault(push.team_id, {})
        recent.pop(token, None)
        recent[token] = push.wall, push.connection
        while next(iter(recent.values()))[0] < push.wall - WINDOW:
            del recent[next(iter(recent))]
        if len(recent) > self.most:
            self.most, self.team = len(recent), push.team_id
            self.connections = tuple(sorted({connection for _, connection in recent.values()}))
