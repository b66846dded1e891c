"""Channels over the wire against a plain dict: whatever is asked for, in whatever order."""

from __future__ import annotations

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from .channels import broadcast, create, description, listed, manage
from .dialogue import NOBODY, Dialogue, signed

APPS = ("com.example.app", "com.example.other")
MOST = 3
apps = st.sampled_from(APPS)
policies = st.sampled_from([0, 1])


class Asking(RuleBasedStateMachine):
    """Two apps of one team. `there` has the policies of their channels, `gone` what was deleted."""

    @initialize()
    def begin(self) -> None:
        self.talk = Dialogue(provider=NOBODY, seed=1, max_channels=MOST)
        self.how: dict[str, Any] = {"signed": signed()}
        self.there: dict[str, dict[str, int]] = {app: {} for app in APPS}
        self.gone: dict[str, list[str]] = {app: [] for app in APPS}
        self.sent: list[tuple[str, str, str | None]] = []
        self.off: set[str] = set()

    def known(self) -> list[tuple[str, str]]:
        """Every id that there ever was, with whose it was."""
        return [(app, id) for app in APPS for id in (*self.there[app], *self.gone[app])]

    @rule(app=apps, policy=policies)
    def make(self, app: str, policy: int) -> None:
        if app in self.off or len(self.there[app]) >= MOST:
            heard = manage(self.talk, "POST", app=app, body=description(policy), **self.how)
            reason = (
                "BroadcastFeatureNotEnabled" if app in self.off else "CannotCreateChannelConfig"
            )
            assert heard.reason == reason
            return
        id = create(self.talk, policy, app=app, **self.how)
        assert (app, id) not in self.known()
        self.there[app][id] = policy

    @precondition(lambda self: self.known())
    @rule(app=apps, data=st.data(), method=st.sampled_from(["GET", "DELETE"]))
    def show_or_delete(self, app: str, data: st.DataObject, method: str) -> None:
        _, id = data.draw(st.sampled_from(self.known()))
        heard = manage(self.talk, method, id, app=app, **self.how)
        if app in self.off:
            assert heard.reason == "BroadcastFeatureNotEnabled"
        elif id not in self.there[app]:
            assert (heard.status, heard.reason) == (404, "BadPath")
        elif method == "GET":
            assert heard.json["message-storage-policy"] == self.there[app][id]
        else:
            assert heard.status == 204
            del self.there[app][id]
            self.gone[app].append(id)

    @precondition(lambda self: self.known())
    @rule(app=apps, data=st.data())
    def send(self, app: str, data: st.DataObject) -> None:
        _, id = data.draw(st.sampled_from(self.known()))
        heard = broadcast(self.talk, id, app=app, **self.how)
        if app in self.off:
            expected: str | None = "BroadcastFeatureNotEnabled"
        elif id in self.there[app]:
            expected = None
        else:
            expected = "ChannelNotRegistered" if id in self.gone[app] else "BadChannelId"
        assert heard.reason == expected
        self.sent.append((app, id, expected))

    @rule(app=apps)
    def switch(self, app: str) -> None:
        channels = self.talk.api.judge.channels
        if app in self.off:
            channels.enable(app)
        else:
            channels.disable(app)
        self.off ^= {app}

    @rule(app=apps, policy=policies)
    def make_in_the_test(self, app: str, policy: Any) -> None:
        if len(self.there[app]) < MOST:
            made = self.talk.api.judge.channels.add(app, policy)
            self.there[app][made.id] = policy

    @rule()
    def come_again(self) -> None:
        self.talk.open(NOBODY)

    @invariant()
    def what_is_listed_is_there(self) -> None:
        for app in set(APPS) - self.off:
            assert listed(self.talk, app=app, **self.how) == list(self.there[app])

    @invariant()
    def what_was_sent_is_on_record(self) -> None:
        found = [(push.topic, push.channel, push.reason) for push in self.talk.pushes]
        assert found == self.sent


TestAsking = Asking.TestCase
TestAsking.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
