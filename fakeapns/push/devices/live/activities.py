"""The Live Activities of an app on a phone: what becomes of what is sent to their tokens."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from ....errors import UsageError
from ....protocol import PUSH_TYPES, push_type_of
from ..landing import Landing, Parcel
from ..phone import Phone
from ..registration import Registration
from ..store import Store
from ..surroundings import Surroundings
from .activity import LiveActivity, LiveToken
from .following import Following, done
from .reading import Said, look

_SUFFIX = PUSH_TYPES["liveactivity"]


class LiveActivities:
    """Those of one `Installation`, `app` being a registration of it. `wake` has the app woken and
    gives for how many seconds, None for not at all.
    """

    def __init__(
        self,
        app: Registration,
        phone: Phone,
        surroundings: Surroundings,
        wake: Callable[[float], float | None],
    ) -> None:
        self._app = app
        self._phone = phone
        self._surroundings = surroundings
        self._wake = wake
        #: In the order in which they began, also those that are over.
        self.activities: list[LiveActivity] = []
        self.channels = Following(app, phone, surroundings, self.activities)
        #: Tokens that it gets before any that are made up.
        self.to_come: deque[bytes] = deque()
        self._start: LiveToken | None = None
        self._tokens: dict[bytes, LiveToken] = {}
        self._store = Store(app.number, surroundings)

    @property
    def tokens(self) -> list[LiveToken]:
        """All that they ever had, and those that start further ones."""
        return list(self._tokens.values())

    @property
    def topic(self) -> str:
        """The topic of all its tokens."""
        return f"{self._app.topic}{_SUFFIX}"

    # ---- what the app does ----------------------------------------------------------------------

    @property
    def start_token(self) -> LiveToken:
        """The token that starts Live Activities today. Raises `UsageError` for what is no app."""
        self.check()
        if self._start is None:
            self._start = self._mint()
        return self._start

    def check(self) -> None:
        """Raise `UsageError` for a topic that is that of some kind of push, and no app's."""
        kind = push_type_of(self._app.topic)
        if kind is not None:
            raise UsageError(
                f"{self._app.topic} is no app: leave {PUSH_TYPES[kind]} out, Live Activities and "
                "channels are of the app itself"
            )

    def begin(
        self,
        attributes_type: str,
        attributes: Mapping[str, Any],
        content_state: Mapping[str, Any],
        channel: str | None = None,
        *,
        has_token: bool = True,
    ) -> LiveActivity:
        """One more, which has an update token, or follows the channel with this id, or both."""
        made = LiveActivity(
            self._surroundings.wall,
            len(self.activities) + 1,
            attributes_type,
            dict(attributes),
            dict(content_state),
            channel,
        )
        if has_token:
            made.tokens.append(self._mint(made))
        if channel is not None:
            self.channels.begin(channel, by_itself=False)
        self.activities.append(made)
        return made

    def rotate(self, activity: LiveActivity) -> list[Landing]:
        """Another update token. Raises `UsageError` for an activity that has none, or is over."""
        if activity.over is not None:
            raise UsageError(f"{activity.why_over}: it gets no further token")
        if not activity.tokens:
            raise UsageError("the Live Activity follows a channel, and has no token to replace")
        former, waiting = activity.tokens[-1], self._store.parcel
        former.since = self._surroundings.wall()
        activity.tokens.append(self._mint(activity))
        if waiting is None or waiting.token_bytes != former.token_bytes:
            return []
        return self._store.give_up(former.why_gone)

    def lose(self, why: str, at: float) -> list[Landing]:
        """All of them are gone `at` a moment, in epoch seconds, and the start token is an old
        one.
        """
        for each in self.activities:
            each.dismiss(at, why)
        self._start = None
        return self._store.give_up(why) + self.channels.end_all(why)

    def _mint(self, activity: LiveActivity | None = None) -> LiveToken:
        app, topic = self._app, self.topic

        def made(token: bytes, now: float) -> LiveToken:
            return LiveToken(topic, token, app.environment, app.number, now, activity)

        given = self.to_come.popleft() if self.to_come else None
        minted = self._surroundings.mint(topic, made, given)
        self._tokens[minted.token_bytes] = minted
        return minted

    # ---- what it is sent ------------------------------------------------------------------------

    def take(self, parcel: Parcel, now: float) -> list[Landing]:
        """A notification has come for one of the tokens, in epoch seconds `now`."""
        away = self._phone.holds_back(parcel.priority)
        if self._why_gone(parcel) is not None:
            return [self._deliver(parcel, now)]
        if away is None:
            return [*self._store.overtaken_by(parcel), self._deliver(parcel, now)]
        return self._store.keep(parcel, away, now)

    @property
    def until(self) -> float:
        """When something of what is kept is over, in epoch seconds."""
        return min(self._store.until, self.channels.until)

    def look_again(self, now: float) -> list[Landing]:
        """Something has changed: what is kept may be delivered, or is too old."""
        landings = self._store.look_again(
            lambda kept: self._phone.holds_back(kept.priority),
            lambda kept: self._deliver(kept, now),
            now,
        )
        return landings + self.channels.look_again(now)

    def _why_gone(self, parcel: Parcel) -> str | None:
        """Why what is sent to its token reaches nothing; None if it may."""
        token = self._tokens[parcel.token_bytes]
        if token.activity is None and token is not self._start:
            return "the start token is an old one: Apple takes it, and it reaches nobody"
        return None if token.since is None else token.why_gone

    def _deliver(self, parcel: Parcel, now: float) -> Landing:
        said, activity = look(parcel), self._tokens[parcel.token_bytes].activity
        why = self._why_gone(parcel) or said.why
        if why is None and activity is not None:
            why = _of_no_use(said) or activity.take(said)
        elif why is None:
            why = self._why_not_started(said)
        if why is not None:
            return parcel.lands(self._app.number, "dropped", why)
        if activity is not None:
            return parcel.lands(self._app.number, "delivered", done(said), said.shown)
        self._start_one(said)
        what = "a Live Activity was started"
        return parcel.lands(self._app.number, "delivered", what, said.shown, self._wake(now))

    def _why_not_started(self, said: Said) -> str | None:
        if said.event != "start":
            return f"its event is {said.event}, and its token is one that starts Live Activities"
        if said.channel is not None and not self.channels.has(said.channel):
            # "Fails to start", as ActivityKit's page has it of such a channel.
            return "aps.input-push-channel is no channel of the app, so none is started"
        return None

    def _start_one(self, said: Said) -> None:
        has_token = said.channel is None or said.wants_token
        made = self.begin(
            said.attributes_type, said.attributes, {}, said.channel, has_token=has_token
        )
        made.take(said)


def _of_no_use(said: Said) -> str | None:
    if said.event != "start":
        return None
    return "its event is start, and its token is that of a Live Activity that has begun"
