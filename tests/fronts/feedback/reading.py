"""A reader of feedback driven by hand: bytes and moments in, actions and entries out."""

from __future__ import annotations

from copy import copy
from typing import Unpack

from fakeapns.fronts.actions import Action, Close, Send, ShutWrite
from fakeapns.fronts.feedback.connection import FeedbackConnection
from fakeapns.fronts.front import Left, Provider
from fakeapns.ledger.entries import ConnectionClosed, FeedbackSent
from fakeapns.ledger.ledger import Ledger
from fakeapns.protocol import FeedbackParser
from fakeapns.push.devices import Devices
from fakeapns.push.judge import Judge
from fakeapns.push.triggers import Triggers
from fakeapns.scenario.settings import Settings
from fakeapns.scenario.settings_keywords import SettingsKeywords
from fakeapns.scenario.steps import Step

from ...frames import TOPIC, numbered
from ...moments import WALL, at

GOODBYE = ShutWrite(close_notify=True)


class Reading:
    """A list of `count` removed apps, and one connection that reads it."""

    def __init__(self, count: int, *steps: Step, **settings: Unpack[SettingsKeywords]) -> None:
        self.devices = Devices(lambda: WALL)
        for number in range(count):
            device = self.devices.add(TOPIC, numbered(number), "uninstalled", since=WALL + number)
            self.devices.report(device.registration)
        self.triggers = Triggers()
        for step in steps:
            self.triggers.add(step)
        self.ledger = Ledger()
        self._judge = Judge(Settings.of(settings), self.devices, self.triggers)
        self.triggers.arrive(1, "feedback")
        self._open(1, 0.0)

    def _open(self, number: int, now: float) -> None:
        self.number, self._over = number, False
        who = Provider((TOPIC,), None)
        self.connection = FeedbackConnection(number, who, self._judge, self.ledger, at(now))

    def another(self, now: float = 0.0) -> Reading:
        """The next reader of the same list."""
        other = copy(self)
        other._open(self.number + 1, now)
        return other

    def batch(self, now: float = 0.0) -> list[int]:
        """The numbers of the apps in what is handed out next. It is not written yet."""
        self.connection.wake(at(now))
        return numbers(self.connection.actions())

    def written(self) -> None:
        """What was handed out is with the reader: the loop asks what is next."""
        assert self.connection.actions() == []

    def read(self, now: float = 0.0) -> tuple[list[int], list[Action]]:
        """Write whatever is due now; the numbers, and what was to be done behind them."""
        found: list[int] = []
        while self.connection.deadline <= now and not self.connection.finished:
            self.connection.wake(at(now))
            while actions := self.connection.actions():
                found += numbers(actions)
                rest: list[Action] = [each for each in actions if not isinstance(each, Send)]
                if rest:
                    return found, rest
        return found, []

    def wake(self, now: float) -> list[Action]:
        """The deadline has come; what is to be done then."""
        self.connection.wake(at(now))
        return self._last(now)

    def leave(self, how: Left = "graceful", now: float = 0.0) -> list[Action]:
        """The reader ends the stream; what is to be done then."""
        self.connection.ended(how, at(now))
        return self._last(now)

    def stop(self, now: float = 0.0) -> list[Action]:
        """The server stops; what is to be done then."""
        self.connection.stop(at(now))
        return self._last(now)

    def fail(self, now: float = 0.0) -> None:
        """The loop has failed: nothing that is to be done will be."""
        self.connection.over(at(now))

    def _last(self, now: float) -> list[Action]:
        """What is to be done, and that all was, as the loop has it; the end with it."""
        found: list[Action] = []
        while actions := self.connection.actions():
            found += actions
        if self.connection.finished and not self._over:
            self._over = True
            self.connection.over(at(now))
        return found

    @property
    def listed(self) -> list[int]:
        """The numbers of the apps that are on the list now."""
        return [int.from_bytes(entry.token, "big") for _, entry in self.devices.feedback([TOPIC])]

    @property
    def sent(self) -> list[int]:
        """The numbers of those that were handed out, as the ledger has them."""
        return [int(each.token, 16) for each in self.ledger.of(FeedbackSent)]

    @property
    def end(self) -> tuple[str, str, str]:
        """Who ended it, how and why."""
        [found] = [
            each for each in self.ledger.of(ConnectionClosed) if each.connection == self.number
        ]
        return found.by, found.how, found.reason


def numbers(actions: list[Action]) -> list[int]:
    """The numbers of the apps in what is to be sent."""
    data = b"".join(each.data for each in actions if isinstance(each, Send))
    parser = FeedbackParser()
    return [int.from_bytes(each.token, "big") for each in parser.receive_data(data)]


CLOSE = Close()
