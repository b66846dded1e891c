import asyncio
import sys

import pytest
from push_notifications.models import APNSDevice
from push_notifications.settings import PUSH_NOTIFICATIONS_SETTINGS as SETTINGS
from shop.push import send

from fakeapns import Reject, UsageError

SHOP, COURIER = "com.example.shop", "com.example.courier"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def patience(monkeypatch):
    """The library waits for one second, and then takes a busy machine for a silent Apple."""
    wait_for = asyncio.wait_for
    monkeypatch.setattr(asyncio, "wait_for", lambda sent, timeout: wait_for(sent, 60 * timeout))


@pytest.fixture
def phones(apns):
    phones = [apns.devices.add(SHOP) for _ in range(3)]
    APNSDevice.objects.bulk_create(APNSDevice(registration_id=each.token) for each in phones)
    return phones


def test_every_phone_gets_the_message_signed_with_a_key_as_in_production(apns, phones):
    with apns.django_push_notifications():
        assert send("Half price today") == 3

    pushes = apns.assert_accepted(3, topic=SHOP, payload={"aps": {"alert": "Half price today"}})
    assert {push.key_id for push in pushes} == {apns.provider_key().key_id}
    assert SETTINGS["APNS_AUTH_KEY_ID"] == "SHOP000001"


def test_a_phone_without_the_app_is_not_written_to_again(apns, phones):
    phones[1].uninstall()

    with apns.django_push_notifications():
        assert send("Half price today") == 2
        assert send("Last chance") == 2

    apns.assert_accepted(4)
    [refused] = apns.rejected
    assert (refused.token, refused.http_status) == (phones[1].token, 410)
    assert APNSDevice.objects.get(active=False).registration_id == phones[1].token


def test_a_busy_apple_costs_no_phone_its_registration(apns, phones):
    apns.inject(Reject("TooManyRequests"), token=phones[0].token)

    with apns.django_push_notifications():
        send("Half price today")

    apns.assert_accepted(2)
    assert not APNSDevice.objects.filter(active=False)


def test_each_of_several_apps_has_its_own_certificate(apns):
    phone = apns.devices.add(COURIER)
    APNSDevice.objects.create(registration_id=phone.token, application_id="courier")

    with apns.django_push_notifications(CONFIG="push_notifications.conf.AppConfig"):
        send("Pick up at noon")

    [push] = apns.assert_accepted(1, token=phone, topic=COURIER)
    assert push.key_id is None
    assert SETTINGS["APPLICATIONS"]["courier"]["CERTIFICATE"] == "/etc/shop/courier.pem"


def test_without_aioapns_it_says_what_to_install_and_changes_nothing(apns, monkeypatch):
    before = dict(SETTINGS)
    monkeypatch.setitem(sys.modules, "aioapns", None)

    with pytest.raises(UsageError, match="pip install 'django-push-notifications"):
        apns.django_push_notifications().__enter__()

    assert before == SETTINGS


def fail_in_a_block_of(other):
    with other.django_push_notifications(APNS_TOPIC=COURIER):
        send("Half price today")
        raise ZeroDivisionError


def test_nothing_stays_behind_a_block_that_fails_and_the_inner_one_wins(apns, make_apns, phones):
    from push_notifications import conf

    other = make_apns()
    before, manager = dict(SETTINGS), conf.manager

    with apns.django_push_notifications():
        with pytest.raises(ZeroDivisionError):
            fail_in_a_block_of(other)
        send("Last chance")

    assert (SETTINGS, conf.manager) == (before, manager)
    assert {push.topic for push in other.rejected + other.notifications} == {COURIER}
    apns.assert_accepted(3, payload={"aps": {"alert": "Last chance"}})
