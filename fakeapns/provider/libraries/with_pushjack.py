"""pushjack: its clients have the gateway's address in class attributes."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from typing import Any

from ...errors import UsageError
from ..endpoint import Client
from .undo import attributes, library

PUSHJACK = "pushjack==1.6.0"
_ADDRESSES = {"host", "port", "feedback_host", "feedback_port"}


@contextmanager
def pushjack(where: Callable[[], Client], arguments: Mapping[str, Any]) -> Iterator[Any]:
    """Point pushjack at a server. Yields an `APNSClient` made with these arguments.

    Raises `UsageError` where pushjack is not installed or cannot run.
    """
    clients = library("pushjack", PUSHJACK)
    if not hasattr(ssl, "wrap_socket"):
        raise UsageError(
            "pushjack cannot connect on Python 3.12 and later, which have no ssl.wrap_socket: "
            "run these tests on Python 3.11"
        )
    if not _attributes_of(getattr(clients, "APNSClient", object)) >= _ADDRESSES:
        raise UsageError(f"this pushjack connects otherwise than 1.6.0: pip install {PUSHJACK}")
    server = where()
    addresses = {
        "host": server.gateway.host,
        "port": server.gateway.port,
        "feedback_host": server.feedback.host,
        "feedback_port": server.feedback.port,
    }
    given = {"certificate": server.files.pem, **arguments}
    with (
        attributes(clients.APNSClient, addresses),
        closing(clients.APNSClient(**given)) as client,
    ):
        # Its own, so that a block inside this one does not lead it elsewhere.
        for name, value in addresses.items():
            setattr(client, name, value)
        yield client


def _attributes_of(base: type[Any]) -> set[str]:
    return {name for each in base.__mro__ for name in vars(each)}
