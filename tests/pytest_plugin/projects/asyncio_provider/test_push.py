"""`apns` runs in a thread of its own, so the test's loop stays free: await the _async twins."""

import asyncio

import pytest
from push import INVALID_TOKEN, PushFailed, PushService

from fakeapns import Drop, Reject, Shutdown, Stall

TOKENS = [f"{number:064x}" for number in range(300)]


@pytest.fixture
def service(apns):
    return PushService(
        (apns.gateway.host, apns.gateway.port),
        (apns.feedback.host, apns.feedback.port),
        apns.ssl_context(),
    )


async def test_a_message_arrives_as_it_was_meant(apns, service):
    assert await service.send(TOKENS[:1], "Bonjour à tous") == {}

    [notification] = await apns.wait_for_async(token=TOKENS[0])
    assert notification.payload == {"aps": {"alert": "Bonjour à tous"}}
    assert notification.topic == "com.example.app"


async def test_waiting_leaves_the_loop_to_the_code_under_test(apns, service):
    sending = asyncio.create_task(service.send(TOKENS, "Hello"))

    await apns.wait_for_async(count=300)

    assert await sending == {}
    apns.assert_accepted(300, payload={"aps": {"alert": "Hello"}})


async def test_a_late_error_costs_nobody_else_a_message(apns, service):
    apns.inject(Reject("invalid-token", delay={"notifications": 40}), token=TOKENS[150])

    assert await service.send(TOKENS, "Hello") == {TOKENS[150]: INVALID_TOKEN}

    assert len(apns.discarded) >= 40  # swallowed behind the bad one ...
    apns.assert_accepted(299)  # ... and every one of them sent again, none of them twice
    apns.assert_rejected(1, token=TOKENS[150])


@pytest.mark.parametrize("fault", [Drop(), Shutdown(), Reject("processing-error")])
async def test_a_lost_connection_loses_no_message(apns, service, fault):
    apns.inject(fault, notification=100, times=1)

    assert await service.send(TOKENS, "Hello") == {}

    assert {notification.token for notification in apns.accepted} == set(TOKENS)


async def test_a_gateway_that_restarts_gets_the_rest(apns, service):
    apns.inject(Stall("1h"), notification=100, times=1)
    sending = asyncio.create_task(service.send(TOKENS, "Hello"))
    await apns.wait_for_async(count=100)

    await asyncio.to_thread(apns.restart)  # it blocks; the provider goes on meanwhile

    assert await sending == {}
    assert {notification.token for notification in apns.accepted} == set(TOKENS)


async def test_a_gateway_that_never_listens_is_given_up(apns, service):
    apns.inject(Drop())
    service.pause = 0

    with pytest.raises(PushFailed, match="300 of 300 not sent: Hello"):
        await service.send(TOKENS, "Hello")


async def test_a_removed_app_is_reported_once(apns, service):
    apns.devices.add("com.example.app", TOKENS[7]).uninstall()
    await service.send(TOKENS[:10], "Hello")

    assert await service.removed_apps() == [TOKENS[7]]

    await apns.wait_for_feedback_read_async()
    assert await service.removed_apps() == []
