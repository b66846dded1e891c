"""What other people's clients need to run, and what it means when it is not here."""

from __future__ import annotations

import os

import pytest


def need(there: bool, what: str, unproven: str) -> None:
    """Go on if it is there. Skip, saying what stays unproven; in CI, fail."""
    if there:
        return
    message = f"{what} is missing, so nothing here proves that {unproven}"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)
