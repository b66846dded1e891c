"""The `aps` of a payload, as a device reads it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

A = TypeVar("A", bound=msgspec.Struct)

_BROKEN = (msgspec.MsgspecError, ValueError, RecursionError)


def reader_of(kind: type[A]) -> Callable[[bytes], A | str]:
    """Reads of an `aps` what this kind has; or says why a device has nothing to do with it."""
    whole = msgspec.defstruct("Payload", [("aps", kind | None, None)], gc=False)
    decode: Callable[[bytes], Any] = msgspec.json.Decoder(whole).decode

    def read(payload: bytes) -> A | str:
        try:
            aps: A | None = decode(payload).aps
        except _BROKEN:
            return "its payload is no JSON object with an aps"
        return "its payload has no aps" if aps is None else aps

    return read
