"""What holds for all tests."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# How long an example may take says something of the machine, and what else that is busy with.
settings.register_profile("fakeapns", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("fakeapns")
