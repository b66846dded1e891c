"""Posts to the provider API what it is given, and takes every answer for the last word."""

from __future__ import annotations

import json
import os
import ssl

import httpx


def main() -> None:
    """Send all of the work list, one behind the other."""
    context = ssl.create_default_context(cafile=os.environ["APNS_CA"])
    context.load_cert_chain(os.environ["APNS_PEM"])
    with (
        open(os.environ["APNS_WORK"]) as work,
        httpx.Client(http2=True, verify=context, base_url=os.environ["APNS_API_URL"]) as client,
    ):
        for push in map(json.loads, work):
            headers = {"apns-push-type": "alert", "apns-topic": push["topic"]}
            client.post(f"/3/device/{push['token']}", headers=headers, json=push["payload"])


if __name__ == "__main__":
    main()
