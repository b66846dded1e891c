"""A small correct provider: what everybody who speaks this protocol has to get right.

The gateway says nothing on success. An error names one notification: what was written
before it on that connection was accepted, what was written behind it is gone and has to be
sent again on a new one, and the named one must not be, if the fault was its own. Silence
for a while after the last notification is the only sign that all is well.
"""

from __future__ import annotations

import ssl
from collections import deque
from collections.abc import Awaitable, Callable, Sequence

import msgspec
import trio

from .protocol import (
    ERROR_SIZE,
    OWN_FAULTS,
    ErrorPacket,
    Status,
    decode_error,
    encode_enhanced,
    encode_framed,
    encode_simple,
)

Connect = Callable[[], Awaitable[trio.abc.Stream]]

#: Frames in one write.
BATCH = 50
#: Connections in a row that may pass without a single notification getting through.
PATIENCE = 5


class Outgoing(msgspec.Struct, frozen=True):
    """A notification to be sent. `expiration` is in epoch seconds."""

    token: bytes
    payload: bytes
    expiration: int | None = None
    priority: int | None = None

    def encode(self, command: int, identifier: int) -> bytes:
        """The frame, in the form of this command."""
        match command:
            case 0:
                return encode_simple(self.token, self.payload)
            case 1:
                return encode_enhanced(
                    self.token,
                    self.payload,
                    identifier=identifier,
                    expiration=self.expiration or 0,
                )
            case _:
                return encode_framed(
                    self.token,
                    self.payload,
                    identifier=identifier,
                    expiration=self.expiration,
                    priority=self.priority,
                )


class Report(msgspec.Struct):
    """What a provider knows in the end. `refused` maps positions to status codes."""

    intended: int
    accepted: int = 0
    refused: dict[int, int] = msgspec.field(default_factory=dict)
    resent: int = 0
    connections: int = 0


class SendError(Exception):
    """The gateway cannot be reached, or nothing gets through to it."""


async def open_tls(
    host: str, port: int, context: ssl.SSLContext, server_hostname: str | None = None
) -> trio.abc.Stream:
    """Connect with TLS. Raises `SendError` with what to do."""
    where = f"{host}:{port}"
    try:
        transport = await trio.open_tcp_stream(host, port)
    except OSError as wrong:
        raise SendError(f"cannot connect to {where}: {wrong}; is the server running?") from None
    stream = trio.SSLStream(
        transport, context, server_hostname=server_hostname or host, https_compatible=True
    )
    try:
        await stream.do_handshake()
    except (trio.BrokenResourceError, ssl.SSLError) as wrong:
        await trio.aclose_forcefully(stream)
        raise SendError(f"the handshake with {where} failed: {wrong.__cause__ or wrong}") from None
    return stream


async def send(
    connect: Connect,
    notifications: Sequence[Outgoing],
    *,
    command: int = 2,
    settle: float = 1.0,
    progress: Callable[[Report], None] = lambda report: None,
) -> Report:
    """Send everything, replaying what errors swallowed; what is known in the end.

    After the last notification it listens for `settle` seconds, so an error that comes
    later than that goes unnoticed. `progress` is called now and then. Raises `SendError`.
    """
    report = Report(intended=len(notifications))
    queue = deque(range(len(notifications)))
    fruitless = 0
    while queue:
        before = report.accepted + len(report.refused)
        again = await _Attempt(connect, notifications, command, settle, report, progress).run(queue)
        report.resent += len(again)
        queue.extendleft(reversed(again))
        fruitless = 0 if report.accepted + len(report.refused) > before else fruitless + 1
        if fruitless == PATIENCE:
            raise SendError(f"{PATIENCE} connections in a row were closed and nothing got through")
    return report


class _Attempt:
    """One connection: write from the queue until it is empty or the gateway says no."""

    def __init__(
        self,
        connect: Connect,
        notifications: Sequence[Outgoing],
        command: int,
        settle: float,
        report: Report,
        progress: Callable[[Report], None],
    ) -> None:
        self._connect = connect
        self._notifications = notifications
        self._command = command
        self._settle = settle
        self._report = report
        self._progress = progress
        self._written: list[int] = []
        self._answer: bytes | None = None

    async def run(self, queue: deque[int]) -> list[int]:
        """Take from the queue; the positions that have to be sent again."""
        stream = await self._connect()
        self._report.connections += 1
        try:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(self._listen, stream, nursery.cancel_scope)
                await self._write(stream, queue)
                await trio.sleep(self._settle)
                nursery.cancel_scope.cancel()
        except BaseException:
            await trio.aclose_forcefully(stream)
            raise
        with trio.move_on_after(self._settle):
            await stream.aclose()
        return self._conclude()

    async def _write(self, stream: trio.abc.Stream, queue: deque[int]) -> None:
        while queue:
            batch = [queue.popleft() for _ in range(min(BATCH, len(queue)))]
            self._written += batch
            frames = b"".join(
                self._notifications[each].encode(self._command, each + 1) for each in batch
            )
            try:
                await stream.send_all(frames)
            except trio.BrokenResourceError:
                # The error packet, if there is one, is still to be read.
                return
            self._progress(self._report)

    async def _listen(self, stream: trio.abc.Stream, until_then: trio.CancelScope) -> None:
        packet = b""
        try:
            while len(packet) < ERROR_SIZE:
                data = await stream.receive_some(ERROR_SIZE - len(packet))
                if not data:
                    break
                packet += data
        except trio.BrokenResourceError:
            pass
        self._answer = packet
        until_then.cancel()

    def _conclude(self) -> list[int]:
        if self._answer is None:
            self._report.accepted += len(self._written)
            return []
        try:
            error = decode_error(self._answer)
        except ValueError:
            # Closed without a word: nobody can know what got through. Better twice than never.
            return self._written
        return self._after(error)

    def _after(self, error: ErrorPacket) -> list[int]:
        position = error.identifier - 1
        if position not in self._written:
            return self._written
        index = self._written.index(position)
        self._report.accepted += index
        behind = self._written[index + 1 :]
        if error.status == Status.SHUTDOWN:
            # The one status that names the last one accepted.
            self._report.accepted += 1
        elif error.status in OWN_FAULTS:
            self._report.refused[position] = error.status
        else:
            return [position, *behind]
        return behind
