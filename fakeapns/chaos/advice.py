"""For each verdict that no audit explains, and what led to it: what it is, and what to do about it.

What an audit finds has its own (`fakeapns.ledger.audit.advice_on`).
"""

from __future__ import annotations

#: By kind of verdict and reason, which may be empty: what it is, and a sentence for the sender.
LESSONS: dict[tuple[str, str], tuple[str, str]] = {
    ("failed", ""): (
        "an expectation was not met",
        "See what was found, and hold it against what the story expects.",
    ),
    ("crashed", ""): (
        "the command was killed",
        "Find out what killed it, a fault of memory or something that ran beside it: a sender has "
        "to outlive whatever a connection does.",
    ),
    ("exit", ""): (
        "the command ended with {verdict}",
        "Catch what a connection raises where you write and read, open another one and go on; end "
        "with 0 when all that can be sent was sent, refused ones or not.",
    ),
    ("exit", "refused"): (
        "the command ended with {verdict} for an answer",
        "A refused push (400, 410, 413, …) must not end the program, nor keep others from being "
        "sent: catch what your library raises for a status, look at it push by push, and end with "
        "0 when all that can be sent was sent.",
    ),
    ("timeout", ""): (
        "the command had to be stopped",
        "Give every wait a limit, for a connection, a write, an answer and the end of feedback; "
        "if it only needs longer, give chaos a longer --timeout.",
    ),
    ("timeout", "unended"): (
        "the command sent everything well, and did not end",
        "End the program when its work list is done: chaos waits for that, and stops no daemon.",
    ),
    ("nothing sent", "gave-up"): (
        "the sender gave up when the story disturbed its connections",
        "When a connection cannot be made, or ends before anything was sent, keep what is to be "
        "sent and try again with growing pauses, more often than two or three times.",
    ),
    ("nothing sent", "unreadable"): (
        "what the sender wrote could not be read",
        "Write frames of command 0, 1 or 2 as the Binary Provider API has them: one byte for the "
        "command, lengths in bytes, all numbers big-endian.",
    ),
    ("nothing sent", "no-push"): (
        "what the sender asked for was no push",
        "A push is a whole POST to /3/device/ and a token: look at the method, at the path, and at "
        "what ended the request before its time.",
    ),
    ("nothing sent", "other-service"): (
        "the sender speaks to another service than it was taken for",
        "Give chaos --service with the one that it speaks to, or leave that out: a first trial "
        "finds it out.",
    ),
    ("nothing sent", "connected"): (
        "the sender connected and wrote nothing",
        "Send what the file APNS_WORK lists, one JSON object a line, and flush it before you end.",
    ),
    ("nothing sent", "elsewhere"): (
        "the sender connected, and never to the service that takes its pushes",
        "Send to what APNS_API_URL names, or at the gateway to APNS_GATEWAY_HOST and "
        "APNS_GATEWAY_PORT: the feedback port only speaks.",
    ),
    ("nothing sent", ""): (
        "the sender never connected",
        "Take the provider API from APNS_API_URL, or the gateway from APNS_GATEWAY_HOST and "
        "APNS_GATEWAY_PORT, and what to send from the file APNS_WORK: a sender with an address of "
        "its own talks to somebody else.",
    ),
    ("not played", "feedback"): (
        "the story is about feedback, which nobody asked for",
        "Read feedback in the command, too, or leave such stories out: --without 'feedback-*'.",
    ),
    ("not played", "certificate"): (
        "the story is about provider tokens, and the command signs in by certificate",
        "Nothing has to be mended: with a key (APNS_AUTH_KEY, APNS_KEY_ID and APNS_TEAM_ID) the "
        "story is played, and a sender that has none may leave it out (--without).",
    ),
    ("not played", "broadcast"): (
        "the story is about broadcasts to channels, and the command sends none",
        "Nothing has to be mended: where the command broadcasts the lines of APNS_WORK that have a "
        "channel the story is played, and a sender that never does may leave it out (--without).",
    ),
    ("not played", "noted"): (
        "no fault of the story has fired, and its file has a step that cannot act",
        "Mend the file: what is noted of it is what `fakeapns check` says, too.",
    ),
    ("not played", "proxy"): (
        "the story is about hosts that are reached by a proxy",
        "Nothing has to be mended: where the command sends by the proxy APNS_PROXY to Apple's own "
        "hosts the story is played, and a sender that has none may leave it out (--without).",
    ),
    ("not played", ""): (
        "no fault of the story has fired",
        "See what the story waits for (more notifications, a pause, the oldest command, a "
        "broadcast): leave it out (--without) if your sender does nothing of that, and if the file "
        "is your own, look whether its triggers ask for what a sender sends.",
    ),
    ("cannot start", ""): (
        "the command or its server could not be started",
        "Start the command by hand in the same folder, and see that there is room for temporary "
        "files and free ports.",
    ),
}
