"""apn, a Node client that nobody here wrote, sends into a late error."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import msgspec

from fakeapns import ThreadedAPNs

from . import stories
from .runtimes import need

FOLDER = Path(__file__).parent / "node"
UNPROVEN = "a real Node client gets everything through"


def test_apn_replays_what_a_late_error_swallowed_and_reads_feedback(apns: ThreadedAPNs) -> None:
    node = shutil.which("node")
    need(node is not None, "Node", UNPROVEN)
    assert node is not None
    version = subprocess.run([node, "--version"], capture_output=True, text=True).stdout
    found = re.match(r"v(\d+)", version)
    need(found is not None and int(found[1]) >= 20, "Node 20", UNPROVEN)
    need(
        (FOLDER / "node_modules" / "apn").is_dir(),
        f"the package apn (npm install --prefix {FOLDER})",
        UNPROVEN,
    )
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
        [node, FOLDER / "send.js"],
        input=json.dumps(order),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    stories.check(apns, msgspec.json.decode(done.stdout, type=stories.Told))
