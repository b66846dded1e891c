"""One emulator from the inside: what it knows, and how it is started and stopped."""

from __future__ import annotations

import math
import time
import uuid
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import trio

from . import __version__
from .certificates import (
    Authority,
    CertificateFolder,
    check_topic,
    default_authority,
    open_folder,
    server_context,
)
from .devices import Devices
from .entries import ServerStarted
from .errors import FakeAPNsError, UsageError
from .judge import Judge
from .ledger import Ledger, Timeline
from .ledger_file import LedgerFile
from .plan import Plan
from .scenario import DeviceEntry, Scenario, Step
from .scenario_file import load_scenario
from .servers import Contexts, Server
from .settings import Settings
from .units import parse_duration

#: The topic of a server that is not told any.
DEFAULT_TOPIC = "com.example.app"
_NOTHING = Scenario(about="Nothing goes wrong.")

NO_SOCKETS = (
    "real sockets and an autojump clock do not go together, since virtual time runs on while "
    "the peer is merely slow: use `await apns.connect(topic)` instead"
)


class Emulator:
    """Devices, plan, ledger and server of one fake. The arguments are those of `FakeAPNs`."""

    def __init__(
        self,
        *,
        scenario: Scenario | str | Path | None,
        topics: Sequence[str] | None,
        seed: int | None,
        hosts: Sequence[str],
        gateway_port: int,
        feedback_port: int,
        authority: Authority | None,
        certs: Path | str | None,
        ledger: Path | str | None,
        settings: Mapping[str, Any],
    ) -> None:
        if isinstance(scenario, str | Path):
            scenario = load_scenario(scenario, seed)
        self.scenario = scenario or _NOTHING
        self.seed = self.scenario.seed if seed is None else seed
        self.scenario.check_seed(self.seed)
        self.settings = Settings.of({**self.scenario.gateway, **settings})
        self.scenario.check_tls(self.settings.tls_maximum)
        if isinstance(topics, str) or isinstance(hosts, str):
            raise UsageError("topics and hosts are lists: write topics=['com.example.app']")
        self.topics = tuple(_topics(self.scenario) if topics is None else topics)
        self.hosts = tuple(hosts)
        if not self.topics or not self.hosts:
            raise UsageError("topics and hosts cannot be empty: give at least one of each")
        for topic in self.topics:
            check_topic(topic)
        if certs is not None and authority is not None:
            raise UsageError("certs and authority are both given: the folder has its own authority")
        for port in (gateway_port, feedback_port):
            if not 0 <= port <= 65_535:
                raise UsageError(f"{port} is no port: give one from 0 (any free one) to 65535")
        self._ports = (gateway_port, feedback_port)
        self._authority = authority
        self._certs = None if certs is None else Path(certs)
        self._ledger_path = ledger
        self._folder: CertificateFolder | None = None
        self._clock = _Clock()
        self.devices = Devices(self._clock.wall)
        for device in self.scenario.device:
            self._add(device)
        self.plan = Plan(self.seed)
        self.injected: list[Step] = []
        for step in self.scenario.step:
            self.plan.add(step)
        self._judge = Judge(self.settings, self.devices, self.plan, self.seed)
        if self.seed is None and ".." in self.settings.error_delay:
            raise UsageError(
                f"setting error_delay is a range, {self.settings.error_delay}: give a seed"
            )
        self.ledger = Ledger(self._clock.timeline, max_entries=self.settings.max_entries)
        self.server: Server | None = None
        self._latest: Server | None = None
        self._used = False

    def _add(self, entry: DeviceEntry) -> None:
        ago = 0.0 if entry.since is None else parse_duration(entry.since.removeprefix("-"))
        self.devices.add(
            entry.topic,
            entry.full_token,
            entry.state,
            since=self.devices.now() - ago,
            environment=entry.environment,
        )

    @property
    def folder(self) -> CertificateFolder:
        """The certificates as files."""
        if self._folder is None:
            self._folder = CertificateFolder(self._authority or default_authority())
        return self._folder

    @asynccontextmanager
    async def run(self) -> AsyncIterator[None]:
        """Serve while the context lasts. Once only: a new start wants a new ledger."""
        if self._used:
            raise UsageError("this FakeAPNs has been started already: make another one")
        self._used = True
        if self._certs is not None:
            self._folder = open_folder(self._certs, self.topics)
        contexts = lru_cache(partial(server_context, self.folder.authority, self.settings))
        contexts(None)
        sink = None if self._ledger_path is None else LedgerFile(self._ledger_path)
        try:
            self._begin_ledger(sink)
            async with self._serving(contexts):
                yield
        finally:
            if sink is not None:
                sink.close()

    def _begin_ledger(self, sink: LedgerFile | None) -> None:
        self._clock.start()
        limit = self.settings.max_entries
        self.ledger = Ledger(self._clock.timeline, max_entries=limit, sink=sink)
        self.ledger.record(
            ServerStarted,
            trio.current_time(),
            run=uuid.uuid4().hex,
            version=__version__,
            scenario=self.scenario.name,
            seed=self.seed,
            expect=self.scenario.expect,
        )
        self.ledger.flush()

    @asynccontextmanager
    async def _serving(self, contexts: Contexts) -> AsyncIterator[None]:
        follow = self._clock.follow
        server = Server(contexts, self._judge, self.devices, self.ledger, follow)
        self._latest = server
        failure: BaseException | None = None
        try:
            async with trio.open_nursery() as nursery:
                await server.start(nursery, self._hosts_to_listen_on(), *self._ports)
                self.server = server
                try:
                    yield
                except BaseException as raised:
                    # Kept from the nursery, which would wrap it into a group.
                    failure = raised
                nursery.cancel_scope.cancel()
        except BaseExceptionGroup as group:
            raise _only(group) from None
        finally:
            self.server = None
        if failure is not None:
            raise failure
        if server.failure is not None:
            raise server.failure

    @property
    def failure(self) -> Exception | None:
        """What a connection's task failed with, if one did: never of a provider's making."""
        return None if self._latest is None else self._latest.failure

    def _hosts_to_listen_on(self) -> tuple[str, ...]:
        clock = trio.lowlevel.current_clock()
        if getattr(clock, "autojump_threshold", math.inf) == math.inf:
            return self.hosts
        if any(self._ports):
            raise UsageError(NO_SOCKETS)
        return ()


