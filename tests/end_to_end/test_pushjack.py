"""pushjack, a Python client that nobody here wrote, sends into a late error."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import msgspec

from fakeapns import ThreadedAPNs

from . import stories
from .runtimes import need_pushjack

DRIVER = Path(__file__).parent / "drive_pushjack.py"


def test_pushjack_replays_what_a_late_error_swallowed_and_reads_feedback(
    apns: ThreadedAPNs,
) -> None:
    need_pushjack()
    stories.prepare(apns)
    order = {
        "gateway": [apns.gateway.host, apns.gateway.port],
        "feedback": [apns.feedback.host, apns.feedback.port],
        "pem": apns.client_certificate().pem_file,
        "tokens": stories.TOKENS,
        "alert": stories.ALERT,
        # The last batch has no answer, and this is how long the client listens for one.
        "settle": 3,
    }
    done = subprocess.run(
        [sys.executable, DRIVER],
        input=json.dumps(order),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    stories.check(apns, msgspec.json.decode(done.stdout, type=stories.Told))
