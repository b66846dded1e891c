"""Whom nothing reaches any more, as feedback or an answer of the provider API has said.

Feedback lists devices; over HTTP/2 a 410 does that, with the moment since which a token is no good,
and a channel that was deleted is told of alike. Who has heard it and sends nothing more is right,
and who goes on can be told so, once the answer had left.
"""

from __future__ import annotations

import math
from collections.abc import Hashable

import msgspec

from ..api_entries import ApiNotification, ApiResponse
from ..entries import FeedbackSent, Notification
from .refusal import about_the_receiver, is_final


class _Asked(msgspec.Struct, frozen=True):
    """A push whose answer may say so of its receiver, registered last then in epoch seconds."""

    whom: Hashable
    final: bool
    registered: float | None


class InVain(msgspec.Struct):
    """How many pushes came to a receiver behind the answer, to the first of these positions, that
    said on `connection` that nobody is there.
    """

    position: int
    connection: int
    answer: str
    times: int = 0


class Gone:
    """Takes what is said, in order. A receiver is as `Meant.to` has it: a token or a channel."""

    def __init__(self) -> None:
        #: When feedback has listed a token of a topic, as an entry.
        self._listed: dict[tuple[str, str | None], int] = {}
        #: In hex: whoever has read them sends nothing there any more, and is right.
        self._tokens_listed: set[str] = set()
        self._asked: dict[tuple[int, int], _Asked] = {}
        #: Whom nothing reaches as an answer has it, and to whom sending on is wrong.
        self._said_of: set[Hashable] = set()
        self._final: dict[Hashable, ApiResponse] = {}
        self._in_vain: dict[Hashable, InVain] = {}

    # ---- what is said -----------------------------------------------------------------------

    def listed(self, entry: FeedbackSent) -> None:
        """Feedback has named a device: the app is gone from it since some time."""
        self._listed.setdefault((entry.token, entry.topic), entry.seq)
        self._tokens_listed.add(entry.token)

    def refused(self, seen: ApiNotification, registered: float | None) -> None:
        """A push was refused, to what was registered then: nobody knows of it yet."""
        if about_the_receiver(seen):
            asked = _Asked(receiver_of(seen), is_final(seen.status), registered)
            self._asked[seen.connection, seen.stream] = asked

    def answered(self, response: ApiResponse) -> None:
        """An answer has left. It says nothing of who has registered since the time in it."""
        asked = self._asked.pop((response.connection, response.stream), None)
        if asked is None:
            return
        since = math.inf if response.timestamp is None else response.timestamp / 1000
        if asked.registered is None or asked.registered <= since:
            self._said_of.add(asked.whom)
            if asked.final:
                self._final.setdefault(asked.whom, response)

    # ---- what follows -----------------------------------------------------------------------

    @property
    def any(self) -> bool:
        """Whether anything was said of any."""
        return bool(self._said_of or self._tokens_listed)

    def includes(self, whom: Hashable) -> bool:
        """Whether feedback has listed it, or an answer has called it gone."""
        return whom in self._said_of or whom in self._tokens_listed

    def listing(self, seen: Notification) -> int | None:
        """The entry by which feedback had listed whom this is for, if it did."""
        return self._listed.get((seen.token, seen.topic))

    def last_word(self, seen: Notification) -> ApiResponse | None:
        """The answer that says that nothing is to be sent to whom this is for, if one did."""
        return self._final.get(receiver_of(seen)) if self._final else None

    def sent(self, position: int, seen: Notification, word: ApiResponse) -> None:
        """This came behind that."""
        answer = f"{word.http_status} {word.reason}"
        first = InVain(position, word.connection, answer)
        self._in_vain.setdefault(receiver_of(seen), first).times += 1

    @property
    def in_vain(self) -> list[InVain]:
        """What was sent all the same, by receiver."""
        return list(self._in_vain.values())


def receiver_of(seen: Notification) -> Hashable:
    """Whom it is for."""
    return seen.token if seen.channel is None else ("channel", seen.channel)
