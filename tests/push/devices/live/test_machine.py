"""Live Activities and channels in any states and any order, against a plain model.

It must show the same content and the same state at any moment, and agree on which tokens are good;
and each push to a phone has exactly one final fate, and waits at most once before it.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from fakeapns.push import Fate, Landing

from ....frames import TOPIC
from .plain import HOUR, PlainApp, Shows, Waiting
from .screens import START, LiveWorld

PHONES, CHANNELS = st.integers(0, 1), st.integers(0, 1)
#: What moments are said to be apart from now, in seconds.
NEAR = st.sampled_from([-60, 0, 60, HOUR, 9 * HOUR])
SENT = st.sampled_from([-60, 0, 0, 60])
EVENTS = st.sampled_from(["update", "update", "end"])


class LiveMachine(RuleBasedStateMachine):
    """An app on two phones, and a channel of each kind."""

    def __init__(self) -> None:
        super().__init__()
        self.world = LiveWorld()
        self.phones = [self.world.phone() for _ in range(2)]
        self.channels = [self.world.channels.add(TOPIC, policy) for policy in (0, 1)]
        self.apps = [PlainApp() for _ in range(2)]
        self.fates: dict[tuple[int, int], list[Fate]] = defaultdict(list)

    @property
    def now(self) -> float:
        return self.world.now

    # ---- activities begin -----------------------------------------------------------------------

    @rule(phone=PHONES, channel=st.none() | CHANNELS)
    def start(self, phone: int, channel: int | None) -> None:
        if self.has_room(phone):
            id = None if channel is None else self.channels[channel].id
            self.world.activity(self.phones[phone], channel=id, has_token=id is None)
            self.add(phone, channel)

    @rule(phone=PHONES, old=st.booleans())
    def start_by_a_push(self, phone: int, old: bool) -> None:
        tokens = self.apps[phone].start_tokens
        token = self.phones[phone].live.start_token.token_bytes
        if token not in tokens:
            tokens.append(token)
        if self.has_room(phone):
            aps = {**START, "timestamp": int(self.now), "content-state": {"score": "0:0"}}
            asked = tokens[0] if old else token
            self.send(phone, asked, aps, good=asked == token)

    def has_room(self, phone: int) -> bool:
        """Few activities meet with more than many."""
        return len(self.apps[phone].running(self.now)) < 2

    def add(self, phone: int, channel: int | None = None) -> Shows:
        """The phone has one more."""
        activities, shows = self.phones[phone].live.activities, self.apps[phone].shows
        shows.append(Shows(activities[-1], self.now, channel))
        assert len(activities) == len(shows)
        return shows[-1]

    # ---- what is sent ---------------------------------------------------------------------------

    @precondition(lambda self: any(each.with_tokens() for each in self.apps))
    @rule(
        data=st.data(),
        content=st.integers(),
        sent=SENT,
        stale=st.none() | NEAR,
        event=EVENTS,
        dismissal=st.none() | NEAR,
    )
    def update(
        self,
        data: st.DataObject,
        content: int,
        sent: int,
        stale: int | None,
        event: str,
        dismissal: int | None,
    ) -> None:
        phones = [phone for phone in range(2) if self.apps[phone].with_tokens()]
        phone = data.draw(st.sampled_from(phones))
        to = data.draw(st.sampled_from(self.apps[phone].with_tokens()))
        tokens = [each.token_bytes for each in to.found.tokens]
        token = data.draw(st.sampled_from(tokens))
        aps = {
            "timestamp": int(self.now) + sent,
            "event": event,
            "content-state": {"n": content},
            "stale-date": None if stale is None else self.now + stale,
            "dismissal-date": None if dismissal is None else self.now + dismissal,
        }
        self.send(phone, token, aps, good=token == tokens[-1] and to.over(self.now) is None)

    def send(self, phone: int, token: bytes, aps: dict[str, Any], *, good: bool) -> None:
        """One push to a token, which is `good` or an old one."""
        until = self.now + 2 * HOUR
        landings = self.world.push_all(token, aps, expiration=int(until))
        waiting = Waiting(self.world.sent, token, aps, until)
        assert landings[-1].seq == waiting.seq
        self.note(landings)
        if self.phones[phone].phone.online:
            self.take(phone, waiting)
        elif good:
            self.apps[phone].waits[None] = waiting

    def take(self, phone: int, waiting: Waiting) -> None:
        """The phone has a push to a token."""
        if self.apps[phone].take(waiting, self.now):
            self.add(phone).apply(waiting.aps, self.now)

    @rule(
        channel=CHANNELS,
        content=st.integers(),
        sent=SENT,
        lasts=st.sampled_from([HOUR, 20 * HOUR]),
        event=EVENTS,
    )
    def broadcast(self, channel: int, content: int, sent: int, lasts: int, event: str) -> None:
        to = self.channels[channel]
        aps = {"timestamp": int(self.now) + sent, "event": event, "content-state": {"n": content}}
        followers = [each for each in range(2) if self.apps[each].follows(channel, self.now)]
        landings = self.world.broadcast(to, aps, expiration=int(self.now) + lasts)
        seq = self.world.sent
        heard = [each.device for each in landings if each.seq == seq]
        assert sorted(heard) == [self.phones[phone].number for phone in followers]
        self.note(landings)
        for phone in followers:
            if self.phones[phone].phone.online:
                self.apps[phone].hear(channel, aps, self.now)
            elif to.storage_policy:
                until = self.now + min(lasts, 8 * HOUR)
                self.apps[phone].waits[channel] = Waiting(seq, b"", aps, until)

    def note(self, landings: list[Landing]) -> None:
        """What came of it."""
        for each in landings:
            self.fates[each.seq, each.device].append(each.fate)

    # ---- what else happens ----------------------------------------------------------------------

    @rule(phone=PHONES, online=st.booleans())
    def move(self, phone: int, online: bool) -> None:
        self.phones[phone].phone.online = online
        self.note(self.phones[phone].look_again())
        app = self.apps[phone]
        # What came for a token goes first, as it does there.
        for channel in sorted(app.waits, key=lambda each: -1 if each is None else each):
            if app.waits[channel].until <= self.now:
                del app.waits[channel]
            elif online:
                waiting = app.waits.pop(channel)
                if channel is None:
                    self.take(phone, waiting)
                elif app.follows(channel, self.now):
                    app.hear(channel, waiting.aps, self.now)

    @rule(seconds=st.sampled_from([59, HOUR, 3 * HOUR, 4 * HOUR, 8 * HOUR]))
    def wait(self, seconds: int) -> None:
        self.world.now += seconds

    @rule(data=st.data(), phone=PHONES)
    def rotate(self, data: st.DataObject, phone: int) -> None:
        app = self.apps[phone]
        running = [each.found for each in app.running(self.now) if each.found.tokens]
        if running:
            found = data.draw(st.sampled_from(running))
            old = found.tokens[-1].token_bytes
            self.note(self.phones[phone].live.rotate(found))
            if None in app.waits and app.waits[None].token == old:
                del app.waits[None]

    @precondition(lambda self: any(each.shows for each in self.apps))
    @rule(data=st.data())
    def dismiss(self, data: st.DataObject) -> None:
        every = [each for app in self.apps for each in app.shows]
        shows = data.draw(st.sampled_from(every))
        shows.found.dismiss()
        shows.remove(self.now)

    @rule(phone=PHONES, channel=CHANNELS)
    def follow(self, phone: int, channel: int) -> None:
        self.phones[phone].live.channels.begin(self.channels[channel].id)
        self.apps[phone].followed.add(channel)

    @rule(phone=PHONES, channel=CHANNELS)
    def unfollow(self, phone: int, channel: int) -> None:
        self.note(self.phones[phone].live.channels.end(self.channels[channel].id))
        app = self.apps[phone]
        app.followed.discard(channel)
        app.waits.pop(channel, None)
        for each in app.shows:
            if each.channel == channel:
                each.channel = None

    @rule(phone=PHONES)
    def reinstall(self, phone: int) -> None:
        self.note(self.world.devices.reinstall(self.phones[phone]))
        token = self.phones[phone].live.start_token.token_bytes
        assert token not in self.apps[phone].start_tokens
        self.apps[phone].start_tokens.append(token)
        self.apps[phone].end_all(self.now)

    # ---- what always holds ----------------------------------------------------------------------

    @invariant()
    def what_is_shown_is_what_the_model_shows(self) -> None:
        for app, phone in zip(self.apps, self.phones, strict=True):
            assert [each.found for each in app.shows] == phone.live.activities
            for each in app.shows:
                assert each.found.content_state == each.content
                assert each.found.state == each.state(self.now)
                assert each.found.over == each.over(self.now)

    @invariant()
    def a_token_is_good_while_it_is_the_latest_of_an_activity_that_runs(self) -> None:
        for each in (each for app in self.apps for each in app.with_tokens()):
            *old, latest = each.found.tokens
            assert all(former.since is not None for former in old)
            assert latest.since == each.over(self.now)
            assert latest.is_expired == (each.over(self.now) == each.began + 8 * HOUR)

    @invariant()
    def each_push_has_one_fate_or_waits(self) -> None:
        waiting = set()
        for (seq, device), fates in self.fates.items():
            *before, last = fates
            assert before in ([], ["stored"])
            if last == "stored":
                assert not before
                waiting.add((seq, device))
        assert waiting == {
            (each.seq, phone.number)
            for app, phone in zip(self.apps, self.phones, strict=True)
            for each in app.waits.values()
        }

    def teardown(self) -> None:
        """Once all can be delivered, or is too old, nothing waits."""
        for phone in range(2):
            self.move(phone, online=True)
        assert all(fates[-1] != "stored" for fates in self.fates.values())


TestLiveActivities = LiveMachine.TestCase
TestLiveActivities.settings = settings(max_examples=200, stateful_step_count=50, deadline=None)
