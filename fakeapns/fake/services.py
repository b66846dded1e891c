"""What one server offers, and where it listens for it."""

from __future__ import annotations

import math
import os
from collections.abc import Collection, Sequence

import msgspec
import trio

from ..errors import UsageError
from ..fronts import Entrance, Ports, Proxy
from ..fronts.api import Keyring, api_fronts
from ..fronts.feedback import feedback_front
from ..fronts.gateway import gateway_front
from ..ledger import Ledger
from ..protocol.http2 import MakeEngine
from ..push import Judge
from ..servers import Preferred, check_free
from ..text import shown

#: Off in the test runs that prove that bundles change nothing but the time it takes.
BUNDLES = os.environ.get("FAKEAPNS_FAST_PATH") != "off"


NO_SOCKETS = (
    "real sockets and an autojump clock do not go together, since virtual time runs on while "
    "the peer is merely slow: use `await apns.connect(topic)` instead"
)


def _named(front: str) -> str:
    return f"the {front.replace('_', ' ')}"


class Services(msgspec.Struct, frozen=True):
    """The ports that are wanted, by the names of fronts: 0 is any, and what is None is not
    offered.
    """

    gateway: int
    feedback: int
    api: int
    plain_api: int | None
    proxy: int | None

    def __post_init__(self) -> None:
        further = (each for each in (self.plain_api, self.proxy) if each is not None)
        for port in (self.gateway, self.feedback, self.api, *further):
            # A bool is a number to Python, and no port that anybody means.
            if isinstance(port, bool) or not isinstance(port, int) or not 0 <= port <= 65_535:
                raise UsageError(
                    f"{shown(port)} is no port: give one from 0 (any free one) to 65535"
                )
        taken: dict[int, str] = {}
        for name, port in self.wanted.items():
            # Only one can have it; what nobody has asked for makes way.
            if port and not isinstance(port, Preferred):
                other = taken.setdefault(port, name)
                if other != name:
                    raise UsageError(
                        f"{_named(other)} and {_named(name)} are both to have port {port}: give "
                        "each its own, or 0 for any"
                    )

    @property
    def wanted(self) -> dict[str, int]:
        """The port of each front that is offered."""
        ports: dict[str, int | None] = msgspec.structs.asdict(self)
        return {name: port for name, port in ports.items() if port is not None}

    async def check_free(self, hosts: Sequence[str]) -> None:
        """Raise `StartError` for a port that was asked for and is taken."""
        for name, port in self.wanted.items():
            if port and not isinstance(port, Preferred):
                await check_free(hosts, port, name)

    def reached_at(self, hosts: tuple[str, ...], ports: Collection[str]) -> tuple[str, ...]:
        """The hosts to listen on: none where time is virtual. Raises `UsageError` where it is, and
        a port was asked for, or some of these are listened on already.
        """
        clock = trio.lowlevel.current_clock()
        if getattr(clock, "autojump_threshold", math.inf) == math.inf:
            return hosts
        if any(self.wanted.values()) or ports:
            raise UsageError(NO_SOCKETS)
        return ()

    def entrances(
        self,
        judge: Judge,
        ledger: Ledger,
        keyring: Keyring,
        make: MakeEngine,
        ports: Ports,
        seed: int | None,
        hosts: tuple[str, ...],
    ) -> list[Entrance]:
        """The front of each, and the proxy. `make` is the engine of HTTP/2, `ports` says where they
        listen, and `hosts` at which addresses.
        """
        proxy = [] if self.proxy is None else [Proxy(self.proxy, hosts, ports)]
        return [
            gateway_front(judge, ledger, port=self.gateway, bundles=BUNDLES, ports=ports),
            feedback_front(judge, ledger, port=self.feedback, ports=ports),
            *api_fronts(
                *(judge, ledger, keyring, make, ports),
                bundles=BUNDLES,
                port=self.api,
                plain_port=self.plain_api,
                seed=seed,
            ),
            *proxy,
        ]
