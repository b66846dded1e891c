"""The stories of docs/devices.md under virtual time, over memory: days pass, and nobody waits.

Over real sockets the page's own blocks are run, and the tests of examples/messenger.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest
import trio
from trio.testing import MockClock, memory_stream_pair

from fakeapns import Device, FakeAPNs
from fakeapns.fake import TrioDevice
from fakeapns.ledger import FeedbackSent

from ..frames import TOPIC
from .in_memory import client_of

DAY = 86_400.0


@pytest.fixture
async def apns(autojump_clock: MockClock) -> AsyncIterator[FakeAPNs]:
    async with FakeAPNs() as apns:
        yield apns


@pytest.fixture
async def client(apns: FakeAPNs) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(apns) as client:
        yield client


@pytest.fixture(scope="module")
def messenger() -> ModuleType:
    """The program of examples/messenger."""
    path = Path(__file__).parents[2] / "examples" / "messenger" / "messenger.py"
    spec = importlib.util.spec_from_file_location("messenger_under_test", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


async def push(
    apns: FakeAPNs, client: httpx.AsyncClient, to: Device | str, aps: dict[str, Any], **headers: str
) -> httpx.Response:
    """One push over the API."""
    signed = {"authorization": f"bearer {apns.provider_key().token()}", "apns-topic": TOPIC}
    named = {f"apns-{name.replace('_', '-')}": value for name, value in headers.items()}
    token = to if isinstance(to, str) else to.token
    answer = await client.post(f"/3/device/{token}", headers={**signed, **named}, json={"aps": aps})
    await apns.settle()
    return answer


async def test_the_badge_of_two_devices(
    autojump_clock: MockClock, apns: FakeAPNs, client: httpx.AsyncClient
) -> None:
    phone, tablet = (apns.devices.add(TOPIC) for _ in range(2))
    for unread in (1, 2):
        for each in (phone, tablet):
            await push(apns, client, each, {"alert": "You have mail", "badge": unread})
    phone.assert_badge(2)
    tablet.assert_badge(2)
    # All is read on the phone. The tablet learns of it by the server alone.
    phone.read()
    phone.assert_badge(0)
    tablet.assert_badge(2)
    await push(apns, client, tablet, {"badge": 0})
    tablet.assert_badge(0)
    assert not tablet.notification_center


async def test_where_nobody_comes_within_30_seconds_one_is_shown_until_the_app_comes(
    autojump_clock: MockClock,
    apns: FakeAPNs,
    client: httpx.AsyncClient,
    messenger: ModuleType,
    nursery: trio.Nursery,
) -> None:
    key = apns.provider_key()
    assert key.p8_file is not None
    who = TOPIC, key.p8_file.read_text(), key.key_id, key.team_id
    server = messenger.Messenger(messenger.Apple(client, *who, now=apns.clock.now))
    phone, fetched = apns.devices.add(TOPIC), []
    server.register("ann", phone.token)

    async def fetch(phone: TrioDevice, push: object) -> None:
        ours, theirs = memory_stream_pair()
        nursery.start_soon(server.talk, theirs)
        await ours.send_all(b"ann\n")
        fetched.extend(b"".join([each async for each in ours]).decode().splitlines())

    phone.on_wake(fetch)
    begun = trio.current_time()
    await server.send("ann", "Hello")
    await apns.settle()
    assert trio.current_time() - begun < messenger.PATIENCE
    assert fetched == ["Hello"]
    phone.assert_not_shown()

    phone.force_quit()
    begun = trio.current_time()
    await server.send("ann", "Are you there?")
    assert trio.current_time() - begun >= messenger.PATIENCE
    await server.send("ann", "Hello?")
    await apns.settle()
    assert [each.fate for each in phone.deliveries] == ["delivered", "dropped", *["delivered"] * 2]
    # It stays, and each of them would have woken the app.
    phone.assert_shown(2, payload={"aps": {"content-available": 1}})
    assert len(phone.notification_center) == 2

    phone.launch()
    assert server.collect("ann") == ["Are you there?", "Hello?"]
    phone.background()
    await server.send("ann", "Good night")
    await apns.settle()
    assert fetched == ["Hello", "Good night"]
    phone.assert_shown(2)


async def test_a_phone_that_was_off_for_a_day_gets_one_of_ten(
    autojump_clock: MockClock, apns: FakeAPNs, client: httpx.AsyncClient
) -> None:
    phone = apns.devices.add(TOPIC)
    phone.go_offline()
    for number in range(1, 11):
        await push(apns, client, phone, {"alert": f"{number} new"})
    await trio.sleep(DAY)
    phone.go_online()
    phone.assert_shown(1, alert="10 new")
    assert [each.fate for each in phone.deliveries].count("replaced") == 9


async def test_the_token_of_an_app_that_was_reinstalled_is_gone_and_the_new_one_lives(
    autojump_clock: MockClock, apns: FakeAPNs, client: httpx.AsyncClient
) -> None:
    phone = apns.devices.add(TOPIC)
    old = phone.token
    await trio.sleep(DAY)
    phone.reinstall()
    gone = phone.tokens[0].until
    assert gone is not None
    await trio.sleep(DAY)
    answer = await push(apns, client, old, {"alert": "Hello"})
    assert answer.status_code == 410
    assert answer.json() == {"reason": "Unregistered", "timestamp": int(gone * 1000)}
    # Whoever holds that against the last registration keeps the new one.
    assert phone.tokens[-1].since >= gone
    assert (await push(apns, client, phone, {"alert": "Hello"})).status_code == 200
    phone.background()
    async with await apns.connect(service="feedback") as reader:
        assert len(await reader.receive_some(1000)) == 38
    [listed] = apns.ledger.of(FeedbackSent)
    assert (listed.token, listed.timestamp) == (old, int(gone))


async def test_an_offer_that_has_expired_is_not_shown(
    autojump_clock: MockClock, apns: FakeAPNs, client: httpx.AsyncClient
) -> None:
    phone = apns.devices.add(TOPIC)
    phone.go_offline()
    ends = int(apns.clock.now()) + 3600
    await push(apns, client, phone, {"alert": "Half price for an hour"}, expiration=str(ends))
    await trio.sleep(3601)
    phone.go_online()
    phone.assert_not_shown()
    assert [each.fate for each in phone.deliveries] == ["stored", "expired"]
