"""Who comes by the proxy, up to where it is led: its request, and the answer to that."""

from __future__ import annotations

import socket

import trio

from ..fronts import ESTABLISHED, NotLed, Proxy, refusal
from ..protocol import ConnectHead, NoTunnel, Tunnel
from .refusals import Refused
from .turns import Turn
from .visitors import Visitor

#: Bytes that are looked at in one go, which is more than most requests have, and slices of work in
#: that (measured: 0.03 ms).
_BITE, _WORK = 2048, 0.1


async def lead(proxy: Proxy, visitor: Visitor, turn: Turn, seconds: float, within: str) -> str:
    """The name of the front that the client wants, who has been told that it is connected.

    It has so many seconds to say so, `within` in words. Raises `Refused`. `visitor` has the host
    that was asked for from then on.
    """
    head = ConnectHead()
    try:
        with trio.fail_after(seconds):
            found = await _hear(visitor, head, turn)
            if isinstance(found, Tunnel):
                visitor.host = found.host
            led = proxy.lead(found, None if visitor.pair is None else str(visitor.pair.ours[0]))
            if isinstance(led, NotLed):
                raise Refused(led.reason, led.hint, reply=led.reply)
            await visitor.transport.send_all(ESTABLISHED)
            return led
    except trio.TooSlowError:
        raise _late(head, within) from None
    except (trio.BrokenResourceError, trio.ClosedResourceError, OSError):
        raise _left(head) from None


async def _hear(visitor: Visitor, head: ConnectHead, turn: Turn) -> Tunnel | NoTunnel:
    """Read a request, and nothing of what is behind it."""
    transport = visitor.transport
    whereabouts, visitor.at = visitor.at, "asking the proxy"
    while head.found is None:
        # Over memory nothing can be seen before it is taken.
        most = 1
        if isinstance(transport, trio.SocketStream):
            most = head.belongs(await transport.socket.recv(_BITE, socket.MSG_PEEK))
        data = await transport.receive_some(most)
        if not data:
            raise trio.BrokenResourceError("the client left the proxy")
        await turn.take(_WORK)
        head.take(bytes(data))
    visitor.at = whereabouts
    return head.found


def _late(head: ConnectHead, within: str) -> Refused:
    if not head.begun:
        return Refused(
            "handshake-timeout",
            f"the client said nothing to the proxy within {within}: let it ask with CONNECT",
        )
    hint = (
        f"the client's request to the proxy was not complete within {within}: a blank line ends it "
        "(or raise handshake_timeout)"
    )
    return Refused("handshake-timeout", hint, reply=refusal(408, hint) if head.speaks_http else b"")


def _left(head: ConnectHead) -> Refused:
    if not head.begun:
        hint = "the client left the proxy without a byte: a port check does that"
    else:
        hint = (
            "the client left in the middle of its request to the proxy: see its own log, and "
            "look for a time limit there"
        )
    return Refused("disconnected", hint, "left")
