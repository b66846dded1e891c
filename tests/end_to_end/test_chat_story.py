"""A chat, whose server knows by the app alone what has arrived, on a phone and a tablet.

Each story is also played with a server that gets one thing wrong, and has to fail: one that could
not fail a bad sender would prove nothing about a good one.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import pytest
import trio
from trio.testing import MockClock

from fakeapns import FakeAPNs, Notification
from fakeapns.fake import TrioDevice

from ..frames import TOPIC
from .in_memory import client_of

#: Seconds that a call rings for.
RINGS = 30


class Chat:
    """The server. `wrong` is what it gets wrong, if anything."""

    def __init__(self, apns: FakeAPNs, apple: httpx.AsyncClient, wrong: str = "") -> None:
        self._apns = apns
        self._apple = apple
        self._wrong = wrong
        # Good for all of a story: a new one within 20 minutes is answered 429.
        self._jwt = apns.provider_key().token()
        #: Of each user, when each token was last said to be theirs.
        self.tokens: dict[str, dict[str, float]] = {}
        #: Of each message, the tokens of devices on which it has arrived.
        self.arrived: dict[int, set[str]] = {}

    def sign_in(self, user: str, token: str) -> None:
        """A device is this user's from now on."""
        if self._wrong != "keeps who had the device before":
            for others in self.tokens.values():
                others.pop(token, None)
        self.tokens.setdefault(user, {})[token] = self._apns.clock.now()

    async def say(self, to: str, text: str, unread: int, thread: str = "bob") -> int:
        """A message; its number."""
        number = len(self.arrived) + 1
        self.arrived[number] = set()
        silent = {} if self._wrong == "wakes no app" else {"content-available": 1}
        aps = {"alert": {"title": thread, "body": text}, "badge": unread, **silent}
        collapse = {} if self._wrong == "collapses nothing" else {"collapse-id": thread}
        for token in [*self.tokens[to]]:
            status = await self._push(to, token, {"aps": aps, "message": number}, **collapse)
            if status == 200 and self._wrong == "takes 200 for arrived":
                self.arrived[number].add(token)
        return number

    async def ring(self, to: str) -> None:
        """Somebody calls, and is gone when it has rung for long enough."""
        ends = int(self._apns.clock.now()) + RINGS
        until = {} if self._wrong == "rings for ever" else {"expiration": str(ends)}
        for token in [*self.tokens[to]]:
            await self._push(to, token, {"aps": {"alert": "Bob calls", "sound": "ring"}}, **until)

    async def _push(self, user: str, token: str, payload: dict[str, Any], **headers: str) -> int:
        signed = {"authorization": f"bearer {self._jwt}", "apns-topic": TOPIC}
        named = {f"apns-{name}": value for name, value in headers.items()}
        answer = await self._apple.post(
            f"/3/device/{token}", headers={**signed, **named}, json=payload
        )
        if answer.status_code == 410 and self._wrong != "never strikes off":
            gone = answer.json()["timestamp"] / 1000
            if self.tokens[user][token] <= gone:
                del self.tokens[user][token]
        return answer.status_code


class App:
    """The app on each of its devices: it tells the server what has arrived, and its token."""

    def __init__(self, chat: Chat, apns: FakeAPNs) -> None:
        self._chat = chat
        self._apns = apns

    def signed_in(self, user: str) -> TrioDevice:
        """One more device, on which this user has signed in."""
        device = self._apns.devices.add(TOPIC)
        self._chat.sign_in(user, device.token)
        device.on_wake(self._woken)
        return device

    async def _woken(self, device: TrioDevice, push: Notification) -> None:
        await trio.sleep(0.1)
        if "message" in push.payload:
            self._chat.arrived[push.payload["message"]].add(device.token)


Story = Callable[[FakeAPNs, Chat, App], Awaitable[None]]


async def who_has_ended_the_app_sees_it_and_nobody_is_told_that_it_arrived(
    apns: FakeAPNs, chat: Chat, app: App
) -> None:
    phone, tablet = app.signed_in("ann"), app.signed_in("ann")
    phone.force_quit()
    tablet.low_power(True)
    one = await chat.say("ann", "Hello", 1)
    await apns.settle()
    assert [each.fate for each in (*phone.inbox, *tablet.inbox)] == ["delivered", "delivered"]
    assert chat.arrived[one] == set()
    phone.launch()
    two = await chat.say("ann", "Hello?", 2)
    await apns.settle()
    assert chat.arrived[two] == {phone.token}
    # The tablet wakes the app again, and shows one card for the talk, of which the phone has none.
    tablet.low_power(False)
    three = await chat.say("ann", "Are you there?", 3)
    await apns.settle()
    assert chat.arrived[three] == {phone.token, tablet.token}
    assert [each.seq for each in tablet.notification_center] == [apns.accepted[-1].seq]
    tablet.assert_badge(3)


