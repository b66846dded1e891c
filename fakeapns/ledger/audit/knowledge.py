"""What a provider could know, and since which entry: who was refused, and whose app is gone.

An audit may hold against a provider only what it can have written once it could know better.
It could know of a refusal from the answer that names it, and not from the moment of judging:
an error takes its time (75 to 500 ms, pushy #178, node-apn #193), one for command 0 never comes
(Legacy Notification Format), some name another (node-apn #149, #55), and a reset may swallow the
six bytes (pushy #6). What lay unread meanwhile was written before, however late it is looked at.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

import msgspec

from ..api_entries import ApiNotification, ApiResponse
from ..entries import Notification, Response
from .gone import Gone, Telling, receiver_of
from .trail import Sight, Trail


class Rejection(msgspec.Struct, eq=False):
    """A notification that was refused for its own fault; `told` is the entry of the answer that
    says so, its own where that left at once.
    """

    position: int
    connection: int
    topic: str | None
    receiver: Hashable
    told: Response | ApiResponse | ApiNotification | None = None


class Knowledge:
    """What could be known. `trails` are those of the journal, by connection."""

    def __init__(self, trails: Mapping[int, Trail]) -> None:
        self._trails = trails
        self._rejections: dict[int, list[Rejection]] = {}
        #: Of those the ones that no answer has named yet, by what would name them.
        self._untold: dict[tuple[int, str], list[Rejection]] = {}
        self.gone = Gone()
        #: On the provider API each stream has its own answer: whose refusal or acceptance those
        #: tell of that are still to leave, and how many acceptances nobody has been told of.
        self._streams: dict[tuple[int, int], Rejection | int] = {}
        self._unanswered: dict[int, int] = {}

    # ---- what is learned --------------------------------------------------------------------

    def refused(self, position: int, seen: Notification) -> None:
        """A notification was refused for its own fault: nobody knows it yet."""
        rejection = Rejection(position, seen.connection, seen.topic, receiver_of(seen))
        self._rejections.setdefault(position, []).append(rejection)
        if isinstance(seen, ApiNotification):
            self._streams[seen.connection, seen.stream] = rejection
            if seen.answering is True:
                rejection.told = seen
        elif seen.command != 0 and seen.status is not None:
            # Without an identifier it is 0 that goes over the wire.
            name = seen.identifier or 0, seen.status
            self._untold.setdefault(name, []).append(rejection)

    def accepted(self, position: int, seen: Notification) -> None:
        """A notification was accepted. The gateway says nothing of that, and is not asked."""
        if isinstance(seen, ApiNotification) and seen.answering is not True:
            self._unanswered[position] = self._unanswered.get(position, 0) + 1
            self._streams[seen.connection, seen.stream] = position

    def answered_on_stream(self, response: ApiResponse) -> None:
        """An answer has left."""
        meant = self._streams.pop((response.connection, response.stream), None)
        if isinstance(meant, Rejection):
            meant.told = meant.told or response
            self.gone.answered(meant.receiver, response)
        elif meant is not None:
            self._unanswered[meant] -= 1

    def answered(self, response: Response) -> None:
        """An error packet was sent."""
        waiting = self._untold.get((response.identifier, response.status), [])
        meant = self._meant(response.connection, waiting)
        if meant is not None:
            waiting.remove(meant)
            meant.told = response
            self.gone.answered(meant.receiver, response)

    def _meant(self, connection: int, waiting: Sequence[Rejection]) -> Rejection | None:
        """Which of these it is about: one on its own connection, the last, since that ended it.

        Else the packet greets a connection of the same topic (node-apn #282), and is about the one
        that waits longest.
        """
        own = [each for each in waiting if each.connection == connection]
        if own:
            return own[-1]
        here = self._trails.get(connection)
        if here is None or here.failed is not None:
            return None
        topics = {here.topic}
        for each in waiting:
            there = self._trails[each.connection]
            if topics & {each.topic, there.topic}:
                return each
        return None

    # ---- what could be known ----------------------------------------------------------------

    def unanswered(self, position: int) -> int:
        """How many acceptances of this notification no answer has told of so far."""
        return self._unanswered.get(position, 0)

    def known(self, position: int) -> list[int]:
        """The entries that told of refusals of this notification, in order."""
        return sorted(
            each.told.seq
            for each in self._rejections.get(position, ())
            if each.told is not None
            and not self._trails[each.told.connection].swallows
            and not self._trails[each.connection].unnumbered
        )

    def where_told(self, position: int) -> tuple[int, int] | None:
        """The connection of the first refusal that was told of, and that of the answer."""
        for each in self._rejections.get(position, ()):
            if each.told is not None:
                return each.connection, each.told.connection
        return None

    def listed_before(self, seen: Notification, registered: float | None) -> bool:
        """Whether its provider could have read in feedback that nobody is there to receive it, who
        has registered last then, in epoch seconds, if that is known.
        """
        return any(
            each.by_feedback
            and each.topic == seen.topic
            and self.could_follow(each.seq, Sight.of(seen))
            for each in self.gone.told(receiver_of(seen), registered)
        )

    def told_before(self, seen: Notification, registered: float | None) -> Telling | None:
        """The answer by which its provider could have known the same, if there was one. A reset
        right behind it may have swallowed that.
        """
        for each in self.gone.told(receiver_of(seen), registered):
            read = each.final and not self._trails[each.connection].swallows
            if read and self.could_follow(each.seq, Sight.of(seen)):
                return each
        return None

    def could_follow(self, moment: int, seen: Sight) -> bool:
        """Whether this may have been written after that entry was.

        Surely on a connection that opened later. On one that was open already if nothing held it
        up: neither a fault that leaves bytes unread, nor an ending that is older, behind which
        a connection is read long after its provider has turned away.
        """
        trail = self._trails[seen.connection]
        if trail.since > moment:
            return True
        if seen.cause is not None and seen.cause < moment:
            return False
        return trail.held is None or trail.held > seen.seq
