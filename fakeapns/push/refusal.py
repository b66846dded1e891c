"""Why a push is not taken, in the domain's words. Each front says it in its own."""

from __future__ import annotations

from enum import Enum, auto


class Refusal(Enum):
    """The first check that failed: see `Rules` for their order."""

    #: Nothing says which app it is for.
    MISSING_TOPIC = auto()
    TOPIC_TOO_LONG = auto()
    MISSING_TOKEN = auto()
    TOKEN_SIZE = auto()
    MISSING_PAYLOAD = auto()
    PAYLOAD_TOO_LARGE = auto()
    #: Content that Apple lets through, refused by the setting `strict_payload`.
    CONTENT = auto()
    #: No device has this token, and only those of devices are taken.
    TOKEN_UNKNOWN = auto()
    #: A device of another app has it.
    TOKEN_OF_OTHER_TOPIC = auto()
    #: Production and sandbox share no tokens (Binary Provider API).
    TOKEN_OF_OTHER_ENVIRONMENT = auto()
    #: Its device has removed the app. Feedback reports that by itself; the two are independent.
    UNINSTALLED = auto()
