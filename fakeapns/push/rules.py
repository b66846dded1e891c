"""Whether a push is refused: Apple's checks, in the order that the evidence supports.

The order is undocumented. One client ended its connections with an empty token *and* an
empty payload and waited for status 2 (pushy 0.4), so the token comes before the payload; the
rest is a choice (first match wins): topic, token, payload, content if strict, device. What
does not parse has been answered by its front before it comes here. The topic is first because it
stands in the certificate: with none, no notification of the connection can be right.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..scenario import Settings
from .devices import Device, Devices
from .push import Push
from .refusal import Refusal

#: Bytes. Apple's table has a status for a topic that is longer, and no number; nobody ever
#: reported that status.
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

    def check(self, push: Push, warnings: Sequence[str]) -> Refusal | None:
        """The first check that fails, None if the push is fine. `warnings` are its content's."""
        if push.topic is None:
            return Refusal.MISSING_TOPIC
        if len(push.topic.encode()) > MAX_TOPIC:
            return Refusal.TOPIC_TOO_LONG
        if not push.token_bytes:
            return Refusal.MISSING_TOKEN
        # node-apn #366: one of a wrong size is told from one that nobody has.
        if len(push.token_bytes) not in self._sizes:
            return Refusal.TOKEN_SIZE
        if not push.payload_bytes:
            return Refusal.MISSING_PAYLOAD
        # Of the payload alone, whatever is around it (Binary Provider API).
        if len(push.payload_bytes) > self._payload_limit:
            return Refusal.PAYLOAD_TOO_LARGE
        if self._strict and warnings:
            return Refusal.CONTENT
        return self._stranger(push)

    def _stranger(self, push: Push) -> Refusal | None:
        """What is wrong with a token that is one."""
        known = self._devices.find(push.token_bytes)
        device = known.get(push.topic or "")
        if device is None:
            if known:
                # Known to somebody else means another app's token, whoever else is let in.
                # Before iOS 7 the apps of a device could share one (Urban Airship).
                return Refusal.TOKEN_OF_OTHER_TOPIC
            return Refusal.TOKEN_UNKNOWN if self._registered_only else None
        if not self.is_of_this_environment(device):
            return Refusal.TOKEN_OF_OTHER_ENVIRONMENT
        if self._reject_uninstalled and device.since is not None:
            return Refusal.UNINSTALLED
        return None

    def is_of_this_environment(self, device: Device) -> bool:
        """Whether its token is good here: production and sandbox share nothing."""
        # Binary Provider API. The most repeated question of all (node-apn #483, dotAPNS #84,
        # Knuff #76, sygnal #158), since the answer to it is just "invalid token".
        return device.environment in (None, self._environment)
