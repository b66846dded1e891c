"""Whom nothing reaches any more, since when, and who has said so.

Feedback lists devices; an answer of the provider API (410) tells of one, or of a channel, and an
error of the gateway of a token. Each is about the time before it: a device that was registered
since is there, and who has compared the two sends to it ("Handling notification responses from
APNs"; Binary Provider API). Who has heard what holds and sends nothing more is right, who goes on
can be told so, and so can be who gives up a token for what does not hold.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator

import msgspec

from ..api_entries import ApiResponse
from ..entries import FeedbackSent, Notification, Response
from .refusal import is_final, says_gone


class Telling(msgspec.Struct, frozen=True):
    """That a receiver is gone, since epoch seconds; infinity where no time was told.

    It was said on `connection`, as the entry `seq`: in an `answer`, or by feedback, which has none
    and speaks of an app by its `topic`. Behind one that is `final` nothing is to be sent there.
    """

    seq: int
    connection: int
    since: float
    answer: str | None = None
    topic: str | None = None
    final: bool = False

    @property
    def by_feedback(self) -> bool:
        """Whether a list has said so, and no answer."""
        return self.answer is None

    def holds(self, registered: float | None) -> bool:
        """Whether it says anything of who has registered last then, in epoch seconds, if known."""
        return registered is None or registered <= self.since


class Gone:
    """Takes what is said, in order. A receiver is as `Meant.to` has it: a token or a channel."""

    def __init__(self) -> None:
        self._said: dict[Hashable, list[Telling]] = {}

    # ---- what is said -----------------------------------------------------------------------

    def listed(self, entry: FeedbackSent) -> None:
        """Feedback has named a device: the app is gone from it since some time."""
        telling = Telling(entry.seq, entry.connection, entry.timestamp, topic=entry.topic)
        self._said.setdefault(entry.token, []).append(telling)

    def answered(self, whom: Hashable, response: Response | ApiResponse) -> None:
        """A refusal of what was for this receiver was told of, which may say so of it."""
        telling = _in_error(response) if isinstance(response, Response) else _in_answer(response)
        if telling is not None:
            self._said.setdefault(whom, []).append(telling)

    # ---- what follows -----------------------------------------------------------------------

    def __bool__(self) -> bool:
        return bool(self._said)

    def __contains__(self, whom: Hashable) -> bool:
        return whom in self._said

    def told(self, whom: Hashable, registered: float | None) -> Iterator[Telling]:
        """What holds of a receiver that has registered last then, in epoch seconds, if known."""
        return (each for each in self._said.get(whom, ()) if each.holds(registered))

    def is_gone(self, whom: Hashable, registered: float | None) -> bool:
        """Whether any of it holds."""
        return any(self.told(whom, registered))

    def mistaken(self, whom: Hashable, registered: float | None) -> Telling | None:
        """What was told first of one that is there, if none of what was told of it holds."""
        if self.is_gone(whom, registered):
            return None
        return next(iter(self._said.get(whom, ())), None)


def receiver_of(seen: Notification) -> Hashable:
    """Whom it is for."""
    return seen.token if seen.channel is None else ("channel", seen.channel)


def _in_error(response: Response) -> Telling | None:
    if response.status != "invalid-token":
        return None
    return Telling(response.seq, response.connection, math.inf, response.status)


def _in_answer(response: ApiResponse) -> Telling | None:
    if not says_gone(response.reason):
        return None
    return Telling(
        response.seq,
        response.connection,
        math.inf if response.timestamp is None else response.timestamp / 1000,
        f"{response.http_status} {response.reason}",
        final=is_final(response.reason),
    )
