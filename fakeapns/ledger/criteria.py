"""What a test waits for or asserts: one kind of object, to find with and to explain with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypedDict, Unpack
from uuid import UUID

import msgspec

from ..errors import UsageError, unknown_name
from ..protocol import REASONS, translated
from ..push import Channel, Token, contains, parse_token, relation
from ..scenario.faults import Service
from ..text import beginning, unwritable
from .entries import Notification, Outcome
from .given import (
    OUTCOMES,
    SERVICES,
    Where,
    channel_in,
    channel_relation,
    id_in,
    known_in,
    status_in,
    text_in,
    where_in,
)
from .ledger import Ledger

#: Criteria that a notification simply equals in what is called so.
_EQUAL = ("push_type", "collapse_id", "reason", "service")
#: All that it simply equals, and what is told of otherwise where it does not.
_SAME = (*_EQUAL, "channel")
#: All that a ledger cannot be asked for by itself.
_FURTHER = ("status", "apns_id", *_SAME)

#: Stands for a key that a payload does not have.
ABSENT = "(absent)"


class Criteria(TypedDict, total=False):
    """What a test may say of the notifications that it means; all that it says must hold.

    `token` is hex, bytes or a device; `payload` is a subset, nested keys that are given must be
    there with equal values; `where` is a function of the notification. `status` is the name of an
    error, such as "invalid-token" or "BadDeviceToken", or its number, 8 or 410: a name of one
    service finds what means the same on the other. `service` is "gateway" or "api". The others are
    of the provider API alone: `push_type`, `collapse_id`, `apns_id` (a UUID, large or small),
    `reason`, which is Apple's name for exactly this, and `channel`, an id or one of
    `apns.channels`, which finds broadcasts to it. None of them is a pattern: for these there is
    `where`.
    """

    token: Token | None
    topic: str | None
    payload: Any
    where: Where | None
    status: str | int | None
    push_type: str | None
    apns_id: str | UUID | None
    collapse_id: str | None
    channel: str | Channel | None
    reason: str | None
    service: Service | None


class Difference(msgspec.Struct, frozen=True):
    """One thing in which a notification is not what was wanted, each side in words.

    `near` says that what was found is the same written otherwise.
    """

    name: str
    wanted: str
    found: str
    near: bool = False

    def __str__(self) -> str:
        return f"{self.name}: expected {self.wanted}, is {self.found}"


class Wanted(msgspec.Struct, frozen=True):
    """Criteria, all of which must hold; None means any. `payload` is a subset."""

    outcome: Outcome | None = None
    token: bytes | None = None
    topic: str | None = None
    payload: Any = None
    where: Where | None = None
    status: str | int | None = None
    push_type: str | None = None
    apns_id: str | None = None
    collapse_id: str | None = None
    channel: str | None = None
    reason: str | None = None
    service: Service | None = None

    @classmethod
    def of(cls, outcome: Outcome | None = None, **criteria: Unpack[Criteria]) -> Wanted:
        """From what people write. Raises `UsageError` for what cannot be."""
        known = Criteria.__annotations__
        for name in criteria.keys() - known.keys():
            raise UsageError(unknown_name("criterion", name, (*known, "outcome"), Notification))
        token = criteria.get("token")
        token_bytes = None if token is None else parse_token(token)
        channel = criteria.get("channel")
        for name, given in {**criteria, "outcome": outcome}.items():
            if (why := unwritable(given)) is not None:
                raise UsageError(f"nothing on record can have this {name}: {why}")
        known_in("outcome", outcome, OUTCOMES)
        payload = criteria.get("payload")
        if isinstance(payload, str | bytes):
            raise UsageError(
                f"{payload!r} is text: give the payload as Python has it, as in "
                'payload={"aps": {"alert": "Hello"}}'
            )
        return cls(
            outcome,
            token_bytes,
            text_in("topic", criteria.get("topic")),
            payload,
            where_in(criteria.get("where")),
            status_in(criteria.get("status")),
            text_in("push_type", criteria.get("push_type")),
            id_in(criteria.get("apns_id")),
            text_in("collapse_id", criteria.get("collapse_id")),
            None if channel is None else channel_in(channel),
            known_in("reason", criteria.get("reason"), REASONS),
            known_in("service", criteria.get("service"), SERVICES),
        )

    def find(self, ledger: Ledger, *, since: int = 0) -> list[Notification]:
        """The notifications that are wanted, in order."""
        further = any(getattr(self, name) is not None for name in _FURTHER)
        return ledger.notifications(
            self.outcome,
            token=self.token,
            topic=self.topic,
            payload=self.payload,
            where=self._further if further else self.where,
            since=since,
        )

    def holds(self, notification: Notification) -> bool:
        """Whether a notification is wanted."""
        return (
            self.outcome in (None, notification.outcome)
            and notification.matches(self.token, self.topic, self.payload)
            and self._further(notification)
        )

    def _further(self, found: Notification) -> bool:
        """What a ledger cannot be asked for, the function last: it is told nothing else."""
        return (
            self._is_status(found)
            and self._is_id(found)
            and all(getattr(self, name) in (None, getattr(found, name)) for name in _SAME)
            and (self.where is None or bool(self.where(found)))
        )

    def _is_status(self, found: Notification) -> bool:
        if isinstance(self.status, int):
            return found.http_status == self.status
        return self.status is None or found.status in (self.status, *translated(self.status))

    def _is_id(self, found: Notification) -> bool:
        return self.apns_id in (None, id_in(found.apns_id))

    def differences(self, notification: Notification) -> list[Difference]:
        """In what a notification is not what is wanted. Empty if it is."""
        return list(self._differences(notification)) or list(self._where(notification))

    def _differences(self, found: Notification) -> Iterator[Difference]:
        if self.outcome not in (None, found.outcome):
            reason = f" ({found.status})" if found.status else ""
            yield Difference("outcome", str(self.outcome), f"{found.outcome}{reason}")
        if not self._is_status(found):
            status = found.http_status if isinstance(self.status, int) else found.status
            yield Difference("status", str(self.status), str(status or "none"))
        if self.token is not None and self.token != found.token_bytes:
            # Over the provider API a token comes as text, and may be no hex.
            same = relation(found.token_bytes or found.token.encode(), self.token)
            shown = found.token or "(none)" if same is None else f"{same}, {found.token}"
            yield Difference("token", self.token.hex(), shown, near=same is not None)
        if self.channel not in (None, found.channel):
            yield _other_channel(str(self.channel), found)
        for name in ("topic", *_EQUAL):
            wanted, there = getattr(self, name), getattr(found, name)
            if wanted not in (None, there):
                yield Difference(name, wanted, str(there))
        if not self._is_id(found):
            yield Difference("apns_id", str(self.apns_id), str(found.apns_id))
        if self.payload is not None:
            payload = found.payload
            if payload is None:
                text = beginning(found.payload_bytes, 60)
                yield Difference("payload", "JSON that can be read", repr(text))
            else:
                yield from payload_differences(self.payload, payload, "payload")

    def _where(self, found: Notification) -> Iterator[Difference]:
        """Asked only where all else holds, as when it was looked for."""
        if self.where is None:
            return
        try:
            if self.where(found):
                return
            said = "false"
        except Exception as failure:
            said = f"raised {failure!r}"
        yield Difference("where", f"{_name(self.where)} to hold", said)

    def __str__(self) -> str:
        """The criteria in words, with a space in front of each."""
        given = {
            "status": self.status,
            "reason": self.reason,
            "service": self.service,
            "token": None if self.token is None else self.token.hex(),
            "channel": self.channel,
            "topic": self.topic,
            "push_type": self.push_type,
            "collapse_id": self.collapse_id,
            "apns_id": self.apns_id,
            "payload": self.payload,
            "where": None if self.where is None else _name(self.where),
        }
        return "".join(f" {name}={value!r}" for name, value in given.items() if value is not None)


def _other_channel(wanted: str, found: Notification) -> Difference:
    if found.channel is None:
        return Difference("channel", wanted, "(none)" if found.is_broadcast else "no broadcast")
    same = channel_relation(found.channel, wanted)
    shown = found.channel if same is None else f"{same}, {found.channel}"
    return Difference("channel", wanted, shown, near=same is not None)


def payload_differences(wanted: Any, found: Any, path: str) -> Iterator[Difference]:
    """Where a payload is not what it should contain, key by key."""
    if isinstance(wanted, Mapping) and isinstance(found, Mapping):
        for key, value in wanted.items():
            if key in found:
                yield from payload_differences(value, found[key], f"{path}.{key}")
            else:
                yield Difference(f"{path}.{key}", repr(value), ABSENT)
    elif not contains(found, wanted):
        yield Difference(path, repr(wanted), repr(found))


def _name(where: Where) -> str:
    return getattr(where, "__name__", repr(where))
