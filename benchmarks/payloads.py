"""What is sent: a mix of what people send, all different, and none of them of one size only."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any, Literal

from fakeapns.protocol import encode_enhanced, encode_framed, encode_simple

DISTINCT = 10_000

#: Text of several scripts, as long as is wanted of it.
_WORDS = "Grüße aus Köln · 東京からの通知です · Привет, заказ готов 📦 · à bientôt — "
_PLAIN = "Your order has left our house, and will be with you soon, we hope. "


def _visible(number: int, room: int) -> dict[str, Any]:
    return {"aps": {"alert": _text(_PLAIN, number, room - 55), "badge": 3, "sound": "default"}}


def _unicode(number: int, room: int) -> dict[str, Any]:
    return {"aps": {"alert": _text(_WORDS, number, room - 40), "badge": number % 100}}


def _silent(number: int, room: int) -> dict[str, Any]:
    state = _text("5c0ffee0", number, room - 50)
    return {"aps": {"content-available": 1}, "state": state}


def _titled(number: int, room: int) -> dict[str, Any]:
    alert = {"title": f"Order {number}", "body": _text(_PLAIN, number, room - 60)}
    return {"aps": {"alert": alert}}


def _localised(number: int, room: int) -> dict[str, Any]:
    """A dictionary with arguments, custom keys and what has to be escaped in JSON."""
    lines = _text('First line\n"second"\tline: ', number, (room - 420) // 2)
    return {
        "aps": {
            "alert": {
                "title-loc-key": "ORDER_TITLE",
                "title-loc-args": [f"№ {number}"],
                "loc-key": "ORDER_LEFT",
                "loc-args": ["Jürgen", 'the "big" box', "3,50 €", _text(_PLAIN, number, 200)],
            },
            "badge": number % 100,
            "sound": "order.caf",
            "category": "ORDER",
            "thread-id": f"order-{number}",
            "mutable-content": 1,
        },
        "order": {"id": number, "paid": True, "lines": [[1, "A-17"], [2, "B\\4"], [1, "C/9"]]},
        "url": f"https://shop.example/orders/{number}?from=push&lang=de",
        "note": lines,
    }


#: What is in the mix of a size, and how each is written: compactly, as most libraries do, or as
#: Python's `json.dumps` does by itself, with blanks and everything but ASCII escaped.
_SHORT = ((_visible, True), (_titled, True), (_silent, True), (_unicode, True), (_visible, False))
_LONG = (
    (_visible, True), (_localised, True), (_silent, True), (_unicode, True), (_localised, False)
)  # fmt: skip
Kind = Literal["mix", "visible"]


def payloads(size: int, kind: Kind) -> list[tuple[bytes, int]]:
    """Ten thousand payloads of about this many bytes, each with its priority.

    `visible` leaves the silent ones out, for commands that have no priority to send them with.
    """
    makers = _SHORT if size < 500 else _LONG
    chosen = [each for each in makers if kind == "mix" or each[0] is not _silent]
    made = []
    for number in range(DISTINCT):
        maker, compact = chosen[number % len(chosen)]
        content = maker(number, size)
        made.append((_written(content, compact=compact), 5 if maker is _silent else 10))
    return made


def frames(command: int, size: int, tokens: int) -> list[bytes]:
    """The same as frames, to so many tokens in turn."""
    made = []
    # As good as random, which tokens are.
    devices = [sha256(b"%d" % number).digest() for number in range(tokens)]
    kind: Kind = "mix" if command == 2 else "visible"
    for number, (payload, priority) in enumerate(payloads(size, kind)):
        token = devices[number % tokens]
        match command:
            case 0:
                made.append(encode_simple(token, payload))
            case 1:
                made.append(encode_enhanced(token, payload, identifier=number))
            case _:
                made.append(
                    encode_framed(
                        token, payload, identifier=number, expiration=0, priority=priority
                    )
                )
    return made


def _text(words: str, number: int, room: int) -> str:
    """Words of about so many bytes, that begin with a number."""
    room = max(8, room)
    text = f"{number} {words * (room // len(words) + 1)}"
    return text.encode()[:room].decode(errors="ignore")


def _written(content: dict[str, Any], *, compact: bool) -> bytes:
    if compact:
        return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    return json.dumps(content).encode()
