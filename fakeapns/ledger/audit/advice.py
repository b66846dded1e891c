"""For each kind of finding and what led to it: what went wrong in a few words, and what a sender
should do about it.

The protocol's own rules stand in the Binary Provider API: an error names one notification, all
before it were accepted, all behind it are dropped; status 10 names the last that was accepted.
"""

from __future__ import annotations

from .advice_over_http2 import OVER_HTTP2

#: By kind and reason: what it is, and a sentence of advice. Without a reason for all others.
_LESSONS: dict[tuple[str, str], tuple[str, str]] = {
    **OVER_HTTP2,
    ("received", ""): (
        "no notification was read",
        "Find out first whether the sender connects at all, with TLS, and to the port of the "
        "service that it speaks: whole frames of command 0, 1 or 2, with a client certificate, to "
        "the gateway; POST to /3/device/ and a token, or to /4/broadcasts/apps/ and a topic, over "
        "HTTP/2, to the provider API.",
    ),
    ("received", "too-much"): (
        "so much was sent that the record could not hold it",
        "Look for a loop that sends the same again and again: nothing in the record says stop.",
    ),
    ("lost", "behind-an-error"): (
        "what was written behind an error was not sent again",
        "Keep what you have written until its connection is done with, read the six bytes of an "
        "error also while you write, and send all behind the one that it names again on a new "
        "connection.",
    ),
    ("lost", "behind-a-shutdown"): (
        "what was written behind a shutdown was not sent again",
        "Status 10 names the last notification that was accepted: send everything behind it again "
        "on a new connection, and do not take the one that it names for failed.",
    ),
    ("lost", "behind-a-silent-end"): (
        "what was written on a connection that ended with nothing named was not sent again",
        "Where a connection ends without an answer, or with one that names nothing that you wrote "
        "on it, nobody can know what got through: send all of it again, better twice than never.",
    ),
    ("lost", "no-error"): (
        "a connection was given up for an answer that says 'no error'",
        "Status 0 is no error: keep the connection, read on, and go on writing.",
    ),
    ("lost", "behind-a-bad-frame"): (
        "what was written behind a frame that could not be read was lost",
        "Write frames that can be read: lengths count bytes, not characters, and are big-endian; "
        "and send what was behind a bad one again on a new connection.",
    ),
    ("lost", "arriving"): (
        "what had been sent was not taken in yet",
        "Nothing yet: what keeps it is told below, so let that end, or give the server longer with "
        "the setting settle, and judge again.",
    ),
    ("received", "arriving"): (
        "nothing had been taken in yet",
        "Nothing yet: what keeps it is told below, so let that end, or give the server longer with "
        "the setting settle, and judge again.",
    ),
    ("min_accepted", "arriving"): (
        "less had been taken in than was sent",
        "Nothing yet: what keeps it is told below, so let that end, or give the server longer with "
        "the setting settle, and judge again.",
    ),
    ("lost", "token-as-text"): (
        "the text of a token was sent instead of its bytes",
        "A token goes over the wire as bytes: decode the hex or base64 that it is stored as, and "
        "leave out brackets and spaces.",
    ),
    ("lost", "temporary-error"): (
        "what was rejected for no fault of its own was not sent again",
        "Statuses 1, 10 and 255 say nothing against the notification itself: send it again, and "
        "what was behind it.",
    ),
    ("lost", "turned-away"): (
        "what was to be sent when connections were refused was not sent later",
        "When connecting fails, keep the notifications, and try again with growing pauses.",
    ),
    ("lost", ""): (
        "notifications never came, though nothing had kept them",
        "Look whether the sender has written all of them before it ended: wait until its "
        "buffers are flushed, over HTTP/2 until each push has its answer, and close the connection "
        "in order.",
    ),
    ("duplicated", "before-the-error"): (
        "what had been accepted before an error was sent again",
        "All that was written before the notification that an error names was accepted: begin "
        "behind that one, and give every notification on a connection its own identifier.",
    ),
    ("duplicated", "before-a-shutdown"): (
        "what had been accepted before a shutdown was sent again",
        "Status 10 names the last notification that was accepted: begin behind that one.",
    ),
    ("duplicated", "no-error"): (
        "what had been accepted was sent again for an answer that says 'no error'",
        "Status 0 is no error: read on, and send nothing again for it.",
    ),
    ("duplicated", ""): (
        "more was sent again than the end of a connection asks for",
        "Send again only what was written on the connection that ended, and that once: keep "
        "apart what earlier ones had done with.",
    ),
    ("duplicated", "same-connection"): (
        "the same was sent twice on one connection",
        "Take a notification off the list when it is written, and put it back only when its "
        "connection has ended.",
    ),
    ("resent_after_refusal", ""): (
        "what was refused for a fault of its own was sent again",
        "Statuses 2 to 8 are the notification's own fault, which no resending can mend: drop "
        "the one that the error names, and go on behind it.",
    ),
    ("unexpected", ""): (
        "something was accepted that nobody meant to send",
        "Send token, or channel, and payload as they are in the work list: hold what came against "
        "what was meant, and look for defaults that your library adds.",
    ),
    ("max_connections", ""): (
        "more connections were opened than it takes",
        "Keep a connection for as long as it lasts, and open the next one only when it has ended: "
        "Apple takes quick reconnecting for an attack (TN2265).",
    ),
    ("min_accepted", ""): (
        "less got through than could have",
        "Go on behind every error and every end of a connection until all has been written.",
    ),
    ("min_accepted", "some-refused"): (
        "more was refused than had to be",
        "Look at what each was refused with: a setting of the sender that is wrong for a kind of "
        "push, such as its priority or its type, has all of that kind refused.",
    ),
    ("min_accepted", "refused"): (
        "not one notification was accepted",
        "Look at the status that all were refused with: a token of another kind, a payload that is "
        "too long, or a certificate without a topic stops every notification.",
    ),
    ("feedback_read", ""): (
        "feedback was not read",
        "Connect to the feedback service now and then, with the same certificate, and read until "
        "it ends: nothing has to be written there.",
    ),
    ("feedback_read", "unasked"): (
        "feedback was read where nobody should",
        "Leave the feedback service alone in this story.",
    ),
    ("feedback_read", "turned-away"): (
        "feedback could not be read, since connections to it were refused",
        "Connect to the feedback service as to the gateway, with TLS and the client certificate, "
        "and try again when that fails.",
    ),
    ("live_tokens_kept", ""): (
        "live tokens were struck off for a time that is older than their registration",
        "Compare the time of a feedback entry, or of a 410, with the moment at which the app last "
        "registered this token, and strike it off only if it has not registered since.",
    ),
    ("sent_as_listed", ""): (
        "pushes had another expiration, priority or collapse id than they were to have",
        "Carry the expiration, the priority, the push type and the collapse id of each push from "
        "whoever makes it to the frame or the headers: a library's default says something else.",
    ),
    ("stale_badges", ""): (
        "icons of devices had another number than the last that was meant for them",
        "Send the number itself to every device of its user each time that it changes, also 0, "
        "which is no missing number, with an expiration that has it kept for a phone that is off, "
        "and the newest last.",
    ),
    ("fates", ""): (
        "pushes ended on devices in another way than they should",
        "Look at what they were sent with: an expiration of 0 is now or never, none is kept for "
        "weeks, a silent push needs an app that may run, and of several for a phone that is off "
        "the newest is kept.",
    ),
    ("sent_after_feedback", ""): (
        "devices that feedback had listed were sent to",
        "Strike a token off your list when feedback names it, unless it was registered again "
        "since the time that stands beside it.",
    ),
}


def advice_on(kind: str, reason: str = "") -> str:
    """A sentence for the sender on findings of this kind, through this reason."""
    return _lesson(kind, reason)[1]


def in_short(kind: str, reason: str = "") -> str:
    """What such findings are, in a few words."""
    return _lesson(kind, reason)[0]


def _lesson(kind: str, reason: str) -> tuple[str, str]:
    return _LESSONS.get((kind, reason)) or _LESSONS[kind, ""]
