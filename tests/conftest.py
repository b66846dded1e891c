"""What holds for all tests."""

from __future__ import annotations

# Pytester forgets what a test run in this process has imported; a second ngh2 does not know the
# first one's values ("role must be a Role").
import ngh2  # noqa: F401
from hypothesis import HealthCheck, settings

# How long an example may take says something of the machine, and what else that is busy with.
settings.register_profile("fakeapns", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("fakeapns")
