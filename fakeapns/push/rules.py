"""Why a push is refused: Apple's checks, in the order that the evidence supports.

The order is undocumented. One client ended its connections with an empty token *and* an
empty payload and waited for status 2 (pushy 0.4), so the token comes before the payload; the
rest is a choice (first match wins): topic, token, payload, content if strict, device. What
does not parse has been answered by its front before it comes here. The topic is first because it
stands in the certificate: with none, no notification of the connection can be right.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from ..scenario import CountRange, Settings
from ..scenario.faults import Service
from .devices import Environment, Registration
from .push import Push
from .refusal import Refusal

#: Bytes. Apple's table has a status for a topic that is longer, and no number; nobody ever
#: reported that status.
MAX_TOPIC = 255


def unusable_topic(topic: str | None) -> Refusal | None:
    """What is wrong with a topic whatever is sent to it; None if nothing is."""
    # One of no characters, or of spaces, is how a template without its value looks.
    if topic is None or not topic.strip():
        return Refusal.MISSING_TOPIC
    return Refusal.TOPIC_TOO_LONG if len(topic.encode()) > MAX_TOPIC else None


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """What one service takes. Sizes of tokens and payloads are in bytes.

    With `strict` content mistakes are refused, with `registered_only` tokens that no device
    has, with `reject_uninstalled` those of devices that have removed the app.
    """

    service: Service
    token_sizes: CountRange
    payload_limit: int
    strict: bool
    registered_only: bool
    reject_uninstalled: bool
    environment: Environment

    @classmethod
    def of(cls, service: Service, settings: Settings) -> Rules:
        """As the settings have them."""
        return cls(
            service=service,
            token_sizes=settings.sizes,
            payload_limit=settings.payload_limit,
            strict=settings.strict_payload,
            registered_only=settings.tokens == "registered",
            reject_uninstalled=settings.uninstalled == "reject",
            environment=settings.environment,
        )

    def violations(
        self,
        push: Push,
        known: Mapping[str, Registration],
        warnings: Sequence[str],
        *,
        gone: bool = False,
    ) -> Iterator[Refusal]:
        """Why the push is refused, in the order in which it is looked at; nothing if it is fine.

        `known` are the devices that have its token, by topic, and `gone` is whether that of its
        topic is known to be good no more; `warnings` are its content's.
        """
        unusable = unusable_topic(push.topic)
        if unusable is not None:
            yield unusable
        if not push.token_bytes:
            yield Refusal.MISSING_TOKEN
        # node-apn #366: one of a wrong size is told from one that nobody has.
        elif len(push.token_bytes) not in self.token_sizes:
            yield Refusal.TOKEN_SIZE
        if not push.payload_bytes:
            yield Refusal.MISSING_PAYLOAD
        # Of the payload alone, whatever is around it (Binary Provider API).
        elif len(push.payload_bytes) > self.payload_limit:
            yield Refusal.PAYLOAD_TOO_LARGE
        if self.strict and warnings:
            yield Refusal.CONTENT
        stranger = self.stranger(push, known, gone=gone)
        if stranger is not None:
            yield stranger

    def reason(self, refusal: Refusal) -> str | None:
        """Which of Apple's reasons a refusal is given, where the service has reasons."""
        return None

    def limit(self, push: Push) -> str:
        """How large the payload of this push may be, in words."""
        return f"payload_limit is {self.payload_limit:,}"

    def stranger(
        self, push: Push, known: Mapping[str, Registration], *, gone: bool
    ) -> Refusal | None:
        """What is wrong with a token that is one."""
        device = known.get(push.topic or "")
        if device is None:
            if known:
                # Known to somebody else means another app's token, whoever else is let in.
                # Before iOS 7 the apps of a device could share one (Urban Airship).
                return Refusal.TOKEN_OF_OTHER_TOPIC
            return Refusal.TOKEN_UNKNOWN if self.registered_only else None
        # Production and sandbox share nothing (Binary Provider API). The most repeated question
        # of all (node-apn #483, dotAPNS #84, Knuff #76, sygnal #158), since the answer to it is
        # just "invalid token".
        if device.environment not in (None, self.environment):
            return Refusal.TOKEN_OF_OTHER_ENVIRONMENT
        if self.reject_uninstalled and gone:
            return Refusal.TOKEN_EXPIRED if device.is_expired else Refusal.UNINSTALLED
        return None
