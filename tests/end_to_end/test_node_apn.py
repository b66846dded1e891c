"""apn, a Node client that nobody here wrote, sends into a late error."""

from __future__ import annotations

import json
import subprocess

import msgspec

from fakeapns import ThreadedAPNs

from . import stories
from .runtimes import NODE, node_with


def test_apn_replays_what_a_late_error_swallowed_and_reads_feedback(apns: ThreadedAPNs) -> None:
    node = node_with("apn")
    stories.prepare(apns)
    client = apns.client_certificate()
    order = {
        "host": apns.gateway.host,
        "gatewayPort": apns.gateway.port,
        "feedbackPort": apns.feedback.port,
        "ca": apns.ca_file,
        "cert": client.certificate_file,
        "key": client.key_file,
        "tokens": stories.TOKENS,
        "alert": stories.ALERT,
    }
    done = subprocess.run(
        [node, NODE / "send.js"],
        input=json.dumps(order),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    stories.check(apns, msgspec.json.decode(done.stdout, type=stories.Told))
