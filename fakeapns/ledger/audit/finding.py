"""An expectation that was not met: which, through what, why, and what its sender should do."""

from __future__ import annotations

import msgspec

from .advice import advice_on


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """An expectation that was not met.

    `kind` is its name, `received` where nothing came and `unexpected` for what nobody meant.
    `reasons` are short names of what led to it, the first ones first; `text` is a sentence,
    `explanations` say how it came about, and `advice` what the sender should do.
    """

    kind: str
    reasons: tuple[str, ...] = ("",)
    text: str
    explanations: tuple[str, ...] = ()

    @property
    def advice(self) -> tuple[str, ...]:
        """A sentence for each reason, each once."""
        return tuple(dict.fromkeys(advice_on(self.kind, reason) for reason in self.reasons))
