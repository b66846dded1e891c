"""Apple's status codes of the binary interface, in one table.

Source: Binary Provider API, table A-4. Codes 9, 11 to 127 and 129 to 254 are not assigned.
Clients have the table wrong in places: grocer lists 256 for 255, rpush 7.0.1 knows no 128, ApnsPHP
ends at 8. What each was met for, below, is from people's reports.
"""

from __future__ import annotations

from enum import IntEnum


class Status(IntEnum):
    """What an error packet says. `label` is the name used in ledgers and messages."""

    #: Never seen from the real service; some clients send and log it.
    NO_ERROR = 0
    #: Apple's side failed. Sending again is right.
    PROCESSING_ERROR = 1
    #: A token of no bytes. Some sent one on purpose, to learn what had got through (pushy 0.4).
    MISSING_TOKEN = 2
    #: A certificate that names no topic, by the words of it; no report of one was found.
    MISSING_TOPIC = 3
    #: Also met where a wrong token length shifted the frame (houston #56, go-libapns #14).
    MISSING_PAYLOAD = 4
    #: node-apn #366.
    INVALID_TOKEN_SIZE = 5
    #: Nobody ever reported it.
    INVALID_TOPIC_SIZE = 6
    #: RMSPushNotificationsBundle #166, there with identifier 0.
    INVALID_PAYLOAD_SIZE = 7
    #: Of the other environment, of another app, removed, or made up (node-apn #334, #366;
    #: ruby-push-notifications #7): one code for all of them.
    INVALID_TOKEN = 8
    #: The identifier beside it names the last notification that was *accepted*; every other
    #: status names the one that was refused. Seen in January 2013 (node-apn #76) and documented
    #: in April. node-apn 1.7.8, java-apns and rpush 7.0.1 take the named one for refused.
    SHUTDOWN = 10
    #: The frame could not be parsed. Documented late, seen on the wire earlier (go-libapns).
    PROTOCOL_ERROR = 128
    #: Now and then, also with an identifier that was never sent (node-apn #55, #95).
    UNKNOWN = 255

    @property
    def label(self) -> str:
        """Apple's name in kebab case, as in `invalid-token`."""
        return self.name.lower().replace("_", "-")

    @property
    def own_fault(self) -> bool:
        """Whether the notification itself is at fault: sending the same bytes again cannot help."""
        return self in OWN_FAULTS

    @classmethod
    def named(cls, label: str) -> Status:
        """The status called `label`. Raises `ValueError` with the names that exist."""
        try:
            return cls[label.upper().replace("-", "_")]
        except KeyError:
            known = ", ".join(status.label for status in cls)
            raise ValueError(f"no status is called {label!r}; known: {known}") from None


# Apple does not say which are worth another try. Clients that lived with the service gave up on
# 2 to 8 and tried again after 1, 10 and 255 (ApnsPHP, SparkPost Momentum): 1 is Apple's own
# trouble, 10 names one that was accepted, and 255 came for notifications that were never sent
# (node-apn #55, #95). What cannot be read, 128, cannot be read the next time either.
#: The statuses with which the notification itself is at fault, and their names.
OWN_FAULTS = frozenset(
    {
        Status.MISSING_TOKEN,
        Status.MISSING_TOPIC,
        Status.MISSING_PAYLOAD,
        Status.INVALID_TOKEN_SIZE,
        Status.INVALID_TOPIC_SIZE,
        Status.INVALID_PAYLOAD_SIZE,
        Status.INVALID_TOKEN,
        Status.PROTOCOL_ERROR,
    }
)
OWN_FAULT_LABELS = frozenset(status.label for status in OWN_FAULTS)


def status_label(code: int) -> str:
    """The name of any code, `unassigned-9` where Apple has none."""
    try:
        return Status(code).label
    except ValueError:
        return f"unassigned-{code}"
