"""The gateway's loop: bytes to events, events to the session, its actions to the stream."""

from __future__ import annotations

import errno
import os
import ssl

import trio

from ..fronts.gateway.connection import GatewaySession
from ..ledger.entries import How
from ..ledger.ledger import Ledger
from ..protocol import NEED_DATA, GatewayParser
from ..push.judge import Judge
from .handshake import Provider
from .perform import perform
from .tls import TLSStream

#: Off in the test runs that prove that the short way through the parser changes nothing.
FAST = os.environ.get("FAKEAPNS_FAST_PATH") != "off"
#: Seconds for which a provider may leave an answer unread.
PATIENCE = 30.0
#: Seconds between two reads of a throttled connection.
SIP = 0.05


async def serve_gateway(
    stream: TLSStream, connection: int, provider: Provider, judge: Judge, ledger: Ledger
) -> None:
    """Serve one connection until it is over, whoever ends it, and record how."""
    now = trio.current_time()
    session = GatewaySession(connection, provider.topics, judge, ledger, now, provider.fooled_by)
    parser = GatewayParser(judge.settings.max_frame, fast=FAST)
    try:
        await _perform(stream, session, ledger)
        while not session.finished:
            await _step(stream, session, parser, ledger)
    except trio.Cancelled:
        _judge_what_is_left(session, parser, trio.current_time())
        session.stop()
        with trio.CancelScope(deadline=trio.current_time() + 0.1, shield=True):
            await _perform(stream, session, ledger)
        raise
    finally:
        if session.finished:
            session.record_close(parser.unread, trio.current_time())
            ledger.flush()


async def _step(
    stream: TLSStream, session: GatewaySession, parser: GatewayParser, ledger: Ledger
) -> None:
    """Wait for the next thing that happens, and deal with it."""
    if session.stalled:
        await trio.sleep_until(session.deadline)
        session.wake(trio.current_time())
    else:
        await _receive(stream, session, parser)
    now = trio.current_time()
    _judge(session, parser, now)
    if stream.ended is not None and not session.stalled and not session.finished:
        session.provider_ended(stream.ended, now)
    await _perform(stream, session, ledger)


def _judge(session: GatewaySession, parser: GatewayParser, now: float) -> None:
    """Hand over all complete frames, as far as no fault keeps them back."""
    while not (session.stalled or session.deaf or session.cuts_frame(parser.begun, now)):
        frames = None if session.watches_frames else parser.next_frames()
        if frames is not None:
            taken = session.handle_many(frames, now)
            parser.put_back(frames[taken:])
            continue
        event = parser.next_event()
        if event is NEED_DATA:
            break
        session.handle(event, now)
    if session.deaf:
        parser.give_up()


def _judge_what_is_left(session: GatewaySession, parser: GatewayParser, now: float) -> None:
    """What was read is on record, whatever held it back."""
    session.release()
    _judge(session, parser, now)
    while session.stalled:
        session.release()
        _judge(session, parser, now)


async def _receive(stream: TLSStream, session: GatewaySession, parser: GatewayParser) -> None:
    with trio.CancelScope(deadline=session.deadline) as scope:
        try:
            if session.rate is None:
                parser.receive_data(await stream.receive_some())
            else:
                # Bytes that are not taken from the socket hold the provider back.
                limit = max(1, round(session.rate * SIP))
                await trio.sleep(limit / session.rate)
                parser.receive_data(await stream.receive_some(limit))
        except (trio.BrokenResourceError, ssl.SSLError) as broken:
            session.provider_ended(how_it_broke(broken), trio.current_time())
    if scope.cancelled_caught:
        session.wake(trio.current_time())


async def _perform(stream: TLSStream, session: GatewaySession, ledger: Ledger) -> None:
    # What an answer relies on is with the operating system before the answer is.
    ledger.flush()
    try:
        with trio.move_on_after(PATIENCE) as patience:
            await perform(stream, session.actions())
        if patience.cancelled_caught:
            session.abandon()
            await stream.aclose()
    except (trio.BrokenResourceError, trio.ClosedResourceError, ssl.SSLError) as broken:
        session.provider_ended(how_it_broke(broken), trio.current_time())
        await stream.aclose()


def how_it_broke(broken: BaseException) -> How:
    """`reset` where the peer's kernel said so, `lost` for everything else."""
    cause = broken.__cause__ or broken.__context__
    if isinstance(cause, OSError) and cause.errno in (errno.ECONNRESET, errno.EPIPE):
        return "reset"
    return "lost"
