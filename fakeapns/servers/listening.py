"""Sockets to listen on: one port on several addresses.

127.0.0.1 and ::1 by default, since `localhost` is either to clients: Node from 17 on takes what the
resolver has first (nodejs/node #40702, mockoon #930). The same port on both, so that it does not
matter. Port 0 is bound and then told: helpers that look for a free one and let it go race with each
other (pytest-postgresql #872, pytest-mysql #633).
"""

from __future__ import annotations

import errno
import ipaddress
import logging
from collections import deque
from collections.abc import Iterable, Sequence

import trio

from ..errors import StartError

log = logging.getLogger("fakeapns")

#: Providers come in bursts after an error; the default backlog of some systems is 128.
BACKLOG = 1024
_TRIES = 20
#: Ports that servers of this process have had. Whoever still sends to one of them means that
#: server, so no other gets it by chance: a late request of one test's worker that lands in the next
#: test is a known trouble of such fixtures (pytest-httpserver #352).
_USED: deque[int] = deque(maxlen=1000)
_NO_SUCH_ADDRESS = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)
#: Somebody has the port, or the system keeps it for itself: on Windows whole ranges are.
_NOT_TO_BE_HAD = (errno.EADDRINUSE, errno.EACCES, errno.EPERM)


class Preferred(int):
    """A port that nobody has asked for: if it is not to be had, any other does."""


async def open_listeners(
    hosts: Sequence[str], port: int, option: str
) -> tuple[list[trio.SocketListener], int]:
    """Listeners on the same port of every host, and that port.

    Port 0 is any port that is free on all of them, and one that is only `Preferred` may become any
    with a line in the log. So is an IPv6 address left out that the machine does not have. Raises
    `StartError` with what to do; `option` is what the user set the port with.
    """
    told: set[str] = set()
    for left in reversed(range(_TRIES)):
        try:
            listeners, bound = await _open_once(hosts, int(port), told)
            # Better such a port than none.
            if port == 0 and bound in _USED and left:
                _close(listeners)
                continue
            _USED.append(bound)
            return listeners, bound
        except UnicodeError:
            raise StartError(
                f"{', '.join(hosts)}: one of these is no host name; choose others with --host"
            ) from None
        except OSError as wrong:
            if isinstance(port, Preferred) and wrong.errno in _NOT_TO_BE_HAD:
                listeners, bound = await open_listeners(hosts, 0, option)
                log.warning(
                    "port %d is in use: %d in its place; tell the other commands by %s %d, or by a "
                    "ready file",
                    port,
                    bound,
                    option,
                    bound,
                )
                return listeners, bound
            if wrong.errno == errno.EADDRINUSE and port == 0:
                continue
            raise StartError(_explain(wrong, hosts, port, option)) from None
    raise StartError(f"no port is free on all of {', '.join(hosts)}: listen on fewer hosts")


async def check_free(hosts: Sequence[str], port: int, name: str) -> None:
    """Raise `StartError` if a port, which is not 0, cannot be listened on now by who is called
    this.
    """
    listeners, _ = await open_listeners(hosts, port, option_of(name))
    _close(listeners)


def option_of(name: str) -> str:
    """What the port of a front is set with on the command line."""
    return f"--{name.replace('_', '-')}-port"


def warn_of_others(addresses: Iterable[str]) -> None:
    """Say in the log that others can connect, if a server listens on addresses that are not only
    this machine's. Whoever asked for a name may not know.
    """
    known = dict.fromkeys(each for each in addresses if not _is_loopback(each))
    if known:
        log.warning(
            "listening on %s: whoever reaches this machine over the network can connect; "
            "without --host (in Python: hosts=) only programs on this machine can",
            " and ".join(known),
        )


def _is_loopback(address: str) -> bool:
    known = ipaddress.ip_address(address.partition("%")[0])
    return (getattr(known, "ipv4_mapped", None) or known).is_loopback


async def _open_once(
    hosts: Sequence[str], port: int, told: set[str]
) -> tuple[list[trio.SocketListener], int]:
    """One try; `told` are the missing addresses that the log has a line for."""
    addresses = await _resolve(hosts)
    listeners: list[trio.SocketListener] = []
    try:
        for address in addresses:
            try:
                opened = await trio.open_tcp_listeners(port, host=address, backlog=BACKLOG)
            except OSError as wrong:
                if ":" in address and len(addresses) > 1 and wrong.errno in _NO_SUCH_ADDRESS:
                    if address not in told:
                        log.warning("this machine has no %s: listening without it", address)
                        told.add(address)
                    continue
                raise
            listeners += opened
            port = port or opened[0].socket.getsockname()[1]
        if not listeners:
            raise OSError(errno.EADDRNOTAVAIL, "none of the addresses exists here")
    except BaseException:
        _close(listeners)
        raise
    return listeners, port


def _close(listeners: Iterable[trio.SocketListener]) -> None:
    for listener in listeners:
        listener.socket.close()


async def _resolve(hosts: Sequence[str]) -> list[str]:
    """The addresses behind the names, each once: `localhost` may well be two."""
    found: dict[str, None] = {}
    for host in hosts:
        for *_, address in await trio.socket.getaddrinfo(host, None, type=trio.socket.SOCK_STREAM):
            found[str(address[0])] = None
    return list(found)


def _explain(wrong: OSError, hosts: Sequence[str], port: int, option: str) -> str:
    where = ", ".join(f"{host}:{port}" for host in hosts)
    if wrong.errno == errno.EADDRINUSE:
        return (
            f"port {port} is in use: stop what listens there, "
            f"or choose another with {option} (0 is any)"
        )
    if wrong.errno in (errno.EACCES, errno.EPERM):
        return f"port {port} is not allowed to this user: choose one above 1023 with {option}"
    return (
        f"cannot listen on {where}: {wrong.strerror or wrong}; choose other addresses with --host"
    )
