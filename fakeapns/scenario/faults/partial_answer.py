"""An answer that has no end."""

from __future__ import annotations

from typing import ClassVar, Literal

from .at import Exchange
from .base import Fault
from .stages import Service


class PartialAnswer(Fault, frozen=True, tag="partial_answer"):
    """Begin the answer to a notification, and never end it; other streams go on.

    `headers` are those of a 200: it was accepted. A `half-body` is that of a 500
    `InternalServerError`, half of its JSON: it was rejected.
    """

    # Ours: what a proxy leaves behind that loses the server in mid-answer. Who waits for the end of
    # the stream waits for ever, and half a JSON document is none.
    services: ClassVar[tuple[Service, ...]] = ("api",)
    decides: ClassVar[bool] = True
    part: Literal["headers", "half-body"] = "headers"

    def act(self, at: Exchange) -> None:
        """Begin it."""
        at.answer_in_part(half_a_body=self.part == "half-body")
