"""A connection driven by hand: bytes and the moment in, actions and entries out."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from typing import Unpack

from fakeapns.fronts.actions import Action, Send, ShutWrite
from fakeapns.fronts.front import Left, Provider
from fakeapns.fronts.gateway.connection import GatewayConnection
from fakeapns.fronts.gateway.shared import Gateway
from fakeapns.ledger.entries import ConnectionClosed, FaultFired, Malformed, Notification, Response
from fakeapns.ledger.ledger import Ledger
from fakeapns.protocol import ErrorPacket, decode_error
from fakeapns.push.devices import Devices
from fakeapns.push.judge import Judge
from fakeapns.push.triggers import Triggers
from fakeapns.scenario.faults import Fault
from fakeapns.scenario.settings import Settings
from fakeapns.scenario.settings_keywords import SettingsKeywords
from fakeapns.scenario.steps import On, Step

from ...frames import TOPIC
from ...moments import WALL, at


class Conversation:
    """One connection, and everything around it that it needs."""

    def __init__(
        self,
        *steps: Step,
        topics: tuple[str, ...] = (TOPIC,),
        seed: int | None = None,
        now: float = 0.0,
        **settings: Unpack[SettingsKeywords],
    ) -> None:
        self.devices = Devices(lambda: WALL)
        self.triggers = Triggers(seed)
        for step in steps:
            self.triggers.add(step)
        self.ledger = Ledger()
        judge = Judge(Settings.of(settings), self.devices, self.triggers, seed)
        self.gateway = Gateway(judge, self.ledger)
        self._open(1, topics, now)

    def _open(self, number: int, topics: tuple[str, ...], now: float) -> None:
        self.number, self._over = number, False
        provider = Provider(topics, None)
        self.connection = GatewayConnection(number, provider, self.gateway, at(now))

    def another(self, *, topics: tuple[str, ...] = (TOPIC,), now: float = 0.0) -> Conversation:
        """The next connection to the same server."""
        other = copy(self)
        other._open(self.number + 1, topics, now)
        return other

    def inject(self, fault: Fault, *, times: int | None = None, on: On | None = None) -> None:
        """Let a fault act, by default on every notification."""
        self.triggers.add(Step(fault, on or On(), times))

    def write(self, *frames: bytes, now: float = 0.0) -> list[Action]:
        """The provider writes, all in one read; what is to be done then."""
        self.connection.receive(b"".join(frames), at(now))
        return self._actions(now)

    def wake(self, now: float) -> list[Action]:
        """The deadline has come; what is to be done then."""
        self.connection.wake(at(now))
        return self._actions(now)

    def more(self, now: float = 0.0) -> None:
        """Something has come, and is not looked at yet."""
        if self.stalled:
            self.connection.kept_waiting(at(now))

    def leave(self, how: Left = "graceful", now: float = 0.0) -> list[Action]:
        """The provider ends the stream; what is to be done then."""
        self.connection.ended(how, at(now))
        return self._actions(now)

    def stop(self, now: float = 0.0) -> list[Action]:
        """The server stops; what is to be done then."""
        self.connection.stop(at(now))
        return self._actions(now)

    def _actions(self, now: float) -> list[Action]:
        """What is to be done, and that it was done."""
        actions = self.connection.actions()
        while self.connection.busy:
            self.connection.wake(at(now))
            actions += self.connection.actions()
        if self.connection.finished and not self._over:
            self._over = True
            self.connection.over(at(now))
        return actions

    @property
    def stalled(self) -> bool:
        """Whether nothing is to be read before the deadline."""
        return self.connection.appetite == 0

    @property
    def end(self) -> ConnectionClosed:
        """How it ended."""
        [found] = [
            each for each in self.ledger.of(ConnectionClosed) if each.connection == self.number
        ]
        return found

    @property
    def unread(self) -> int:
        """How many bytes are unread if the server stops now."""
        self.stop()
        return self.end.unread_bytes

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


def goodbye(how: Left) -> list[Action]:
    """What a provider that leaves in this way is told: one that says goodbye may wait for it."""
    return [ShutWrite(close_notify=True)] if how == "graceful" else []
