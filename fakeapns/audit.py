"""The ledger held against what the provider meant to send."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from .errors import UsageError
from .notification import Notification, parse_payload, parse_token, printable
from .protocol import OWN_FAULTS

#: What two notifications have in common if they are the same: token and payload.
Identity = tuple[bytes, bytes]

_REFUSALS = {status.label for status in OWN_FAULTS}
_SHOWN = 5


def identity(token: str | bytes, payload: Any) -> Identity:
    """Who is who. Payloads are equal when their JSON is, by bytes only where there is none.

    Raises `UsageError` for what is no token, or no payload.
    """
    who = parse_token(token)
    raw = payload if isinstance(payload, bytes) else None
    if isinstance(payload, str):
        raw = payload.encode()
    if raw is not None:
        try:
            payload = parse_payload(raw)
        except ValueError:
            return who, raw
    try:
        return who, msgspec.json.encode(payload, order="sorted")
    except TypeError as wrong:
        raise UsageError(f"{payload!r} is no payload: {wrong}") from None


class Audit(msgspec.Struct, frozen=True):
    """What became of what was meant. Each list holds the notifications concerned once.

    `lost` were never accepted and never refused for a fault of their own. `duplicated` were
    accepted more often than meant. `refused` were rejected for their own fault, rightly not
    accepted; those that came again all the same are `resent_after_refusal`. `unexpected`
    were accepted though nobody meant them.
    """

    intended: int
    accepted: int
    lost: tuple[Identity, ...]
    duplicated: tuple[Identity, ...]
    refused: tuple[Identity, ...]
    resent_after_refusal: tuple[Identity, ...]
    unexpected: tuple[Identity, ...]

    @property
    def ok(self) -> bool:
        """Nothing lost, doubled, resent in vain or made up."""
        return not (self.lost or self.duplicated or self.resent_after_refusal or self.unexpected)

    def __str__(self) -> str:
        lines = [f"intended {self.intended}, accepted {self.accepted}, refused {len(self.refused)}"]
        for name in ("lost", "duplicated", "resent_after_refusal", "unexpected"):
            found = getattr(self, name)
            lines.append(f"{name} {len(found)}")
            lines += [
                f"  token {token.hex()} payload {_short(body)}" for token, body in found[:_SHOWN]
            ]
            if len(found) > _SHOWN:
                lines.append(f"  … and {len(found) - _SHOWN} more")
        return "\n".join(lines)


def audit(recorded: Iterable[Notification], intended: Iterable[Any]) -> Audit:
    """Hold what was recorded against what was intended.

    Each intended notification is a pair of token and payload, a mapping with these keys, or
    an object with these attributes. Payloads are bytes, text or Python objects. Raises
    `UsageError` for anything else.
    """
    meant = Counter(identity(*_pair(each)) for each in intended)
    accepted: Counter[Identity] = Counter()
    refused: dict[Identity, None] = {}
    resent: dict[Identity, None] = {}
    for notification in recorded:
        key = identity(notification.token_bytes, notification.payload_bytes)
        # What nobody meant is a provider's own affair, such as a last word that is bad on purpose.
        if key in refused and meant[key] == 1:
            resent[key] = None
        if notification.outcome == "accepted":
            accepted[key] += 1
        elif notification.status in _REFUSALS:
            refused[key] = None
    return Audit(
        intended=meant.total(),
        accepted=accepted.total(),
        lost=tuple(key for key in meant if accepted[key] < meant[key] and key not in refused),
        duplicated=tuple(key for key in meant if accepted[key] > meant[key]),
        refused=tuple(key for key in refused if key in meant),
        resent_after_refusal=tuple(resent),
        unexpected=tuple(key for key in accepted if key not in meant),
    )


def _pair(given: Any) -> tuple[str | bytes, Any]:
    try:
        if isinstance(given, Mapping):
            return given["token"], given["payload"]
        if isinstance(given, Notification):
            return given.token_bytes, given.payload_bytes
        if isinstance(given, tuple | list):
            token, payload = given
            return token, payload
        return given.token, given.payload
    except (KeyError, ValueError, AttributeError):
        raise UsageError(
            f"{given!r} is no intended notification: give pairs of token and payload"
        ) from None


def _short(body: bytes) -> str:
    text = printable(body.decode("utf-8", "replace"))
    return text if len(text) <= 60 else f"{text[:59]}…"
