"""`FakeAPNs`: the one object that users hold. Here in trio's form; `in_thread` has the other."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import NoReturn, Unpack

import trio

from ..certificates import Authority
from ..errors import UsageError, unknown_name
from ..ledger import Criteria, FeedbackSent, Notification, Outcome
from ..scenario import HTTP2, Scenario, Settings, SettingsKeywords
from ..scenario.faults import Service
from .both_forms import Surface
from .device_in_trio import TrioDevice
from .devices import HeldDevices
from .emulator import Emulator
from .home_loop import HomeLoop
from .house import House
from .in_thread import ThreadedAPNs
from .services import Services
from .waits import Quiet, Time, for_feedback, for_notifications, handed_out

LOOPBACK = ("127.0.0.1", "::1")
NOT_RUNNING = "the server is not running: enter it with `async with` first"


def check_arguments(given: Iterable[str], where: str) -> None:
    """Raise `UsageError` for an argument that `FakeAPNs` does not have. `where` it was given."""
    known = {*inspect.signature(FakeAPNs).parameters, *Settings.__struct_fields__} - {"settings"}
    if unknown := set(given) - known:
        raise UsageError(unknown_name(f"argument of {where}", min(unknown), known))


class FakeAPNs(Surface):
    """A stand-in for Apple's push service.

    `async with FakeAPNs() as apns:` runs it in the trio loop at hand, `FakeAPNs().in_thread()`
    beside any other program. `scenario` is an object, a file, or a name of the catalogue. It
    listens on `hosts` with TLS, port 0 meaning any free one; at `plain_api_port` without, and as a
    CONNECT proxy at `proxy_port`, if those are given. It has a client certificate for each of its
    `topics` (those of the scenario's devices and channels, and com.example.app), and trusts those
    of its `authority`, by default one per process.
    With `certs` certificates are kept in that folder; with `ledger` the record is appended to that
    file as JSON Lines. `seed` decides what is left to chance, instead of the scenario's own. All
    further keyword arguments are settings, and win over the scenario's: see `Settings`.

    Raises `UsageError` for arguments that cannot be, `ScenarioError` for a scenario with
    mistakes, and `StartError` on entering where the machine does not allow it.
    """

    def __init__(
        self,
        *,
        scenario: Scenario | str | Path | None = None,
        topics: Sequence[str] | None = None,
        seed: int | None = None,
        hosts: Sequence[str] = LOOPBACK,
        gateway_port: int = 0,
        feedback_port: int = 0,
        api_port: int = 0,
        plain_api_port: int | None = None,
        proxy_port: int | None = None,
        authority: Authority | None = None,
        certs: Path | str | None = None,
        ledger: Path | str | None = None,
        **settings: Unpack[SettingsKeywords],
    ) -> None:
        check_arguments(settings, "FakeAPNs")
        super().__init__(
            Emulator(
                scenario=scenario,
                topics=topics,
                seed=seed,
                hosts=hosts,
                services=Services(
                    gateway_port, feedback_port, api_port, plain_api_port, proxy_port
                ),
                authority=authority,
                certs=certs,
                ledger=ledger,
                settings=settings,
            )
        )
        self._serving: AbstractAsyncContextManager[None] | None = None
        self._home: HomeLoop | None = None

    async def __aenter__(self) -> FakeAPNs:
        if not trio.lowlevel.in_trio_run():
            raise UsageError(
                "this form is for trio: in asyncio write `with FakeAPNs().in_thread() as apns:` "
                "(in pytest the fixture apns)"
            )
        serving = self._emulator.serving(apart=False)
        await serving.__aenter__()
        self._serving, self._home = serving, HomeLoop()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        failure: BaseException | None,
        trace: TracebackType | None,
    ) -> bool | None:
        __tracebackhide__ = True
        assert self._serving is not None
        if failure is None:
            await self._emulator.reactions.rest(self.settings.settle_seconds)
        try:
            handled = await self._serving.__aexit__(kind, failure, trace)
        finally:
            self._home = None
        self.reraise(beside=failure)
        return handled

    def __enter__(self) -> NoReturn:
        raise UsageError(
            "this server runs in a trio loop: write `async with`, or `with FakeAPNs().in_thread()` "
            "(in pytest the fixture apns) where there is none"
        )

    # Python looks for both before it calls the other one.
    def __exit__(self, *_: object) -> None: ...

    @property
    def devices(self) -> HeldDevices[TrioDevice]:
        """The devices that exist."""
        house = self._house
        return HeldDevices(house, partial(TrioDevice, house))

    @property
    def _house(self) -> House:
        return House(
            self._emulator,
            self,
            within=self._within,
            judge=self._judge,
            arriving=self._arriving,
            check=self._check,
        )

    def _within(self, act: Callable[[], object]) -> object:
        home = self._home
        return act() if home is None else home.call(act)

    def in_thread(self) -> ThreadedAPNs:
        """This server in a thread of its own, for programs that do not run on trio."""
        return ThreadedAPNs(self)

    async def connect(
        self,
        topic: str | None = None,
        service: Service = "gateway",
        *,
        certificate: bool = True,
        host: str = "localhost",
    ) -> trio.SSLStream[trio.abc.Stream]:
        """A provider's stream to a service over memory, TLS included.

        For tests under virtual time, where real sockets cannot be trusted. It presents the
        certificate for `topic`, by default the first, unless it is to have no `certificate`, and
        asks for the `host` (SNI), ours or one of Apple's names. To the API it offers HTTP/2, which
        speaking is up to you. Raises `UsageError` if the server is
        not running, and what the handshake raises where the server refuses it.
        """
        # An autojump clock on a real socket jumped 60 s since the peer was 0.2 s slow (measured).
        from trio.testing import memory_stream_pair

        if self._emulator.server is None:
            raise UsageError(NOT_RUNNING)
        ours, theirs = memory_stream_pair()
        self._emulator.server.take(service, ours)
        context = self.ssl_context(topic, certificate=certificate)
        if service == "api":
            context.set_alpn_protocols([HTTP2])
        stream: trio.SSLStream[trio.abc.Stream] = trio.SSLStream(
            theirs, context, server_hostname=host, https_compatible=True
        )
        await stream.do_handshake()
        return stream

    def reset(self) -> None:
        """Forget what was recorded. Devices, channels, faults and open connections stay."""
        self.ledger.reset()

    async def renew(self) -> None:
        """Be as new, at the same addresses: one server for many tests.

        Open connections are closed and what was recorded is forgotten. Injected faults and
        added devices and channels are gone, feedback lists empty, and the scenario counts from the
        start.
        Raises `UsageError` if the server is not running.
        """
        if self._emulator.server is None:
            raise UsageError(NOT_RUNNING)
        await self._emulator.renew()

    async def settle(self) -> None:
        """Wait until all that was sent before is dealt with, as long as the setting `settle` says.

        Assertions behind that are about all of it.
        """
        await self._emulator.drained(lambda: None, reacting=not self._emulator.reactions.is_here)

    async def wait_for(
        self,
        count: int = 1,
        *,
        outcome: Outcome | None = "accepted",
        timeout: Time = 5,
        **criteria: Unpack[Criteria],
    ) -> list[Notification]:
        """Wait until at least `count` such notifications were recorded since the last reset.

        Returns them, at once if they are there already. Raises `AssertionError` with what
        there was instead after `timeout` (seconds, or text such as "250ms"). `payload` is a
        subset; `outcome=None` means any. See `Records` for the criteria.
        """
        __tracebackhide__ = True
        wait = for_notifications(self, count, outcome, timeout, criteria)
        return await wait.anywhere(self._check)

    async def wait_for_feedback_read(
        self, topic: str | None = None, *, timeout: Time = 5
    ) -> list[FeedbackSent]:
        """Wait until somebody has asked feedback and left, since the last reset.

        With `topic` only the list of that one counts. Returns the entries that were handed
        out. Raises `AssertionError` after `timeout` (seconds, or text such as "250ms").
        """
        __tracebackhide__ = True
        wait = for_feedback(self, topic, timeout)
        return handed_out(self, await wait.anywhere(self._check))

    async def wait_until_quiet(self, seconds: Time, *, timeout: Time | None = None) -> None:
        """Wait until nothing has been recorded for `seconds`, a number or text such as "250ms".

        Raises `AssertionError` if there is no such time within `timeout`, by default ten times
        as long, and a minute at least.
        """
        __tracebackhide__ = True
        self._check()
        await Quiet(self, seconds, timeout).anywhere()

    def _check(self) -> None:
        if self._emulator.server is None:
            raise UsageError(NOT_RUNNING)
