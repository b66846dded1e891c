"""What the ledger says of what was meant, noted in one pass.

Of a notification that was accepted only its connection is kept; of what went wrong on the way
a `Sight`, small and without the payload. So a million notifications can be audited.
"""

from __future__ import annotations

from array import array

from ...scenario.faults import holding, sparing
from ..api_entries import (
    ApiNotification,
    ApiRequest,
    ApiResponse,
    GoAwaySeen,
    ResetSeen,
    SettingsSeen,
)
from ..deliveries import Delivery
from ..entries import (
    ConnectionClosed,
    ConnectionOpened,
    ConnectionRefused,
    Entry,
    FaultFired,
    FeedbackSent,
    Malformed,
    Notification,
    Response,
)
from .badges import Badges
from .in_vain import SentInVain
from .intention import Intention
from .knowledge import Knowledge
from .landed import Landed
from .listed import AsListed
from .phrases import service_in_words
from .provider_tokens import ProviderTokens
from .refusal import own_fault
from .resent import Resent
from .retries import Retries
from .streams import Streams
from .struck_off import StruckOff
from .trail import Sight, Trail
from .turned_away import TurnedAway, may_be_for_pushes
from .unmeant import Unmeant

#: What may have had a notification discarded.
Cause = Notification | Malformed | FaultFired | GoAwaySeen | ResetSeen


