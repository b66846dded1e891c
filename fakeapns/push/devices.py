"""Devices: who exists, on which topic, and who has removed the app since.

Every change is one operation on a dict, so the test's thread may add or uninstall devices
while the server's thread looks them up.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from itertools import count
from typing import Literal, cast, get_args

import msgspec

from ..errors import UsageError, unknown_name
from ..scenario import parse_duration
from ..text import shown
from .token import Token, parse_token, short_token

State = Literal["active", "uninstalled"]


Environment = Literal["production", "sandbox"]

#: A moment: epoch seconds, a datetime, or how long ago.
Time = float | str | datetime | timedelta


class Device:
    """One installation of an app: a token under a topic. Made by `Devices.add`.

    `since` is when the app was removed, in epoch seconds; None while it is installed.
    """

    def __init__(
        self,
        topic: str,
        token: bytes,
        environment: Environment | None,
        wall: Callable[[], float],
    ) -> None:
        self.topic = topic
        self.token_bytes = token
        self.environment = environment
        self.since: float | None = None
        self._wall = wall

    @property
    def token(self) -> str:
        """The device token in lower-case hex."""
        return self.token_bytes.hex()

    @property
    def state(self) -> State:
        """`active`, or `uninstalled` once the app has been removed."""
        return "active" if self.since is None else "uninstalled"

    def uninstall(self, at: Time | None = None) -> None:
        """Remove the app, now or `at` another moment: epoch seconds, a datetime, or how long ago,
        as in "2h". Raises `UsageError` for what is no time.

        Nothing is reported until somebody sends to it: then feedback lists it once.
        """
        # A removal alone lists nothing, a send does (Binary Provider API).
        now = self._wall()
        self.since = now if at is None else moment_of(at, now)

    def install(self) -> None:
        """Install the app again under the same token."""
        # What stands on the feedback list stays there, with the old time: comparing that with the
        # last registration is the provider's job (Binary Provider API), and may go wrong.
        self.since = None

    def __repr__(self) -> str:
        return f"<Device {short_token(self.token)} {self.topic} {self.state}>"


def moment_of(given: Time, now: float) -> float:
    """The moment that is meant, in epoch seconds: "2h" and "-2h" are two hours before `now`.

    Raises `UsageError` for what is no time, and for one that feedback cannot say.
    """
    try:
        if isinstance(given, str):
            moment = max(0.0, now - parse_duration(given.removeprefix("-")))
        elif isinstance(given, timedelta):
            moment = max(0.0, now - abs(given.total_seconds()))
        elif isinstance(given, datetime):
            moment = given.timestamp()
        else:
            moment = float(given)
        # Feedback has four bytes for it (Binary Provider API).
        fits = 0 <= moment < 2**32 and not isinstance(given, bool)
    except (TypeError, ValueError, OverflowError, OSError):
        fits = False
    if not fits:
        raise UsageError(
            f"{shown(given)} is no time of removal: give epoch seconds, a datetime, or how long "
            "ago, as in '2h'"
        )
    return moment


class Removal(msgspec.Struct, frozen=True, gc=False):
    """An app that is gone from a device. `timestamp` is when, in whole epoch seconds."""

    timestamp: int
    token: bytes


def _whole(token: Token) -> bytes:
    """A token in bytes; two hex digits stand for that byte 32 times."""
    known = parse_token(token)
    return known * 32 if isinstance(token, str) and len(known) == 1 else known


class Devices:
    """All devices of one server, and for each topic the list that feedback will hand out.

    `wall` is asked for the time, in epoch seconds, when an app is removed. Iterating gives every
    `Device`; those with one token under several topics are several.
    """

    def __init__(self, wall: Callable[[], float]) -> None:
        self._wall = wall
        self._by_token: dict[bytes, dict[str, Device]] = {}
        self._feedback: dict[str, dict[bytes, Removal]] = {}
        self._made = count(1)

    def add(
        self,
        topic: str,
        token: Token | None = None,
        state: State = "active",
        *,
        since: Time | None = None,
        listed: bool = False,
        environment: Environment | None = None,
    ) -> Device:
        """Register a device.

        `token` is bytes, hex or another device; two hex digits stand for that byte 32 times,
        and without one a token is made up, the same in every run. `since` is when an uninstalled
        device lost its app, as `Device.uninstall` takes it, now unless given; one that is `listed`
        stands on the feedback list at once, as if somebody had sent to it. `environment` is
        that of the server unless given. Raises `UsageError` for an unknown state or environment,
        for what is no token or no time, for a token that is already registered under this
        topic, and for an app that is there and said to be gone.
        """
        for what, name, known in (
            ("device state", state, get_args(State)),
            ("environment", environment or "production", get_args(Environment)),
        ):
            if name not in known:
                raise UsageError(unknown_name(what, str(name), known))
        if since is not None and state == "active":
            raise UsageError("since is for an app that was removed: write state='uninstalled', too")
        if listed and state == "active":
            raise UsageError(
                "listed is for an app that was removed: write state='uninstalled', too"
            )
        device = Device(topic, self._token(topic, token), environment, self._wall)
        if state == "uninstalled":
            device.uninstall(since)
        topics = self._by_token.setdefault(device.token_bytes, {})
        if topics.setdefault(topic, device) is not device:
            raise UsageError(
                f"token {short_token(device.token)} is registered twice under {topic}: keep one"
            )
        if listed:
            self.report(device)
        return device

    def _token(self, topic: str, token: Token | None) -> bytes:
        if token is None:
            return hashlib.sha256(f"{topic}/{next(self._made)}".encode()).digest()
        return _whole(token)

    def now(self) -> float:
        """The wall clock that devices live by, in epoch seconds."""
        return self._wall()

    def find(self, token: bytes) -> dict[str, Device]:
        """The devices that have this token, by topic. Empty if nobody knows it."""
        return self._by_token.get(token, {})

    def report(self, device: Device) -> None:
        """Put an uninstalled device on the feedback list of its topic, once."""
        # After the first send: older text says "repeatedly" failed, and not how often. Whether a
        # token could stand there twice is not known; an entry tells a provider no more than one.
        if device.since is not None:
            entry = Removal(int(device.since), device.token_bytes)
            self._feedback.setdefault(device.topic, {})[device.token_bytes] = entry

    def feedback(self, topics: Iterable[str]) -> list[tuple[str, Removal]]:
        """What feedback would hand out for these topics: topic and removal, oldest first.

        One list for each topic (Binary Provider API); their order is ours, Apple's is not known.
        """
        found = [
            (topic, entry)
            for topic in topics
            for entry in list(self._feedback.get(topic, {}).values())
        ]
        return sorted(found, key=lambda each: each[1].timestamp)

    def take(self, topic: str, entry: Removal) -> bool:
        """Strike a removal off the list. False if it is no longer there as it was listed."""
        # Two readers at a time got a part each (rpush #129), so an entry goes to one of them.
        listed = self._feedback.get(topic, {})
        # A later removal that was reported since is news, and stays.
        return listed.get(entry.token) == entry and listed.pop(entry.token, None) is not None

    def put_back(self, topic: str, entry: Removal) -> None:
        """Undo `take`: the reader did not get it."""
        self._feedback.setdefault(topic, {}).setdefault(entry.token, entry)

    def __contains__(self, device: object) -> bool:
        """Whether a device is registered here, or one with this token, as `add` takes it. Raises
        `UsageError` for what is no token.
        """
        if isinstance(device, Device):
            return self.find(device.token_bytes).get(device.topic) is device
        return _whole(cast(Token, device)) in self._by_token

    def __iter__(self) -> Iterator[Device]:
        return iter(
            [device for each in list(self._by_token.values()) for device in list(each.values())]
        )

    def __bool__(self) -> bool:
        # Asked for every read, and there may be many.
        return bool(self._by_token)

    def __len__(self) -> int:
        return sum(len(topics) for topics in list(self._by_token.values()))
