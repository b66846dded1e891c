"""A small correct provider: what everybody who speaks this protocol has to get right.

The gateway says nothing on success. An error names one notification: what was written before it
on that connection was accepted (houston #72), what was written behind it is gone and has to be sent
again on a new one (Binary Provider API), and the named one must not be, if the fault was its own.
Where nothing is named (a silent close, a reset as in pushy #6, an identifier that was never sent as
in node-apn #55) nobody can know, and better twice than never.

Silence behind the last notification proves little. So the last word can be a notification
that is bad on purpose, as one client ended its connections (pushy 0.4): the error that names
it proves that all before it was accepted, and no answer proves that nobody listens.
"""

from __future__ import annotations

import math
import ssl
from collections import deque
from collections.abc import Awaitable, Callable, Sequence

import msgspec
import trio

from ..protocol import (
    ERROR_SIZE,
    OWN_FAULTS,
    ErrorPacket,
    FeedbackParser,
    FeedbackTuple,
    Status,
    decode_error,
    encode_enhanced,
    encode_framed,
    encode_simple,
    status_label,
)
from .report import Report, SendError

Connect = Callable[[], Awaitable[trio.abc.Stream]]

#: Frames in one write: Apple advises to batch (Binary Provider API).
BATCH = 50
#: Attempts in a row that may pass without a single notification getting through.
MOST_FRUITLESS = 12
#: The identifier of the notification that is bad on purpose.
LAST_WORD = 0xFFFFFFFF


class Outgoing(msgspec.Struct, frozen=True):
    """A notification to be sent, as bytes. `expiration` is in epoch seconds, `priority` 10 or 5."""

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


async def open_tcp(host: str, port: int) -> trio.abc.Stream:
    """Connect without TLS. Raises `SendError`, what to do."""
    try:
        return await trio.open_tcp_stream(host, port)
    except (OSError, UnicodeError) as wrong:
        raise SendError(
            f"cannot connect to {host}:{port}: {wrong}; is the server running?"
        ) from None


async def open_tls(
    host: str, port: int, context: ssl.SSLContext, server_hostname: str | None = None
) -> trio.abc.Stream:
    """Connect with TLS, to `server_hostname` or `host` by name. Raises `SendError`, what to do."""
    transport = await open_tcp(host, port)
    stream = trio.SSLStream(
        transport, context, server_hostname=server_hostname or host, https_compatible=True
    )
    try:
        await stream.do_handshake()
    except (trio.BrokenResourceError, ssl.SSLError) as wrong:
        await trio.aclose_forcefully(stream)
        why = wrong.__cause__ or wrong
        raise SendError(f"the handshake with {host}:{port} failed: {why}") from None
    return stream


async def connect_again(connect: Connect, tries: int) -> trio.abc.Stream:
    """Connect, with growing pauses where that fails so often in a row. Raises `SendError`."""
    failures = 0
    while True:
        try:
            return await connect()
        except (SendError, trio.BrokenResourceError, ssl.SSLError) as wrong:
            failures += 1
            if failures >= tries:
                raise SendError(str(wrong)) from None
        # Apple blocks for an hour who connects too often (TN2265).
        await trio.sleep(min(0.1 * 2**failures, 10))


async def read_feedback(connect: Connect, limit: float = math.inf) -> list[FeedbackTuple]:
    """The list of the feedback service; what is cut off at its end is left out.

    One not ended after `limit` seconds is taken as it is. Raises what `connect` raises.
    """
    parser, found = FeedbackParser(), []
    stream = await connect()
    try:
        with trio.move_on_after(limit):
            while data := await stream.receive_some():
                found += parser.receive_data(bytes(data))
    except trio.BrokenResourceError:
        pass
    finally:
        await trio.aclose_forcefully(stream)
    return found


