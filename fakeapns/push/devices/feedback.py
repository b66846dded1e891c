"""What feedback will hand out: who is gone, by topic."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from .registration import Registration


class Removal(msgspec.Struct, frozen=True, gc=False):
    """An app that is gone from a device. `timestamp` is when, in whole epoch seconds."""

    timestamp: int
    token: bytes


class FeedbackLists:
    """One list for each topic, on which a token stands once."""

    def __init__(self) -> None:
        self._feedback: dict[str, dict[bytes, Removal]] = {}

    def list_gone(self, gone: Registration, at: float) -> None:
        """Let a token stand there as gone since then, in epoch seconds."""
        entry = Removal(int(at), gone.token_bytes)
        self._feedback.setdefault(gone.topic, {})[gone.token_bytes] = entry

    def feedback(self, topics: Iterable[str]) -> list[tuple[str, Removal]]:
        """What feedback would hand out for these topics: topic and removal, oldest first.

        One list for each topic (Binary Provider API); their order is ours, Apple's is not known.
        """
        found = [
            (topic, entry)
            for topic in topics
            for entry in list(self._feedback.get(topic, {}).values())
        ]
        return sorted(found, key=lambda each: each[1].timestamp)

    def take(self, topic: str, entry: Removal) -> bool:
        """Strike a removal off the list. False if it is no longer there as it was listed."""
        # Two readers at a time got a part each (rpush #129), so an entry goes to one of them.
        listed = self._feedback.get(topic, {})
        # A later removal that was reported since is news, and stays.
        return listed.get(entry.token) == entry and listed.pop(entry.token, None) is not None

    def put_back(self, topic: str, entry: Removal) -> None:
        """Undo `take`: the reader did not get it."""
        self._feedback.setdefault(topic, {}).setdefault(entry.token, entry)
