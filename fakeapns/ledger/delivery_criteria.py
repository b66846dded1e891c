"""What a test waits for or asserts of deliveries: the notification, and what a screen has of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Unpack, cast

import msgspec

from ..errors import UsageError, unknown_name
from ..push import Shown, contains, said_by
from ..text import shown as in_short
from ..text import unwritable
from .criteria import Criteria, Difference, Wanted
from .deliveries import Delivery
from .entries import Notification
from .ledger import Ledger


class DeliveryCriteria(Criteria, total=False):
    """What a test may say of the deliveries that it means; all that it says must hold.

    Beside those of notifications: `alert` and `sound` are what the push says, as text or as a
    dictionary that has at least these keys. The text of an alert is its `body` too, where it is a
    dictionary, and that of a sound its `name`. `badge` is a number.
    """

    alert: str | Mapping[str, Any] | None
    badge: float | None
    sound: str | Mapping[str, Any] | None


#: Where Apple has the text that an alert or a sound may be in short ("Generating a remote
#: notification").
_IN_SHORT = {"alert": "body", "sound": "name"}
_OWN = (*_IN_SHORT, "badge")


class WantedDelivery(msgspec.Struct, frozen=True):
    """Criteria, all of which must hold; None means any. `push` are those of the notification."""

    push: Wanted = Wanted()
    alert: str | Mapping[str, Any] | None = None
    badge: float | None = None
    sound: str | Mapping[str, Any] | None = None

    @classmethod
    def of(cls, **criteria: Unpack[DeliveryCriteria]) -> WantedDelivery:
        """From what people write. Raises `UsageError` for what cannot be."""
        known = DeliveryCriteria.__annotations__.keys() | Criteria.__annotations__.keys()
        for name in criteria.keys() - known:
            raise UsageError(unknown_name("criterion", name, known, Notification))
        for name, given in criteria.items():
            if (why := unwritable(given)) is not None:
                raise UsageError(f"nothing on record can have this {name}: {why}")
        further = {name: each for name, each in criteria.items() if name not in _OWN}
        return cls(
            Wanted.of(None, **cast(Criteria, further)),
            _text_in("alert", criteria.get("alert")),
            _number_in(criteria.get("badge")),
            _text_in("sound", criteria.get("sound")),
        )

    def find(self, entries: list[Delivery], ledger: Ledger) -> list[Delivery]:
        """Those of the entries that are wanted."""
        if self == WantedDelivery():
            return entries
        return [each for each in entries if self._holds(each, push_of(each, ledger))]

    def _holds(self, entry: Delivery, push: Notification | None) -> bool:
        """Whether a delivery of this push is wanted. What a function of the user raises is raised:
        what cannot be judged is not what nobody has found.
        """
        said = not any(self._of_what_it_says(said_in(entry, push)))
        if push is None:
            return said and self.push == Wanted()
        return said and self.push.holds(push)

    def differences(self, entry: Delivery | None, push: Notification | None) -> list[Difference]:
        """In what a delivery of this push is not what is wanted. Empty if it is.

        `push` is None where it is not on record any more, and `entry` where nothing was delivered.
        """
        found = list(self._of_what_it_says(said_in(entry, push)))
        if push is not None:
            return [*self.push.differences(push), *found]
        if self.push != Wanted():
            wanted = str(self.push).strip()
            found.append(Difference("notification", wanted, "on record no more"))
        return found

    def _of_what_it_says(self, said: Shown) -> Iterator[Difference]:
        for name in _OWN:
            wanted, found = getattr(self, name), getattr(said, name)
            if wanted is not None and not _is(wanted, found, _IN_SHORT.get(name)):
                there = "none" if found is None else repr(found)
                yield Difference(name, repr(wanted), there)

    def __str__(self) -> str:
        """The criteria in words, with a space in front of each."""
        given = {name: getattr(self, name) for name in _OWN}
        said = "".join(f" {name}={value!r}" for name, value in given.items() if value is not None)
        return f"{said}{self.push}"


def push_of(entry: Delivery, ledger: Ledger) -> Notification | None:
    """The notification that led to it; None where it is not on record any more."""
    found = ledger.entry(entry.notification)
    return found if isinstance(found, Notification) else None


def said_in(entry: Delivery | None, push: Notification | None) -> Shown:
    """What a screen would have of it, also where it was not shown."""
    if entry is not None and entry.shown is not None:
        return entry.shown
    return Shown() if push is None else said_by(push.payload_bytes, push.push_type)


def _is(wanted: object, found: object, in_short: str | None) -> bool:
    if isinstance(wanted, str) and isinstance(found, dict):
        return bool(found.get(in_short) == wanted)
    return contains(found, wanted)


def _text_in(name: str, given: Any) -> Any:
    if given is not None and not isinstance(given, str | Mapping):
        raise UsageError(
            f"{in_short(given)} is no {name}: write its text, or a dictionary that it has to "
            "contain"
        )
    return given


def _number_in(given: Any) -> float | None:
    if given is not None and (isinstance(given, bool) or not isinstance(given, int | float)):
        raise UsageError(f"{in_short(given)} is no badge: write a number, as in badge=3")
    return cast("float | None", given)
