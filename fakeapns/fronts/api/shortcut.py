"""Takes requests in a row that are alike, and about which nobody has to decide.

A shortcut only: whatever it takes, the judge accepts as well, and what it leaves is left to him.
"""

from __future__ import annotations

import re
from binascii import Error, unhexlify
from collections.abc import Mapping, Sequence

from ...ledger import Moment
from ...protocol import TOKEN_SIZE
from ...protocol.http2 import Event, Request
from ...push import Registration
from .headers import UUID
from .manner import Manner
from .routes import DEVICE
from .senders import Sender
from .standing import Standing
from .taken import TakenRow

_FIRST = len(DEVICE)
_LONG = _FIRST + 2 * TOKEN_SIZE
#: Bytes that path, id and length of a request have at most, as HTTP/2 counts them.
_OWN = 512
#: Of the longest number that a length may be (63 bits).
_DIGITS = 19
#: As many as one row has at most: more than come in one read.
_MOST = 1024


class Shortcut:
    """That of one connection."""

    def __init__(self, standing: Standing, sender: Sender) -> None:
        self._standing = standing
        self._api = standing.api
        self._number = standing.number
        self._sender = sender
        self._answers = standing.answers
        self._recorder = standing.recorder
        self._is_allowed = False
        self._row: TakenRow | None = None
        #: For which topic that is, how many there may be in it before somebody has to look at the
        #: steps again, and which tokens some step waits for.
        self._topic: str | None = None
        self._left = 0
        self._watched: re.Pattern[str] | None = None

    def allow(self) -> None:
        """A push was accepted: nothing is odd about the connection itself."""
        self._is_allowed = self._api.bundles and TOKEN_SIZE in self._api.rules.token_sizes

    def take(self, events: Sequence[Event], at: int, now: Moment) -> int:
        """How many requests from this one on, all with the same headers, were taken and answered:
        they are on record once `record` is called.
        """
        first = events[at]
        if not self._is_allowed or not isinstance(first, Request) or self._answers.are_held:
            return 0
        manner = self._api.manner(first.shape)
        if manner.method != b"POST" or manner.repeats_id:
            return 0
        if first.shape.size + _OWN > self._sender.room:
            return 0
        # As late as this one is another one's turn: what was signed may have grown too old.
        signed = self._sender.look(manner, now)
        if signed.flaws or signed.topic is None:
            return 0
        row = self._row_for(signed.topic, now)
        if row is None:
            return 0
        before = len(row)
        self._collect(row, events[at : at + self._left - before], manner, signed.topic)
        taken = self._answers.all_fine(row.streams[before:], row.ids[before:])
        row.end(before, before + taken, manner, signed)
        self._recorder.requests += taken
        if taken and self._api.judge.devices.find(row.tokens[-1]):
            self.record(now)
        return taken

    def _row_for(self, topic: str, now: Moment) -> TakenRow | None:
        """The row that takes more of this topic, if there may be one."""
        if self._row is not None and topic == self._topic and len(self._row) < self._left:
            return self._row
        self.record(now)
        triggers = self._api.judge.triggers
        self._topic = topic
        self._left, self._watched = triggers.quiet_for(
            _MOST, self._number, self._standing.judged, topic
        )
        if not self._left:
            return None
        self._row = TakenRow(self._number, self._recorder.requests + 1, self._recorder.since)
        return self._row

    def _collect(self, row: TakenRow, events: Sequence[Event], manner: Manner, topic: str) -> None:
        """Those at the front that have the headers of the first, with nothing to say about any."""
        first = events[0]
        assert isinstance(first, Request)
        # One loop that calls next to nothing: it is most of what a push costs here.
        shape, limit = first.shape, self._api.rules.limit_for(manner.push_type)
        made_up, awaited = self._api.ids, self._answers.awaited
        watched, registered_only = self._watched, self._api.rules.registered_only
        has_devices, find = bool(self._api.judge.devices), self._api.judge.devices.find
        known: Mapping[str, Registration] = {}
        for request in events:
            if not isinstance(request, Request) or request.shape is not shape:
                break
            path, body, apns_id = request.path, request.body, request.apns_id
            if path is None or len(path) != _LONG or path[:_FIRST] != DEVICE:
                break
            # Zeros may stand in front of it, as many as they like (RFC 9110, 8.6).
            if request.content_length is not None and len(request.content_length) > _DIGITS:
                break
            if not 0 < len(body) <= limit or request.stream not in awaited:
                break
            try:
                token = unhexlify(path[_FIRST:])
            except (Error, ValueError):
                break
            if watched is not None and watched.match(token.hex()):
                break
            if has_devices:
                known = find(token)
            if (known or registered_only) and not self._is_here(known.get(topic)):
                break
            if apns_id is None:
                apns_id = next(made_up)
            elif not UUID.fullmatch(apns_id):
                break
            row.streams.append(request.stream)
            row.tokens.append(token)
            row.bodies.append(body)
            row.ids.append(apns_id)
            if known:
                # What becomes of it there is next on record.
                break

    def _is_here(self, device: Registration | None) -> bool:
        """Whether this is a device whose token is good."""
        return (
            device is not None
            and device.since is None
            and device.environment in (None, self._api.rules.environment)
        )

    def record(self, now: Moment) -> None:
        """Put on record what was taken: before anything else is, and before an answer leaves."""
        row, self._row = self._row, None
        if row is not None and len(row):
            seq, token = self._recorder.accepted(row, now), row.tokens[-1]
            self._api.changes.meet(token, self._topic, now, self._recorder)
            self._api.deliveries.deliver_to(token, now, lambda: row.last_parcel(seq))
            self._api.judge.triggers.count(len(row))
            self._standing.judged += len(row)
