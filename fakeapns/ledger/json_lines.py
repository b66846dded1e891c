"""Ledger entries as lines of JSON: one at a time, and many of the commonest kind at once.

A payload stands there twice: as JSON, to be searched, and in base64, since the bytes may be no JSON
at all, and of those that are the line breaks are gone.
"""

from __future__ import annotations

from base64 import b64encode
from binascii import b2a_base64, hexlify
from datetime import UTC, datetime
from typing import Any

import msgspec

from .api_entries import ApiNotification, Envelope
from .entries import Entry, Notification

#: What a line has in another place or form, or not at all.
_NOT_AS_IT_IS = {"seq", "t", "wall", "envelope", "answering", "token_text"}
#: What a line of the provider API has behind the fields of the entry.
_OF_THE_API = ("answered", *(name for name in Envelope.__struct_fields__))
_NO_LINE_BREAKS = bytes.maketrans(b"\r\n", b"  ")


def encode_line(entry: Entry) -> bytes:
    """The entry as one line, newline included. `at` is UTC with microseconds, `t` seconds."""
    facts: dict[str, Any] = {}
    for name in entry.__struct_fields__:
        if name in _NOT_AS_IT_IS:
            continue
        if not isinstance(entry, Notification):
            facts[name] = getattr(entry, name)
        elif name == "token_bytes":
            facts["token"] = entry.token
        elif name == "payload_bytes":
            facts["payload"] = _embedded(entry)
            facts["payload_base64"] = b64encode(entry.payload_bytes).decode("ascii")
        elif name == "ordinal":
            facts["service"], facts["ordinal"] = entry.service, entry.ordinal
        else:
            facts[name] = getattr(entry, name)
    if isinstance(entry, ApiNotification):
        facts.update((name, getattr(entry, name)) for name in _OF_THE_API)
        # Of an answer that left later a line of its own says so, whenever this one is written.
        facts["answered"] = entry.answering if isinstance(entry.answering, bool) else None
    return encode_facts(entry, **facts)


def encode_facts(entry: Entry, **facts: Any) -> bytes:
    """A line with these facts, of an entry's kind, number and moment."""
    line: dict[str, Any] = {
        "kind": entry.__struct_config__.tag,
        "seq": entry.seq,
        "at": _moment(entry.wall),
        "t": round(entry.t, 6),
    }
    return msgspec.json.encode(line | facts) + b"\n"


def _moment(wall: float) -> str:
    return datetime.fromtimestamp(wall, UTC).isoformat(timespec="microseconds")[:-6] + "Z"


def _embedded(notification: Notification) -> msgspec.Raw | None:
    if notification.payload is None:
        return None
    # Between its tokens JSON may hold line breaks, inside its strings it may not: so they
    # can go, and the text stays as the provider wrote it, long numbers and all.
    return msgspec.Raw(notification.payload_bytes.translate(_NO_LINE_BREAKS))


# ---- many at once ---------------------------------------------------------------------------

#: The line of an accepted notification with an identifier, an expiration and a priority, but
#: for what is the same in one moment. Filled in by `%`: 245 ns a line, against 425 ns for a
#: join and 432 ns for an f-string (measured).
_ACCEPTED = (
    b'{"kind":"notification","seq":%%d,"at":"%b","t":%b,"connection":%d,'
    b'"service":"gateway","ordinal":%%d,'
    b'"command":%d,"identifier":%%d,"token":"%%b","topic":%b,"payload":%%b,'
    b'"payload_base64":"%%b","expiration":%%d,"priority":%%d,"outcome":"accepted",'
    b'"status":null,"behind":null,"cause":null,"warnings":[],"reason":null}\n'
)


def accepted_template(
    t: float, wall: float, connection: int, command: int, topic: str | None
) -> bytes:
    """What `fill_accepted` fills in: all that is the same for what comes in one moment.

    `t` and `wall` are those of the `Moment`.
    """
    return _ACCEPTED % (
        _moment(wall).encode(),
        msgspec.json.encode(round(t, 6)),
        connection,
        command,
        msgspec.json.encode(topic).replace(b"%", b"%%"),
    )


def fill_accepted(
    template: bytes,
    seq: int,
    ordinal: int,
    identifier: int,
    token: bytes,
    payload: bytes,
    expiration: int,
    priority: int,
) -> bytes:
    """The line of a notification that was accepted without a warning: what `encode_line` makes
    of it. The payload has to be JSON, which is not checked again.
    """
    return template % (
        seq,
        ordinal,
        identifier,
        hexlify(token),
        payload.translate(_NO_LINE_BREAKS),
        b2a_base64(payload, newline=False),
        expiration,
        priority,
    )


#: The same of a push to the provider API, but for what is the same for all with its headers.
_ACCEPTED_BY_API = (
    b'{"kind":"notification","seq":%%d,"at":%b,"t":%b,"connection":%b,'
    b'"service":"api","ordinal":%%d,'
    b'"command":null,"identifier":null,"token":"%%b","topic":%b,"payload":%%b,'
    b'"payload_base64":"%%b","expiration":%b,"priority":%b,"outcome":"accepted",'
    b'"status":null,"behind":null,"cause":null,"warnings":%b,"reason":null,'
    b'"stream":%%d,"apns_id":"%%b","http_status":200,"violations":[],"detail":null,"answered":true,'
    b'"push_type":%b,"collapse_id":%b,"channel":%b,"key_id":%b,"team_id":%b,"provider_token":%b,'
    b'"headers":%b}\n'
)


def api_template(first: ApiNotification) -> bytes:
    """What `fill_api` fills in: all that others that came with it have in common with this one,
    which was accepted and answered at once.
    """
    of_headers = [getattr(first, name) for name in Envelope.__struct_fields__]
    values = (
        *(_moment(first.wall), round(first.t, 6), first.connection, first.topic),
        *(first.expiration, first.priority, first.warnings, *of_headers),
    )
    return _ACCEPTED_BY_API % tuple(
        msgspec.json.encode(each).replace(b"%", b"%%") for each in values
    )


def fill_api(
    template: bytes,
    seq: int,
    ordinal: int,
    token: bytes,
    payload: bytes,
    stream: int,
    apns_id: bytes,
) -> bytes:
    """The line of such a one: what `encode_line` makes of it. The payload has to be JSON and the id
    a UUID, which is not checked again.
    """
    return template % (
        seq,
        ordinal,
        hexlify(token),
        payload.translate(_NO_LINE_BREAKS),
        b2a_base64(payload, newline=False),
        stream,
        apns_id,
    )
