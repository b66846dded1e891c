"""Settings about devices hold for both services, from Python and from scenarios alike."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from fakeapns import FakeAPNs, Scenario, ThreadedAPNs

from ..frames import PAYLOAD, TOPIC, framed
from ..providers import PATIENCE
from .callers import send

SILENT = b'{"aps":{"content-available":1}}'


def over_the_api(apns: ThreadedAPNs, token: str) -> tuple[int, dict[str, Any]]:
    """What a push is answered."""
    verify = apns.ssl_context()
    with httpx.Client(http2=True, base_url=apns.api.url, verify=verify, timeout=PATIENCE) as it:
        said = it.post(f"/3/device/{token}", content=PAYLOAD)
    return said.status_code, said.json() if said.content else {}


@pytest.mark.parametrize("replaced", [False, True], ids=["uninstalled", "token replaced"])
def test_until_apple_notices_both_services_take_what_reaches_nobody(replaced: bool) -> None:
    with FakeAPNs(notice_after="1h", uninstalled="reject").in_thread() as apns:
        phone = apns.devices.add(TOPIC)
        token, gone_at = phone.token, apns.clock.now()
        phone.reinstall() if replaced else phone.uninstall()
        assert over_the_api(apns, token) == (200, {})
        send(apns, framed(1, bytes.fromhex(token)))
        apns.wait_for(2)
        assert [each.fate for each in phone.deliveries] == ["dropped", "dropped"]
        assert apns.devices.feedback([TOPIC]) == []
        apns.clock.advance("61m")
        code, said = over_the_api(apns, token)
        assert (code, said["reason"]) == (410, "Unregistered")
        assert said["timestamp"] / 1000 - gone_at == pytest.approx(3600, abs=60)
        send(apns, framed(2, bytes.fromhex(token)))
        [refused] = apns.wait_for(1, outcome="rejected", service="gateway")
        assert refused.status == "invalid-token"
        [(_, removal)] = apns.devices.feedback([TOPIC])
        assert removal.timestamp == said["timestamp"] // 1000


def test_a_phone_whose_last_app_is_gone_is_never_told_of() -> None:
    with FakeAPNs(feedback_last_app=True).in_thread() as apns:
        phone = apns.devices.add(TOPIC)
        second = phone.add_app("com.example.other")
        phone.uninstall()
        assert over_the_api(apns, phone.token)[0] == 410
        apns.devices.add(TOPIC, "1b", "uninstalled")
        assert over_the_api(apns, "1b" * 32) == (200, {})
        second.uninstall()
        assert over_the_api(apns, phone.token) == (200, {})
        assert [entry.token for _, entry in apns.devices.feedback([TOPIC])] == [phone.token_bytes]


def test_a_scenario_has_them_too() -> None:
    story = Scenario(
        about="Little is kept.",
        gateway={"silent_budget": "1/1h", "store_absent_expiration": False},
    )
    with FakeAPNs(scenario=story).in_thread() as apns:
        phone = apns.devices.add(TOPIC)
        send(apns, *(framed(each, phone.token_bytes, SILENT) for each in (1, 2)))
        apns.wait_for(2)
        phone.go_offline()
        send(apns, framed(3, phone.token_bytes))
        apns.wait_for(3)
        assert [each.fate for each in phone.deliveries] == ["delivered", "throttled", "not-stored"]
