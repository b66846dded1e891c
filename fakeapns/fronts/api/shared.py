"""What all connections to one API share."""

from __future__ import annotations

import random
from collections.abc import Callable

from ...ledger import Envelope, Ledger
from ...protocol.http2 import MakeEngine, Shape, Shapes
from ...push import Judge
from ..strangers import Ports
from .keyring import Keyring
from .manner import Manner, manner_of
from .rules import ApiRules

#: Shapes that are remembered: as many as `Shapes` knows.
_MOST = 4096


class Api:
    """One API: who decides, where it is recorded, and what is known of the headers that come.

    `make` is the engine of HTTP/2. With a `seed` made-up ids are the same in every run.
    """

    def __init__(
        self,
        judge: Judge,
        ledger: Ledger,
        keyring: Keyring,
        make: MakeEngine,
        ports: Ports,
        seed: int | None = None,
    ) -> None:
        self.judge = judge
        self.ledger = ledger
        self.keyring = keyring
        self.make = make
        self.ports = ports
        self.settings = judge.settings
        self.rules = ApiRules.of_api(judge.settings)
        self.shapes = Shapes(_MOST)
        self.made_up = ids(seed)
        self._manners: dict[Shape, Manner] = {}

    def manner(self, shape: Shape) -> Manner:
        """What headers of this shape say, found out once."""
        known = self._manners.get(shape)
        if known is None:
            if len(self._manners) >= _MOST:
                self._manners.clear()
            known = self._manners[shape] = manner_of(shape, self.settings)
        return known


def envelope(manner: Manner, key_id: str | None = None, team_id: str | None = None) -> Envelope:
    """What the records of all pushes of this manner share."""
    return Envelope(
        push_type=manner.push_type,
        collapse_id=manner.collapse_id,
        key_id=key_id,
        team_id=team_id,
        headers=manner.headers,
    )


def ids(seed: int | None) -> Callable[[], str]:
    """Makes up UUIDs of version 4, in capital letters as Apple's are (favret/PoutouPush #3)."""
    bits = random.Random(seed).getrandbits

    def made_up() -> str:
        # RFC 9562, 5.4: four bits are the version, two the variant.
        number = bits(128) & ~(0xF << 76) & ~(3 << 62) | 4 << 76 | 2 << 62
        digits = f"{number:032X}"
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"

    return made_up
