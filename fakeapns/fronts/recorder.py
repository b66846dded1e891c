"""Writes one connection's entries into the ledger, and counts its frames on the way."""

from __future__ import annotations

from ..ledger.entries import (
    By,
    ConnectionClosed,
    DelayedBy,
    FaultFired,
    How,
    Malformed,
    Notification,
    Outcome,
    Reason,
    Response,
)
from ..ledger.ledger import Ledger
from ..protocol import FrameMalformed, Frames, NotificationReceived, encode_error, status_label
from ..scenario.faults import Fault


class Recorder:
    """The record of one connection. `received` is the ordinal of its latest frame.

    With `signed_expiry` an expiration with the high bit set is negative, as documents of
    about 2010 have it; later ones call any non-zero value a date.
    """

    __slots__ = (
        "_connection",
        "_ledger",
        "_malformed",
        "_outcomes",
        "_signed_expiry",
        "received",
    )

    def __init__(self, ledger: Ledger, connection: int, *, signed_expiry: bool = False) -> None:
        self._ledger = ledger
        self._connection = connection
        self._signed_expiry = signed_expiry
        self._outcomes: dict[Outcome, int] = {"accepted": 0, "rejected": 0, "discarded": 0}
        self._malformed = 0
        self.received = 0

    def notification(
        self,
        received: NotificationReceived,
        outcome: Outcome,
        now: float,
        *,
        topic: str | None,
        warnings: tuple[str, ...] = (),
        status: int | None = None,
        behind: int | None = None,
        cause: int | None = None,
    ) -> int:
        """Record the frame at hand as a notification; the entry's `seq`."""
        self._outcomes[outcome] += 1
        expiration = received.expiration
        if self._signed_expiry and expiration is not None and expiration >= 0x8000_0000:
            expiration -= 0x1_0000_0000
        entry = self._ledger.record(
            Notification,
            now,
            connection=self._connection,
            ordinal=self.received,
            command=received.command,
            identifier=received.identifier,
            token_bytes=received.token,
            topic=topic,
            payload_bytes=received.payload,
            expiration=expiration,
            priority=received.priority,
            outcome=outcome,
            status=None if status is None else status_label(status),
            behind=behind,
            cause=cause,
            warnings=warnings,
        )
        return entry.seq

    def plain(self, frames: Frames, topic: str | None, now: float) -> None:
        """Record the next frames as accepted, with nothing to say about any."""
        self._ledger.record_run(self._connection, self.received + 1, topic, frames, now)
        self.received += len(frames)
        self._outcomes["accepted"] += len(frames)

    def malformed(
        self, event: FrameMalformed, outcome: Outcome, now: float, status: int | None = None
    ) -> int:
        """Record the frame at hand as malformed; the entry's `seq`."""
        self._malformed += 1
        entry = self._ledger.record(
            Malformed,
            now,
            connection=self._connection,
            ordinal=self.received,
            command=event.command,
            identifier=event.identifier,
            reason=event.reason,
            bytes_hex=event.data.hex(),
            status=None if status is None else status_label(status),
            outcome=outcome,
        )
        return entry.seq

    def response(
        self, status: int, identifier: int, since: float, by: DelayedBy, now: float
    ) -> bytes:
        """Record an error packet that was decided at `since` and leaves now; its bytes.

        The entry comes first, so that nothing is ever answered that is not on record.
        """
        packet = encode_error(status, identifier)
        self._ledger.record(
            Response,
            now,
            connection=self._connection,
            status=status_label(status),
            code=status,
            identifier=identifier,
            delayed_ms=round((now - since) * 1000),
            delayed_by=by,
            bytes_hex=packet.hex(),
        )
        return packet

    def fault(self, fault: Fault, step: int | None, detail: str, now: float) -> int:
        """Record that a fault acts; the entry's `seq`."""
        entry = self._ledger.record(
            FaultFired,
            now,
            connection=self._connection,
            step=step,
            fault=fault.name,
            detail=detail,
        )
        return entry.seq

    def closed(self, by: By, how: How, reason: Reason, unread: int, now: float) -> None:
        """Record the end; `unread` bytes belonged to no complete frame."""
        self._ledger.record(
            ConnectionClosed,
            now,
            connection=self._connection,
            by=by,
            how=how,
            reason=reason,
            received=self.received,
            **self._outcomes,
            malformed=self._malformed,
            unread_bytes=unread,
        )
