"""What all connections to one API share."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from itertools import count

from ...ledger import Ledger
from ...protocol.http2 import MakeEngine, Request, Shape, Shapes
from ...push import Judge
from ..deliveries import Deliveries
from ..device_changes import DeviceChanges
from ..strangers import Ports
from .asked import Asked, asked_by
from .headers import HEADERS
from .manner import Manner, manner_of
from .rules import ApiRules, BroadcastRules
from .senders import Keyring

#: Three digits of hex.
_ENDS = [b"%03X" % number for number in range(16**3)]
#: Shapes that are remembered: as many as `Shapes` knows.
_MOST = 4096


class Api:
    """One API: who decides, where it is recorded, and what is known of the headers that come.

    `make` is the engine of HTTP/2. With a `seed` made-up ids are the same in every run. Without
    `bundles` every push is judged and recorded by itself, which changes nothing but the time.
    """

    def __init__(
        self,
        judge: Judge,
        ledger: Ledger,
        keyring: Keyring,
        make: MakeEngine,
        ports: Ports,
        seed: int | None = None,
        *,
        bundles: bool = True,
    ) -> None:
        self.judge = judge
        self.ledger = ledger
        self.keyring = keyring
        self.make = make
        self.ports = ports
        self.deliveries = Deliveries(judge, ledger)
        self.changes = DeviceChanges(judge, ledger)
        self.bundles = bundles
        self.settings = judge.settings
        self.rules = ApiRules.of_api(judge.settings)
        self.broadcast_rules = BroadcastRules.of_api(judge.settings)
        self.shapes = Shapes(_MOST)
        self.ids = ids(seed)
        # Of their own, or ids would depend on how many answers leave at once.
        self.unique_ids = ids(None if seed is None else seed + 1)
        self._manners: dict[object, Manner] = {}

    def manner(self, shape: Shape) -> Manner:
        """What headers of this shape say of a push to a device, found out once."""
        known = self._manners.get(shape)
        if known is None:
            known = manner_of(shape, self.settings)
            self._remember(shape, known, shape.size)
        return known

    def manner_of_app(
        self, shape: Shape, app: bytes, read: Callable[[Shape, bytes], Manner]
    ) -> Manner:
        """The same of what concerns an app, which stands in the path, as it is `read`."""
        known = self._manners.get((shape, app, read))
        if known is None:
            known = read(shape, app)
            self._remember((shape, app, read), known, shape.size + len(app))
        return known

    def _remember(self, key: object, manner: Manner, size: int) -> None:
        if size > HEADERS:
            # Which is refused, and up to 128 KiB, that nobody is to keep four thousand of.
            return
        if len(self._manners) >= _MOST:
            self._manners.clear()
        self._manners[key] = manner

    def asked(self, request: Request) -> Asked:
        """What an answer to this request needs to know of it."""
        return asked_by(request, self.ids)


def ids(seed: int | None) -> Iterator[bytes]:
    """Makes up UUIDs of version 4, in capital letters as Apple's are (favret/PoutouPush #3).

    Their last part counts up from anywhere, and its end is written down already: one takes 0.1 µs.
    """
    digits = f"{random.Random(seed).getrandbits(128):032X}"
    # RFC 9562, 5.4: four bits are the version, two the variant.
    head = f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-A{digits[17:20]}-".encode()
    for number in count(int(digits[20:29], 16)):
        most = head + b"%09X" % (number % 16**9)
        for end in _ENDS:
            yield most + end
