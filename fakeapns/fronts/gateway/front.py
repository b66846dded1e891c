"""The gateway as the loop sees it."""

from __future__ import annotations

from ...ledger import Ledger, Moment
from ...push import Judge
from ...scenario import TLSTerms
from ..front import Front, Provider
from ..strangers import Ports
from .connection import GatewayConnection
from .shared import Gateway


def gateway_front(
    judge: Judge,
    ledger: Ledger,
    *,
    port: int = 0,
    bundles: bool = True,
    ports: Ports = lambda _: None,
) -> Front:
    """The gateway of one server on this port: see `Gateway`."""
    gateway = Gateway(judge, ledger, bundles=bundles, ports=ports)

    def open_connection(number: int, provider: Provider, now: Moment) -> GatewayConnection:
        return GatewayConnection(number, provider, gateway, now)

    return Front("gateway", port, TLSTerms.of("gateway", judge.settings), open_connection)
