"""Ledger entries as lines of JSON: one at a time, and whole runs at once."""

from __future__ import annotations

from base64 import b64encode
from binascii import b2a_base64, hexlify
from datetime import UTC, datetime
from typing import Any

import msgspec

from ..fronts.gateway.frames import Run
from .entries import Entry, Notification

_INSTEAD = {"token_bytes", "payload_bytes", "wall"}
_NO_LINE_BREAKS = bytes.maketrans(b"\r\n", b"  ")


def encode_line(entry: Entry) -> bytes:
    """The entry as one line, newline included."""
    line: dict[str, Any] = {
        "kind": entry.__struct_config__.tag,
        "seq": entry.seq,
        "at": _moment(entry.wall),
        "t": round(entry.t, 6),
    }
    for name in entry.__struct_fields__:
        if name not in _INSTEAD:
            line.setdefault(name, getattr(entry, name))
        elif name == "token_bytes" and isinstance(entry, Notification):
            line["token"] = entry.token
        elif name == "payload_bytes" and isinstance(entry, Notification):
            line["payload"] = _embedded(entry)
            line["payload_base64"] = b64encode(entry.payload_bytes).decode("ascii")
    return msgspec.json.encode(line) + b"\n"


def _moment(wall: float) -> str:
    return datetime.fromtimestamp(wall, UTC).isoformat(timespec="microseconds")[:-6] + "Z"


def _embedded(notification: Notification) -> msgspec.Raw | None:
    if notification.payload is None:
        return None
    # Between its tokens JSON may hold line breaks, inside its strings it may not: so they
    # can go, and the text stays as the provider wrote it, long numbers and all.
    return msgspec.Raw(notification.payload_bytes.translate(_NO_LINE_BREAKS))


# ---- runs -----------------------------------------------------------------------------------

#: The line of a command 2 frame with all items, but for what is the same in one moment.
_LINE = (
    b'{"kind":"notification","seq":%%d,"at":"%b","t":%b,"connection":%d,"ordinal":%%d,'
    b'"command":2,"identifier":%%d,"token":"%%b","topic":%b,"payload":%%b,'
    b'"payload_base64":"%%b","expiration":%%d,"priority":%%d,"outcome":"accepted",'
    b'"status":null,"behind":null,"cause":null,"warnings":[]}\n'
)


def encode_run(run: Run, seq: int) -> bytes:
    """The lines of a run from this `seq` on: what `encode_line` makes of each.

    A shortcut for the layout that most providers write, and nothing more.
    """
    lines: list[bytes] = []
    template, moment = b"", None
    first, framed = max(0, seq - run.seq), run.command == 2
    for index, content in enumerate(run.contents(first), start=first):
        token, payload, identifier, expiration, priority = content
        if not framed or identifier is None or expiration is None or priority is None:
            lines.append(encode_line(run[index]))
            continue
        # The wall clock may be set while the other one stands still.
        if (run.t[index], run.wall[index]) != moment:
            moment = run.t[index], run.wall[index]
            template = _template(run, index)
        values = (
            run.seq + index,
            run.ordinal + index,
            identifier,
            hexlify(token),
            payload.translate(_NO_LINE_BREAKS),
            b2a_base64(payload, newline=False),
            expiration,
            priority,
        )
        lines.append(template % values)
    return b"".join(lines)


def _template(run: Run, index: int) -> bytes:
    """The line with what is the same for all of one moment filled in."""
    return _LINE % (
        _moment(run.wall[index]).encode(),
        msgspec.json.encode(round(run.t[index], 6)),
        run.connection,
        msgspec.json.encode(run.topic).replace(b"%", b"%%"),
    )
