"""What headers say that many requests share: found out once, and judged once."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from ...ledger import HeaderFacts
from ...protocol import PUSH_TYPES, push_type_of
from ...protocol.http2 import Request, Shape, shown
from ...push import Flaw, Refusal
from ...scenario import Settings
from .headers import HeaderReader, flaws_of_id


class Manner(msgspec.Struct, frozen=True, eq=False):
    """What a request says in headers that others have, too.

    `flaws` are what is wrong with them whoever sends them, `warnings` what Apple lets pass, and
    `headers` what nothing else stands for. Numbers are None where there is none, or no good one.
    `not_allowed` is what is wrong if its topic is none of the sender's.
    """

    method: bytes
    authorization: bytes | None
    topic: str | None
    headers: HeaderFacts
    flaws: tuple[Flaw, ...]
    warnings: tuple[str, ...] = ()
    push_type: str | None = None
    priority: int | None = None
    expiration: int | None = None
    collapse_id: str | None = None
    channel: str | None = None
    #: What else this shape has of a header that each request has one of.
    repeats_id: bool = False
    not_allowed: Refusal = Refusal.TOPIC_NOT_ALLOWED


def manner_of(shape: Shape, settings: Settings) -> Manner:
    """What this shape says of a push to a device, and what is wrong with that."""
    said = HeaderReader(shape.headers)
    said.repeated()
    topic, push_type = said.topic(), _push_type(said, settings)
    priority = said.priority()
    loud = _too_loud(push_type, priority)
    if loud is not None and settings.strict_background_priority:
        said.add(Refusal.PRIORITY, f"{loud}, which strict_background_priority refuses: use 5")
    expiration, collapse_id = said.expiration(), said.collapse_id()
    return Manner(
        method=said.first.get(b":method", b""),
        authorization=said.first.get(b"authorization"),
        topic=topic,
        headers=said.facts,
        flaws=tuple(said.flaws),
        warnings=tuple(_warnings(topic, push_type, priority)),
        push_type=push_type,
        priority=priority,
        expiration=expiration,
        collapse_id=collapse_id,
        repeats_id=b"apns-id" in said.first,
    )


def flaws_of_own(request: Request, manner: Manner) -> tuple[Flaw, ...]:
    """What is wrong with the id that each request has one of, which no manner knows."""
    if manner.repeats_id:
        return (Flaw(Refusal.REPEATED, "the header 'apns-id' comes more than once"),)
    return flaws_of_id("apns-id", request.apns_id)


def _push_type(said: HeaderReader, settings: Settings) -> str | None:
    name = said.text(b"apns-push-type")
    if name is not None and name not in settings.push_types:
        value, known = said.first[b"apns-push-type"], ", ".join(settings.push_types)
        said.add(Refusal.PUSH_TYPE, f"apns-push-type is {shown(value)}, and push_types are {known}")
    return name


def _too_loud(push_type: str | None, priority: int | None) -> str | None:
    """That a background push has priority 10, as a clause; None if it has not."""
    if push_type != "background" or priority not in (None, 10):
        return None
    # Without the header it is 10 (the same page).
    said = "is 10" if priority else "is missing, which is 10,"
    return f"apns-priority {said} for a background push"


def _warnings(topic: str | None, push_type: str | None, priority: int | None) -> Iterator[str]:
    """What Apple lets pass, and a device may not."""
    if push_type is None:
        yield "apns-push-type is missing: watchOS 6 and later show nothing, others may be late"
        return
    # The page calls it "an error" and names no reason; such pushes arrive (a developer's table).
    loud = _too_loud(push_type, priority)
    if loud is not None:
        yield f"{loud}: Apple calls it an error, use 5"
    if topic is None:
        return
    suffix, other = PUSH_TYPES.get(push_type), push_type_of(topic)
    if suffix and not topic.endswith(suffix):
        yield f"apns-topic {topic} does not end with {suffix}, as those for {push_type} pushes do"
    elif not suffix and other is not None:
        yield f"apns-topic ends with {PUSH_TYPES[other]}, and apns-push-type is not {other}"
