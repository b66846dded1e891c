"""What a sender should do about findings over the provider API.

RFC 9113 has the rules of HTTP/2 (6.8 for GOAWAY, 8.7 for what may be sent again), and Apple's pages
"Handling notification responses from APNs" and "Establishing a token-based connection to APNs" the
rest.
"""

from __future__ import annotations

#: As in `advice`: what it is, and a sentence, by kind and reason.
OVER_HTTP2: dict[tuple[str, str], tuple[str, str]] = {
    ("lost", "above-a-goaway"): (
        "what lay above the last stream of a GOAWAY was not sent again",
        "A GOAWAY names the last stream that was looked at: send what lies above it again, at "
        "once, on a new connection, wait for the answers to what lies below, and open no stream "
        "more.",
    ),
    ("lost", "refused-stream"): (
        "what came on a refused stream was not sent again",
        "REFUSED_STREAM says that nobody has looked at the request: send it again at once, on "
        "the same connection if that stands, and once however often the stream was reset.",
    ),
    ("lost", "over-the-limit"): (
        "what came on streams beyond the limit was not sent again",
        "Open no more streams at once than SETTINGS_MAX_CONCURRENT_STREAMS allows, also when it "
        "changes; what was refused (REFUSED_STREAM) waits for one to end and is sent again.",
    ),
    ("lost", "reset-stream"): (
        "what came on a stream that was reset was not sent again",
        "RST_STREAM ends one request and not the connection: send the push again, with the same "
        "apns-id, and go on with all others.",
    ),
    ("lost", "never-answered"): (
        "what never had an answer was not sent again",
        "Give each push a limit of time, however busy its connection is; when it is over, send "
        "the push again with the same apns-id.",
    ),
    ("lost", "half-answer"): (
        "what had half an answer was not sent again",
        "An answer that never ends is none: the status stands in its headers, and what that "
        "leaves to be sent again is sent once a limit of time is over, whatever of the body has "
        "come.",
    ),
    ("lost", "dead-connection"): (
        "what was sent on a dead connection was not sent again",
        "A connection may look alive and be dead: send PING where it was idle or answers are "
        "due, give it up when that is not answered, and send all that had no answer on a new "
        "one.",
    ),
    ("lost", "cut-off"): (
        "what had no answer when its connection ended was not sent again",
        "When a connection ends, all on it that had no answer is to be sent again on a new one, "
        "with the same apns-id.",
    ),
    ("lost", "not-processed"): (
        "what HTTP/2 said was not processed was not sent again",
        "What was not looked at is to be sent again, at once, behind the end of a connection on "
        "a new one.",
    ),
    ("lost", "behind-a-goaway"): (
        "what was still to be sent when a connection was told GOAWAY was not sent",
        "GOAWAY ends a connection and not the work: open another one, and go on there with all "
        "that had no answer.",
    ),
    ("lost", "too-many-requests"): (
        "what was refused since its device gets too many was not sent later",
        "429 TooManyRequests is about one device: wait with pushes to that token, longer each "
        "time, go on with all others, and keep the token.",
    ),
    ("lost", "token-updates"): (
        "what was refused since provider tokens change too often was not sent again",
        "Sign a token once, share it among all connections and tasks, and make the next one "
        "after 20 to 60 minutes: then send again what 429 TooManyProviderTokenUpdates refused.",
    ),
    ("lost", "idle-timeout"): (
        "what was refused for an idle connection was not sent again",
        "400 IdleTimeout is about the connection, not about the push or its device: open a new "
        "one, and send the push again.",
    ),
    ("lost", "server-error"): (
        "what a 5xx refused was not sent again",
        "5xx says nothing against the push: send it again after a pause that grows, and on a new "
        "connection if the next one is refused alike.",
    ),
    ("lost", "shutdown-answer"): (
        "what was refused behind a shutdown was not sent again",
        "503 Shutdown says that this server is going away: open a new connection, and send the "
        "push again there.",
    ),
    ("lost", "wedged"): (
        "a connection that refused everything was kept, and what it refused was lost",
        "A connection on which nothing succeeds any more is no use: give it up after a few "
        "refusals alike, and send what they were for again on a new one.",
    ),
    ("lost", "credentials"): (
        "what was refused for its sender's credentials was not sent again",
        "403, or a reason of its kind in GOAWAY, is about the certificate or the token that "
        "signs in, and not about the push: put that right, with a certificate for this "
        "environment or a new token on a new connection, and send the same push again.",
    ),
    ("lost", "about-the-request"): (
        "what was refused for the request around it was not sent again",
        "Such a status is about the request, and not about the push in it: mend what it says (with "
        "431 headers that are too large), and send the same push again.",
    ),
    ("lost", "pruned"): (
        "devices were struck off for an answer that says nothing against them",
        "Strike a token off for 410 alone: any other 4xx is about the push, the request or its "
        "sender. BadDeviceToken and DeviceTokenNotForTopic say as well that the environment or the "
        "topic is the wrong one: drop the push, and look which before you drop the device.",
    ),
    ("lost", "pruned-too-soon"): (
        "devices were struck off for a time that is older than their registration",
        "Feedback, and a 410 (in milliseconds), say since when a token is no good: strike it off "
        "only if its app has not registered it since.",
    ),
    ("lost", "no-push"): (
        "requests came that were no push",
        "A push is a whole POST to /3/device/ and a token, a broadcast one to "
        "/4/broadcasts/apps/ and a topic: look at the method, at the path, and at what ended the "
        "request before its time.",
    ),
    ("lost", "never-complete"): (
        "what came on streams that were never complete was not sent again",
        "Half a request is no push, and nobody has it: bound the time in which a body may wait for "
        "credit (WINDOW_UPDATE), give the connection up behind it, and send what was not complete "
        "again on a new one.",
    ),
    ("lost", "beside-no-answer"): (
        "what waited beside pushes without an answer was given up",
        "A stream counts as open until it ends: bound the time for each answer, end the stream by "
        "RST_STREAM (CANCEL) behind it, and keep what waits for a free one, on another connection "
        "if need be. A library may fail all that finds no room at once: try that again.",
    ),
    ("lost", "token-no-hex"): (
        "a token was sent in another form than hex",
        "On the provider API a token stands in the path as digits of hex: decode what it is "
        "stored as, write its bytes in hex, and leave out brackets and spaces.",
    ),
    ("duplicated", "answered"): (
        "what had been answered with 200 was sent again",
        "On the provider API each push has its own answer: strike it off when its 200 comes, and "
        "send again only what had no answer, or was refused for no fault of its own.",
    ),
    ("duplicated", "answered-before-a-goaway"): (
        "what had been answered with 200 was sent again behind a GOAWAY",
        "GOAWAY takes no answer back: strike a push off when its 200 comes, and read on behind it "
        "until the answers up to the last stream are there. A library that ends all streams at "
        "GOAWAY throws answers away, more or fewer from run to run: then it has to be another one.",
    ),
    ("duplicated", "answered-before-an-end"): (
        "what had been answered with 200 was sent again when its connection had ended",
        "The end of a connection takes no answer back: strike a push off when its 200 comes, and "
        "read what has come before you give a connection up. A library that ends all streams at "
        "one timeout throws answers away, more or fewer from run to run.",
    ),
    ("resent_after_refusal", "over-the-api"): (
        "what was refused for a fault of its own was sent again",
        "400, 404, 405, 410 and 413 are the push's own fault, which no resending can mend: drop "
        "it, with 410 the token, and with ChannelNotRegistered or BadChannelId the channel, too.",
    ),
    ("resent_unanswered", ""): (
        "more was sent again without an answer than had to be",
        "Send again only what had no answer, once, with the same apns-id.",
    ),
    ("resent_unanswered", "answered-late"): (
        "what was answered late had been sent again meanwhile",
        "It timed out, and Apple had it: wait longer than answers take before a push is sent "
        "again, ask by PING whether the connection lives, and heed an answer that comes late.",
    ),
    ("resent_unanswered", "never-answered"): (
        "what was never answered had been accepted, and was sent again more than had to be",
        "Behind silence nobody knows whether Apple has a push: send again only what had no "
        "answer itself, once, with the same apns-id and a collapse id, so that a device shows "
        "one.",
    ),
    ("resent_unanswered", "half-answer"): (
        "what had the headers of its answer was sent again",
        "The status stands in the headers: with :status 200 the push is accepted, whether or not "
        "its stream ever ends in order.",
    ),
    ("resent_unanswered", "dead-connection"): (
        "what a dead connection had taken was sent again more than had to be",
        "Find out early that a connection is dead, by PING while answers are due, and keep few "
        "pushes under way until the first is answered: what had none is sent again, once.",
    ),
    ("resent_unanswered", "cut-off"): (
        "what was under way when a connection ended was sent again more than had to be",
        "Only what had no answer when its connection ended is to be sent again, once, on a new "
        "one and with the same apns-id.",
    ),
    ("max_provider_tokens", ""): (
        "too many provider tokens were signed",
        "Sign a token (JWT) once, share it among all connections, tasks and processes, and make "
        "the next one after 20 minutes at least and 60 at most.",
    ),
    ("max_streams_refused", ""): (
        "more streams were opened at once than the server allows",
        "Count the streams that are open, keep below SETTINGS_MAX_CONCURRENT_STREAMS as the "
        "server said it last, also when it falls, and wait for one to end.",
    ),
    ("sent_after_gone", ""): (
        "devices that an answer had called gone were sent to",
        "Behind 410 Unregistered or ExpiredToken strike the token off, unless its app has "
        "registered it since the timestamp of the answer, and look at that list before each push "
        "is sent, also those that wait already.",
    ),
    ("sent_after_gone", "channel"): (
        "channels that an answer had called gone were sent to",
        "Behind ChannelNotRegistered forget the channel, and behind BroadcastFeatureNotEnabled "
        "broadcast nothing more for the app until it has that: neither passes by itself.",
    ),
    ("resent_with_new_id", ""): (
        "what was still owed was sent again under another apns-id, or none",
        "Give each push an apns-id (a UUID) of its own when you make it, and keep that however "
        "often it is sent: so the tries of one can be told together.",
    ),
    ("resent_at_once", ""): (
        "what was refused for a while was sent again without a pause",
        "Behind 429 TooManyRequests and 5xx wait before the same push is sent again, longer each "
        "time: who comes back at once makes it worse.",
    ),
}
