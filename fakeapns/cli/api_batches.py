"""What `fakeapns send --service api` sends: pushes of its own, or those of a work list."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import msgspec

from ..errors import UsageError
from ..provider import Client, SendItem, SendList
from ..provider.api import ApiPush, usual_priority, usual_type
from ..push import parse_payload, parse_token
from .api_target import Access
from .batches import What, nothing_in, of_topic


class Extras(msgspec.Struct, frozen=True):
    """What is said of all pushes; each line of a work list may say something else."""

    push_type: str | None = None
    priority: int | None = None
    expiration: int | None = None
    collapse_id: str | None = None


class ApiBatch(msgspec.Struct):
    """What goes out together, with a key or by one certificate. `numbers` count over all batches,
    from 1.
    """

    client: Client | None
    outgoing: list[ApiPush] = msgspec.field(default_factory=list)
    numbers: list[int] = msgspec.field(default_factory=list)

    def receiver_of(self, position: int) -> str:
        """Whom a push is for, in words."""
        push = self.outgoing[position]
        return f"token {push.token}" if push.channel is None else f"channel {push.channel}"

    def add(self, number: int, push: ApiPush) -> None:
        """Put a push behind the others."""
        self.numbers.append(number)
        self.outgoing.append(push)


def api_batches(access: Access, what: What, extras: Extras) -> list[ApiBatch]:
    """All that is to be sent: with a key together, else by the certificates of its topics.

    Raises `UsageError` for what is none, or nothing at all.
    """
    if what.work is not None:
        return _listed(access, what.work, extras)
    batch = ApiBatch(access.client)
    for number, (token, body) in enumerate(what.contents(), start=1):
        payload, topic = parse_payload(body), _topic(None, access)
        item = SendItem(token=token.hex(), payload=payload, topic=topic)
        batch.add(number, _push(item, body, extras))
    return [batch]


def _listed(access: Access, path: Path, extras: Extras) -> list[ApiBatch]:
    batches: dict[str, ApiBatch] = {}
    clients: dict[str | None, Client | None] = {None: access.client}
    for number, item in enumerate(SendList(path), start=1):
        if item.topic not in clients:
            assert item.topic is not None
            clients[item.topic] = access.client and of_topic(access.client, item.topic)
        chosen = clients[item.topic]
        topic = _topic(item.topic, access) if chosen is None else chosen.topic
        try:
            body = msgspec.json.encode(item.payload)
            token = None if item.token is None else parse_token(item.token).hex()
            whole = msgspec.structs.replace(item, token=token, topic=topic)
            batch = batches.setdefault(chosen.files.pem if chosen else "", ApiBatch(chosen))
            batch.add(number, _push(whole, body, extras))
        except (UsageError, RecursionError) as wrong:
            raise UsageError(f"{path}, notification {number}: {wrong}") from None
    if not batches:
        raise nothing_in(path)
    return list(batches.values())


def _topic(own: str | None, access: Access) -> str:
    topic = own or access.topic
    if topic is None:
        raise UsageError("--topic is missing: with a key, each push has to name its topic")
    return topic


def _push(item: SendItem, body: bytes, extras: Extras) -> ApiPush:
    if item.channel is not None:
        # What every broadcast has, and what it cannot be without (Sending broadcast push
        # notification requests to APNs; kontourai/station).
        extras = Extras("liveactivity", extras.priority or 10, extras.expiration or 0)
    kind = item.push_type or extras.push_type or usual_type(item.payload)
    given = item.priority if item.priority is not None else extras.priority
    expiration = item.expiration if item.expiration is not None else extras.expiration
    try:
        return ApiPush(
            token=item.token or "",
            payload=body,
            apns_id=item.apns_id or str(uuid4()),
            topic=item.topic,
            push_type=kind,
            priority=usual_priority(kind) if given is None else given,
            expiration=expiration,
            collapse_id=item.collapse_id or extras.collapse_id,
            channel=item.channel,
            registered=item.registered,
        )
    except ValueError as wrong:
        raise UsageError(str(wrong)) from None
