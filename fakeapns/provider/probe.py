"""Is somebody listening at an address? Asked without knocking, where that can be.

Who knocks and leaves is a connection, and all of those are on record: a health check each second
would fill a ledger, and use up what a scenario does to the first connection.
"""

from __future__ import annotations

import errno
import os
import socket

from ..errors import StartError
from .addresses import Address

#: Seconds that a far machine gets for an answer.
_PATIENCE = 2.0


def check_listening(address: Address, *, knock: bool = False) -> None:
    """Raise `StartError` if nobody listens at this address.

    On this machine nobody notices that, unless `knock` says to connect as elsewhere.
    """
    try:
        if knock or not _is_taken_here(address):
            socket.create_connection((address.host, address.port), _PATIENCE).close()
    except (OSError, UnicodeError) as wrong:
        raise StartError(
            f"nothing answers at {address.host}:{address.port}: {wrong}; start `fakeapns serve`"
        ) from None


def _is_taken_here(address: Address) -> bool:
    """Whether it is an address of this machine on which nobody else could listen now."""
    found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    for family, kind, protocol, _, where in found:
        with socket.socket(family, kind, protocol) as trial:
            if os.name == "posix":
                # Connections that linger behind a server's end are none of its listeners.
                # On Windows the option means that a port may be stolen.
                trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind(where)
            except OSError as wrong:
                if wrong.errno == errno.EADDRINUSE:
                    return True
    return False