class Journal:
    """Takes ledger entries in order. Everything is by position of the intention. With `compare` it
    is noted how what came was altered, and with `badges` what the icons of devices show.
    """

    def __init__(
        self, intention: Intention, *, compare: bool = False, badges: bool = False
    ) -> None:
        self._intention = intention
        size = len(intention)
        self.accepted = array("L", bytes(size * array("L").itemsize))
        #: The connection on which each was accepted first.
        self.home = array("L", bytes(size * array("L").itemsize))
        #: How often each was refused for a fault of its own, and where first.
        self.refusals: dict[int, int] = {}
        self.refused: dict[int, Sight] = {}
        self.doubled: dict[int, Sight] = {}
        #: Accepted, and sent again when no answer had told of that: how often.
        self.rescued: dict[int, int] = {}
        #: Where such a one was accepted first, and where it came again.
        self.unanswered: dict[int, Sight] = {}
        self.came_again: dict[int, Sight] = {}
        self.undone: dict[int, Sight] = {}
        #: Told, and never held against anybody: what a late error has swallowed can only come
        #: again behind what was sent meanwhile, and two connections have no order at all.
        self.out_of_order: list[int] = []
        self.unmeant = Unmeant()
        self.received = 0
        self.trails: dict[int, Trail] = {}
        self.knowledge = Knowledge(self.trails)
        self.resent = Resent(intention, self.knowledge)
        self.in_vain = SentInVain(intention, self.knowledge)
        self.turned_away = TurnedAway()
        self.landed = Landed()
        self.as_listed = AsListed(intention, wanted=compare)
        self.badges = Badges(intention, wanted=badges)
        #: Bytes that were written to feedback, which only speaks, by connection.
        self.misdirected: dict[int, int] = {}
        #: Connections for pushes that were of use side by side, at most: see `Trail.over`.
        self.widest = 0
        #: Attempts to connect for pushes once something had gone wrong, refused ones too.
        self.reconnects = 0
        self.causes: dict[int, Cause] = {}
        #: Faults by the `seq` of the notification that came before, on which most have acted.
        self.behind: dict[int, FaultFired] = {}
        self.latest = 0
        self.streams = Streams()
        self.retries = Retries(intention)
        self.provider_tokens = ProviderTokens()
        self.struck_off = StruckOff(intention, self.trails)
        self.feedback_read = False
        self._holding, self._sparing = holding(), sparing()
        self._furthest = -1
        self._waiting: dict[int, Trail] = {}

    def take(self, entry: Entry) -> None:
        """Note an entry."""
        match entry:
            case Notification():
                self._notification(entry)
            case ConnectionOpened(service="feedback"):
                self.feedback_read = True
            case ConnectionOpened():
                self._opened(entry)
            case ConnectionRefused():
                if may_be_for_pushes(entry):
                    self._attempt()
                self.turned_away.refused(entry)
            case FeedbackSent():
                self.feedback_read = True
                self.knowledge.gone.listed(entry)
            case Malformed() | FaultFired():
                self._trouble(entry)
            case Response(connection=connection) if connection in self.trails:
                self.knowledge.answered(entry)
                self.trails[connection].response = entry
            case Delivery():
                self.landed.take(entry)
                self.badges.take(entry)
            case ApiResponse():
                self.knowledge.answered_on_stream(entry)
                self.streams.answered(entry)
                self.retries.answered(entry)
            case SettingsSeen():
                self.streams.settings(entry)
            case ApiRequest() | GoAwaySeen() | ResetSeen():
                self._on_streams(entry)
            case ConnectionClosed(connection=connection) if connection in self.trails:
                self.trails[connection].closed = entry
            case ConnectionClosed(unread_bytes=size) if size:
                self.misdirected[entry.connection] = size

    def _opened(self, entry: ConnectionOpened) -> None:
        self._attempt()
        trail = Trail(entry.connection, entry.t, entry.seq, entry.topic, entry.service)
        self.trails[entry.connection] = trail
        self.widest = max(self.widest, sum(not each.over for each in self.trails.values()))

    def _attempt(self) -> None:
        self.reconnects += any(trail.failed_to_last for trail in self.trails.values())

    def _trouble(self, entry: Malformed | FaultFired) -> None:
        self.causes[entry.seq] = entry
        trail = self.trails.get(entry.connection)
        if isinstance(entry, FaultFired):
            if entry.fault in self._sparing:
                return
            self.behind[self.latest] = entry
            self.turned_away.disturbed(entry)
            if trail is not None:
                trail.faults.append(entry)
                if entry.fault in self._holding and trail.held is None:
                    trail.held = entry.seq
        elif trail is not None:
            trail.malformed = entry
            trail.failed = trail.failed or entry

    def _on_streams(self, entry: ApiRequest | GoAwaySeen | ResetSeen) -> None:
        """Something on a connection of HTTP/2 that is no push."""
        if isinstance(entry, ApiRequest):
            self.streams.request(entry)
            return
        self.causes[entry.seq] = entry
        if isinstance(entry, ResetSeen):
            self.streams.reset(entry)
            return
        self.streams.goaway(entry)
        trail = self.trails.get(entry.connection)
        if entry.by == "server" and trail is not None:
            # Of two the first says that it is over (pushy #312).
            trail.goaway = trail.goaway or entry

    def _notification(self, seen: Notification) -> None:
        self.received += 1
        self.latest = seen.seq
        self.provider_tokens.take(seen)
        trail = self._trail(seen)
        position = self._intention.position(seen)
        self.in_vain.came(position, seen)
        if seen.outcome == "rejected" and seen.service == "gateway":
            self.causes[seen.seq] = seen
        if position is None:
            self.unmeant.came(seen)
            return
        trail.frames += 1
        trail.furthest = max(trail.furthest, position)
        if trail.first is None:
            trail.first = position
        if self._waiting:
            self._replayed(position, seen)
        if position in self.refusals:
            self.resent.came(position, seen)
        self.retries.came(position, seen)
        if seen.outcome == "accepted":
            self._accepted(position, seen)
        elif own_fault(seen):
            self.refusals[position] = self.refusals.get(position, 0) + 1
            self.refused.setdefault(position, Sight.of(seen))
            self.knowledge.refused(position, seen)
        else:
            self.undone[position] = Sight.of(seen)
            self._waiting[position] = trail
            self.retries.is_owed(position, seen)
        if seen.token and 400 <= (seen.http_status or 0) < 500:
            self.struck_off.refused(position, seen)

    def _trail(self, seen: Notification) -> Trail:
        trail = self.trails.get(seen.connection)
        if trail is None:
            # Opened before the ledger was reset.
            trail = Trail(seen.connection, seen.t, service=seen.service)
            self.trails[seen.connection] = trail
        trail.frame(seen)
        # On the provider API the others go on.
        if seen.outcome == "rejected" and seen.service == "gateway" and trail.failed is None:
            trail.failed = seen
        return trail

    def _replayed(self, position: int, seen: Notification) -> None:
        before = self._waiting.pop(position, None)
        if before is not None and before.connection != seen.connection and before.replayed is None:
            before.replayed = seen.t

    def _accepted(self, position: int, seen: Notification) -> None:
        self.accepted[position] += 1
        count = self.accepted[position]
        if count == 1:
            self.home[position] = seen.connection
            if position < self._furthest:
                self.out_of_order.append(position)
            else:
                self._furthest = position
        meant = self._intention.times[position]
        if count > meant:
            if self._could_be_known(position, meant):
                self.doubled.setdefault(position, Sight.of(seen))
            else:
                self.rescued[position] = self.rescued.get(position, 0) + 1
                self.came_again.setdefault(position, Sight.of(seen))
        if isinstance(seen, ApiNotification) and seen.answering is not True:
            self.unanswered.setdefault(position, Sight.of(seen))
            self.retries.is_owed(position, seen)
        self.knowledge.accepted(position, seen)
        self.as_listed.take(position, seen)
        self.undone.pop(position, None)

    def _could_be_known(self, position: int, meant: int) -> bool:
        """Whether a provider could know that so many were accepted before this one.

        Of the gateway, whose silence means that, it always may. Over the provider API an answer
        says so, which may be gone with a connection that the server has reset behind it.
        """
        home = self.trails[self.home[position]]
        if home.service == "api" and home.swallows:
            return False
        return self.accepted[position] - 1 - self.knowledge.unanswered(position) >= meant

    # ---- which service ----------------------------------------------------------------------

    @property
    def asked(self) -> str:
        """Which service pushes were sent to, or were to be sent to, with its article."""
        services = {trail.service for trail in self.trails.values()}
        for each in self.turned_away.for_pushes():
            if each.service != "proxy":
                services.add(each.service)
        return service_in_words(services)
