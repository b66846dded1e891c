"""What people are told where a command gives up."""

from __future__ import annotations

from ..errors import FakeAPNsError, ScenarioError


def sentence(wrong: FakeAPNsError) -> str:
    """What went wrong and what to do, as it is printed."""
    # Lines that begin with a place are for editors to jump to: nothing in front of it.
    return str(wrong) if isinstance(wrong, ScenarioError) else f"Error: {wrong}"
