"""Bytes that are no answer."""

from __future__ import annotations

from typing import Annotated, ClassVar

import msgspec

from ..units import END
from .at import Conversation
from .base import Fault
from .stages import Service
from .values import CloseKind

Hex = Annotated[
    str,
    msgspec.Meta(
        pattern=rf"^(([0-9A-Fa-f]{{2}}|id) ?)+{END}",
        description="pairs of hex digits, and id for the identifier",
    ),
]


class Garbage(Fault, frozen=True, tag="garbage"):
    """Send `bytes`, hex with `id` for the notification's four identifier bytes.

    `"48 54 54 50"` is no error packet, `"08 08 id"` a proper one, `"08 08"` one that is cut
    short, `"08 08 id 08 08 id"` one too many. The notification itself was accepted.
    """

    # Clients read answers badly: rpush 7.0.1 takes the status for a signed byte, PushSharp never
    # looks at the first one, PyAPNs ignores a read that has not six bytes, node-apn 1.7.8 reads
    # past the end of one that has fewer.
    services: ClassVar[tuple[Service, ...]] = ("gateway", "api")
    bytes_: Hex = msgspec.field(name="bytes")
    close: CloseKind = "graceful"

    def content(self, identifier: int) -> bytes:
        """The bytes to send."""
        return bytes.fromhex(self.bytes_.replace("id", f"{identifier:08x}"))

    def act(self, at: Conversation) -> None:
        """Send the bytes, and close."""
        content = self.content(at.identifier or 0)
        at.end(content.hex(" "), close=self.close, say=content)
