"""What every test of a helper may want."""

from __future__ import annotations

import importlib
from typing import Any

import pytest

from fakeapns import ThreadedAPNs

from ...end_to_end.runtimes import need_python


@pytest.fixture
def other(make_apns: Any) -> ThreadedAPNs:
    """A second server."""
    apns: ThreadedAPNs = make_apns()
    return apns


@pytest.fixture
def aioapns() -> Any:
    """aioapns itself."""
    need_python("aioapns")
    return importlib.import_module("aioapns")


@pytest.fixture
def connection(aioapns: Any) -> Any:
    """Its module that connects."""
    return importlib.import_module("aioapns.connection")
