"""Asks with httpx, one request after the other. Reads what to ask from standard input, as JSON, and
prints what came of each.
"""

from __future__ import annotations

import json
import ssl
import sys

import httpx

order = json.load(sys.stdin)
told = []
context = ssl.create_default_context(cafile=order["ca"])
with httpx.Client(base_url=order["url"], http1=False, http2=True, verify=context) as client:
    for step in order["steps"]:
        headers = {"authorization": f"bearer {order['jwt']}", **step["headers"]}
        body = {} if step["body"] is None else {"json": step["body"]}
        answer = client.request(step["method"], step["path"], headers=headers, **body)
        told.append(
            {
                "status": answer.status_code,
                "headers": dict(answer.headers),
                "body": answer.text,
            }
        )
json.dump(told, sys.stdout)
