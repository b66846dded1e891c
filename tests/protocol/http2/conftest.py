"""Every test of this room runs on both engines."""

from __future__ import annotations

import pytest

from fakeapns.protocol.http2 import EngineChoice, choose_engine

from .client import Conversation


@pytest.fixture(params=["ngh2", "h2"], scope="session")
def engine(request: pytest.FixtureRequest) -> EngineChoice:
    """A library that speaks HTTP/2."""
    return choose_engine(request.param)


@pytest.fixture
def talk(engine: EngineChoice) -> Conversation:
    """A connection whose SETTINGS both sides have acknowledged."""
    return Conversation(engine).greeted()
