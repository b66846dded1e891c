"""Takes requests that are like one before them, and about which nobody has to decide.

A shortcut only: whatever it takes, the judge accepts as well, and what it leaves is left to him.
"""

from __future__ import annotations

import re
from binascii import Error, unhexlify

from ...ledger import Moment
from ...protocol import TOKEN_SIZE
from ...protocol.http2 import Request, Shape
from .answers import Answers
from .manner import Manner
from .recorder import ApiRecorder
from .sender import Sender, Signed
from .shared import DEVICE, UUID, Api
from .taken import TakenRow

_FIRST = len(DEVICE)
_LONG = _FIRST + 2 * TOKEN_SIZE
#: As many as one row has at most: more than come in one read.
_MOST = 1024


class Shortcut:
    """That of the connection `number`. `judged` counts the pushes of it that were, here too."""

    def __init__(
        self, api: Api, number: int, sender: Sender, answers: Answers, recorder: ApiRecorder
    ) -> None:
        self._api = api
        self._number = number
        self._sender = sender
        self._answers = answers
        self._recorder = recorder
        self.judged = 0
        #: What the last push was that had nothing wrong with it.
        self._shape: Shape | None = None
        self._manner: Manner | None = None
        self._limit = 0
        self._row: TakenRow | None = None
        #: How many more may be taken before somebody has to look at the steps again, and which
        #: tokens some step waits for.
        self._left = 0
        self._watched: re.Pattern[str] | None = None

    def remember(self, shape: Shape, manner: Manner) -> None:
        """A push of this shape was accepted, with nothing wrong about its headers."""
        if not self._api.bundles:
            return
        self._shape, self._manner = shape, manner
        self._limit = self._api.rules.limit_for(manner.push_type)

    def take(self, request: Request, now: Moment) -> bool:
        """Whether the request was taken and answered: it is on record once `record` is called."""
        manner, path = self._manner, request.path
        if request.shape is not self._shape or manner is None or path is None:
            return False
        if len(path) != _LONG or not path.startswith(DEVICE):
            return False
        if not 0 < len(request.body) <= self._limit:
            return False
        # As late as this one is another one's turn: what was signed may have grown too old.
        signed = self._sender.look(manner, now)
        row = self._row
        if row is None or row.signed is not signed:
            row = self._begin(manner, signed, now)
            if row is None:
                return False
        try:
            token = unhexlify(path[_FIRST:])
        except (Error, ValueError):
            return False
        if self._left <= len(row) or not self._is_plain(token, signed.topic):
            return False
        apns_id = request.apns_id
        if apns_id is None:
            apns_id = self._api.made_up().encode("ascii")
        elif not UUID.fullmatch(apns_id):
            return False
        if not self._answers.fine(request.stream, apns_id):
            return False
        self._recorder.requests += 1
        row.add(request.stream, self._recorder.requests, token, request.body, apns_id)
        return True

    def _begin(self, manner: Manner, signed: Signed, now: Moment) -> TakenRow | None:
        """A new row, if there may be one."""
        self.record(now)
        if signed.flaws or signed.topic is None or self._answers.are_held:
            return None
        triggers = self._api.judge.triggers
        self._left, self._watched = triggers.quiet_for(
            _MOST, self._number, self.judged, signed.topic
        )
        if not self._left:
            return None
        self._row = TakenRow(self._number, manner, signed, self._recorder.since)
        return self._row

    def _is_plain(self, token: bytes, topic: str | None) -> bool:
        """Whether there is nothing about whom it is for."""
        if self._watched is not None and self._watched.match(token.hex()):
            return False
        devices, rules = self._api.judge.devices, self._api.rules
        if not devices and not rules.registered_only:
            return True
        known = devices.find(token)
        if not known:
            return not rules.registered_only
        device = known.get(topic or "")
        return (
            device is not None
            and device.since is None
            and device.environment in (None, rules.environment)
        )

    def record(self, now: Moment) -> None:
        """Put on record what was taken: before anything else is, and before an answer leaves."""
        row, self._row = self._row, None
        if row is not None and len(row):
            self._recorder.accepted(row, now)
            self._api.judge.triggers.count(len(row))
            self.judged += len(row)
