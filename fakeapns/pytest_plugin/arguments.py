"""What a server of a test is made with: marker, options, ini keys, in this order."""

from __future__ import annotations

from typing import Any

import pytest

from ..certificates import Authority
from ..errors import UsageError
from ..fake import check_arguments
from ..scenario import Scenario
from .options import chosen, from_ini

MARKER = "pytest.mark.apns"


def default_scenario(config: pytest.Config) -> str | None:
    """The scenario of the command line, else of the ini file."""
    given = chosen(config, "scenario")
    # A path in the ini file means the same wherever pytest is started.
    beside = config.rootpath / given
    if from_ini(config, "scenario") and beside.is_file():
        return str(beside)
    return given or None


def default_seed(config: pytest.Config) -> int | None:
    """The seed of the command line, else of the ini file."""
    given = chosen(config, "seed")
    return int(given) if given else None


def marked(item: pytest.Item) -> dict[str, Any]:
    """The arguments of the test's marker. Raises `UsageError` for what cannot be one."""
    marker = item.get_closest_marker("apns")
    if marker is None:
        return {}
    if marker.args:
        raise UsageError(
            f"{MARKER} takes keyword arguments only, those of FakeAPNs: name each, as in "
            f'{MARKER}(scenario="drop-by-reset")'
        )
    arguments = dict(marker.kwargs)
    check_arguments(arguments, MARKER)
    return arguments


def complete(
    config: pytest.Config,
    arguments: dict[str, Any],
    authority: Authority,
    scenario: Scenario | str | None,
) -> dict[str, Any]:
    """The arguments that a test gives, and what holds for it otherwise."""
    given = {"scenario": scenario, "seed": default_seed(config), **arguments}
    # A certificate folder has an authority of its own.
    return given if given.get("certs") else {"authority": authority, **given}