def _topics(scenario: Scenario) -> list[str]:
    """The topics that matter to a scenario, the usual one first."""
    return list(dict.fromkeys([DEFAULT_TOPIC, *(device.topic for device in scenario.device)]))


def _only(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """The one exception in a group, or what we have a sentence for, or the group."""
    explained = group.subgroup(FakeAPNsError)
    inner = (explained or group).exceptions
    if len(inner) > 1 and explained is None:
        return group
    return _only(inner[0]) if isinstance(inner[0], BaseExceptionGroup) else inner[0]


class _Clock:
    """Wall time that follows trio's clock, so that virtual time moves it too."""

    def __init__(self) -> None:
        self.timeline = Timeline(0.0, time.time())
        self._virtual = False
        self._now = time.monotonic
        self._offset = time.time() - time.monotonic()

    def start(self) -> None:
        """Begin to follow the clock of the trio loop at hand."""
        clock = trio.lowlevel.current_clock()
        self._virtual = hasattr(clock, "autojump_threshold")
        self._now = clock.current_time
        self.timeline = Timeline(self._now(), time.time())

    def wall(self) -> float:
        """Epoch seconds."""
        return self.timeline.wall(self._now()) if self._virtual else time.time()

    def follow(self) -> None:
        """Notice that the wall clock was set, or that the machine slept."""
        if not self._virtual:
            self.timeline.follow(self._now(), time.time())
