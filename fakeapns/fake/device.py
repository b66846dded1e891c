"""Devices as tests hold them: what the phone would have done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

from ..certificates import check_topic
from ..errors import UsageError
from ..push import Environment, Installation, State, Time, Token
from ..text import shown
from .held_token import HeldToken, held_token
from .live import Live
from .moments import by_now
from .received import Received


class Device(Received, Live):
    """One installation of an app on a phone. Made by `apns.devices.add`, and by `add_app`.

    At first it is online, the app is in the background, and has the permission to show
    notifications. Every method may be called from any thread, also before the server has started
    and once it has stopped. Wherever a token is asked for, a device will do.

    What makes no sense raises `UsageError` and changes nothing: an app that is there cannot be
    installed, one that is gone can only be that, and a phone that is offline cannot be woken. So
    does all but who it was, once `renew` has forgotten it.
    """

    # What is no method or property cannot be set: `phone.online = False` would change nothing.
    __slots__ = ()

    # ---- who it is --------------------------------------------------------------------------

    @property
    def number(self) -> int:
        """Its number, from 1 in the order in which devices were added."""
        return self._installation.number

    @property
    def topic(self) -> str:
        """The topic of its app."""
        return self._installation.topic

    @property
    def token(self) -> str:
        """Today's token in lower-case hex."""
        return self._installation.token

    @property
    def token_bytes(self) -> bytes:
        """Today's token."""
        return self._installation.token_bytes

    @property
    def tokens(self) -> Sequence[HeldToken]:
        """All tokens that it ever had, today's last."""
        return [held_token(each) for each in self._installation.registrations]

    @property
    def state(self) -> State:
        """`active`, or `uninstalled` once the app has been removed."""
        return self._installation.state

    @property
    def since(self) -> float | None:
        """When the app was removed, in epoch seconds; None while it is installed."""
        return self._installation.since

    @property
    def environment(self) -> Environment | None:
        """Whose token it is; None for that of the server."""
        return self._installation.environment

    @property
    def registered(self) -> float | None:
        """When its app last said the token to its provider, in epoch seconds; None if nobody has
        said so.
        """
        return self._installation.registration.registered

    def add_app(self, topic: str, token: Token | None = None) -> Self:
        """One more app on the same phone, with what it is told about being online, asleep and
        started in common. Raises as `apns.devices.add` does, and for an app that is, or was, on it.
        """
        check_topic(topic)
        phone, add = self._there.phone, self._house.model.add
        if topic in (each.topic for each in self._house.model.apps_on(phone)):
            raise UsageError(
                f"{topic} is an app of this phone already, and each has one: for another phone "
                "write apns.devices.add(…), and for one that was removed reinstall()"
            )
        return type(self)(self._house, self._house.within(lambda: add(topic, token, phone=phone)))

    # ---- the app comes and goes -----------------------------------------------------------------

    def uninstall(self, at: Time | None = None) -> None:
        """Remove the app, now or `at` another moment: epoch seconds, a datetime, or how long ago,
        as in "2h". Raises `UsageError` for what is no time, and for one that is still to come.

        Nothing is reported until somebody sends to it: then feedback lists it once.
        """
        self._change("uninstall", at=by_now(at, self._house.clock.wall()))

    def install(self) -> None:
        """Install the app again under the same token."""
        self._change("install")

    def reinstall(self) -> None:
        """Remove the app, if it is there, and install it again: it gets a new token, and the old
        one is gone.
        """
        self._change("reinstall")

    def restore_from_backup(self) -> None:
        """The phone was restored: the app is there, under a new token, and the old one is gone, as
        are its Live Activities.
        """
        self._change("restore-from-backup")

    def rotate_token(self) -> None:
        """The app gets a new token, and the old one is gone."""
        self._change("rotate-token")

    # ---- the phone ------------------------------------------------------------------------------

    def go_offline(self) -> None:
        """The phone is out of reach, with all its apps."""
        self._change("go-offline")

    def go_online(self) -> None:
        """The phone is back, and gets what was kept for it."""
        self._change("go-online")

    def sleep(self) -> None:
        """The phone sleeps: what has priority 5 or 1 waits."""
        self._change("sleep")

    def wake(self) -> None:
        """The phone wakes, and gets what was kept for it."""
        self._change("wake")

    def low_power(self, on: bool) -> None:
        """Whether the phone saves power: then silent pushes wait."""
        self._change("low-power-on" if truth_in(on) else "low-power-off")

    def unlock(self) -> None:
        """The phone is unlocked, which it is not behind `reboot`: until then silent pushes wait."""
        self._change("unlock")

    def reboot(self) -> None:
        """The phone is started anew: none of its apps runs, and none counts as ended by its user.

        Silent pushes wait until it is unlocked.
        """
        self._change("reboot")

    # ---- the app --------------------------------------------------------------------------------

    def launch(self) -> None:
        """The user opens the app: it is in the foreground, and the phone unlocked."""
        self._change("launch")

    def foreground(self, *, presents: bool = False) -> None:
        """The app is on the screen. What comes is handed to it, and shown only if it `presents`
        that.
        """
        self._change("foreground", presents=truth_in(presents))

    def background(self) -> None:
        """The app is in the background."""
        self._change("background")

    def terminate(self) -> None:
        """The system ends the app: it runs no more, and silent pushes launch it."""
        self._change("terminate")

    def force_quit(self) -> None:
        """The user ends the app: silent pushes are dropped until it is opened again."""
        self._change("force-quit")

    def deny_permission(self) -> None:
        """The app may show nothing."""
        self._change("deny-permission")

    def grant_permission(self) -> None:
        """The app may show notifications, as it may from the start."""
        self._change("grant-permission")

    def background_refresh(self, on: bool) -> None:
        """Whether silent pushes may wake the app; if not, they wait."""
        self._change("background-refresh-on" if truth_in(on) else "background-refresh-off")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Device) and other._installation is self._installation

    def __hash__(self) -> int:
        return hash(self._installation)

    def __repr__(self) -> str:
        return repr(self._installation)


def truth_in(given: bool) -> bool:
    """What was given. Raises `UsageError` for what is no truth: "no" would be one, for Python."""
    if not isinstance(given, bool):
        raise UsageError(f"{shown(given)} is neither: write True or False")
    return given


def installation_of(device: Device) -> Installation:
    """What is behind a device."""
    return device._installation
