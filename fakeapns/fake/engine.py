"""Which library speaks HTTP/2, as the environment has it."""

from __future__ import annotations

from collections.abc import Mapping

from ..errors import StartError, UsageError
from ..protocol.http2 import EngineChoice, choose_engine

#: Names the library; unset or empty, it is the usual one.
VARIABLE = "FAKEAPNS_HTTP2"


def chosen_engine(environment: Mapping[str, str]) -> EngineChoice:
    """The engine that the environment names, or else the usual one: see `choose_engine`.

    Where another one stands in for that, `instead` says so, and is for its user to tell. Raises
    `UsageError` for a name that is none, and `StartError`, with what to install, for a library
    that is missing.
    """
    try:
        return choose_engine(environment.get(VARIABLE, ""))
    except ValueError as wrong:
        raise UsageError(f"{VARIABLE}: {wrong}") from None
    except ImportError as missing:
        raise StartError(f"the provider API needs HTTP/2: {missing}") from None
