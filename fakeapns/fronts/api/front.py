"""The provider API as the loop sees it."""

from __future__ import annotations

from ...ledger import Ledger, Moment
from ...protocol.http2 import MakeEngine
from ...push import Judge
from ...scenario import TLSTerms
from ..front import Front, Provider
from ..strangers import Ports
from .connection import ApiConnection
from .senders import Keyring
from .shared import Api


def api_fronts(
    judge: Judge,
    ledger: Ledger,
    keyring: Keyring,
    make: MakeEngine,
    ports: Ports,
    *,
    port: int = 0,
    plain_port: int | None = None,
    seed: int | None = None,
    bundles: bool = True,
) -> list[Front]:
    """The API of one server on this port, and on another one without TLS if given: see `Api`."""
    api = Api(judge, ledger, keyring, make, ports, seed, bundles=bundles)

    def open_connection(number: int, provider: Provider, now: Moment) -> ApiConnection:
        return ApiConnection(number, provider, api, now)

    fronts = [Front("api", port, TLSTerms.of("api", judge.settings), open_connection)]
    if plain_port is not None:
        fronts.append(Front("api", plain_port, None, open_connection))
    return fronts
