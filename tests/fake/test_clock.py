"""The protocol's clock is moved by hand, in both forms: all but sockets, delays and `t` follows."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
import trio
from trio.testing import MockClock

from fakeapns import FakeAPNs, Notification, ThreadedAPNs, UsageError
from fakeapns.fronts.api.senders.jwt import read_token
from fakeapns.ledger import Delivery

from ..frames import PAYLOAD, TOPIC, framed
from ..providers import PATIENCE
from .callers import send

TOKEN = "ab" * 32


@pytest.fixture
def apns() -> Iterator[ThreadedAPNs]:
    with FakeAPNs().in_thread() as apns:
        yield apns


def over_the_api(apns: ThreadedAPNs, jwt: str) -> httpx.Client:
    """A provider that signs with this token, and knows no other time than that of the machine."""
    return httpx.Client(
        http2=True,
        base_url=apns.api.url,
        verify=apns.ssl_context(certificate=False),
        headers={"authorization": f"bearer {jwt}", "apns-topic": TOPIC},
        timeout=PATIENCE,
    )


def answer(provider: httpx.Client, token: str = TOKEN) -> tuple[int, dict[str, Any]]:
    """What one more push is answered."""
    said = provider.post(f"/3/device/{token}", content=PAYLOAD)
    return said.status_code, said.json() if said.content else {}


def test_it_is_the_machines_and_what_it_was_advanced_by(apns: ThreadedAPNs) -> None:
    assert apns.clock.now() == pytest.approx(time.time(), abs=60)
    for by in ("50m", 600, timedelta(hours=1)):
        apns.clock.advance(by)
    assert apns.clock.now() == pytest.approx(time.time() + 7200, abs=60)
    assert apns.devices.now() == pytest.approx(time.time() + 7200, abs=60)
    apns.clock.reset()
    assert apns.clock.now() == pytest.approx(time.time(), abs=60)


@pytest.mark.parametrize("by", ["-50m", "50", "soon", "", -1, True, float("nan"), None, "1e3s"])
def test_what_is_no_duration_is_refused_in_a_sentence(apns: ThreadedAPNs, by: Any) -> None:
    before = apns.clock.now()
    with pytest.raises(UsageError, match=r"is no duration: write|is nothing to advance by: give"):
        apns.clock.advance(by)
    assert apns.clock.now() == pytest.approx(before, abs=60)


@pytest.mark.parametrize("by", ["99999d", float("inf"), 10**400, timedelta(days=99_999)])
def test_it_ends_where_feedback_can_tell_no_later_time(apns: ThreadedAPNs, by: Any) -> None:
    with pytest.raises(UsageError, match=r"ends in 2106|is nothing to advance by"):
        apns.clock.advance(by)
    assert apns.clock.now() == pytest.approx(time.time(), abs=60)


def test_a_token_of_the_provider_ages(apns: ThreadedAPNs) -> None:
    with over_the_api(apns, apns.provider_key().token()) as provider:
        assert answer(provider) == (200, {})
        apns.clock.advance("59m")
        assert answer(provider) == (200, {})
        apns.clock.advance("2m")
        assert answer(provider) == (403, {"reason": "ExpiredProviderToken"})
    with over_the_api(apns, apns.provider_key().token()) as provider:
        assert answer(provider) == (200, {})
        issued = read_token(f"bearer {apns.provider_key().token()}".encode()).issued_at
        assert issued == pytest.approx(apns.clock.now(), abs=60)


def test_set_back_it_takes_no_token_of_the_future(apns: ThreadedAPNs) -> None:
    apns.clock.advance("2h")
    with over_the_api(apns, apns.provider_key().token()) as provider:
        assert answer(provider) == (200, {})
        apns.clock.reset()
        assert answer(provider) == (403, {"reason": "InvalidProviderToken"})
        provider.headers["authorization"] = f"bearer {apns.provider_key().token()}"
        assert answer(provider) == (200, {})


def test_a_token_that_was_renewed_in_time_by_it_counts_once_for_the_audit(
    apns: ThreadedAPNs,
) -> None:
    for _ in range(2):
        with over_the_api(apns, apns.provider_key().token()) as provider:
            assert answer(provider) == (200, {})
        apns.clock.advance("21m")
    assert apns.audit([(TOKEN, PAYLOAD)] * 2).provider_tokens == 1


def test_the_record_follows_it_and_counts_on(apns: ThreadedAPNs) -> None:
    seen: list[Notification] = []
    changes: list[Callable[[], None]] = [
        lambda: apns.clock.advance("1d"),
        apns.clock.reset,
        lambda: None,
    ]
    for change in changes:
        send(apns, framed())
        seen.append(apns.wait_for(len(seen) + 1)[-1])
        change()
    before, advanced, back = seen
    assert advanced.wall - before.wall == pytest.approx(86_400, abs=60)
    assert back.wall < advanced.wall
    assert before.t <= advanced.t <= back.t < before.t + 60
    assert before.seq < advanced.seq < back.seq


def test_a_connection_that_is_open_stays_so(apns: ThreadedAPNs) -> None:
    with over_the_api(apns, apns.provider_key().token()) as provider:
        answer(provider)
        apns.clock.advance("30m")
        assert answer(provider) == (200, {})
    assert len({each.connection for each in apns.accepted}) == 1


def test_what_waits_on_a_phone_expires(apns: ThreadedAPNs) -> None:
    phone = apns.devices.add(TOPIC)
    phone.go_offline()
    expiration = int(apns.clock.now()) + 3600
    send(apns, framed(1, phone.token_bytes, expiration=expiration))
    apns.wait_for(1)
    apns.clock.advance("59m")
    assert [each.fate for each in phone.deliveries] == ["stored"]
    apns.clock.advance("2m")
    # On record at once, whether anybody asks the phone or not.
    stored, expired = apns.ledger.of(Delivery)
    assert expired.wall - stored.wall == pytest.approx(3660, abs=60)
    assert [each.fate for each in phone.deliveries] == ["stored", "expired"]
    phone.go_online()
    assert list(phone.inbox) == []


def test_an_expiration_by_the_machines_clock_is_nothing_to_warn_of(apns: ThreadedAPNs) -> None:
    apns.clock.advance("1d")
    send(apns, framed(1, expiration=int(time.time()) + 60))
    [taken] = apns.wait_for(1)
    assert taken.warnings == ()


def test_a_removal_is_told_by_it(apns: ThreadedAPNs) -> None:
    phone = apns.devices.add(TOPIC)
    apns.clock.advance("1d")
    phone.uninstall()
    with over_the_api(apns, apns.provider_key().token()) as provider:
        code, said = answer(provider, phone.token)
    assert code == 410
    assert said["timestamp"] / 1000 == pytest.approx(time.time() + 86_400, abs=60)
    [(_, removal)] = apns.devices.feedback([TOPIC])
    assert removal.timestamp == said["timestamp"] // 1000


def test_it_may_be_moved_before_the_start_and_is_kept_by_a_restart() -> None:
    apns = FakeAPNs().in_thread()
    apns.clock.advance("1d")
    with apns:
        assert apns.clock.now() == pytest.approx(time.time() + 86_400, abs=60)
        apns.restart()
        assert apns.clock.now() == pytest.approx(time.time() + 86_400, abs=60)
        apns.renew()
        assert apns.clock.now() == pytest.approx(time.time(), abs=60)


async def test_under_virtual_time_it_adds_to_trios_and_moves_no_deadline(
    autojump_clock: MockClock,
) -> None:
    async with FakeAPNs() as apns:
        begun = apns.clock.now()
        apns.clock.advance("50m")
        assert trio.current_time() == 0
        await trio.sleep(600)
        assert apns.clock.now() - begun == pytest.approx(3600, abs=1e-3)
        assert trio.current_time() == 600
        apns.clock.reset()
        assert apns.clock.now() - begun == pytest.approx(600, abs=1e-3)


@pytest.mark.parametrize("how", ["somebody looks", "the server ends", "it is cancelled"])
async def test_what_is_over_by_virtual_time_is_told_when_somebody_looks_or_the_server_ends(
    autojump_clock: MockClock, how: str
) -> None:
    with trio.CancelScope() as scope:
        async with FakeAPNs() as apns:
            phone = apns.devices.add(TOPIC)
            phone.go_offline()
            stream = await apns.connect()
            expiration = int(apns.clock.now()) + 60
            await stream.send_all(framed(1, phone.token_bytes, expiration=expiration))
            await apns.wait_for(1)
            await trio.sleep(61)
            if how == "somebody looks":
                assert [each.fate for each in phone.deliveries] == ["stored", "expired"]
            elif how == "it is cancelled":
                # As a signal ends `serve`.
                scope.cancel()
                await trio.sleep_forever()
    assert [each.fate for each in apns.ledger.of(Delivery)] == ["stored", "expired"]