async def send(
    connect: Connect,
    notifications: Sequence[Outgoing],
    *,
    command: int = 2,
    settle: float = 1.0,
    confirm: bool = False,
    tries: int = 1,
    progress: Callable[[Report], None] = lambda report: None,
) -> Report:
    """Send everything, replaying what errors swallowed; what is known in the end.

    Behind the last notification it listens for `settle` seconds, so an error that comes
    later than that goes unnoticed; with `confirm` it asks for one (not with command 0, which
    gets no answers). `tries` is how often in a row connecting may fail. `progress` is called
    now and then. Raises `SendError`.
    """
    report = Report(intended=len(notifications))
    queue = deque(range(len(notifications)))
    ask = confirm and command != 0
    fruitless = 0
    limit = len(notifications)
    while queue:
        before = report.accepted + len(report.refused)
        stream = await connect_again(connect, tries)
        attempt = _Attempt(stream, notifications, command, settle, ask, report, progress)
        again = await attempt.send_from(queue, limit)
        report.resent += len(again)
        queue.extendleft(reversed(again))
        if report.accepted + len(report.refused) > before:
            fruitless, limit = 0, len(notifications)
            continue
        fruitless += 1
        # Somewhere in what was written is one that closes connections without a word:
        # smaller bites find it, and let the others through.
        limit = max(1, len(again) // 2)
        if fruitless == MOST_FRUITLESS:
            raise SendError(
                f"{MOST_FRUITLESS} connections in a row were closed and nothing got through"
            )
    return report


class _Attempt:
    """One connection: write from the queue until it is empty or the gateway says no."""

    def __init__(
        self,
        stream: trio.abc.Stream,
        notifications: Sequence[Outgoing],
        command: int,
        settle: float,
        ask: bool,
        report: Report,
        progress: Callable[[Report], None],
    ) -> None:
        self._stream = stream
        self._notifications = notifications
        self._command = command
        self._settle = settle
        self._ask = ask
        self._report = report
        self._progress = progress
        self._written: list[int] = []
        self._answer: bytes | None = None

    async def send_from(self, queue: deque[int], limit: int) -> list[int]:
        """Take at most `limit` from the queue; the positions that have to be sent again."""
        self._report.connections += 1
        try:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(self._listen, nursery.cancel_scope)
                await self._write(queue, limit)
                await trio.sleep(self._settle)
                nursery.cancel_scope.cancel()
        except BaseException:
            await trio.aclose_forcefully(self._stream)
            raise
        with trio.move_on_after(self._settle):
            await self._stream.aclose()
        return self._conclude()

    async def _write(self, queue: deque[int], limit: int) -> None:
        try:
            while queue and len(self._written) < limit:
                room = min(BATCH, len(queue), limit - len(self._written))
                batch = [queue.popleft() for _ in range(room)]
                self._written += batch
                # From 1: 0 is what comes where Apple lost the identifier (node-apn #149).
                frames = (
                    self._notifications[each].encode(self._command, each + 1) for each in batch
                )
                await self._stream.send_all(b"".join(frames))
                self._report.underway = len(self._written)
                self._progress(self._report)
            if self._ask:
                await self._stream.send_all(encode_framed(b"", b"", identifier=LAST_WORD))
        except trio.BrokenResourceError:
            # The error packet, if there is one, is still to be read.
            pass

    async def _listen(self, until_then: trio.CancelScope) -> None:
        packet = b""
        try:
            while len(packet) < ERROR_SIZE:
                data = await self._stream.receive_some(ERROR_SIZE - len(packet))
                if not data:
                    break
                packet += data
                if len(packet) == ERROR_SIZE and packet[:2] == b"\x08\x00":
                    # "No error": some wish that the gateway said it, and it may.
                    packet = b""
        except trio.BrokenResourceError:
            pass
        self._answer = packet
        until_then.cancel()

    def _conclude(self) -> list[int]:
        self._report.underway = 0
        if self._answer is None:
            # Silence: all is well, unless an answer was asked for.
            if self._ask:
                return self._written
            self._report.accepted += len(self._written)
            return []
        try:
            error = decode_error(self._answer)
        except ValueError:
            return self._written
        return self._after(error)

    def _after(self, error: ErrorPacket) -> list[int]:
        if error.identifier == LAST_WORD and error.status != Status.SHUTDOWN:
            self._report.accepted += len(self._written)
            return []
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
            self._report.refused[position] = status_label(error.status)
        else:
            return [position, *behind]
        return behind
