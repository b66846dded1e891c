"""Which library speaks HTTP/2."""

from __future__ import annotations

from typing import Literal

import msgspec

from .client_engine import MakeClientEngine
from .engine import MakeEngine


class EngineChoice(msgspec.Struct, frozen=True):
    """The engine that was taken, for either side of a connection. `instead` says in one sentence
    why it is not the usual one, and is empty where it is, or where it was asked for.
    """

    name: Literal["ngh2", "h2"]
    make: MakeEngine
    make_client: MakeClientEngine
    instead: str = ""


def choose_engine(wanted: str = "") -> EngineChoice:
    """The engine of this name, `ngh2` or `h2`; without one ngh2, or else h2.

    ngh2 takes a twentieth of the time. It has wheels for Linux, macOS and Windows; where there is
    none, h2 is plain Python. ValueError if there is no such engine; ImportError, with what to do,
    if it is not installed.
    """
    if wanted not in ("", "ngh2", "h2"):
        raise ValueError(f"there is no HTTP/2 engine {wanted!r}: take ngh2 or h2")
    if wanted == "h2":
        return EngineChoice("h2", *_h2())
    try:
        return EngineChoice("ngh2", *_ngh2())
    except ImportError as error:
        if wanted:
            raise
        why = f"HTTP/2 is spoken by h2, which is slower: {error}"
        return EngineChoice("h2", *_h2(), why)


def _ngh2() -> tuple[MakeEngine, MakeClientEngine]:
    try:
        from .with_ngh2 import Ngh2ClientEngine, Ngh2Engine
    except ImportError as error:
        raise ImportError(f"ngh2 cannot be imported ({error})") from error
    return Ngh2Engine, Ngh2ClientEngine


def _h2() -> tuple[MakeEngine, MakeClientEngine]:
    try:
        from .with_h2 import H2ClientEngine, H2Engine
    except ImportError as error:
        raise ImportError(f"h2 cannot be imported ({error}): pip install h2") from error
    return H2Engine, H2ClientEngine
