"""Limits that change while a connection stands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar

import msgspec

from ..problems import Problem
from ..units import DURATION_PATTERN, END, parse_duration
from .at import Exchange
from .base import Fault
from .stages import Service, Stage

#: The largest window (RFC 9113, 6.5.2), and the largest value of any setting.
_WINDOW, _MOST = 2**31 - 1, 2**32 - 1
Until = Annotated[
    str,
    msgspec.Meta(
        pattern=rf"^success{END}|{DURATION_PATTERN}",
        description="success, or a duration such as 250ms or 1h30m",
    ),
]
_Value = Annotated[int, msgspec.Meta(ge=0, le=_MOST)]


class ChangeSettings(Fault, frozen=True, tag="settings"):
    """Say other SETTINGS: those that are given, the others as they were.

    `until` a `success`, the next notification that is accepted, or for a while; then the old ones
    come back. Streams above a limit that the client has acknowledged are refused (REFUSED_STREAM).
    """

    # Apple's limit falls to 1 behind a rejected notification and comes back with a success (radar
    # 27870881); 4xx answers shrink what SETTINGS allow ("Handling notification responses from
    # APNs").
    stages: ClassVar[tuple[Stage, ...]] = ("notification", "open")
    services: ClassVar[tuple[Service, ...]] = ("api",)
    prepares: ClassVar[bool] = True
    max_concurrent_streams: _Value | None = None
    initial_window_size: Annotated[int, msgspec.Meta(ge=0, le=_WINDOW)] | None = None
    max_header_list_size: _Value | None = None
    until: Until | None = None

    @property
    def values(self) -> dict[int, int]:
        """What is given, by the numbers of RFC 9113, 6.5.2."""
        given = {
            3: self.max_concurrent_streams,
            4: self.initial_window_size,
            6: self.max_header_list_size,
        }
        return {key: value for key, value in given.items() if value is not None}

    def problems(self) -> Iterator[Problem]:
        """Nothing that changes."""
        if not self.values:
            what = "no setting is given: write max_concurrent_streams, for one"
            yield Problem(("max_concurrent_streams",), what)

    def act(self, at: Exchange) -> None:
        """Say them."""
        if self.until is None or self.until == "success":
            at.change_settings(self.values, None, until_success=self.until is not None)
        else:
            seconds = parse_duration(self.until)
            at.change_settings(self.values, seconds, until_success=False)
