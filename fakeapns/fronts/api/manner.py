"""What headers say that many requests share: found out once, and judged once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import msgspec

from ...ledger import HeaderFacts
from ...protocol.http2 import Header, Shape, is_secret, shown
from ...push import MAX_TOPIC, Flaw, Refusal
from ...scenario import Settings

#: Bytes of `apns-collapse-id` (Sending notification requests to APNs).
_COLLAPSE_ID = 64
#: What a topic is made of: a bundle id with its suffixes (Sending notification requests to APNs).
_NAME = re.compile(rb"[A-Za-z0-9._-]+")
_NUMBER = re.compile(rb"[0-9]{1,18}")
_PRIORITIES = (b"10", b"5", b"1")
#: Push types whose topics have a suffix (the same page).
_SUFFIXES = {
    "complication": ".complication",
    "controls": ".push-type.controls",
    "fileprovider": ".pushkit.fileprovider",
    "liveactivity": ".push-type.liveactivity",
    "location": ".location-query",
    "pushtotalk": ".voip-ptt",
    "voip": ".voip",
    "widgets": ".push-type.widgets",
}
#: What has a place of its own in a record.
_ELSEWHERE = frozenset(
    (
        b":method",
        b":path",
        b"apns-topic",
        b"apns-push-type",
        b"apns-collapse-id",
        b"apns-expiration",
        b"apns-priority",
    )
)
#: May stand there as often as it likes (RFC 9113, 8.2.3).
_MAY_REPEAT = b"cookie"


class Manner(msgspec.Struct, frozen=True, eq=False):
    """What a request says in headers that others have, too.

    `flaws` are what is wrong with them whoever sends them, `warnings` what Apple lets pass, and
    `headers` what nothing else stands for. Numbers are None where there is none, or no good one.
    """

    method: bytes
    authorization: bytes | None
    topic: str | None
    push_type: str | None
    priority: int | None
    expiration: int | None
    collapse_id: str | None
    headers: HeaderFacts
    flaws: tuple[Flaw, ...]
    warnings: tuple[str, ...]
    #: What else this shape has of a header that each request has one of.
    repeats_id: bool


def manner_of(shape: Shape, settings: Settings) -> Manner:
    """What this shape says, and what is wrong with that."""
    first = dict(reversed(shape.headers))
    found = _Flaws(first, settings)
    repeated = _repeated(shape.headers)
    if repeated:
        words = f"the header {' and '.join(map(shown, repeated))} comes more than once"
        found.add(Refusal.REPEATED, words)
    topic, push_type = found.topic(), found.push_type()
    priority, expiration = found.priority(push_type), found.expiration()
    return Manner(
        method=first.get(b":method", b""),
        authorization=first.get(b"authorization"),
        topic=topic,
        push_type=push_type,
        priority=priority,
        expiration=expiration,
        collapse_id=found.collapse_id(),
        headers=header_facts(shape.headers, found.kept),
        flaws=tuple(found.flaws),
        warnings=tuple(_warnings(topic, push_type, priority)),
        repeats_id=b"apns-id" in first,
    )


def header_facts(headers: tuple[Header, ...], kept: frozenset[bytes] = frozenset()) -> HeaderFacts:
    """Headers for a record: of those that stand elsewhere only the `kept`, of credentials none."""
    facts: dict[str, str | tuple[str, ...]] = {}
    for name, value in headers:
        if is_secret(name, value) or (name in _ELSEWHERE and name not in kept):
            continue
        key, text = name.decode("latin-1"), value.decode("utf-8", "replace")
        before = facts.get(key)
        if before is None:
            facts[key] = text
        else:
            facts[key] = (*((before,) if isinstance(before, str) else before), text)
    return facts


def _repeated(headers: tuple[Header, ...]) -> list[bytes]:
    names = Counter(name for name, _ in headers)
    return [name for name, times in names.items() if times > 1 and name != _MAY_REPEAT]


class _Flaws:
    """Reads one header after the other, and collects what is wrong."""

    def __init__(self, first: dict[bytes, bytes], settings: Settings) -> None:
        self._first = first
        self._settings = settings
        self.flaws: list[Flaw] = []
        #: Headers whose value says nothing that could stand elsewhere.
        self._odd: set[bytes] = set()

    @property
    def kept(self) -> frozenset[bytes]:
        """Those whose values have no other place."""
        return frozenset(self._odd)

    def add(self, refusal: Refusal, why: str, name: bytes | None = None) -> None:
        """This is wrong, with the header of this name."""
        self.flaws.append(Flaw(refusal, why))
        if name is not None:
            self._odd.add(name)

    def topic(self) -> str | None:
        """For which app it is, as far as headers say."""
        value = self._first.get(b"apns-topic")
        if not value:
            return None
        if len(value) > MAX_TOPIC:
            why = f"apns-topic has {len(value)} bytes, and {MAX_TOPIC} are the most"
            self.add(Refusal.TOPIC_TOO_LONG, why)
        elif not _NAME.fullmatch(value):
            why = f"apns-topic is {shown(value)}, and a topic is a bundle id, as in com.example.app"
            self.add(Refusal.TOPIC_UNUSABLE, why)
        return value.decode("utf-8", "replace")

    def push_type(self) -> str | None:
        """What kind of push it is."""
        value = self._first.get(b"apns-push-type")
        if value is None:
            return None
        name = value.decode("utf-8", "replace")
        if name not in self._settings.push_types:
            known = ", ".join(self._settings.push_types)
            why = f"apns-push-type is {shown(value)}, and push_types are {known}"
            self.add(Refusal.PUSH_TYPE, why)
        return name

    def priority(self, push_type: str | None) -> int | None:
        """How urgent it is."""
        value = self._first.get(b"apns-priority")
        if value is not None and value not in _PRIORITIES:
            why = f"apns-priority is {shown(value)}, and may be 10, 5 or 1"
            self.add(Refusal.PRIORITY, why, b"apns-priority")
            return None
        priority = None if value is None else int(value)
        loud = _too_loud(push_type, priority)
        if loud is not None and self._settings.strict_background_priority:
            self.add(Refusal.PRIORITY, f"{loud}, which strict_background_priority refuses: use 5")
        return priority

    def expiration(self) -> int | None:
        """Until when it is stored, in epoch seconds."""
        value = self._first.get(b"apns-expiration")
        if value is None:
            return None
        if not _NUMBER.fullmatch(value):
            why = (
                f"apns-expiration is {shown(value)}, and has to be a whole number of epoch seconds"
            )
            self.add(Refusal.EXPIRATION, why, b"apns-expiration")
            return None
        return int(value)

    def collapse_id(self) -> str | None:
        """Which earlier one it takes the place of."""
        value = self._first.get(b"apns-collapse-id")
        if value is None:
            return None
        if len(value) > _COLLAPSE_ID:
            why = f"apns-collapse-id has {len(value)} bytes, and {_COLLAPSE_ID} are the most"
            self.add(Refusal.COLLAPSE_ID, why)
        return value.decode("utf-8", "replace")


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
    suffix = _SUFFIXES.get(push_type)
    if suffix is not None and topic is not None and not topic.endswith(suffix):
        yield f"apns-topic {topic} does not end with {suffix}, as those for {push_type} pushes do"
    elif suffix is None and topic is not None:
        for other, its in _SUFFIXES.items():
            if topic.endswith(its):
                yield f"apns-topic ends with {its}, and apns-push-type is not {other}"
                return
