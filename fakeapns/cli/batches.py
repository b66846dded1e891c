"""What `fakeapns send` sends: notifications of its own, or those of a work list."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from ..errors import UsageError
from ..provider import Client, Outgoing, WorkList
from ..push import parse_payload, parse_token
from .saying import say

#: What the two-byte length fields of a frame can say.
_LARGEST = 0xFFFF


class Batch(msgspec.Struct):
    """What goes out with one client certificate. `numbers` count over all batches, from 1."""

    client: Client
    outgoing: list[Outgoing] = msgspec.field(default_factory=list)
    numbers: list[int] = msgspec.field(default_factory=list)

    def add(self, number: int, notification: Outgoing) -> None:
        """Put a notification behind the others. Raises `UsageError` if no frame can hold it."""
        for name, content in (("token", notification.token), ("payload", notification.payload)):
            if len(content) > _LARGEST:
                raise UsageError(
                    f"the {name} of notification {number} has {len(content)} bytes: "
                    f"a frame holds no more than {_LARGEST}"
                )
        self.numbers.append(number)
        self.outgoing.append(notification)


def generated(
    client: Client,
    count: int,
    tokens: Sequence[str],
    alert: str,
    payload: str | None,
    **extras: int | None,
) -> list[Batch]:
    """`count` notifications to `tokens` in turn, or to a device of its own each.

    Raises `UsageError` for a token or a payload that is none. `extras` are those of `Outgoing`.
    """
    batch = Batch(client)
    for number in range(count):
        body = _payload(payload, alert, number, count)
        batch.add(number + 1, Outgoing(_token(tokens, number), body, **extras))
    return [batch]


def listed(client: Client, path: Path, **extras: int | None) -> list[Batch]:
    """The notifications of a work list, by the certificates of their topics.

    Those without a topic, or of one that the server has no certificate for, go out with the
    client's own. Raises `UsageError` for a list that cannot be read or is empty.
    """
    batches: dict[str, Batch] = {}
    # Looking for a certificate asks the file system: once for each topic is enough.
    clients: dict[str | None, Client] = {None: client}
    for number, item in enumerate(WorkList(path), start=1):
        if item.topic not in clients:
            assert item.topic is not None
            clients[item.topic] = _of_topic(client, item.topic)
        chosen = clients[item.topic]
        try:
            notification = Outgoing(
                parse_token(item.token), msgspec.json.encode(item.payload), **extras
            )
            batches.setdefault(chosen.files.pem, Batch(chosen)).add(number, notification)
        except (UsageError, RecursionError) as wrong:
            raise UsageError(f"{path}, notification {number}: {wrong}") from None
    if not batches:
        raise UsageError(
            f"there is nothing to send in {path}: each line is a JSON object with token (hex) "
            "and payload"
        )
    return list(batches.values())


def _of_topic(client: Client, topic: str) -> Client:
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
