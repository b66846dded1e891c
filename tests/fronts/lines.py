"""A front for a made-up protocol: a line of JSON a push, a line of text for an answer.

It shows what a second service takes: no line of judge, devices, steps, ledger or pump knows it.
"""

from __future__ import annotations

import math
from typing import Any, cast

import msgspec

from fakeapns.fronts.actions import Action, Close, Send, ShutWrite
from fakeapns.fronts.front import Front, Left, Provider
from fakeapns.fronts.recorder import Recorder
from fakeapns.ledger.clock import Moment
from fakeapns.ledger.ledger import Ledger
from fakeapns.push.judge import Judge, Verdict
from fakeapns.push.push import Push
from fakeapns.push.rules import Rules
from fakeapns.push.triggers import Chosen


class LineConnection:
    """One connection. A fault that ends it does so at once; it can do nothing else."""

    deadline, appetite = math.inf, None

    def __init__(self, number: int, judge: Judge, ledger: Ledger) -> None:
        self._number, self._judge, self._recorder = number, judge, Recorder(ledger, number)
        self._rules = Rules.of("gateway", judge.settings)
        self._rest, self._actions = b"", list[Action]()
        self.finished = False

    def actions(self) -> list[Action]:
        taken, self._actions = self._actions, []
        return taken

    def receive(self, data: bytes, now: Moment) -> None:
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._recorder.received += 1
            push = self._push(msgspec.json.decode(line))
            verdict = self._judge.judge(push, self._rules, push.ordinal, now.t)
            if verdict.refusal is not None:
                self.refuse(push, verdict, verdict.refusal.name.lower(), now)
            elif not verdict.decided:
                self._recorder.notification(push, "accepted", now, warnings=verdict.warnings)
                self._actions.append(Send(b"ok\n"))
            if verdict.chosen is not None:
                verdict.chosen.fault.act(At(self, verdict.chosen, verdict, push, now))

    def _push(self, given: dict[str, Any]) -> Push:
        token, payload = bytes.fromhex(given["token"]), msgspec.json.encode(given["payload"])
        place = {"connection": self._number, "ordinal": self._recorder.received}
        return Push(token_bytes=token, payload_bytes=payload, topic=given["topic"], **place)

    def refuse(self, push: Push, verdict: Verdict, why: str, now: Moment) -> None:
        """Say no to the push at hand."""
        warnings = verdict.warnings
        self._recorder.notification(push, "rejected", now, warnings=warnings, status=why)
        self._actions.append(Send(f"no {why}\n".encode()))

    def end(self, chosen: Chosen | None, now: Moment, how: Left = "graceful") -> None:
        """Close, because of a fault or since the other side has."""
        if chosen is not None:
            self._recorder.fault(chosen, "closed", now)
        if not self.finished:
            by, why = ("provider", "ended") if chosen is None else ("server", "fault")
            self._recorder.closed(cast(Any, by), cast(Any, how), cast(Any, why), 0, now)
            self._actions += [ShutWrite(close_notify=True), Close()]
        self.finished = True

    def ended(self, how: Left, now: Moment) -> None:
        self.end(None, now, how)

    def stop(self, now: Moment) -> None:
        self.end(None, now)

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
        self.connection.refuse(self.push, self.verdict, f"fault {status}", self.now)

    def end(self, detail: str, **how: object) -> None:
        self.connection.end(self.chosen, self.now)


def line_front(judge: Judge, ledger: Ledger) -> Front:
    """The service."""

    def open_connection(number: int, provider: Provider, now: Moment) -> LineConnection:
        return LineConnection(number, judge, ledger)

    return Front("gateway", 0, ("1.2", "1.2"), open_connection)
