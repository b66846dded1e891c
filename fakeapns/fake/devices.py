"""All devices of one server, as tests hold them: `apns.devices` in both forms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Generic, TypeVar

from ..certificates import check_topic
from ..errors import UsageError
from ..push import Environment, Installation, Registration, Removal, State, Time, Token, whole_token
from ..text import shown
from .device import Device, installation_of
from .house import House
from .moments import by_now

D = TypeVar("D", bound=Device)


class HeldDevices(Generic[D]):
    """The devices of one server. Iterating gives each, in the order in which they were added.

    Every method may be called from any thread, also before the server has started and once it has
    stopped.
    """

    def __init__(self, house: House, hold: Callable[[Installation], D]) -> None:
        self._house = house
        self._hold = hold

    def add(
        self,
        topic: str,
        token: Token | None = None,
        state: State = "active",
        *,
        since: Time | None = None,
        listed: bool = False,
        environment: Environment | None = None,
    ) -> D:
        """Add a device: online, with the app in the background and the permission given.

        `token` is bytes, hex or another device; two hex digits stand for that byte 32 times,
        and without one a token is made up, the same in every run. `since` is when an uninstalled
        device lost its app, as `Device.uninstall` takes it, now unless given; one that is `listed`
        stands on the feedback list at once, as if somebody had sent to it. `environment` is
        that of the server unless given. Raises `UsageError` for an unknown state or environment,
        for what is no topic, no token or no time, for a token that is already registered under this
        topic, and for an app that is there and said to be gone.
        """
        check_topic(topic)
        add = partial(
            self._house.model.add,
            *(topic, token, state),
            since=by_now(since, self.now()),
            listed=listed,
            environment=environment,
        )
        return self._held(self._house.within(add).registration)

    def find(self, token: Token, topic: str | None = None) -> D | None:
        """The device that has, or had, this token; None if there is none.

        Of several apps with one token it is that of `topic`, or the first. Raises `UsageError` for
        what is no token, or no topic.
        """
        if topic is not None:
            check_topic(topic)
        known = self._house.model.find(whole_token(token))
        found = next(iter(known.values()), None) if topic is None else known.get(topic)
        return None if found is None else self._held(found)

    def feedback(self, topics: Iterable[str]) -> list[tuple[str, Removal]]:
        """What feedback would hand out for these topics: topic and removal, oldest first. Raises
        `UsageError` for what is no list of topics.
        """
        if isinstance(topics, str) or not isinstance(topics, Iterable):
            raise UsageError(
                f"{shown(topics)} is no list of topics: write one, as in "
                "apns.devices.feedback([phone.topic])"
            )
        wanted = list(topics)
        for each in wanted:
            check_topic(each)
        return self._house.model.feedback(wanted)

    def now(self) -> float:
        """The clock that devices live by, in epoch seconds."""
        return self._house.model.now()

    def _held(self, registration: Registration) -> D:
        return self._hold(self._house.model.installation(registration))

    def __contains__(self, device: object) -> bool:
        """Whether a device is registered here, or one with this token, as `add` takes it. Raises
        `UsageError` for what is no token.
        """
        if isinstance(device, Device):
            return installation_of(device) in self._house.model
        return device in self._house.model

    def __iter__(self) -> Iterator[D]:
        seen: set[int] = set()
        for registration in self._house.model:
            if registration.number not in seen:
                seen.add(registration.number)
                yield self._held(registration)

    def __len__(self) -> int:
        return len(self._house.model.numbers())

    def __bool__(self) -> bool:
        return bool(self._house.model)

    def __repr__(self) -> str:
        return f"<devices: {len(self)}>"
