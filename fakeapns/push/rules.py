"""Which status a notification gets: Apple's checks, in the order that the evidence supports.

The order is undocumented. One client ended its connections with an empty token *and* an
empty payload and waited for status 2, so the token comes before the payload; the rest is a
choice (first match wins): topic 3 and 6, token 2 and 5, payload 4 and 7, content 1 if strict,
token unknown 8. What does not parse has been answered 128 before it comes here.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..protocol import NotificationReceived, Status
from ..scenario.settings import Settings
from .devices import Device, Devices

MAX_TOPIC = 255


class Rules:
    """The checks of one server, its settings looked up once."""

    def __init__(self, settings: Settings, devices: Devices) -> None:
        self._devices = devices
        self._sizes = settings.sizes
        self._payload_limit = settings.payload_limit
        self._strict = settings.strict_payload
        self._registered_only = settings.tokens == "registered"
        self._reject_uninstalled = settings.uninstalled == "reject"
        self._environment = settings.environment

    def device(self, topics: Sequence[str], token: bytes) -> Device | None:
        """The device that has this token under one of the connection's topics."""
        known = self._devices.find(token)
        # A universal certificate names several topics. Which one it used on the binary
        # gateway is not recorded anywhere, so a token of any of them is right.
        return next((known[topic] for topic in topics if topic in known), None)

    def check(
        self,
        received: NotificationReceived,
        topics: Sequence[str],
        device: Device | None,
        warnings: Sequence[str],
    ) -> Status | None:
        """The status of the first check that fails, None if the notification is fine."""
        if not topics:
            return Status.MISSING_TOPIC
        if len(topics[0].encode()) > MAX_TOPIC:
            return Status.INVALID_TOPIC_SIZE
        if not received.token:
            return Status.MISSING_TOKEN
        if len(received.token) not in self._sizes:
            return Status.INVALID_TOKEN_SIZE
        if not received.payload:
            return Status.MISSING_PAYLOAD
        if len(received.payload) > self._payload_limit:
            return Status.INVALID_PAYLOAD_SIZE
        if self._strict and warnings:
            return Status.PROCESSING_ERROR
        if self._is_unknown(received.token, device):
            return Status.INVALID_TOKEN
        return None

    def is_of_this_environment(self, device: Device) -> bool:
        """Whether its token is good here: production and sandbox share nothing."""
        return device.environment in (None, self._environment)

    def _is_unknown(self, token: bytes, device: Device | None) -> bool:
        if device is None:
            # Known to somebody else means another app's token, whoever else is let in.
            return self._registered_only or bool(self._devices.find(token))
        if not self.is_of_this_environment(device):
            return True
        return self._reject_uninstalled and device.since is not None
