"""Devices that are sent to, in any states and any order, against a plain model.

The model has dicts for what is on the way, and what the issue of a delivery must hold by: each
notification to a registered device has exactly one final fate, and waits at most once before it; no
app has more than one that waits; nothing was both delivered and expired; the badge is that of the
last one shown, and of a collapse id the newest that was shown is on the screen.
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from fakeapns.push import Devices, Fate, Installation, Landing, Parcel, change_device

from ...frames import TOPIC

FINAL = {"delivered", "replaced", "expired", "not-stored", "dropped", "throttled"}
OTHER = "com.example.other"
BODIES: list[dict[str, Any]] = [
    {"alert": "a"},
    {"alert": "b", "badge": 3},
    {"badge": 0},
    {"badge": 7},
    {"content-available": 1},
    {"alert": "c", "content-available": 1},
    {},
]
APPS = st.integers(0, 2)
APP_STATES = ["foreground", "background", "not-running", "force-quit"]
#: Where it is, by the names of the model's fields, and what they may be.
STATES = {"online": "phone", "asleep": "phone", "low_power": "phone", "unlocked": "phone"}


class DeviceMachine(RuleBasedStateMachine):
    """Three apps on two phones."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 1_600_000_000.0
        self.devices = Devices(lambda: self.now)
        first = self.devices.add(TOPIC)
        beside = self.devices.add(OTHER, phone=first.phone)
        self.apps = [first, beside, self.devices.add(TOPIC)]
        self.fates: dict[int, list[Fate]] = defaultdict(list)
        self.sent: dict[int, Installation] = {}
        self.badges: dict[int, float] = {each.number: 0 for each in self.apps}
        self.bodies: dict[int, dict[str, Any]] = {}
        self.ids: dict[int, str | None] = {}
        #: The last one shown, by device and collapse id.
        self.newest: dict[tuple[int, str | None], int] = defaultdict(int)

    def note(self, landings: list[Landing]) -> None:
        """What came of it."""
        for each in landings:
            app = self.sent[each.seq]
            assert each.device == app.number
            self.fates[each.seq].append(each.fate)
            assert (each.shown is None) or each.fate == "delivered"
            if each.shown is not None:
                which = each.device, self.ids[each.seq]
                self.newest[which] = max(each.seq, self.newest[which])
            badge = self.bodies[each.seq].get("badge")
            if each.shown is not None and badge is not None:
                self.badges[each.device] = badge

    @initialize(online=st.tuples(st.booleans(), st.booleans()))
    def begin(self, online: tuple[bool, bool]) -> None:
        for app, value in zip((self.apps[0], self.apps[2]), online, strict=True):
            app.phone.online = value

    @rule(
        app=APPS,
        times=st.integers(1, 3),
        body=st.sampled_from(BODIES),
        priority=st.sampled_from([None, 10, 5, 1]),
        lasts=st.sampled_from([None, 0, -60, 60, 3600]),
        old=st.booleans(),
        id=st.sampled_from([None, "a"]),
    )
    def send(
        self,
        app: int,
        times: int,
        body: dict[str, Any],
        priority: int | None,
        lasts: int | None,
        old: bool,
        id: str | None,
    ) -> None:
        to = self.apps[app]
        registration = to.registrations[0] if old else to.registration
        expiration = None if lasts is None else lasts and int(self.now + lasts)
        payload = json.dumps({"aps": body}).encode()
        for _ in range(times):
            seq = len(self.sent) + 1
            self.sent[seq], self.bodies[seq], self.ids[seq] = to, body, id
            token = registration.token_bytes
            parcel = Parcel(seq, to.topic, token, payload, priority, expiration, None, id)
            landings = self.devices.deliver(parcel, self.now)
            assert [each.seq for each in landings][-1] == seq
            self.note(landings)

    @rule(app=APPS, name=st.sampled_from(sorted(STATES)), value=st.booleans())
    def change_the_phone(self, app: int, name: str, value: bool) -> None:
        phone = self.apps[app].phone
        setattr(phone, name, value)
        for each in self.devices.apps_on(phone):
            self.note(each.look_again())

    @rule(app=APPS, value=st.booleans())
    def permit(self, app: int, value: bool) -> None:
        self.apps[app].permission = value

    @rule(app=APPS, state=st.sampled_from(APP_STATES))
    def put(self, app: int, state: Any) -> None:
        self.note(self.apps[app].put(state))

    @rule(app=APPS)
    def uninstall(self, app: int) -> None:
        self.note(self.apps[app].uninstall())
        self.badges[self.apps[app].number] = 0

    @rule(app=APPS)
    def install(self, app: int) -> None:
        self.note(self.apps[app].install())

    @rule(app=APPS)
    def reinstall(self, app: int) -> None:
        if self.apps[app].since is None:
            self.badges[self.apps[app].number] = 0
        self.note(self.devices.reinstall(self.apps[app]))

    @rule(app=APPS)
    def replace_token(self, app: int) -> None:
        self.note(self.devices.replace_token(self.apps[app]))

    @rule(app=APPS)
    def open(self, app: int) -> None:
        if self.apps[app].since is None:
            self.note(change_device(self.devices, self.apps[app], "read"))
            self.badges[self.apps[app].number] = 0

    @rule(seconds=st.sampled_from([1, 59, 3600, 31 * 86_400]))
    def wait(self, seconds: int) -> None:
        self.now += seconds

    # ---- what always holds ----------------------------------------------------------------------

    @invariant()
    def each_has_one_fate_or_waits(self) -> None:
        for fates in self.fates.values():
            *before, last = fates
            assert before in ([], ["stored"])
            assert last in FINAL or (last == "stored" and not before)

    @invariant()
    def of_each_app_at_most_one_waits(self) -> None:
        waiting = [
            self.sent[seq].number for seq, fates in self.fates.items() if fates[-1] == "stored"
        ]
        assert len(waiting) == len(set(waiting))

    @invariant()
    def of_a_collapse_id_the_newest_is_on_the_screen(self) -> None:
        for app in self.apps:
            for card in app.screen.cards:
                newest = self.newest[app.number, card.collapse_id]
                assert card.collapse_id is None or card.seq == newest

    @invariant()
    def the_badge_is_that_of_the_last_one_shown(self) -> None:
        assert {each.number: each.badge for each in self.apps} == self.badges

    def teardown(self) -> None:
        """Once all can be delivered, or is too old, nothing waits."""
        self.now += 31 * 86_400
        for each in self.apps:
            self.note(each.look_again())
        assert all(fates[-1] in FINAL for fates in self.fates.values())


TestDevices = DeviceMachine.TestCase
TestDevices.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
