"""An app on a phone: how it lives there, and what becomes of what it is sent."""

from __future__ import annotations

from ...scenario import AppState
from ..token import short_token
from .budget import Spent
from .landing import Landing, Parcel
from .live import LiveActivities
from .moments import Time, moment_of
from .phone import Phone
from .reading import Seen, look
from .registration import Environment, Registration, State
from .screen import MOST, Card, Screen
from .store import Store
from .surroundings import Surroundings

#: Seconds that a silent push has for its work at most (Pushing background updates to your App).
RUN_TIME = 30.0


class Installation:
    """One installation of an app. Made by `Devices`.

    All that changes something gives what that leads to, oldest first: for each notification that
    had waited what became of it.
    """

    def __init__(
        self, registration: Registration, phone: Phone, surroundings: Surroundings
    ) -> None:
        self._surroundings = surroundings
        self.phone = phone
        #: All tokens that it ever had, the latest last.
        self.registrations = [registration]
        self.app: AppState = "background"
        self.permission = True
        self.background_refresh = True
        #: Whether the app shows what comes while it is in the foreground.
        self.presents = False
        self.screen = Screen()
        self._wakes: list[tuple[float, float]] = []
        self._spent = Spent(surroundings.silent_budget)
        self._store = Store(registration.number, surroundings)
        self._live: LiveActivities | None = None
        phone.numbers.append(registration.number)

    # ---- who it is --------------------------------------------------------------------------

    @property
    def registration(self) -> Registration:
        """That of today's token."""
        return self.registrations[-1]

    @property
    def all_tokens(self) -> list[Registration]:
        """Those, and the tokens of its Live Activities."""
        return [*self.registrations, *(() if self._live is None else self._live.tokens)]

    @property
    def number(self) -> int:
        """The number of the device, from 1 in the order in which they were added."""
        return self.registrations[-1].number

    @property
    def topic(self) -> str:
        """The app's topic."""
        return self.registration.topic

    @property
    def token_bytes(self) -> bytes:
        """Today's token."""
        return self.registration.token_bytes

    @property
    def token(self) -> str:
        """Today's token in lower-case hex."""
        return self.registration.token

    @property
    def environment(self) -> Environment | None:
        """Whose token it is; None for the server's."""
        return self.registration.environment

    @property
    def since(self) -> float | None:
        """When the app was removed, in epoch seconds; None while it is installed."""
        return self.registration.since

    @property
    def state(self) -> State:
        """`active`, or `uninstalled` once the app has been removed."""
        return self.registration.state

    @property
    def live(self) -> LiveActivities:
        """Its Live Activities, and the channels that it follows."""
        # Made when somebody asks: most apps have none, and these take as much as all the rest.
        if self._live is None:
            self._live = LiveActivities(
                self.registration, self.phone, self._surroundings, self._wake_for_start
            )
        return self._live

    @property
    def badge(self) -> int | float:
        """The number on the icon, 0 for none."""
        return self.screen.badge

    def lives_in(self, surroundings: Surroundings) -> bool:
        """Whether these are its surroundings."""
        return surroundings is self._surroundings

    @property
    def wakes(self) -> list[tuple[float, float]]:
        """When it was woken by a push, in epoch seconds, and for how long: the last of that."""
        return list(self._wakes)

    def __repr__(self) -> str:
        return f"<Device {short_token(self.token)} {self.topic} {self.state}>"

    # ---- the app comes and goes ---------------------------------------------------------------

    def uninstall(self, at: Time | None = None) -> list[Landing]:
        """Remove the app, now or `at` another moment. Raises `UsageError` for what is no time.

        Nothing is reported until somebody sends to it: then feedback lists it once.
        """
        # A removal alone lists nothing, a send does (Binary Provider API).
        now = self._surroundings.wall()
        gone = now if at is None else moment_of(at, now)
        self.registration.since = gone
        self.app = "not-running"
        self.screen.clear()
        why = "the app was uninstalled"
        lost = self._store.give_up(why)
        return lost if self._live is None else lost + self._live.lose(why, gone)

    def install(self) -> list[Landing]:
        """Install the app again under the same token: nobody has ended it."""
        # What stands on the feedback list stays there, with the old time: comparing that with the
        # last registration is the provider's job (Binary Provider API), and may go wrong.
        self.registration.since = None
        self.app = "background"
        return []

    def exchange(self, registration: Registration) -> list[Landing]:
        """From now on it has this token, and that of before is gone."""
        former = self.registration
        if former.since is None:
            former.since, former.is_replaced = registration.made, True
        # What is stored is for the app, and its topic; nobody has seen it follow to another token.
        lost = self._store.give_up(former.why_gone)
        registration.registered = registration.made
        self.registrations.append(registration)
        return lost

    # ---- the phone, and the app on it ---------------------------------------------------------

    def put(self, app: AppState) -> list[Landing]:
        """The app comes to the foreground, goes to the background, or is ended by the system or by
        the user.
        """
        was, self.app = self.app, app
        if app == "force-quit":
            return self._drop_silent("the user has ended the app")
        return self.look_again() if was == "force-quit" or app == "foreground" else []

    def reboot(self) -> None:
        """The phone was started anew: no app runs, and none counts as ended by the user."""
        # UIKit: the system launches it again, even if it was ended by the user before.
        self.app = "not-running"

    # ---- what it is sent ------------------------------------------------------------------------

    def take(self, parcel: Parcel, now: float) -> list[Landing]:
        """A notification has come for it, in epoch seconds `now`."""
        today = self.registrations[-1]
        if today.since is not None or parcel.token_bytes != today.token_bytes:
            return [parcel.lands(self.number, "dropped", self._why_gone(parcel.token_bytes))]
        seen = _seen(parcel)
        waits_for = self._why_not_now(parcel, seen)
        if waits_for is None:
            return [*self._store.overtaken_by(parcel), self._deliver(parcel, seen, now)]
        return self._store.keep(parcel, waits_for, now)

    @property
    def until(self) -> float:
        """When something of what is kept is over, in epoch seconds."""
        return self._store.until if self._live is None else min(self._store.until, self._live.until)

    def _why_gone(self, token: bytes) -> str:
        return next(each for each in self.registrations if each.token_bytes == token).why_gone

    def look_again(self) -> list[Landing]:
        """Something has changed: what is kept may be delivered, or is too old."""
        now = self._surroundings.wall()
        landings = self._store.look_again(
            lambda kept: self._why_not_now(kept, _seen(kept)),
            lambda kept: self._deliver(kept, _seen(kept), now),
            now,
        )
        return landings if self._live is None else landings + self._live.look_again(now)

    def _why_not_now(self, parcel: Parcel, seen: Seen) -> str | None:
        """What it has to wait for; None if it can be delivered, or dropped."""
        away = self.phone.holds_back(parcel.priority)
        if away is not None:
            return away
        if self._only_wakes(seen) and self.app not in ("foreground", "force-quit"):
            return self._why_not_woken()
        return None

    def _only_wakes(self, seen: Seen) -> bool:
        """Whether there is nothing to it but that the app is woken."""
        return seen.silent and (seen.shown is None or not self.permission)

    def _why_not_woken(self) -> str | None:
        if self.app == "force-quit":
            return "the user has ended it"
        # "No, or later" (Pushing background updates to your App), and before the first unlock
        # nobody says; here it is later, since that can be told from no.
        if self.phone.low_power:
            return "the phone saves power, and wakes no app for silent pushes"
        if not self.background_refresh:
            return "background refresh is off, and wakes no app for silent pushes"
        if not self.phone.unlocked:
            return "the phone was not unlocked since it was started"
        return None

    def _deliver(self, parcel: Parcel, seen: Seen, now: float) -> Landing:
        if seen.why is not None:
            return parcel.lands(self.number, "dropped", seen.why)
        foreground = self.app == "foreground"
        called = seen.wakes or (seen.silent and self.app != "force-quit")
        if seen.shown is None:
            return self._deliver_unseen(parcel, seen, called, now)
        if not self.permission and not called:
            return parcel.lands(
                self.number, "dropped", "notifications are not permitted to the app"
            )
        held = self._why_not_woken() if seen.silent and not foreground else None
        woke = self._wake(now) if called and held is None else None
        if not self.permission:
            return parcel.lands(self.number, "delivered", "not permitted to be shown", None, woke)
        if foreground and not self.presents:
            why = "the app is in the foreground, and does not show it"
            return parcel.lands(self.number, "delivered", why, None, woke)
        self.screen.count(seen.badge)
        self.screen.show(Card(parcel.seq, seen.shown, parcel.collapse_id))
        how = "shown" if held is None else f"shown, and the app not woken: {held}"
        return parcel.lands(self.number, "delivered", how, seen.shown, woke)

    def _deliver_unseen(self, parcel: Parcel, seen: Seen, called: bool, now: float) -> Landing:
        if seen.silent and not called:
            why = "it is silent, and the user has ended the app"
            return parcel.lands(self.number, "dropped", why)
        if not called or self.app == "foreground":
            return self._handed(parcel)
        if seen.silent and not self._spent.spend(now):
            return parcel.lands(self.number, "throttled", "the budget for silent pushes is used up")
        woke = self._wake(now)
        return parcel.lands(self.number, "delivered", "there is nothing to show", None, woke)

    def _handed(self, parcel: Parcel) -> Landing:
        where = "to the app in the foreground" if self.app == "foreground" else "over"
        return parcel.lands(self.number, "delivered", f"handed {where}, with nothing to show")

    def _wake(self, now: float) -> float | None:
        """For how many seconds the app runs; None in the foreground, where it does anyway."""
        if self.app == "foreground":
            return None
        if self.app == "not-running":
            self.app = "background"
        self._wakes.append((now, RUN_TIME))
        del self._wakes[:-MOST]
        return RUN_TIME

    def _wake_for_start(self, now: float) -> float | None:
        """A Live Activity was started by a push, which wakes the app."""
        # ActivityKit's page on push notifications; nobody has seen it of an app that its user has
        # ended (Apple's forum, 834934).
        return None if self.app == "force-quit" else self._wake(now)

    def _drop_silent(self, why: str) -> list[Landing]:
        """Give up what is kept, if it is silent (Pushing background updates to your App)."""
        kept = self._store.parcel
        if kept is None:
            return []
        return self._store.give_up(why) if self._only_wakes(_seen(kept)) else []


def _seen(parcel: Parcel) -> Seen:
    return look(parcel.payload_bytes, parcel.push_type)
