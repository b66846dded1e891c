"""When a fault acts, and with that what a trigger can know."""

from __future__ import annotations

from typing import Literal

#: The services that a fault can disturb.
Service = Literal["gateway", "feedback"]

#: In the order of a connection's life.
Stage = Literal["accept", "handshake", "open", "frame", "notification", "feedback"]

#: Which triggers each stage can know. Before the handshake there is no topic, since it stands in
#: the certificate, and before a frame is complete nothing of its content.
KNOWN: dict[Stage, frozenset[str]] = {
    "accept": frozenset({"connection"}),
    "handshake": frozenset({"connection"}),
    "open": frozenset({"connection", "topic", "after"}),
    "frame": frozenset({"connection", "notification", "every", "after"}),
    "notification": frozenset(
        {
            "connection",
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
        }
    ),
    "feedback": frozenset({"connection", "topic"}),
}
