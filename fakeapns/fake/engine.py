"""Which library speaks HTTP/2, as the environment has it."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from ..errors import StartError, UsageError
from ..protocol.http2 import EngineChoice, choose_engine

#: Names the library; unset or empty, it is the usual one.
VARIABLE = "FAKEAPNS_HTTP2"

log = logging.getLogger("fakeapns")


def chosen_engine(environment: Mapping[str, str]) -> EngineChoice:
    """The engine that the environment names, or else the usual one: see `choose_engine`.

    A line of the log says it where another one stands in for that. Raises `UsageError` for a
    name that is none, and `StartError`, with what to install, for a library that is missing.
    """
    try:
        choice = choose_engine(environment.get(VARIABLE, ""))
    except ValueError as wrong:
        raise UsageError(f"{VARIABLE}: {wrong}") from None
    except ImportError as missing:
        raise StartError(f"the provider API needs HTTP/2: {missing}") from None
    if choice.instead:
        log.warning("%s", choice.instead)
    return choice
