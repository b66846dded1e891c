"""One emulator from the inside: what it knows, and how it is started and stopped."""

from __future__ import annotations

import logging
import os
import uuid
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import trio

from .._version import __version__
from ..certificates import (
    Authority,
    CertificateFolder,
    ProviderKeys,
    check_topic,
    default_authority,
    open_folder,
    read_client_ca,
    remove_dead_folders,
    server_context,
)
from ..errors import UsageError
from ..fronts import Entrance
from ..ledger import Ledger, LedgerFile, ServerStarted, record_landings
from ..protocol.http2 import EngineChoice
from ..push import Channels, Devices, Judge, Mishaps, Triggers
from ..scenario import Scenario, Settings, Step, TLSTerms, load_scenario
from ..servers import Clock, Contexts, Server
from .arguments import check_hosts, check_kinds
from .engine import chosen_engine
from .failures import most_telling
from .inhabitants import add_channels, add_devices, follow_channels, topics_of
from .known_keys import keyring_of
from .reactions import Reactions
from .services import Services

log = logging.getLogger("fakeapns")

_NOTHING = Scenario(about="Nothing goes wrong.")


class Emulator:
    """Devices, triggers, ledger and server of one fake.

    The arguments are those of `FakeAPNs`, but for the ports, which `services` has.
    """

    def __init__(
        self,
        *,
        scenario: Scenario | str | Path | None,
        topics: Sequence[str] | None,
        seed: int | None,
        hosts: Sequence[str],
        services: Services,
        authority: Authority | None,
        certs: Path | str | None,
        ledger: Path | str | None,
        settings: Mapping[str, Any],
    ) -> None:
        check_kinds(
            scenario=scenario,
            authority=authority,
            certs=certs,
            ledger=ledger,
            lists=(topics, hosts),
        )
        if isinstance(scenario, str | Path):
            scenario = load_scenario(scenario, seed)
        self.scenario = scenario or _NOTHING
        self.seed = self.scenario.seed if seed is None else seed
        self.scenario.check_seed(self.seed)
        self.settings = Settings.of({**self.scenario.gateway, **settings})
        self.scenario.check_tls(self.settings)
        self.topics = tuple(topics_of(self.scenario) if topics is None else topics)
        self.hosts = tuple(hosts)
        if not self.topics or not self.hosts:
            raise UsageError("topics and hosts cannot be empty: give at least one of each")
        check_hosts(self.hosts)
        for topic in self.topics:
            check_topic(topic)
        if certs is not None and authority is not None:
            raise UsageError("certs and authority are both given: the folder has its own authority")
        self.services = services
        self._authority = authority
        self._certs = None if certs is None else Path(certs)
        self._ledger_path = ledger
        self._folder: CertificateFolder | None = None
        self._keys: ProviderKeys | None = None
        #: What everything here goes by.
        self.clock = Clock()
        self._sink: LedgerFile | None = None
        self.injected: list[Step] = []
        #: Outlives what is made anew: who injected something has to be told all the same.
        self.mishaps = Mishaps()
        self._furnish()
        if self.seed is None and ".." in self.settings.error_delay:
            raise UsageError(
                f"setting error_delay is a range, {self.settings.error_delay}: give a seed"
            )
        self.ledger = Ledger(max_entries=self.settings.max_entries)
        #: What apps do when they are woken.
        self.reactions = Reactions(self.mishaps, self.ledger)
        self._running = False
        #: The server while it runs, and once it is known.
        self.server: Server | None = None
        self._known: Server | None = None
        self._contexts: Contexts
        self._engine: EngineChoice

    def _furnish(self) -> None:
        """All that is there and may go wrong as the scenario has it, with nothing counted yet."""
        self.devices = Devices(self.clock.wall, self.settings)
        add_devices(self.scenario, self.devices)
        self.triggers = Triggers(self.seed, self.mishaps, self.settings.tls_maximum_of)
        self.injected.clear()
        for step in self.scenario.step:
            self.triggers.add(step)
        self._judge = Judge(self.settings, self.devices, self.triggers, self.seed)
        add_channels(self.scenario, self.channels)
        follow_channels(self.scenario, self.devices)

    @property
    def channels(self) -> Channels:
        """The channels of all apps."""
        return self._judge.channels

    @property
    def folder(self) -> CertificateFolder:
        """The certificates as files. Raises `StartError` for a folder that cannot be used."""
        if self._folder is None and self._certs is not None:
            self._folder = open_folder(self._certs, self.topics)
        elif self._folder is None:
            self._folder = CertificateFolder(self._authority or default_authority())
        return self._folder

    @property
    def keys(self) -> ProviderKeys:
        """The keys that providers sign tokens with. Raises as `folder` does."""
        if self._keys is None:
            self._keys = ProviderKeys(self.folder, self.clock.wall)
        return self._keys

    @asynccontextmanager
    async def serving(self, *, apart: bool) -> AsyncIterator[None]:
        """Serve while the context lasts, with what apps do in this loop or `apart` from it.

        Entered again, it goes on where it was: on the same ports, with the same devices and
        faults, and the record of all that happened before.
        """
        if self._running:
            raise UsageError("this FakeAPNs is running already: use it, or make another one")
        self._running = True
        try:
            if self._known is None:
                # Before certificates are made for nothing.
                await self.services.check_free(self.hosts)
                self._prepare()
            self._sink = None if self._ledger_path is None else LedgerFile(self._ledger_path)
            self.clock.start()
            self._open_ledger()
            async with self._listening(apart=apart):
                yield
        finally:
            self._running = False
            if self._known is not None:
                self.clock.stop()
            if self._sink is not None:
                self._sink.close()
                self._sink = None

    async def renew(self) -> None:
        """Close what is open and be as new, while listening on. To be called while it runs."""
        assert self.server is not None
        async with self.server.emptied():
            self.clock.renew()
            self.reactions.forget()
            self._furnish()
            self._begin_ledger(self.ledger)
            self.server.furnish(self._entrances(), self._judge, self.ledger)

    async def drained(self, at_rest: Callable[[], None], *, reacting: bool = True) -> list[str]:
        """Take in what is on its way, and unless told otherwise what apps do about it, as long as
        the setting `settle` has it; what is not dealt with, which is nothing if it does not run.
        """
        server, seconds = self.server, self.settings.settle_seconds
        if server is None:
            return []
        drain = partial(server.drained, at_rest=at_rest)
        return await (self.reactions.settled(drain, seconds) if reacting else drain(seconds))

    def arriving(self) -> list[str]:
        """What may still come to be recorded, a sentence for each, without waiting for it."""
        server = self.server
        return [] if server is None else [*server.arriving(), *self.reactions.in_words()]

    def _prepare(self) -> None:
        remove_dead_folders()
        self._engine = chosen_engine(os.environ)
        if self._engine.instead:
            log.warning("%s", self._engine.instead)
        # Both are whole, or said not to be, before anything listens.
        _ = self.folder, self.keys
        further = read_client_ca(self.settings)
        make = partial(server_context, self.folder.authority, self.settings, client_ca=further)
        self._contexts = lru_cache(make)
        self._contexts(TLSTerms.of("gateway", self.settings), None)

    def _open_ledger(self) -> None:
        if self._known is not None:
            self.ledger.continue_in(self._sink)
            return
        self._begin_ledger()
        entrances = self._entrances()
        self._known = Server(self._contexts, entrances, self._judge, self.ledger, self.clock)

    def _entrances(self) -> list[Entrance]:
        """What serves further connections."""
        keyring = keyring_of(self.keys, self.settings)
        shared = self._judge, self.ledger, keyring, self._engine.make, self.port
        return self.services.entrances(*shared, self.seed, self.hosts)

    def _begin_ledger(self, before: Ledger | None = None) -> None:
        ledger = Ledger(max_entries=self.settings.max_entries, sink=self._sink)
        if before is not None:
            # Ahead of all, since other threads may wait for news of either at any moment.
            ledger.succeed(before)
        self.ledger = ledger
        self.reactions.follow(ledger)
        ledger.record(
            ServerStarted,
            self.clock.now(),
            run=uuid.uuid4().hex,
            version=__version__,
            scenario=self.scenario.name,
            seed=self.seed,
            expect=self.scenario.expect,
        )
        ledger.flush()

    @asynccontextmanager
    async def _listening(self, *, apart: bool) -> AsyncIterator[None]:
        server = self._known
        assert server is not None
        failure: BaseException | None = None
        try:
            async with trio.open_nursery() as nursery:
                await server.start(nursery, self.services.reached_at(self.hosts, server.ports))
                self.server = server
                nursery.start_soon(partial(self.reactions.work, apart=apart))
                try:
                    yield
                except BaseException as raised:
                    # Kept from the nursery, which would wrap it into a group.
                    failure = raised
                # The time of what waits may be over, and nobody has looked since.
                record_landings(self.ledger, self.devices.look_over(), self.clock.now())
                nursery.cancel_scope.cancel()
        except BaseExceptionGroup as group:
            raise most_telling(group) from None
        finally:
            self.server = None
        if failure is not None:
            raise failure
        if server.failure is not None:
            raise server.failure

    @property
    def ports(self) -> tuple[int, ...]:
        """Where it listens, or will again; nothing if it never did."""
        return () if self._known is None else tuple(self._known.ports.values())

    def port(self, name: str) -> int | None:
        """Where the front of this name listens, or will again; None if it never did."""
        return None if self._known is None else self._known.ports.get(name)

    @property
    def failure(self) -> Exception | None:
        """What a connection's task failed with, if one did: never of a provider's making."""
        return None if self._known is None else self._known.failure

    def steps_changed(self) -> None:
        """Steps were added or removed, by any thread."""
        server = self.server
        if server is not None:
            server.fit_windows()
