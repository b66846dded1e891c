"""When a fault acts, and with that what a trigger can know."""

from __future__ import annotations

from typing import Literal

#: The services that a fault can disturb.
Service = Literal["gateway", "feedback", "api"]

#: In the order of a connection's life.
Stage = Literal["accept", "handshake", "open", "frame", "notification", "feedback"]

#: Which triggers each stage can know. Before the handshake there is no topic, since it stands in
#: the certificate, and before a frame is complete nothing of its content.
_ALWAYS = frozenset({"service", "connection", "host"})
KNOWN: dict[Stage, frozenset[str]] = {
    "accept": _ALWAYS,
    "handshake": _ALWAYS,
    "open": _ALWAYS | {"topic", "after", "idle"},
    "frame": _ALWAYS | {"notification", "every", "after"},
    "notification": _ALWAYS
    | frozenset(
        {
            "notification",
            "every",
            "identifier",
            "token",
            "topic",
            "command",
            "priority",
            "payload",
            "after",
            "chance",
            "where",
            "push_type",
            "apns_id",
            "collapse_id",
            "reason",
            "stream",
        }
    ),
    "feedback": _ALWAYS | {"topic"},
}
