"""What all tests with real commands need."""

from __future__ import annotations

from pathlib import Path

import pytest

from .stories import QUIET, ROOT


@pytest.fixture(autouse=True)
def _providers_can_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", ROOT)


@pytest.fixture
def quiet(tmp_path: Path) -> Path:
    """A story in which nothing goes wrong."""
    path = tmp_path / "quiet.toml"
    path.write_text(QUIET)
    return path
