"""What the provider API takes: the rules of all services, in its own order and with its limits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Self

from ...push import Push, Refusal, Registration, Rules
from ...scenario import Settings
from .reasons import RANK, REASON_FOR

#: Bytes of a payload. Apple's pages say 4096, and 5120 for voip. Of a Live Activity 5120 were taken
#: and 5121 were not, though the page says 4096 (dory, August 2026); the phone drops it silently.
_LIMIT, _LARGER = 4096, {"voip": 5120, "liveactivity": 5120}
#: Of a broadcast (Sending broadcast push notification requests to APNs).
BROADCAST_LIMIT = 5120


class ApiRules(Rules, frozen=True, kw_only=True):
    """The rules of one server's API. `one_limit` is the setting `api_payload_limit`."""

    one_limit: int | None

    @classmethod
    def of_api(cls, settings: Settings) -> Self:
        """As the settings have them."""
        return cls(
            service="api",
            token_sizes=settings.sizes,
            payload_limit=_LIMIT,
            one_limit=settings.api_payload_limit,
            strict=False,
            registered_only=settings.tokens == "registered",
            # An app that is gone is 410 here, whatever the gateway makes of it.
            reject_uninstalled=True,
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
        """Why the push is refused, in the order in which it is looked at."""
        found = [flaw.refusal for flaw in push.flaws]
        if push.token_bytes:
            if len(push.token_bytes) not in self.token_sizes:
                found.append(Refusal.TOKEN_SIZE)
            if known or self.registered_only:
                found += self._about_its_device(push, known, gone)
        size = len(push.payload_bytes)
        if not size:
            found.append(Refusal.MISSING_PAYLOAD)
        elif size > self.limit_for(push.push_type):
            found.append(Refusal.PAYLOAD_TOO_LARGE)
        if len(found) > 1:
            found.sort(key=RANK.__getitem__)
        return iter(found)

    def _about_its_device(
        self, push: Push, known: Mapping[str, Registration], gone: bool
    ) -> Iterator[Refusal]:
        here = (None, self.environment)
        if known and all(device.environment not in here for device in known.values()):
            # Nothing is shared, so here it is nobody's, whatever topic it is sent with.
            yield Refusal.TOKEN_OF_OTHER_ENVIRONMENT
        elif push.topic is not None:
            stranger = self.stranger(push, known, gone=gone)
            if stranger is not None:
                yield stranger
        elif not known:
            # For which app it is nobody knows, and no app has this one.
            yield Refusal.TOKEN_UNKNOWN

    def reason(self, refusal: Refusal) -> str | None:
        """Which of Apple's reasons it is given."""
        return REASON_FOR[refusal]

    def limit(self, push: Push) -> str:
        """How large the payload of this push may be, in words."""
        if self.one_limit is not None:
            return f"api_payload_limit is {self.one_limit:,}"
        return f"{self._kind(push.push_type)} may have {self.limit_for(push.push_type):,}"

    def limit_for(self, push_type: str | None) -> int:
        """How many bytes the payload of a push of this type may have."""
        if self.one_limit is not None:
            return self.one_limit
        return _LARGER.get(push_type or "", self.payload_limit)

    def _kind(self, push_type: str | None) -> str:
        return f"a push of type {push_type}" if push_type in _LARGER else "a push"


class BroadcastRules(ApiRules, frozen=True, kw_only=True):
    """Those of broadcasts: nobody knows their devices, and all have the same limit."""

    def limit_for(self, push_type: str | None) -> int:
        """How many bytes the payload may have."""
        return BROADCAST_LIMIT if self.one_limit is None else self.one_limit

    def _kind(self, push_type: str | None) -> str:
        return "a broadcast"
