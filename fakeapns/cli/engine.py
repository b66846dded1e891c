"""Which library speaks HTTP/2 for a command."""

from __future__ import annotations

import os

from ..errors import StartError, UsageError
from ..protocol.http2 import EngineChoice, choose_engine


def chosen_engine() -> EngineChoice:
    """The one that `FAKEAPNS_HTTP2` names, or the usual one.

    Raises `UsageError` if there is no such one, and `StartError` if it is not installed.
    """
    try:
        return choose_engine(os.environ.get("FAKEAPNS_HTTP2", ""))
    except ValueError as wrong:
        raise UsageError(f"FAKEAPNS_HTTP2: {wrong}") from None
    except ImportError as wrong:
        raise StartError(str(wrong)) from None
