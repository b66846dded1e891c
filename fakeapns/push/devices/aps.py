"""The `aps` of a payload, as a device reads it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

import msgspec

A = TypeVar("A", bound=msgspec.Struct)

_BROKEN = (msgspec.MsgspecError, ValueError, RecursionError)


class _Payload(msgspec.Struct, Generic[A], gc=False):
    aps: A | None = None


def reader_of(kind: type[A]) -> Callable[[bytes], A | str]:
    """Reads of an `aps` what this kind has; or says why a device has nothing to do with it."""
    decode = msgspec.json.Decoder(_Payload[kind]).decode  # type: ignore[valid-type]

    def read(payload: bytes) -> A | str:
        try:
            aps = decode(payload).aps
        except _BROKEN:
            return "its payload is no JSON object with an aps"
        return "its payload has no aps" if aps is None else aps

    return read
