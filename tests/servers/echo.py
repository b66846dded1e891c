"""A service that says everything back, at a port with the terms of the API and at a plain one."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import lru_cache, partial

import trio

from fakeapns.certificates import Authority, default_authority, server_context
from fakeapns.fronts import Action, Close, Front, Left, Pending, Provider, Send, ShutWrite
from fakeapns.ledger.clock import Moment
from fakeapns.ledger.entries import Entry
from fakeapns.ledger.ledger import Ledger
from fakeapns.push.devices import Devices
from fakeapns.push.judge import Judge
from fakeapns.push.triggers import Triggers
from fakeapns.scenario.settings import Settings
from fakeapns.scenario.settings_keywords import SettingsKeywords
from fakeapns.scenario.steps import Step
from fakeapns.scenario.tls_terms import TLSTerms
from fakeapns.servers import Server

from .driven import running_clock


class Echo:
    """One connection: what comes goes back, a whole line at a time. `left` says how it ended."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self.appetite: int | None = None
        self.deadline, self.busy, self.finished = math.inf, False, False
        self.heard = b""
        self.kept = False
        self.left: Left | None = None
        self._rest = b""
        self._actions: list[Action] = []

    @property
    def pending(self) -> Pending:
        held = "nothing is read" if self.appetite == 0 else None
        return Pending(held, "the rest of a line" if self._rest else None)

    def actions(self) -> list[Action]:
        taken, self._actions = self._actions, []
        return taken

    def receive(self, data: bytes, now: Moment) -> None:
        self.heard += data
        line, end, self._rest = (self._rest + data).rpartition(b"\n")
        if line or end:
            self._actions.append(Send(line + end))

    def kept_waiting(self, now: Moment) -> None:
        self.kept = True

    def told(self, said: str) -> None:
        """Nothing is made of it."""

    def ended(self, how: Left, now: Moment) -> None:
        self.left = self.left or how
        self._close()

    def stop(self, now: Moment) -> None:
        self._close()

    def _close(self) -> None:
        if not self.finished:
            self.finished = True
            self._actions += [ShutWrite(close_notify=True), Close()]

    def wake(self, now: Moment) -> None:
        """Read again."""
        self.appetite, self.deadline = None, math.inf

    def over(self, now: Moment) -> None:
        """Nothing is put on record."""


class Echoing:
    """A server whose service `api` is an echo, at its port and at the plain one."""

    def __init__(
        self, *steps: Step, authority: Authority | None = None, **settings: SettingsKeywords
    ) -> None:
        self.authority = authority or default_authority()
        self.settings = Settings.of(settings)
        self.ledger = Ledger()
        self.connections: list[Echo] = []
        triggers = Triggers()
        for step in steps:
            triggers.add(step)
        judge = Judge(self.settings, Devices(lambda: 0.0), triggers)
        terms = TLSTerms.of("api", self.settings)
        fronts = [Front("api", 0, each, self._open) for each in (terms, None)]
        contexts = lru_cache(partial(server_context, self.authority, self.settings))
        self.server = Server(contexts, fronts, judge, self.ledger, running_clock())

    def _open(self, number: int, provider: Provider, now: Moment) -> Echo:
        self.connections.append(Echo(provider))
        return self.connections[-1]

    @asynccontextmanager
    async def listening(self, *hosts: str) -> AsyncIterator[Echoing]:
        """Serve while the context lasts, on real sockets if there are hosts."""
        async with trio.open_nursery() as nursery:
            await self.server.start(nursery, hosts)
            yield self
            nursery.cancel_scope.cancel()

    def over_memory(self, name: str) -> trio.abc.HalfCloseableStream:
        """A client that has connected to one of the ports."""
        ours, theirs = trio.testing.memory_stream_pair()
        self.server.take(name, ours)
        return theirs

    def of(self, kind: type[Entry]) -> list[Entry]:
        """The entries of a kind."""
        return list(self.ledger.of(kind))
