"""Entries of the provider API, made by hand."""

from __future__ import annotations

from typing import Any

from fakeapns.ledger import ApiNotification, Entry, Envelope

from ..frames import PAYLOAD, TOKEN, TOPIC

APNS_ID = "0f0f0f0f-0000-4000-8000-00000000000a"
#: The facts of a request that is no push.
REQUEST = {
    "ordinal": 2,
    "stream": 3,
    "method": "GET",
    "path": "/3/device/00",
    "headers": {"user-agent": "me/1"},
    "body_base64": "e30=",
    "http_status": 405,
    "reason": "MethodNotAllowed",
    "detail": "GET is no POST",
}


def push_facts(**facts: Any) -> dict[str, Any]:
    """The fields of an accepted one but for these facts; those of its envelope may be among them.

    With a `reason` it was rejected, for that.
    """
    envelope = {name: facts.pop(name) for name in Envelope.__struct_fields__ if name in facts}
    reason = facts.get("reason")
    usual: dict[str, Any] = {
        "connection": 1,
        "ordinal": 1,
        "command": None,
        "identifier": None,
        "token_bytes": TOKEN,
        "topic": TOPIC,
        "payload_bytes": PAYLOAD,
        "expiration": None,
        "priority": None,
        "outcome": "accepted" if reason is None else "rejected",
        "status": reason,
        "stream": 1,
        "apns_id": APNS_ID,
        "http_status": 200 if reason is None else 400,
        "violations": () if reason is None else (reason,),
        "envelope": Envelope(**{"push_type": "alert", **envelope}),
    }
    return usual | facts


def push(**facts: Any) -> ApiNotification:
    """One with these facts."""
    return ApiNotification(**{"seq": 1, "t": 0.0, "wall": 0.0, **push_facts(**facts)})


def entry(kind: type[Entry], **facts: Any) -> Entry:
    """An entry of the first connection."""
    return kind(**{"seq": 7, "t": 0.25, "wall": 0.0, "connection": 1, **facts})
