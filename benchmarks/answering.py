"""What granian runs where it is compared: an application that takes whatever comes."""

from __future__ import annotations

from typing import Any
from uuid import uuid4


async def app(scope: Any, protocol: Any) -> None:
    """Answer 200 with an id, as Apple does. Nothing is judged, and nothing is recorded (RSGI)."""
    await protocol()
    protocol.response_empty(200, [("apns-id", str(uuid4()).upper())])
