"""The gateway as the loop sees it."""

from __future__ import annotations

from ...ledger import Ledger, Moment
from ...push import Judge
from ..front import Front, Provider
from .connection import GatewayConnection
from .shared import Gateway


def gateway_front(judge: Judge, ledger: Ledger, *, bundles: bool = True) -> Front:
    """The gateway of one server: see `Gateway`. Its port is Apple's, 2195."""
    gateway = Gateway(judge, ledger, bundles=bundles)

    def open_connection(number: int, provider: Provider, now: Moment) -> GatewayConnection:
        return GatewayConnection(number, provider, gateway, now)

    settings = judge.settings
    return Front("gateway", 2195, (settings.tls_minimum, settings.tls_maximum), open_connection)
