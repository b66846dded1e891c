"""What is sent of channels: the same as clients in use send, with whatever is to be changed."""

from __future__ import annotations

import json
from typing import Any

from ...frames import TOPIC
from .dialogue import Dialogue, Heard

#: One that nobody has made.
STRANGE = "dHN0LXNyY2gtY2hubA=="
UPDATE = b'{"aps":{"event":"update","timestamp":1685952000,"content-state":{"score":"1:0"}}}'
#: A push that is one of these has no such headers.
_PLAIN: dict[str, Any] = {"apns_topic": None, "apns_push_type": None}


def description(policy: object = 0, **further: Any) -> bytes:
    return json.dumps(
        {"message-storage-policy": policy, "push-type": "LiveActivity", **further}
    ).encode()


def manage(
    talk: Dialogue,
    method: str,
    channel: str | None = None,
    *further: tuple[str, str],
    app: str = TOPIC,
    place: str = "channels",
    body: bytes = b"",
    **how: Any,
) -> Heard:
    """Ask for something that no push is."""
    path = f"/1/apps/{app}/{place}"
    said = {**_PLAIN, "path": path, "method": method, "apns_channel_id": channel, **how}
    return talk.push("", body, *further, **said)


def create(talk: Dialogue, policy: object = 0, **how: Any) -> str:
    """Make a channel, which has to be well; its id."""
    heard = manage(talk, "POST", body=description(policy), **how)
    assert heard.status == 201, heard.body
    return heard.headers["apns-channel-id"]


def listed(talk: Dialogue, **how: Any) -> list[str]:
    """The ids of all channels."""
    heard = manage(talk, "GET", place="all-channels", **how)
    assert heard.status == 200, heard.body
    ids: list[str] = heard.json["channels"]
    return ids


def broadcast(
    talk: Dialogue,
    channel: str | None,
    body: bytes = UPDATE,
    *further: tuple[str, str],
    app: str = TOPIC,
    **how: Any,
) -> Heard:
    """Send to a channel."""
    usual: dict[str, Any] = {
        "path": f"/4/broadcasts/apps/{app}",
        "apns_topic": None,
        "apns_push_type": "liveactivity",
        "apns_expiration": "0",
        "apns_priority": "10",
        "apns_channel_id": channel,
    }
    return talk.push("", body, *further, **usual | how)
