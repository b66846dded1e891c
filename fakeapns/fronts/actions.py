"""What a connection wants done. Values until the loop in `servers` acts."""

from __future__ import annotations

import msgspec


class Send(msgspec.Struct, frozen=True):
    """Write these bytes, at once and in one piece: some clients miss a packet in two."""

    data: bytes


class ShutWrite(msgspec.Struct, frozen=True):
    """Say that nothing more will come: close_notify if asked for, then FIN."""

    close_notify: bool


class Close(msgspec.Struct, frozen=True):
    """Close the socket."""


class Reset(msgspec.Struct, frozen=True):
    """Close the socket so that the provider gets a RST, and loses what it has not read."""


Action = Send | ShutWrite | Close | Reset
