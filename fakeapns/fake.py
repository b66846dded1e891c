"""`FakeAPNs`: the one object that users hold. Here in trio's form; `thread` has the other."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Unpack

import trio

from .certificates import Authority
from .emulator import Emulator
from .entries import Service
from .errors import UsageError
from .notification import Notification, Outcome
from .records import Where, timeout_text
from .scenario import Scenario
from .settings import SettingsKeywords
from .surface import Surface
from .waiting import wait_for_matches, wait_until_quiet

if TYPE_CHECKING:
    from .thread import ThreadedAPNs

LOOPBACK = ("127.0.0.1", "::1")


class FakeAPNs(Surface):
    """A stand-in for Apple's push service.

    `async with FakeAPNs() as apns:` runs it in the trio loop at hand, `FakeAPNs().in_thread()`
    beside any other program. `scenario` is an object, a file, or a name of the catalogue. It
    listens on `hosts` with TLS, port 0 meaning any free one,
    and trusts client certificates of its `authority`, by default one per process. With
    `certs` certificates are kept in that folder; with `ledger` the record is appended to
    that file as JSON Lines. `seed` decides what is left to chance, instead of the scenario's
    own. All further keyword arguments are settings, and win over the scenario's: see
    `Settings`.

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
        authority: Authority | None = None,
        certs: Path | str | None = None,
        ledger: Path | str | None = None,
        **settings: Unpack[SettingsKeywords],
    ) -> None:
        super().__init__(
            Emulator(
                scenario=scenario,
                topics=topics,
                seed=seed,
                hosts=hosts,
                gateway_port=gateway_port,
                feedback_port=feedback_port,
                authority=authority,
                certs=certs,
                ledger=ledger,
                settings=settings,
            )
        )
        self._running: AbstractAsyncContextManager[None] | None = None

    async def __aenter__(self) -> FakeAPNs:
        self._running = self._emulator.run()
        await self._running.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        failure: BaseException | None,
        trace: TracebackType | None,
    ) -> bool | None:
        assert self._running is not None
        return await self._running.__aexit__(kind, failure, trace)

    def in_thread(self) -> ThreadedAPNs:
        """This server in a thread of its own, for programs that do not run on trio."""
        from .thread import ThreadedAPNs

        return ThreadedAPNs(self)

    async def connect(
        self, topic: str | None = None, service: Service = "gateway"
    ) -> trio.SSLStream[trio.abc.Stream]:
        """A provider's stream to a service over memory, TLS included.

        For tests under virtual time, where real sockets cannot be trusted.
        """
        from trio.testing import memory_stream_pair

        if self._emulator.server is None:
            raise UsageError("the server is not running: enter it with `async with` first")
        ours, theirs = memory_stream_pair()
        self._emulator.server.take(service, ours)
        stream: trio.SSLStream[trio.abc.Stream] = trio.SSLStream(
            theirs, self.ssl_context(topic), server_hostname="localhost", https_compatible=True
        )
        await stream.do_handshake()
        return stream

    def reset(self) -> None:
        """Forget what was recorded. Devices, faults and open connections stay."""
        self.ledger.reset()

    async def wait_for(
        self,
        count: int = 1,
        *,
        token: str | bytes | None = None,
        topic: str | None = None,
        payload: Any = None,
        where: Where | None = None,
        outcome: Outcome | None = "accepted",
        timeout: float = 5,
    ) -> list[Notification]:
        """Wait until at least `count` such notifications were recorded since the last reset.

        Returns them. Raises `AssertionError` with what there was instead after `timeout`
        seconds. `payload` is a subset; `outcome=None` means any.
        """
        find = partial(
            self.ledger.notifications,
            outcome,
            token=token,
            topic=topic,
            payload=payload,
            where=where,
        )
        found, enough = await wait_for_matches(self.ledger, find, count, timeout)
        if not enough:
            text = timeout_text(outcome, count, timeout, token, topic, payload, where)
            raise AssertionError(self.explain(text, len(found)))
        return found

    async def wait_until_quiet(self, seconds: float) -> None:
        """Wait until nothing has been recorded for `seconds`."""
        await wait_until_quiet(self.ledger, seconds)
