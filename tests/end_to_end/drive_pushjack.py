"""Sends with pushjack, in a process of its own: it does what newer Pythons warn of.

Reads what to do from standard input, as JSON, and prints what became of it.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from pushjack import APNSClient


def main() -> None:
    """Send everything, read feedback once, tell."""
    order: dict[str, Any] = json.load(sys.stdin)
    client = APNSClient(
        certificate=order["pem"], default_batch_size=10, default_error_timeout=order["settle"]
    )
    client.host, client.port = order["gateway"]
    client.feedback_host, client.feedback_port = order["feedback"]
    response = client.send(order["tokens"], order["alert"])
    client.close()
    refused = {token: error.code for token, error in response.token_errors.items()}
    feedback = [expired.token for expired in client.get_expired_tokens()]
    json.dump({"refused": refused, "feedback": feedback}, sys.stdout)


main()
