"""A device that changes: what its owner does, or its system."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from ..changes import Change
from ..tokens import HexToken, in_full, in_hex
from .at import Conversation
from .base import Fault
from .stages import Service


class ChangeDevice(Fault, frozen=True, tag="device"):
    """Let something happen to a device: `do` is a method of `Device` in kebab case, with `-on` or
    `-off` behind it where that takes a truth, as in `low-power-on`.

    It happens behind the notification at hand, which meets the device as it was. `device` is a
    token that it has or had, that of this notification unless given. The fault is on record at once
    where something had waited for it, and else once something further is sent to the device. What
    cannot happen to it, as installing an app that is there, is on record at once, says why it had
    no effect, and uses up no `times`.
    """

    services: ClassVar[tuple[Service, ...]] = ("gateway", "api")
    disturbs: ClassVar[bool] = False
    do: Change
    device: HexToken | None = None

    def __post_init__(self) -> None:
        msgspec.structs.force_setattr(self, "device", in_hex(self.device))
        super().__post_init__()

    def act(self, at: Conversation) -> None:
        """Let it happen."""
        at.change_device(self.do, None if self.device is None else in_full(self.device))
