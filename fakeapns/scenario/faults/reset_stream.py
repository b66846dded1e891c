"""A stream that the server ends."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

import msgspec

from ..problems import Problem
from .at import Exchange
from .base import Fault
from .stages import Service

#: REFUSED_STREAM: "the stream was closed prior to any processing" (RFC 9113, 8.7).
REFUSED = 7


class ResetStream(Fault, frozen=True, tag="reset_stream"):
    """End the stream of a notification by RST_STREAM with a `code`, others go on.

    `before` any answer it was not processed, and may be sent again; behind the `headers` of a 200
    it was accepted. Code 7 (REFUSED_STREAM) always means that it was not. With `twice` a second
    RST_STREAM follows, with code 5.
    """

    # 7 and behind it 5, since HEADERS and DATA were both on their way (pushy #476). Refused near
    # stream 99347 (edamov/pushok #169).
    services: ClassVar[tuple[Service, ...]] = ("api",)
    decides: ClassVar[bool] = True
    code: Annotated[int, msgspec.Meta(ge=0, le=0xFFFFFFFF)] = REFUSED
    when: Literal["before", "headers"] = "before"
    twice: bool = False

    def problems(self) -> Iterator[Problem]:
        """An answer to what is said not to have been looked at."""
        if self.when == "headers" and self.code == REFUSED:
            what = "code 7 says that nothing was processed, which nobody says behind an answer"
            yield Problem(("when",), f"{what}: give another code")

    def act(self, at: Exchange) -> None:
        """Reset it."""
        at.reset_stream(self.code, processed=self.when == "headers", twice=self.twice)
