"""The verdicts there are, beside `exit N`."""

from __future__ import annotations

PASSED = "passed"
FAILED = "failed"
CRASHED = "crashed"
TIMEOUT = "timeout"
NOTHING_SENT = "nothing sent"
NOT_PLAYED = "not played"
CANNOT_START = "cannot start"
