"""Timelines taken from ledger entries, in one pass."""

from __future__ import annotations

from base64 import b64encode
from codecs import getincrementaldecoder
from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from ...ledger import (
    ApiNotification,
    ApiRequest,
    ApiResponse,
    ConnectionClosed,
    ConnectionOpened,
    ConnectionRefused,
    Delivery,
    Entry,
    Envelope,
    FaultFired,
    FeedbackSent,
    GoAwaySeen,
    Malformed,
    Notification,
    ResetSeen,
    Response,
    SettingsSeen,
)
from ...ledger.audit import digest_of, own_fault
from .phones import Phones
from .sample import Sample
from .shown import Again, Content, Earlier, Epoch, Lane, Mark, Sign, Trace

#: Marks and signs in one timeline. Of more than that a fair part is drawn.
MOST = 20_000
#: Connections in one timeline: a provider that reconnects for ever makes thousands.
MOST_LANES = 200
#: Bytes of a payload, and of a token, that are shown.
MOST_PAYLOAD = 4096
MOST_TOKEN = 256

#: Seconds by which the wall clock has to be set that it is noticed: less is not shown.
_NOTICED = 0.001

_decoder = getincrementaldecoder("utf-8")


def trace(entries: Iterable[Entry]) -> Trace:
    """What there is to draw of these entries, such as a whole ledger, in their order."""
    tracer = _Tracer()
    for entry in entries:
        tracer.take(entry)
    return tracer.finish()


class _Seen(NamedTuple):
    """A notification, who it is, and its earlier sight."""

    entry: Notification
    key: int
    earlier: Earlier | None


class _Tracer:
    def __init__(self) -> None:
        self._epochs: list[Epoch] = []
        self._lanes: dict[int, Lane] = {}
        self._left_out: set[int] = set()
        self._phones = Phones()
        self._drawn: Sample[_Seen | Sign | Delivery] = Sample(MOST)
        self._best: dict[int, Earlier] = {}
        #: Who is meant by answers that are still to leave, by connection and stream.
        self._unanswered: dict[tuple[int, int], int] = {}

    def take(self, entry: Entry) -> None:
        self._note_time(entry)
        match entry:
            case Notification():
                self._notification(entry)
            case ConnectionOpened():
                if lane := self._lane(entry.connection):
                    lane.opened, lane.service = entry, entry.service
            case ConnectionRefused():
                if lane := self._lane(entry.connection):
                    lane.refused, lane.service = entry, entry.service
            case ConnectionClosed():
                if lane := self._lane(entry.connection):
                    lane.closed = entry
            case Malformed() | Response() | FaultFired() | FeedbackSent():
                self._sign(entry)
            case ApiResponse():
                self._answered(entry)
                self._sign(entry)
            case Delivery():
                if self._phones.take(entry):
                    self._drawn.add(f"delivery {entry.fate}", entry)
            case ApiRequest() | GoAwaySeen() | ResetSeen() | SettingsSeen():
                self._sign(entry)

    def _note_time(self, entry: Entry) -> None:
        epoch = entry.wall - entry.t
        if not self._epochs or abs(epoch - self._epochs[-1].epoch) > _NOTICED:
            self._epochs.append(Epoch(entry.seq, epoch))

    def _lane(self, connection: int) -> Lane | None:
        """The lane of a connection, None if it is one too many."""
        lane = self._lanes.get(connection)
        if lane is None:
            if len(self._lanes) == MOST_LANES:
                self._left_out.add(connection)
                return None
            lane = self._lanes[connection] = Lane(connection)
        return lane

    def _notification(self, entry: Notification) -> None:
        key = digest_of(entry)
        earlier = self._best.get(key)
        self._remember(key, entry)
        lane = self._lane(entry.connection)
        if lane is None:
            return
        lane.service = entry.service
        _count(lane, entry.outcome)
        if earlier is not None:
            _count(lane, _COUNTED[earlier.kind])
        self._drawn.add(entry.outcome, _Seen(entry, key, earlier))

    def _remember(self, key: int, entry: Notification) -> None:
        # With neither it is meant for nobody: pushy ended connections with such a one.
        if not entry.token_bytes and not entry.payload_bytes and entry.channel is None:
            return
        best, kind = self._best.get(key), _kind(entry)
        if best is None or _RANKS[kind] > _RANKS[best.kind]:
            self._best[key] = Earlier(
                kind, entry.seq, entry.connection, entry.ordinal, entry.outcome, entry.status
            )
        if kind == "rescue" and isinstance(entry, ApiNotification):
            self._unanswered[entry.connection, entry.stream] = key

    def _answered(self, entry: ApiResponse) -> None:
        """From now on its provider could know that it was accepted."""
        key = self._unanswered.pop((entry.connection, entry.stream), None)
        if key is not None:
            self._best[key] = msgspec.structs.replace(self._best[key], kind="duplicate")

    def _sign(self, entry: Sign) -> None:
        lane = self._lane(entry.connection)
        if lane is None:
            return
        if isinstance(entry, Malformed):
            _count(lane, "malformed")
        elif isinstance(entry, ApiRequest):
            _count(lane, "requests")
        elif isinstance(entry, FeedbackSent):
            _count(lane, "feedback")
            lane.service = "feedback"
        self._drawn.add(str(entry.__struct_config__.tag), entry)

    def finish(self) -> Trace:
        contents: dict[Content, int] = {}
        envelopes = _Envelopes()
        marks: list[Mark] = []
        signs: list[Sign | Delivery] = []
        for each in self._drawn.items:
            if isinstance(each, _Seen):
                content = contents.setdefault(_content(each.entry), len(contents))
                best = self._best.get(each.key)
                envelope = envelopes.of(each.entry)
                lost = bool(best and best.kind == "replay")
                marks.append(_mark(each, content, envelope, lost=lost))
            else:
                signs.append(each)
        return Trace(
            epochs=self._epochs,
            lanes=sorted(self._lanes.values(), key=lambda lane: lane.connection),
            marks=sorted(marks, key=lambda mark: mark.seq),
            signs=sorted(signs, key=lambda sign: sign.seq),
            contents=list(contents),
            envelopes=envelopes.all,
            left_out=self._drawn.left_out,
            lanes_left_out=len(self._left_out),
            devices=self._phones.lanes,
            devices_left_out=self._phones.left_out,
        )


