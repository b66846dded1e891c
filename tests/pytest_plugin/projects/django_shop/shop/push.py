"""Messages to customers' phones, by django-push-notifications.

The library sends a list over one connection and raises the first error. What it wrote behind
the notification that the error names is lost: it does not send that again, so we do.
"""

from push_notifications.apns import (
    APNSServerError,
    apns_fetch_inactive_ids,
    apns_send_bulk_message,
)

from .models import Phone

INVALID_TOKEN = 8
#: Errors that say nothing against the phone: its own message has to be sent again, too.
PROCESSING_ERROR = 1
ATTEMPTS = 5


class PushFailed(Exception):
    """Some messages were not sent, and are worth another try later."""


def tell(customer, text):
    """Send a text to all phones of a customer."""
    send(Phone.objects.filter(customer=customer, active=True).order_by("pk"), text)


def send(phones, text):
    """Send a text to phones. One that Apple does not know is not written to again."""
    waiting = list(phones)
    for _ in range(ATTEMPTS + len(waiting)):
        if not waiting:
            return
        try:
            apns_send_bulk_message([phone.token for phone in waiting], text)
            return
        except APNSServerError as error:
            waiting = _behind(error, waiting)
        except OSError as error:
            raise PushFailed(f"{len(waiting)} messages not sent: {error}") from error
    raise PushFailed(f"{len(waiting)} messages not sent: too many errors")


def _behind(error, phones):
    """The phones that have yet to get the message after an error."""
    # The library's identifiers are positions in the list that it was given.
    named = phones[error.identifier]
    if error.status == PROCESSING_ERROR:
        return phones[error.identifier :]
    if error.status == INVALID_TOKEN:
        named.active = False
        named.save()
    return phones[error.identifier + 1 :]


def forget_removed_apps():
    """Ask the feedback service which phones no longer have the app, and leave them alone."""
    tokens = [token.decode() for token in apns_fetch_inactive_ids()]
    return Phone.objects.filter(token__in=tokens).update(active=False)
