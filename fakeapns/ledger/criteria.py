"""What a test waits for or asserts: one kind of object, to find with and to explain with."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypedDict, Unpack, get_args

import msgspec

from ..errors import UsageError, unknown_name
from ..protocol import Status, status_label
from ..push import Token, contains, parse_token, relation
from ..text import unwritable
from .entries import Notification, Outcome
from .ledger import Ledger

Where = Callable[[Notification], object]

OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
STATUSES = tuple(status.label for status in Status)

#: Stands for a key that a payload does not have.
ABSENT = "(absent)"


class Criteria(TypedDict, total=False):
    """What a test may say of the notifications that it means; all that it says must hold.

    `token` is hex, bytes or a device; `payload` is a subset, nested keys that are given must be
    there with equal values; `where` is a function of the notification; `status` is the name of
    an error, such as "invalid-token", or its number.
    """

    token: Token | None
    topic: str | None
    payload: Any
    where: Where | None
    status: str | int | None


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
    status: str | None = None

    @classmethod
    def of(cls, outcome: Outcome | None = None, **criteria: Unpack[Criteria]) -> Wanted:
        """From what people write. Raises `UsageError` for what cannot be."""
        known = Criteria.__annotations__
        for name in criteria.keys() - known.keys():
            raise UsageError(unknown_name("criterion", name, (*known, "outcome")))
        token = criteria.get("token")
        token_bytes = None if token is None else parse_token(token)
        for name, given in {**criteria, "outcome": outcome}.items():
            if (why := unwritable(given)) is not None:
                raise UsageError(f"nothing on record can have this {name}: {why}")
        if outcome is not None and outcome not in OUTCOMES:
            raise UsageError(unknown_name("outcome", str(outcome), OUTCOMES))
        payload = criteria.get("payload")
        if isinstance(payload, str | bytes):
            raise UsageError(
                f"{payload!r} is text: give the payload as Python has it, as in "
                'payload={"aps": {"alert": "Hello"}}'
            )
        return cls(
            outcome,
            token_bytes,
            criteria.get("topic"),
            payload,
            criteria.get("where"),
            _status(criteria.get("status")),
        )

    def find(self, ledger: Ledger, *, since: int = 0) -> list[Notification]:
        """The notifications that are wanted, in order."""
        return ledger.notifications(
            self.outcome,
            token=self.token,
            topic=self.topic,
            payload=self.payload,
            where=self.where if self.status is None else self._with_status,
            since=since,
        )

    def holds(self, notification: Notification) -> bool:
        """Whether a notification is wanted."""
        return (
            self.outcome in (None, notification.outcome)
            and self.status in (None, notification.status)
            and notification.matches(self.token, self.topic, self.payload, self.where)
        )

    def _with_status(self, notification: Notification) -> bool:
        if notification.status != self.status:
            return False
        return self.where is None or bool(self.where(notification))

    def differences(self, notification: Notification) -> list[Difference]:
        """In what a notification is not what is wanted. Empty if it is."""
        return list(self._differences(notification)) or list(self._where(notification))

    def _differences(self, found: Notification) -> Iterator[Difference]:
        if self.outcome not in (None, found.outcome):
            reason = f" ({found.status})" if found.status else ""
            yield Difference("outcome", str(self.outcome), f"{found.outcome}{reason}")
        if self.status not in (None, found.status):
            yield Difference("status", str(self.status), found.status or "none")
        if self.token is not None and self.token != found.token_bytes:
            same = relation(found.token_bytes, self.token)
            shown = found.token or "(none)" if same is None else f"{same}, {found.token}"
            yield Difference("token", self.token.hex(), shown, near=same is not None)
        if self.topic not in (None, found.topic):
            yield Difference("topic", str(self.topic), str(found.topic))
        if self.payload is not None:
            payload = found.payload
            if payload is None:
                text = found.payload_bytes[:60].decode("utf-8", "replace")
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
            "token": None if self.token is None else self.token.hex(),
            "topic": self.topic,
            "payload": self.payload,
            "where": None if self.where is None else _name(self.where),
        }
        return "".join(f" {name}={value!r}" for name, value in given.items() if value is not None)


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


def _status(given: str | int | None) -> str | None:
    """The name of a status. Apple's numbers are fine, too."""
    if isinstance(given, int):
        return status_label(given)
    if given is not None and given not in STATUSES and not given.startswith("unassigned-"):
        raise UsageError(unknown_name("status", given, STATUSES))
    return given


def _name(where: Where) -> str:
    return getattr(where, "__name__", repr(where))