class _Envelopes:
    """What pushes over the provider API have in common, each once, also where a ledger was read."""

    def __init__(self) -> None:
        self.all: list[Envelope] = []
        self._known: dict[bytes, int] = {}

    def of(self, entry: Notification) -> int | None:
        """The place of a push's, None for one that has none."""
        if not isinstance(entry, ApiNotification):
            return None
        position = self._known.setdefault(msgspec.json.encode(entry.envelope), len(self.all))
        if position == len(self.all):
            self.all.append(entry.envelope)
        return position


#: What an earlier sight makes of a later one: how much it counts, and as what.
_RANKS: dict[Again, int] = {"replay": 0, "resent-after-refusal": 1, "rescue": 2, "duplicate": 3}
_COUNTED: dict[Again, str] = {
    "replay": "replays",
    "rescue": "replays",
    "resent-after-refusal": "resent_after_refusal",
    "duplicate": "duplicates",
}


def _count(lane: Lane, name: str) -> None:
    setattr(lane, name, getattr(lane, name) + 1)


def _kind(entry: Notification) -> Again:
    """What it will mean to see this one again."""
    if entry.outcome == "accepted":
        at_once = not isinstance(entry, ApiNotification) or entry.answering is True
        return "duplicate" if at_once else "rescue"
    if own_fault(entry):
        return "resent-after-refusal"
    return "replay"


def _mark(seen: _Seen, content: int, envelope: int | None, *, lost: bool) -> Mark:
    own = {"t", "content", "envelope", "earlier", "lost"}
    shared = {name: getattr(seen.entry, name) for name in Mark.__struct_fields__ if name not in own}
    return Mark(
        t=round(seen.entry.t, 6),
        content=content,
        envelope=envelope,
        earlier=seen.earlier,
        lost=lost,
        **shared,
    )


def _content(entry: Notification) -> Content:
    token, payload = entry.token_bytes, entry.payload_bytes
    shown = payload[:MOST_PAYLOAD]
    text = base64 = None
    try:
        # A character that the cut went through is left out.
        text = _decoder().decode(shown, final=len(shown) == len(payload))
    except UnicodeDecodeError:
        base64 = b64encode(shown).decode("ascii")
    return Content(
        token=token[:MOST_TOKEN].hex() if token else entry.token,
        text=text,
        base64=base64,
        token_size=len(token) if len(token) > MOST_TOKEN else None,
        payload_size=len(payload) if len(payload) > MOST_PAYLOAD else None,
    )
