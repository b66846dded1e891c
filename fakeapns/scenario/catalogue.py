"""Where the ready-made scenarios are: inside an installed wheel, beside an editable package."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parents[1]


def catalogue_folder() -> Path:
    """The folder of the catalogue."""
    installed = _PACKAGE / "scenarios"
    return installed if installed.is_dir() else _PACKAGE.parent / "scenarios"
