"""Blocks that fail, so that what is behind them can be looked at."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest


class OnPurpose(Exception):
    """What a block fails with."""


@contextmanager
def fails_on_purpose() -> Iterator[None]:
    """Around a block that has to fail, so that what is behind it can be looked at."""
    with pytest.raises(OnPurpose):
        yield
