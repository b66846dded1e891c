"""Messages to customers' phones, by django-push-notifications 3, which hands them to aioapns."""

from push_notifications.exceptions import APNSError
from push_notifications.models import APNSDevice


def send(text, **which):
    """Send a text to these phones. Says how many got it.

    The library raises behind the last one if any was refused, and has then marked those whose
    token is of no use as inactive: by `BadDeviceToken` and `DeviceTokenNotForTopic`, too.
    """
    phones = APNSDevice.objects.filter(active=True, **which)
    try:
        [results] = phones.send_message(text) or [{}]
    except APNSError:
        return phones.count()
    return len(results)
