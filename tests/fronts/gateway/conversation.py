"""A session driven by hand: bytes and the moment in, actions and entries out."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from typing import Unpack

from fakeapns.fronts.actions import Action, Send, ShutWrite
from fakeapns.fronts.gateway.connection import GatewaySession
from fakeapns.ledger.clock import Timeline
from fakeapns.ledger.entries import (
    ConnectionClosed,
    FaultFired,
    How,
    Malformed,
    Notification,
    Response,
)
from fakeapns.ledger.ledger import Ledger
from fakeapns.protocol import NEED_DATA, ErrorPacket, GatewayParser, decode_error
from fakeapns.push.devices import Devices
from fakeapns.push.judge import Judge
from fakeapns.push.triggers import Plan
from fakeapns.scenario.faults import Fault
from fakeapns.scenario.settings import Settings, SettingsKeywords
from fakeapns.scenario.steps import On, Step

from ...frames import TOPIC

WALL = 1_600_000_000.0


class Conversation:
    """One session with a parser in front and everything around it that it needs."""

    def __init__(
        self,
        *steps: Step,
        topics: Sequence[str] = (TOPIC,),
        seed: int | None = None,
        now: float = 0.0,
        **settings: Unpack[SettingsKeywords],
    ) -> None:
        chosen = Settings.of(settings)
        self.devices = Devices(lambda: WALL)
        self.plan = Plan(seed)
        for step in steps:
            self.plan.add(step)
        self.ledger = Ledger(Timeline(0.0, WALL))
        self.judge = Judge(chosen, self.devices, self.plan, seed)
        self._open(1, topics, now)

    def _open(self, connection: int, topics: Sequence[str], now: float) -> None:
        self.connection = connection
        self.session = GatewaySession(connection, topics, self.judge, self.ledger, now)
        self.parser = GatewayParser(self.judge.settings.max_frame)

    def another(self, *, topics: Sequence[str] = (TOPIC,), now: float = 0.0) -> Conversation:
        """The next connection to the same server."""
        other = copy(self)
        other._open(self.connection + 1, topics, now)
        return other

    def inject(self, fault: Fault, *, times: int | None = None, on: On | None = None) -> None:
        """Let a fault act, by default on every notification."""
        self.plan.add(Step(fault, on or On(), times))

    def write(self, *frames: bytes, now: float = 0.0) -> list[Action]:
        """The provider writes, all in one read; what is to be done then."""
        self.parser.receive_data(b"".join(frames))
        return self.read_on(now)

    def read_on(self, now: float) -> list[Action]:
        """Handle what has been parsed, as the server does it: not while a fault forbids it."""
        session, parser = self.session, self.parser
        while not (session.stalled or session.deaf or session.cuts_frame(parser.begun, now)):
            event = parser.next_event()
            if event is NEED_DATA:
                break
            session.handle(event, now)
        if session.deaf:
            parser.give_up()
        return session.actions()

    def wake(self, now: float) -> list[Action]:
        """The deadline has come; what is to be done then."""
        self.session.wake(now)
        return self.session.actions()

    def leave(self, how: How = "graceful", now: float = 0.0) -> list[Action]:
        """The provider ends the stream; what is to be done then."""
        self.session.provider_ended(how, now)
        return self.session.actions()

    def close(self, now: float = 0.0) -> ConnectionClosed:
        """Have the end recorded; the entry."""
        self.session.record_close(self.parser.unread, now)
        return self.ledger.of(ConnectionClosed)[-1]

    @property
    def outcomes(self) -> list[str]:
        """What became of each notification, in order."""
        return [each.outcome for each in self.notifications]

    @property
    def notifications(self) -> list[Notification]:
        return self.ledger.notifications()

    @property
    def response(self) -> Response:
        """The one error packet that was recorded."""
        [found] = self.ledger.of(Response)
        return found

    @property
    def malformed(self) -> list[Malformed]:
        return self.ledger.of(Malformed)

    @property
    def faults(self) -> list[FaultFired]:
        return self.ledger.of(FaultFired)


def packet(actions: Sequence[Action]) -> ErrorPacket:
    """The error packet that the first of these actions sends."""
    assert isinstance(actions[0], Send)
    return decode_error(actions[0].data)


def goodbye(how: How) -> list[Action]:
    """What a provider that leaves in this way is told: one that says goodbye may wait for it."""
    return [ShutWrite(close_notify=True)] if how == "graceful" else []
