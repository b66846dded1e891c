"""The provider API as the loop sees it."""

from __future__ import annotations

from ...ledger import Ledger, Moment
from ...protocol.http2 import MakeEngine
from ...push import Judge
from ..front import Front, Provider
from ..strangers import Ports
from .connection import ApiConnection
from .keyring import Keyring
from .shared import Api


def api_front(
    judge: Judge,
    ledger: Ledger,
    keyring: Keyring,
    make: MakeEngine,
    ports: Ports,
    *,
    port: int = 0,
    seed: int | None = None,
) -> Front:
    """The API of one server on this port: see `Api`."""
    api = Api(judge, ledger, keyring, make, ports, seed)

    def open_connection(number: int, provider: Provider, now: Moment) -> ApiConnection:
        return ApiConnection(number, provider, api, now)

    settings = judge.settings
    return Front("api", port, (settings.api_tls_minimum, settings.api_tls_maximum), open_connection)
