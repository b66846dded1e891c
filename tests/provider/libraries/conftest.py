"""What every test of a helper may want."""

from __future__ import annotations

from typing import Any

import pytest

from fakeapns import ThreadedAPNs


@pytest.fixture
def other(make_apns: Any) -> ThreadedAPNs:
    """A second server."""
    apns: ThreadedAPNs = make_apns()
    return apns
