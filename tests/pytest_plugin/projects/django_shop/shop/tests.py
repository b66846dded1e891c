"""In the style of Django's own runner: `python manage.py test`. pytest runs them, too."""

from urllib.request import urlopen

from django.test import LiveServerTestCase, TestCase
from push_notifications.apns import APNSServerError, apns_send_bulk_message

from fakeapns import FakeAPNs, Reject

from .models import Phone
from .push import PushFailed, forget_removed_apps, send, tell


class PushMixin:
    """A fresh Apple for each test, which the library talks to instead of the real one."""

    def setUp(self):
        super().setUp()
        self.apns = self.enterContext(FakeAPNs().in_thread())
        self.enterContext(self.apns.django_push_notifications())

    def add_phones(self, number, customer="ann"):
        return [
            Phone.objects.create(customer=customer, token=f"{customer.encode().hex():0>54}{n:010x}")
            for n in range(number)
        ]


class PushTest(PushMixin, TestCase):
    def test_a_customer_is_told_on_all_phones(self):
        phones = self.add_phones(2)

        tell("ann", "Your order is ready")

        self.apns.wait_for(count=2)
        for phone in phones:
            self.apns.assert_accepted(
                1, token=phone.token, payload={"aps": {"alert": "Your order is ready"}}
            )

    def test_the_library_alone_loses_what_it_wrote_behind_a_bad_token(self):
        tokens = [phone.token for phone in self.add_phones(10)]
        self.apns.inject(Reject("invalid-token"), token=tokens[4])

        with self.assertRaises(APNSServerError) as raised:
            apns_send_bulk_message(tokens, "Half price today")

        self.assertEqual(raised.exception.identifier, 4)
        self.apns.wait_for(count=5, outcome="discarded")
        self.apns.assert_accepted(4)

    def test_a_bad_token_costs_no_other_phone_its_message(self):
        phones = self.add_phones(10)
        self.apns.inject(Reject("invalid-token"), token=phones[4].token)

        send(phones, "Half price today")

        self.apns.assert_accepted(9)
        self.assertEqual(Phone.objects.get(active=False), phones[4])

    def test_a_gateway_that_is_down_is_an_error_that_can_be_tried_again(self):
        phones = self.add_phones(3)

        self.apns.stop()
        with self.assertRaisesRegex(PushFailed, "3 messages not sent"):
            send(phones, "Half price today")
        self.apns.start()  # it comes back on the same port
        send(phones, "Half price today")

        self.apns.wait_for(count=3)

    def test_a_phone_without_the_app_is_left_alone(self):
        [phone, _] = self.add_phones(2)
        self.apns.devices.add("com.example.app", phone.token).uninstall()
        tell("ann", "Are you still there?")

        self.assertEqual(forget_removed_apps(), 1)

        self.apns.wait_for_feedback_read()
        self.assertEqual(Phone.objects.get(active=False), phone)


class OrderTest(PushMixin, LiveServerTestCase):
    def test_the_kitchens_request_reaches_the_customers_phone(self):
        [phone] = self.add_phones(1, customer="bob")

        with urlopen(f"{self.live_server_url}/ready/bob"):
            pass

        self.apns.wait_for(token=phone.token)
