"""A server that takes no further streams, and says so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

import msgspec

from ..problems import Problem
from ..units import Duration, parse_duration
from .at import Exchange, Last, Then
from .base import Fault
from .stages import Service, Stage

#: As much debug data as fits into the smallest frame that a client has to take, with room to spare.
_MOST = 8192


class GoAway(Fault, frozen=True, tag="goaway"):
    """Say GOAWAY: streams above `last` are not processed.

    `last` is the stream of `this` notification, the `previous` one, which leaves this one out,
    `zero`, `all` there may ever be, or a number. `debug` is one of Apple's reasons, which
    becomes `{"reason":…}`, or any other text. `twice` says it again without `debug`, as Apple was
    seen to. `then` is what becomes of the connection: `close` it once the streams up to `last` are
    answered, `keep` it open and answer these, or be `silent` on it from then on.
    """

    # Bytes as seen in sideshow/apns2 #93; twice in pushy #312 and golang/go #14627; plain text in
    # node-apn #727 and forum 54407; a session that stays, refuses new streams and looks alive cost
    # a proxy six hours (DocNR/clave #14); pushes lost behind one in pushy #865.
    stages: ClassVar[tuple[Stage, ...]] = ("notification", "open")
    services: ClassVar[tuple[Service, ...]] = ("api",)
    last: Literal["this", "previous", "zero", "all"] | Annotated[int, msgspec.Meta(ge=0)] = "this"
    code: Annotated[int, msgspec.Meta(ge=0, le=0xFFFFFFFF)] = 0
    debug: str = ""
    twice: bool = False
    delay: Duration = "0ms"
    then: Then = "close"

    def problems(self) -> Iterator[Problem]:
        """A stream that no client opens, and more text than a frame has room for."""
        if isinstance(self.last, int) and not isinstance(self.last, bool):
            if self.last > 2**31 - 1:
                yield Problem(("last",), f"{self.last} is no stream: they end at 2147483647")
            elif self.last and self.last % 2 == 0:
                what = f"{self.last} is no stream of a client: those have odd numbers"
                yield Problem(("last",), what)
        if len(self.debug.encode()) > _MOST:
            yield Problem(("debug",), f"is too long: {_MOST:,} bytes are the most")

    def act(self, at: Exchange) -> None:
        """Say it."""
        last: Last = self.last
        delay = parse_duration(self.delay)
        at.go_away_at(last, self.code, self.debug, delay, self.then, twice=self.twice)
