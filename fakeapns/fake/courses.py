"""What became of each notification that was for a device, from the beginning to where it is now."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ..ledger import Delivery, Ledger, Notification, push_of
from ..push import Devices, Installation, short_token
from ..text import printable


class Course(NamedTuple):
    """One notification, known by its `seq`: what it led to on the device, oldest first, and its
    own entry, if that is still on record. Without entries it came to nothing before.
    """

    seq: int
    entries: tuple[Delivery, ...]
    push: Notification | None

    @property
    def latest(self) -> Delivery | None:
        """What it came to; None where it never was the device's."""
        return self.entries[-1] if self.entries else None

    def in_words(self, held: Installation) -> str:
        """What became of it: `stored: the phone is offline; replaced by number 7`."""
        if not self.entries:
            assert self.push is not None
            return _not_handed_over(self.push, held)
        first, *rest = self.entries
        last = self.entries[-1]
        parts = [
            f"{first.fate}: {first.detail}",
            *map(_then, rest),
            *([] if last.woke is None else [f"the app was woken for {last.woke:g} s"]),
            *_of_an_old_token(first.token, first.wall, held),
        ]
        return printable("; ".join(parts))


def courses_of(ledger: Ledger, devices: Devices, held: Installation) -> list[Course]:
    """Those of all that was for this device, in the order in which they came."""
    entries: dict[int, list[Delivery]] = {}
    for each in ledger.of(Delivery):
        if each.device == held.number:
            entries.setdefault(each.notification, []).append(each)
    # What was refused, or was for another app, has none.
    pushes = {each.seq: each for each in _sent_to(ledger, devices, held)}
    found = [Course(seq, tuple(each), push_of(each[0], ledger)) for seq, each in entries.items()]
    found += [Course(seq, (), each) for seq, each in pushes.items() if seq not in entries]
    return sorted(found, key=lambda each: each.seq)


def _sent_to(ledger: Ledger, devices: Devices, held: Installation) -> Iterator[Notification]:
    """What was sent to any token that the device has, or had."""
    for each in ledger.notifications():
        if any(known.number == held.number for known in devices.find(each.token_bytes).values()):
            yield each


def _then(entry: Delivery) -> str:
    """What became of one that had waited. A reason may name the fate: `replaced by number 7`."""
    named = entry.detail.startswith(entry.fate)
    return entry.detail if named else f"{entry.fate}: {entry.detail}"


def _of_an_old_token(token: str, wall: float, held: Installation) -> Iterator[str]:
    for each in held.registrations[:-1]:
        if each.token == token and each.since is not None and each.since <= wall:
            yield f"it was sent to an old token, {short_token(token)}"


def _not_handed_over(push: Notification, held: Installation) -> str:
    """Why a notification to one of its tokens never was the device's."""
    if push.outcome != "accepted":
        why = "" if push.why is None else f": {push.why}"
        old = "".join(f"; {each}" for each in _of_an_old_token(push.token, push.wall, held))
        return printable(f"{push.verdict}{why}{old}")
    if push.topic != held.topic:
        return printable(f"accepted for {push.topic}, and the app on this device is {held.topic}")
    return "accepted when no device had this token"


def sent_instead(ledger: Ledger, devices: Devices) -> list[tuple[str, int]]:
    """To whom something was sent, in words, and how often; the most often first."""
    sent: dict[tuple[str, str | None, str | None], list[Notification]] = {}
    for each in ledger.notifications():
        sent.setdefault((each.token, each.channel, each.topic), []).append(each)
    often = sorted(sent.values(), key=len, reverse=True)
    return [(_whom(each[0], devices), len(each)) for each in often]


def _whom(push: Notification, devices: Devices) -> str:
    if push.is_broadcast:
        return printable(f"channel {push.channel} {push.about}")
    known = next(iter(devices.find(push.token_bytes).values()), None)
    device = "" if known is None else f", device {known.number}"
    return printable(f"token {short_token(push.token)} {push.about}{device}")
