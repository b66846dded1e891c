"""Why a push is not taken, in the domain's words. Each front says it in its own."""

from __future__ import annotations

from enum import Enum, auto

import msgspec


class Refusal(Enum):
    """A check that failed: see `Rules` for their order."""

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
    #: It was good for so long, and no longer.
    TOKEN_EXPIRED = auto()

    # ---- what only a service knows that has headers and tokens to sign in by ----------------

    #: Something stands in it twice that may stand there once.
    REPEATED = auto()
    #: There is so much around it that nobody looks at it.
    TOO_MUCH_AROUND = auto()
    NO_CREDENTIALS = auto()
    CREDENTIALS_INVALID = auto()
    CREDENTIALS_EXPIRED = auto()
    #: Of a key for the other environment.
    CREDENTIALS_OF_OTHER_ENVIRONMENT = auto()
    #: Right by themselves, and not those that the connection began with.
    CREDENTIALS_UNRELATED = auto()
    #: Renewed sooner than a provider may.
    CREDENTIALS_RENEWED_TOO_SOON = auto()
    #: The token is no hex.
    TOKEN_MALFORMED = auto()
    TOPIC_UNUSABLE = auto()
    #: The credentials are not for this topic.
    TOPIC_NOT_ALLOWED = auto()
    MESSAGE_ID = auto()
    EXPIRATION = auto()
    PRIORITY = auto()
    PUSH_TYPE = auto()
    COLLAPSE_ID = auto()

    # ---- of broadcasts, and of channels themselves ------------------------------------------

    #: What the path names is no app.
    NO_APP = auto()
    #: It names the topic of a kind of push in place of an app.
    TOPIC_WITH_SUFFIX = auto()
    #: The app that the path names is none that the sender may speak for.
    TOPIC_OF_OTHERS = auto()
    #: The app has not the capability of broadcasting.
    NO_BROADCASTS = auto()
    MISSING_CHANNEL = auto()
    #: No id of a channel, or none that there ever was.
    CHANNEL_UNKNOWN = auto()
    CHANNEL_DELETED = auto()
    #: There is no channel to be shown or deleted.
    NO_CHANNEL = auto()
    MISSING_PUSH_TYPE = auto()
    #: What describes a channel cannot be read.
    DESCRIPTION_UNREADABLE = auto()
    #: It says something that no channel has.
    DESCRIPTION_WRONG = auto()
    TOO_MANY_CHANNELS = auto()


class Flaw(msgspec.Struct, frozen=True, gc=False):
    """What a front has found wrong with a push by itself, before anybody is asked about its device,
    and `why` in words.
    """

    refusal: Refusal
    why: str
