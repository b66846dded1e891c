"""Hands what was accepted to the devices that it is for, and puts on record what became of it."""

from __future__ import annotations

from collections.abc import Callable

from ..ledger import Ledger, Moment, record_landings
from ..push import Judge, Parcel, Push


class Deliveries:
    """Those of one server, whose devices and channels `judge` has. To a token that nobody has, and
    to a channel that nobody follows, nothing is delivered, and it costs next to nothing.
    """

    __slots__ = ("_channels", "_devices", "_ledger")

    def __init__(self, judge: Judge, ledger: Ledger) -> None:
        self._devices = judge.devices
        self._channels = judge.channels
        self._ledger = ledger

    def deliver(self, push: Push, seq: int, now: Moment) -> None:
        """This one is on record as accepted, with this `seq`."""
        if not self._devices or push.topic is None:
            return
        parcel = Parcel(
            seq,
            push.topic,
            push.token_bytes,
            push.payload_bytes,
            push.priority,
            push.expiration,
            push.push_type,
            push.collapse_id,
        )
        if push.channel is None:
            self._hand_over(parcel, now)
            return
        channel = self._channels.find(push.topic, push.channel)
        if channel is not None:
            landings = self._devices.broadcast(parcel, channel, now.wall)
            record_landings(self._ledger, landings, now)

    def deliver_to(self, token: bytes, now: Moment, parcel: Callable[[], Parcel]) -> None:
        """The same of one to this token, of which `parcel` makes what a device is handed, where
        somebody has the token.
        """
        if self._devices.find(token):
            self._hand_over(parcel(), now)

    def _hand_over(self, parcel: Parcel, now: Moment) -> None:
        record_landings(self._ledger, self._devices.deliver(parcel, now.wall), now)
