"""Devices: who exists, on which topic, and who has removed the app since.

Every change to who is there is one operation on a dict, so the test's thread may look devices up
while the server's thread changes them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, KeysView, Mapping
from itertools import count
from types import MappingProxyType
from typing import cast

from ...errors import UsageError
from ...scenario import Settings
from ..channels import Channel, Channels
from ..token import Token
from .feedback import FeedbackLists
from .given import removal, whole_token
from .heads import Heads
from .installation import Installation
from .landing import Landing, Parcel
from .live import LiveToken
from .moments import Time
from .notice import noticed
from .phone import Phone
from .registration import Environment, Registration, State
from .subscriptions import Subscriptions
from .surroundings import R, Surroundings
from .tokens import ByToken, by_topic, drop, every, put, under

_NOBODY: Mapping[str, Registration] = MappingProxyType({})


class Devices(FeedbackLists):
    """All devices of one server, and for each topic the list that feedback will hand out.

    `wall` is asked for the time, in epoch seconds. Iterating gives every `Registration`: those
    with one token under several topics are several, and so are the tokens that a device ever had.
    """

    def __init__(self, wall: Callable[[], float], settings: Settings | None = None) -> None:
        super().__init__()
        #: Who follows which channel. Whose channels these are the judge says.
        self.subscriptions = Subscriptions(Channels(wall))
        self._surroundings = Surroundings.of(
            settings or Settings(), wall=wall, mint=self._mint, subscriptions=self.subscriptions
        )
        self._by_token: ByToken = {}
        #: What all tokens begin with.
        self.heads = Heads()
        #: By number, of those that somebody has looked into.
        self._installations: dict[int, Installation] = {}
        self._numbers = count(1)
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
        phone: Phone | None = None,
    ) -> Installation:
        """Register a device.

        `token` is bytes, hex or another device; two hex digits stand for that byte 32 times,
        and without one a token is made up, the same in every run. `since` is when an uninstalled
        device lost its app, as `Installation.uninstall` takes it, now unless given; one that is
        `listed` stands on the feedback list at once, as if somebody had sent to it. `environment`
        is that of the server unless given, and `phone` one of its own. Raises `UsageError` for an
        unknown state or environment, for what is no token or no time, for a token that is already
        registered under this topic, and for an app that is there and said to be gone.
        """
        gone = removal(state, since, environment, self.now())
        if listed and gone is None:
            raise UsageError(
                "listed is for an app that was removed: write state='uninstalled', too"
            )
        registration = self.register(topic, environment, token)
        registration.since = gone
        if gone is not None and listed:
            self.list_gone(registration, gone)
        return self._install(registration, phone or Phone())

    def register(
        self,
        topic: str,
        environment: Environment | None = None,
        token: Token | None = None,
        *,
        number: int | None = None,
    ) -> Registration:
        """A token for an app, of the device with this number, or else of one more.

        Raises `UsageError` for what is no token, and for one that is registered under this topic.
        """
        found = self._made_up(topic) if token is None else whole_token(token)
        made = Registration(topic, found, environment, number or 0, self.now())
        self._enter(made)
        made.number = number or next(self._numbers)
        return made

    def _mint(self, topic: str, make: Callable[[bytes, float], R], token: bytes | None = None) -> R:
        """See `Mint`."""
        made = make(self._made_up(topic) if token is None else token, self.now())
        self._enter(made)
        return made

    def _enter(self, made: Registration) -> None:
        put(self._by_token, made)
        self.heads.add(made.token_bytes)

    def _made_up(self, topic: str) -> bytes:
        return hashlib.sha256(f"{topic}/{next(self._made)}".encode()).digest()

    def installation(self, registration: Registration) -> Installation:
        """The app on a device that a token is, or was, for."""
        known = self._installations.get(registration.number)
        return self._install(registration, Phone()) if known is None else known

    def has_made(self, app: Installation) -> bool:
        """Whether it is one of these devices, or was until it was forgotten."""
        return app.lives_in(self._surroundings)

    def apps_on(self, phone: Phone) -> list[Installation]:
        """The apps on this phone, in the order in which they came."""
        return [self._installations[number] for number in phone.numbers]

    def _install(self, registration: Registration, phone: Phone) -> Installation:
        made = Installation(registration, phone, self._surroundings)
        return self._installations.setdefault(registration.number, made)

    def reinstall(self, installation: Installation) -> list[Landing]:
        """Remove the app, if it is there, and install it again: it gets a new token."""
        lost = installation.uninstall() if installation.since is None else []
        lost += self.replace_token(installation)
        return lost + installation.put("foreground")

    def replace_token(self, installation: Installation) -> list[Landing]:
        """Another token for an app: as behind a backup that was restored, or a large update."""
        former = installation.registration
        made = self.register(former.topic, former.environment, number=former.number)
        return installation.exchange(made)

    def restore(self, installation: Installation) -> list[Landing]:
        """Its phone was restored from a backup: the app is there under another token, and its Live
        Activities are gone.
        """
        why = "the phone was restored from a backup"
        lost = installation.live.lose(why, self.now())
        return lost + self.replace_token(installation)

    def now(self) -> float:
        """The wall clock that devices live by, in epoch seconds."""
        return self._surroundings.wall()

    def find(self, token: bytes) -> Mapping[str, Registration]:
        """Who has this token, by topic. Empty if nobody knows it."""
        known = self._by_token.get(token)
        return _NOBODY if known is None else by_topic(known)

    @property
    def tokens(self) -> KeysView[bytes]:
        """All tokens that somebody has, or had."""
        return self._by_token.keys()

    # ---- a file of them --------------------------------------------------------------------------

    def enrol(self, registration: Registration) -> None:
        """Take in what was made of a line of a file, as one more device. Raises as `register`."""
        self._enter(registration)
        registration.number = next(self._numbers)

    def change(
        self, registration: Registration, since: float | None, environment: Environment | None
    ) -> list[Landing]:
        """Let its app be there, or gone `since` then, and its token be of this environment."""
        app = self._installations.get(registration.number)
        registration.environment = environment
        if app is None:
            registration.since = since
        elif app.registration is registration:
            return app.install() if since is None else app.uninstall(since)
        # Else its app has another token by now, and this one stays gone.
        return []

    def forget(self, registration: Registration) -> list[Landing]:
        """From now on nobody knows this token and, if it is today's of its app, none of that."""
        drop(self._by_token, registration)
        app = self._installations.get(registration.number)
        if app is None or app.registration is not registration:
            return []
        del self._installations[app.number]
        app.phone.numbers.remove(app.number)
        lost = app.uninstall()
        for each in app.all_tokens:
            drop(self._by_token, each)
        return lost

    # ---- what they are sent ---------------------------------------------------------------------

    def deliver(self, parcel: Parcel, now: float) -> list[Landing]:
        """What becomes of a notification that was accepted, and of one that had waited; nothing
        where nobody has its token.
        """
        registration = under(self._by_token.get(parcel.token_bytes), parcel.topic)
        if registration is None:
            return []
        installation = self.installation(registration)
        taker = installation.live if isinstance(registration, LiveToken) else installation
        return taker.take(parcel, now)

    def broadcast(self, parcel: Parcel, channel: Channel, now: float) -> list[Landing]:
        """What becomes of a broadcast that was accepted, on each device that follows its channel;
        nothing where none does.
        """
        return self.subscriptions.broadcast(parcel, channel, now)

    def look_over(self) -> list[Landing]:
        """Look at all that waits on any device, since time has gone on: what became of it."""
        waiting = list(self._installations.values())
        return [landing for each in waiting for landing in each.look_again()]

    # ---- feedback -------------------------------------------------------------------------------

    def noticed(self, registration: Registration) -> float | None:
        """When Apple has noticed, at the latest with a send now, that a token is good no more, in
        epoch seconds; None if it has not.
        """
        return noticed(registration, lambda: self._apps_beside(registration), self._surroundings)

    def _apps_beside(self, registration: Registration) -> list[Installation]:
        return self.apps_on(self.installation(registration).phone)

    def report(self, gone: Registration) -> None:
        """Put a token that Apple has noticed to be good no more on the feedback list of its topic,
        once.
        """
        # After the first send: older text says "repeatedly" failed, and not how often. Whether a
        # token could stand there twice is not known; an entry tells a provider no more than one.
        at = self.noticed(gone)
        # It tells of apps that are gone, and is older than Live Activities.
        if at is not None and not isinstance(gone, LiveToken):
            self.list_gone(gone, at)

    # ---- who is there ---------------------------------------------------------------------------

    def __contains__(self, device: object) -> bool:
        """Whether a device is registered here, or one with this token, as `add` takes it. Raises
        `UsageError` for what is no token.
        """
        if isinstance(device, Installation):
            device = device.registration
        if isinstance(device, Registration):
            return self.find(device.token_bytes).get(device.topic) is device
        return whole_token(cast(Token, device)) in self._by_token

    def __iter__(self) -> Iterator[Registration]:
        return every(list(self._by_token.values()))

    def numbers(self) -> set[int]:
        """The numbers of all devices."""
        return {each.number for each in self}

    def __bool__(self) -> bool:
        # Asked for every read, and there may be many.
        return bool(self._by_token)

    def __len__(self) -> int:
        return sum(1 for _ in self)
