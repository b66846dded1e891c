"""The same with pytest-django and the fixture `apns`."""

import pytest

from fakeapns import Reject

from .models import Phone
from .push import PushFailed, send

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def push_settings(apns):
    with apns.django_push_notifications() as settings:
        yield settings


@pytest.fixture
def phones():
    return Phone.objects.bulk_create(
        Phone(customer="ann", token=f"{number:064x}") for number in range(120)
    )


def test_a_busy_gateway_is_tried_again(apns, phones):
    apns.inject(Reject("processing-error"), token=phones[7].token, times=2)

    send(phones, "Half price today")

    apns.wait_for(count=120)
    assert not Phone.objects.filter(active=False)


@pytest.mark.apns(scenario="many-bad-tokens", topics=["com.example.shop"])
def test_a_ready_made_story(apns, phones):
    send(phones, "Half price today")

    apns.wait_for(count=118, topic="com.example.shop")
    assert Phone.objects.filter(active=False).count() == len(apns.rejected) == 2


def test_a_certificate_that_apple_would_refuse(apns, push_settings, phones):
    expired = apns.client_certificate(validity="expired").pem_file

    with apns.django_push_notifications(APNS_CERTIFICATE=expired), pytest.raises(PushFailed):
        send(phones, "Half price today")

    apns.assert_nothing_accepted()
    assert push_settings["APNS_CERTIFICATE"] == apns.client_certificate().pem_file
