"""Where pushes go, and what speaks there for their provider."""

from __future__ import annotations

import msgspec

from ...protocol.http2 import MakeClientEngine
from .tokens import Tokens


class Target(msgspec.Struct, frozen=True):
    """How a server is spoken to. Without `tokens` the certificate says who sends.

    `patience` is for how many seconds a connection may be silent, and an answer be awaited.
    """

    authority: str
    make: MakeClientEngine
    tokens: Tokens | None = None
    scheme: str = "https"
    patience: float = 20.0
