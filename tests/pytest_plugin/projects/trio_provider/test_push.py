"""`apns_trio` runs in the test's own loop and over memory: an hour of its time takes none."""

from functools import partial

import pytest
import trio
from push import INVALID_TOKEN, PushFailed, PushService, removed_apps

from fakeapns import Drop, Reject, Shutdown, Stall

TOKENS = [f"{number:064x}" for number in range(200)]


async def test_a_message_arrives_as_it_was_meant(apns_trio, autojump_clock):
    async with apns_trio as apns:
        assert await PushService(apns.connect).send(TOKENS[:1], "Hello") == {}

        [notification] = await apns.wait_for(token=TOKENS[0])
        assert notification.payload == {"aps": {"alert": "Hello"}}


async def test_a_late_error_costs_nobody_else_a_message(apns_trio, autojump_clock):
    async with apns_trio as apns:
        apns.inject(Reject("invalid-token", delay={"notifications": 40}), token=TOKENS[100])

        refused = await PushService(apns.connect).send(TOKENS, "Hello")

        assert refused == {TOKENS[100]: INVALID_TOKEN}
        apns.assert_discarded()
        apns.assert_audit([(token, {"aps": {"alert": "Hello"}}) for token in TOKENS])


async def test_an_error_later_than_we_listen_is_never_heard_of(apns_trio, autojump_clock):
    async with apns_trio as apns:
        apns.inject(Reject("invalid-token", delay="1h"), token=TOKENS[100])

        patient = PushService(apns.connect, settle=2 * 60 * 60)
        assert await patient.send(TOKENS, "Hello") == {TOKENS[100]: INVALID_TOKEN}
        apns.assert_accepted(199)

        apns.reset()
        assert await PushService(apns.connect, settle=5).send(TOKENS, "Hello") == {}
        apns.assert_accepted(100)


@pytest.mark.parametrize("fault", [Drop(), Shutdown(), Reject("processing-error")])
async def test_a_lost_connection_loses_no_message(apns_trio, autojump_clock, fault):
    async with apns_trio as apns:
        apns.inject(fault, notification=100, times=1)

        assert await PushService(apns.connect).send(TOKENS, "Hello") == {}

        assert {notification.token for notification in apns.accepted} == set(TOKENS)


async def test_a_gateway_that_never_listens_is_given_up_at_last(apns_trio, autojump_clock):
    async with apns_trio as apns:
        apns.inject(Drop())

        with pytest.raises(PushFailed, match="200 of 200 not sent: Hello"):
            await PushService(apns.connect).send(TOKENS, "Hello")

    assert trio.current_time() >= 1 + 3 + 7 + 15  # it did not hurry


@pytest.mark.apns(topics=["com.example.one", "com.example.two"])
async def test_each_app_has_a_feedback_list_of_its_own(apns_trio, autojump_clock):
    async with apns_trio as apns:
        apns.devices.add("com.example.two", TOKENS[7]).uninstall()
        second = partial(apns.connect, "com.example.two")

        await PushService(second).send(TOKENS[:10], "Hello")

        feedback_of_first = partial(apns.connect, "com.example.one", "feedback")
        assert await removed_apps(feedback_of_first) == []
        assert await removed_apps(partial(second, "feedback")) == [TOKENS[7]]
        await apns.wait_for_feedback_read("com.example.two")


async def test_over_real_sockets_a_restart_is_survived(apns):
    """Virtual time needs memory; the server in a thread has sockets, and can be restarted."""
    apns.inject(Stall("1h"), notification=100, times=1)

    async def connect():
        stream = await trio.open_tcp_stream(apns.gateway.host, apns.gateway.port)
        context = apns.ssl_context()
        return trio.SSLStream(stream, context, server_hostname="localhost", https_compatible=True)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(PushService(connect, settle=60).send, TOKENS, "Hello")
        await apns.wait_for_async(count=100)
        await trio.to_thread.run_sync(apns.restart)  # it blocks; the provider goes on meanwhile

        await apns.wait_for_async(token=TOKENS[-1])
        nursery.cancel_scope.cancel()

    assert {notification.token for notification in apns.accepted} == set(TOKENS)
