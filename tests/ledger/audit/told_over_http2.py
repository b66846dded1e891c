"""Ledgers of the provider API, told in a few words: as `told` has them."""

from __future__ import annotations

from typing import Any

from fakeapns.ledger import (
    Answering,
    ApiNotification,
    ApiRequest,
    ApiResponse,
    Entry,
    GoAwaySeen,
    ResetSeen,
)
from fakeapns.protocol import REASONS

from ..pushes import push_facts
from .told import ONE, Story


class Pushes(Story):
    """Entries of one connection after the other, the first of which is open."""

    def __init__(self) -> None:
        super().__init__()
        self._streams = 0
        self.opened("api")

    def came_over(
        self,
        pair: tuple[bytes, bytes] = ONE,
        reason: str | None = None,
        *,
        answered: bool | None = True,
        **facts: Any,
    ) -> ApiNotification:
        """A push, refused where there is a reason. `answered` is None where it may be later."""
        self._streams += 1
        told: dict[str, Any] = {"token_bytes": pair[0], "payload_bytes": pair[1], "reason": reason}
        told |= {"ordinal": self._streams, "stream": 2 * self._streams - 1}
        told |= {"apns_id": f"id-{self._streams}", "connection": self.connection}
        told |= {"answering": Answering() if answered is None else answered}
        if reason is not None:
            told |= {"http_status": REASONS[reason], "detail": f"why {reason}"}
        entry = self.add(ApiNotification, **push_facts(**told | facts))
        assert isinstance(entry, ApiNotification)
        return entry

    def unprocessed(self, pair: tuple[bytes, bytes], cause: Entry) -> ApiNotification:
        """A push that was never looked at."""
        facts: dict[str, Any] = {"outcome": "discarded", "http_status": None, "cause": cause.seq}
        return self.came_over(pair, answered=False, **facts)

    def answers(self, push: ApiNotification, timestamp: int | None = None) -> None:
        """The answer to a push leaves, later than it came."""
        facts: dict[str, Any] = {"stream": push.stream, "delayed_ms": 9, "delayed_by": "time"}
        facts |= {"http_status": push.http_status, "reason": push.reason}
        facts |= {} if timestamp is None else {"timestamp": timestamp}
        self.add(ApiResponse, connection=push.connection, **facts)

    def goaway(self, last: int = 0, reason: str = "Shutdown") -> Entry:
        """The server wants no further streams."""
        debug = f'{{"reason":"{reason}"}}'
        return self.add(
            GoAwaySeen, by="server", last_stream=last, code=0, debug=debug, unprocessed=0
        )

    def reset(self, stream: int) -> Entry:
        """The server refuses a stream."""
        return self.add(ResetSeen, stream=stream, by="server", code=7, detail="too many streams")

    def request(self, why: str, **given: Any) -> Entry:
        """A request that is no push."""
        facts: dict[str, Any] = {"ordinal": 1, "stream": 1, "method": "GET", "path": "/x"}
        facts |= {"headers": {}, "body_base64": "", "http_status": 405}
        return self.add(ApiRequest, detail=why, **facts | {"reason": "MethodNotAllowed"} | given)
