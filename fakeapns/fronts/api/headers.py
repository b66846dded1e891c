"""The headers of a request one by one: what each says, and what is wrong with it."""

from __future__ import annotations

import re
from collections import Counter
from itertools import accumulate, takewhile

from ...ledger import HeaderFacts
from ...protocol.http2 import FIELD, SETTINGS, Header, Setting, is_secret, shown
from ...push import MAX_TOPIC, Flaw, Refusal

#: Bytes of headers that SETTINGS allow, as HTTP/2 counts them.
HEADERS = SETTINGS[Setting.MAX_HEADER_LIST_SIZE]
#: What an `apns-id` has to look like: Apple's page has lower case, and upper case is what its own
#: ids are in.
UUID = re.compile(rb"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
#: What a topic is made of: a bundle id with its suffixes (Sending notification requests to APNs).
NAME = re.compile(rb"[A-Za-z0-9._-]+")
_NUMBER = re.compile(rb"[0-9]{1,18}")
#: Bytes of `apns-collapse-id` (Sending notification requests to APNs).
_COLLAPSE_ID = 64
_PRIORITIES = (b"10", b"5", b"1")
#: What has a place of its own in every record.
_ALWAYS = frozenset((b":method", b":path"))
#: May stand there as often as it likes (RFC 9113, 8.2.3).
_MAY_REPEAT = b"cookie"


class HeaderReader:
    """Reads one header after the other, and collects what is wrong.

    What has been read has a place of its own in the record of a push, and all else is among its
    `facts`: so is a value that was no good, as it came.
    """

    def __init__(self, headers: tuple[Header, ...]) -> None:
        self._headers = headers
        self.first = dict(reversed(headers))
        self.flaws: list[Flaw] = []
        self._read: set[bytes] = set()

    @property
    def facts(self) -> HeaderFacts:
        """Those that nobody has read, for a record."""
        return header_facts(self._headers, _ALWAYS | self._read)

    def add(self, refusal: Refusal, why: str) -> None:
        """This is wrong."""
        self.flaws.append(Flaw(refusal, why))

    def has_read(self, name: bytes) -> None:
        """What the header of this name says stands elsewhere from now on."""
        self._read.add(name)

    def text(self, name: bytes) -> str | None:
        """What it says, whether that is any good or not."""
        value = self.first.get(name)
        if value is None:
            return None
        self.has_read(name)
        return value.decode("utf-8", "replace")

    def repeated(self) -> None:
        """None may come twice."""
        names = Counter(name for name, _ in self._headers)
        found = [name for name, times in names.items() if times > 1 and name != _MAY_REPEAT]
        if found:
            words = f"the header {' and '.join(map(shown, found))} comes more than once"
            self.add(Refusal.REPEATED, words)

    def topic(self) -> str | None:
        """For which app it is, as far as headers say."""
        value = self.first.get(b"apns-topic")
        if not value:
            return None
        if len(value) > MAX_TOPIC:
            why = f"apns-topic has {len(value)} bytes, and {MAX_TOPIC} are the most"
            self.add(Refusal.TOPIC_TOO_LONG, why)
        elif not NAME.fullmatch(value):
            why = f"apns-topic is {shown(value)}, and a topic is a bundle id, as in com.example.app"
            self.add(Refusal.TOPIC_UNUSABLE, why)
        return self.text(b"apns-topic")

    def priority(self) -> int | None:
        """How urgent it is."""
        value = self.first.get(b"apns-priority")
        if value is not None and value not in _PRIORITIES:
            why = f"apns-priority is {shown(value)}, and may be 10, 5 or 1"
            self.add(Refusal.PRIORITY, why)
            return None
        self.has_read(b"apns-priority")
        return None if value is None else int(value)

    def expiration(self) -> int | None:
        """Until when it is stored, in epoch seconds."""
        value = self.first.get(b"apns-expiration")
        if value is None:
            return None
        if not _NUMBER.fullmatch(value):
            why = (
                f"apns-expiration is {shown(value)}, and has to be a whole number of epoch seconds"
            )
            self.add(Refusal.EXPIRATION, why)
            return None
        self.has_read(b"apns-expiration")
        return int(value)

    def collapse_id(self) -> str | None:
        """Which earlier one it takes the place of."""
        value = self.first.get(b"apns-collapse-id")
        if value is None:
            return None
        if len(value) > _COLLAPSE_ID:
            why = f"apns-collapse-id has {len(value)} bytes, and {_COLLAPSE_ID} are the most"
            self.add(Refusal.COLLAPSE_ID, why)
        return self.text(b"apns-collapse-id")


def flaws_of_id(name: str, value: bytes | None) -> tuple[Flaw, ...]:
    """What is wrong with the id of a request; nothing where it has none."""
    if value is None or UUID.fullmatch(value):
        return ()
    why = f"{name} is {shown(value)}, and has to be a UUID with hyphens"
    return (Flaw(Refusal.MESSAGE_ID, why),)


def header_facts(headers: tuple[Header, ...], elsewhere: frozenset[bytes] = _ALWAYS) -> HeaderFacts:
    """Headers for a record: those that do not stand `elsewhere`, and no credentials."""
    facts: dict[str, str | tuple[str, ...]] = {}
    for name, value in headers:
        if is_secret(name, value) or name in elsewhere:
            continue
        key, text = name.decode("latin-1"), value.decode("utf-8", "replace")
        before = facts.get(key)
        if before is None:
            facts[key] = text
        else:
            facts[key] = (*((before,) if isinstance(before, str) else before), text)
    return facts


def whole_headers(headers: tuple[Header, ...]) -> HeaderFacts:
    """All headers for a record, as many as SETTINGS allow: a request may have 128 KiB of them."""
    sizes = accumulate(len(name) + len(value) + FIELD for name, value in headers)
    kept = sum(1 for _ in takewhile(lambda size: size <= HEADERS, sizes))
    return header_facts(headers[:kept])
