"""What `fakeapns send` sends: notifications of its own, or those of a work list."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from ..errors import UsageError
from ..provider import Client, Outgoing, SendList
from ..push import parse_payload, parse_token
from .saying import say

#: What the two-byte length fields of a frame can say.
_LARGEST = 0xFFFF
#: What its fields for expiration and priority can say.
_LATEST, _HIGHEST = 0xFFFFFFFF, 0xFF


class Batch(msgspec.Struct):
    """What goes out with one client certificate. `numbers` count over all batches, from 1."""

    client: Client
    outgoing: list[Outgoing] = msgspec.field(default_factory=list)
    numbers: list[int] = msgspec.field(default_factory=list)

    def receiver_of(self, position: int) -> str:
        """Whom a notification is for, in words."""
        return f"token {self.outgoing[position].token.hex()}"

    def add(self, number: int, notification: Outgoing) -> None:
        """Put a notification behind the others. Raises `UsageError` if no frame can hold it."""
        for name, value, most in (
            ("expiration", notification.expiration, _LATEST),
            ("priority", notification.priority, _HIGHEST),
        ):
            if value is not None and not 0 <= value <= most:
                raise UsageError(
                    f"the {name} of notification {number} is {value}: a frame holds 0 to {most}"
                )
        for name, content in (("token", notification.token), ("payload", notification.payload)):
            if len(content) > _LARGEST:
                raise UsageError(
                    f"the {name} of notification {number} has {len(content)} bytes: "
                    f"a frame holds no more than {_LARGEST}"
                )
        self.numbers.append(number)
        self.outgoing.append(notification)


class What(msgspec.Struct, frozen=True):
    """What is to be sent: `count` notifications to `tokens` in turn, or to a device of its own
    each, with an `alert` or the JSON text `payload`; or all of a `work` list.
    """

    count: int
    tokens: tuple[str, ...]
    alert: str
    payload: str | None
    work: Path | None

    def contents(self) -> Iterator[tuple[bytes, bytes]]:
        """Tokens and payloads where there is no work list. Raises `UsageError` for what is none."""
        for number in range(self.count):
            yield (
                _token(self.tokens, number),
                _payload(self.payload, self.alert, number, self.count),
            )


def gateway_batches(client: Client, what: What, **extras: int | None) -> list[Batch]:
    """All that is to be sent, by the certificates of its topics.

    What has no topic, or one that the server has no certificate for, goes out with the client's
    own. `extras` are expiration and priority for lines of a work list that say nothing of them, and
    for all where there is none. Raises `UsageError` for what is none, or nothing at all.
    """
    if what.work is not None:
        return _listed(client, what.work, **extras)
    batch = Batch(client)
    for number, (token, body) in enumerate(what.contents(), start=1):
        batch.add(number, Outgoing(token, body, **extras))
    return [batch]


def _listed(client: Client, path: Path, **extras: int | None) -> list[Batch]:
    batches: dict[str, Batch] = {}
    # Looking for a certificate asks the file system: once for each topic is enough.
    clients: dict[str | None, Client] = {None: client}
    for number, item in enumerate(SendList(path), start=1):
        if item.topic not in clients:
            assert item.topic is not None
            clients[item.topic] = of_topic(client, item.topic)
        chosen = clients[item.topic]
        try:
            own = {"expiration": item.expiration, "priority": item.priority}
            notification = Outgoing(
                parse_token(item.device),
                msgspec.json.encode(item.payload),
                **{name: extras.get(name) if own[name] is None else own[name] for name in own},
            )
            batches.setdefault(chosen.files.pem, Batch(chosen)).add(number, notification)
        except (UsageError, RecursionError) as wrong:
            raise UsageError(f"{path}, notification {number}: {wrong}") from None
    if not batches:
        raise nothing_in(path)
    return list(batches.values())


def nothing_in(path: Path) -> UsageError:
    """What to say of an empty work list."""
    return UsageError(
        f"there is nothing to send in {path}: each line is a JSON object with token (hex) "
        "and payload"
    )


def of_topic(client: Client, topic: str) -> Client:
    """The client of a topic, or the given one and a word about that."""
    found = client.for_topic(topic)
    if found is None:
        say(
            f"no client certificate for {topic}: its notifications go out with that of "
            f"{client.topic}, and so under that topic",
            err=True,
        )
        return client
    found.check_files()
    return found


def _token(tokens: Sequence[str], number: int) -> bytes:
    if tokens:
        return parse_token(tokens[number % len(tokens)])
    return hashlib.sha256(f"device {number}".encode()).digest()


def _payload(payload: str | None, alert: str, number: int, count: int) -> bytes:
    if payload is not None:
        raw = os.fsencode(payload)
        try:
            parse_payload(raw)
        except ValueError as wrong:
            raise UsageError(f"--payload {wrong}") from None
        return raw
    content: dict[str, Any] = {"aps": {"alert": alert}}
    if count > 1:
        content["number"] = number + 1
    return json.dumps(content, separators=(",", ":")).encode()
