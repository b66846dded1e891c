"""Which of the faults on record have acted, and which came to nothing."""

from __future__ import annotations

from .entries import FaultFired
from .ledger import Ledger

#: What the detail of a fault begins with that came to nothing; why stands behind it.
NO_EFFECT = "no effect: "


def fired(ledger: Ledger) -> list[FaultFired]:
    """The faults that have had an effect."""
    return [each for each in ledger.of(FaultFired) if not each.detail.startswith(NO_EFFECT)]


def in_vain(ledger: Ledger) -> list[FaultFired]:
    """Those that have had none."""
    return [each for each in ledger.of(FaultFired) if each.detail.startswith(NO_EFFECT)]
