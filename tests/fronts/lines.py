"""A front for a made-up protocol: a line of JSON a push, a line of text for an answer.

It shows what a second service takes: no line of judge, devices, steps, ledger or pump knows it. It
stands in for the gateway, since scenarios and faults name the services that they can disturb.
"""

from __future__ import annotations

import math
from typing import Any

import msgspec

from fakeapns.fronts import (
    Action,
    Close,
    Front,
    Left,
    Pending,
    Provider,
    Recorder,
    Send,
    ShutWrite,
    left_by,
)
from fakeapns.ledger import By, How, Ledger, Moment, Reason
from fakeapns.push import Chosen, Judge, Push, Rules, Verdict
from fakeapns.scenario import TLSTerms


class LineConnection:
    """One connection. A fault that ends it does so at once; it can do nothing else."""

    deadline, appetite, busy = math.inf, None, False

    def __init__(self, number: int, judge: Judge, ledger: Ledger, now: Moment) -> None:
        self._number, self._judge, self._opened = number, judge, now.t
        self.recorder = Recorder(ledger, number)
        self._rules = Rules.of("gateway", judge.settings)
        self._rest, self._actions = b"", list[Action]()
        self.finished, self._end = False, left_by("lost")

    @property
    def pending(self) -> Pending:
        return Pending(waits="the rest of a line" if self._rest else None)

    def actions(self) -> list[Action]:
        taken, self._actions = self._actions, []
        return taken

    def receive(self, data: bytes, now: Moment) -> None:
        self._rest += data
        # A fault may end it: what is behind stays unread.
        while not self.finished and b"\n" in self._rest:
            line, _, self._rest = self._rest.partition(b"\n")
            self._take(msgspec.json.decode(line), now)

    def _take(self, given: dict[str, Any], now: Moment) -> None:
        self.recorder.received += 1
        push = Push(
            connection=self._number,
            ordinal=self.recorder.received,
            token_bytes=bytes.fromhex(given["token"]),
            payload_bytes=msgspec.json.encode(given["payload"]),
            topic=given["topic"],
        )
        verdict = self._judge.judge(push, self._rules, push.ordinal, now.t - self._opened)
        if verdict.refusal is not None:
            self.refuse(push, verdict, verdict.refusal.name.lower(), now)
        elif not verdict.decided:
            self.recorder.notification(push, "accepted", now, warnings=verdict.warnings)
            self._actions.append(Send(b"ok\n"))
        if verdict.chosen is not None:
            verdict.chosen.fault.act(At(self, verdict.chosen, verdict, push, now))

    def refuse(self, push: Push, verdict: Verdict, why: str, now: Moment) -> None:
        """Say no to the push at hand."""
        warnings = verdict.warnings
        self.recorder.notification(push, "rejected", now, warnings=warnings, status=why)
        self._actions.append(Send(f"no {why}\n".encode()))

    def cut(self) -> None:
        """Close, because of a fault."""
        self._close("server", "graceful", "fault")

    def kept_waiting(self, now: Moment) -> None:
        raise AssertionError("everything is read")

    def told(self, said: str) -> None:
        """Nothing is made of it."""

    def ended(self, how: Left, now: Moment) -> None:
        self._close(*left_by(how))

    def stop(self, now: Moment) -> None:
        self._close("server", "graceful", "stopped")

    def over(self, now: Moment) -> None:
        self.recorder.closed(*self._end, len(self._rest), now)

    def _close(self, *end: *tuple[By, How, Reason]) -> None:
        if not self.finished:
            self.finished, self._end = True, end
            self._actions += [ShutWrite(close_notify=True), Close()]

    def wake(self, now: Moment) -> None:
        raise AssertionError("nothing is ever due")


class At(msgspec.Struct):
    """What faults can do here. Those that want more are no use to this service."""

    connection: LineConnection
    chosen: Chosen
    verdict: Verdict
    push: Push
    now: Moment

    def refuse(self, status: str | int, **how: object) -> None:
        self.connection.recorder.fault(self.chosen, f"{status}", self.now)
        self.connection.refuse(self.push, self.verdict, f"fault {status}", self.now)

    def end(self, detail: str, **how: object) -> None:
        self.connection.recorder.fault(self.chosen, detail, self.now)
        self.connection.cut()


def line_front(judge: Judge, ledger: Ledger) -> Front:
    """The service."""

    def open_connection(number: int, provider: Provider, now: Moment) -> LineConnection:
        return LineConnection(number, judge, ledger, now)

    return Front("gateway", 0, TLSTerms.of("gateway", judge.settings), open_connection)
