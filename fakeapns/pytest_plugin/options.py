"""What was chosen by an option of the plugin, or by the ini key that stands for it."""

from __future__ import annotations

import pytest


def chosen(config: pytest.Config, name: str) -> str:
    """What was chosen for `--apns-NAME`, else for the ini key; empty if nothing was."""
    given = config.getoption(_option(name))
    return str(config.getini(_ini(name)) if given is None else given)


def from_ini(config: pytest.Config, name: str) -> bool:
    """Whether it was the ini key that chose: a path in it is seen from where the file is."""
    return config.getoption(_option(name)) is None and bool(config.getini(_ini(name)))


def _option(name: str) -> str:
    return f"--apns-{name}"


def _ini(name: str) -> str:
    return f"apns_{name}".replace("-", "_")