async def a_tablet_that_somebody_else_has_signed_in_on_shows_them_nothing_of_before(
    apns: FakeAPNs, chat: Chat, app: App
) -> None:
    phone, tablet = app.signed_in("ann"), app.signed_in("ann")
    chat.sign_in("eve", tablet.token)
    await chat.say("ann", "For you alone", 1)
    await apns.settle()
    phone.assert_shown(1, alert="For you alone")
    tablet.assert_not_shown()
    await chat.say("eve", "Welcome", 1)
    await apns.settle()
    tablet.assert_shown(1, alert="Welcome")


async def a_call_rings_on_no_phone_that_comes_back_behind_it(
    apns: FakeAPNs, chat: Chat, app: App
) -> None:
    phone, tablet = app.signed_in("ann"), app.signed_in("ann")
    tablet.go_offline()
    await chat.ring("ann")
    await tablet.wait_for_delivery(fate="expired", timeout="1h")
    tablet.go_online()
    phone.assert_shown(1, sound="ring")
    tablet.assert_not_shown()


async def a_token_that_is_gone_is_sent_to_once_and_its_successor_from_then_on(
    apns: FakeAPNs, chat: Chat, app: App
) -> None:
    phone = app.signed_in("ann")
    await trio.sleep(60)
    phone.rotate_token()
    await chat.say("ann", "Hello", 1)
    # The app learns of its new token when it is opened.
    phone.launch()
    chat.sign_in("ann", phone.token)
    phone.background()
    await chat.say("ann", "Hello again", 2)
    await apns.settle()
    old, new = phone.tokens
    apns.assert_rejected(1, token=old.token, reason="Unregistered")
    assert [*chat.tokens["ann"]] == [new.token]
    phone.assert_shown(1, alert="Hello again")


@pytest.fixture
async def apns(autojump_clock: MockClock) -> AsyncIterator[FakeAPNs]:
    async with FakeAPNs() as apns:
        yield apns


async def play(apns: FakeAPNs, story: Story, wrong: str = "") -> None:
    """Play it over memory, with a server that gets this wrong."""
    async with client_of(apns) as apple:
        chat = Chat(apns, apple, wrong)
        await story(apns, chat, App(chat, apns))


#: What fails each, and what the failure says.
WRONG: list[tuple[Story, str, str]] = [
    (
        who_has_ended_the_app_sees_it_and_nobody_is_told_that_it_arrived,
        *("takes 200 for arrived", r"^assert {.*} == set\(\)"),
    ),
    (
        who_has_ended_the_app_sees_it_and_nobody_is_told_that_it_arrived,
        *("wakes no app", r"^assert {.*} == {.*}"),
    ),
    (
        who_has_ended_the_app_sees_it_and_nobody_is_told_that_it_arrived,
        *("collapses nothing", r"^assert \[\d+, \d+, \d+\] == \[\d+\]"),
    ),
    (
        a_tablet_that_somebody_else_has_signed_in_on_shows_them_nothing_of_before,
        *("keeps who had the device before", r"(?s)expected nothing shown on device 2 .*'For you"),
    ),
    (
        a_call_rings_on_no_phone_that_comes_back_behind_it,
        *("rings for ever", r"(?s)waited 3600 s for 1 expired for device 2 .*: stored: the phone"),
    ),
    (
        a_token_that_is_gone_is_sent_to_once_and_its_successor_from_then_on,
        *("never strikes off", "expected exactly 1 rejected"),
    ),
]


@pytest.mark.parametrize("story", dict.fromkeys(each[0] for each in WRONG))
async def test_a_good_server_holds(autojump_clock: MockClock, apns: FakeAPNs, story: Story) -> None:
    await play(apns, story)


@pytest.mark.parametrize(("story", "wrong", "said"), WRONG, ids=[each[1] for each in WRONG])
async def test_a_bad_server_fails(
    autojump_clock: MockClock, apns: FakeAPNs, story: Story, wrong: str, said: str
) -> None:
    with pytest.raises(AssertionError, match=said):
        await play(apns, story, wrong)
