"""What all connections to one API share."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from itertools import count

from ...ledger import Envelope, Ledger
from ...protocol.http2 import SETTINGS, MakeEngine, Request, Setting, Shape, Shapes
from ...push import Judge
from ..strangers import Ports
from .keyring import Keyring
from .manner import Manner, manner_of
from .rules import ApiRules

#: Where pushes to devices go, with the token behind it.
DEVICE = b"/3/device/"
#: What an `apns-id` has to look like: Apple's page has lower case, and upper case is what its own
#: ids are in.
UUID = re.compile(rb"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
#: Bytes of headers that SETTINGS allow, as HTTP/2 counts them.
HEADERS = SETTINGS[Setting.MAX_HEADER_LIST_SIZE]
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
        self.bundles = bundles
        self.settings = judge.settings
        self.rules = ApiRules.of_api(judge.settings)
        self.shapes = Shapes(_MOST)
        self.ids = ids(seed)
        # Of their own, or ids would depend on how many answers leave at once.
        self.unique_ids = ids(None if seed is None else seed + 1)
        self._manners: dict[Shape, Manner] = {}

    def made_up(self) -> str:
        """A made-up `apns-id`."""
        return next(self.ids).decode("ascii")

    def manner(self, shape: Shape) -> Manner:
        """What headers of this shape say, found out once."""
        known = self._manners.get(shape)
        if known is None:
            known = manner_of(shape, self.settings)
            if shape.size > HEADERS:
                # Which is refused, and up to 128 KiB, that nobody is to keep four thousand of.
                return known
            if len(self._manners) >= _MOST:
                self._manners.clear()
            self._manners[shape] = known
        return known

    def id_of(self, request: Request) -> str:
        """The id in the answer to this request: its own, byte for byte, or one that is made up."""
        own = request.apns_id
        return self.made_up() if own is None else own.decode("latin-1")


def envelope(manner: Manner, key_id: str | None = None, team_id: str | None = None) -> Envelope:
    """What the records of all pushes of this manner share."""
    return Envelope(
        push_type=manner.push_type,
        collapse_id=manner.collapse_id,
        key_id=key_id,
        team_id=team_id,
        headers=manner.headers,
    )


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
