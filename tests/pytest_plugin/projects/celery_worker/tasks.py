"""A Celery task that sends one push message; the environment says where to."""

import json
import os
import socket
import ssl
import struct

from celery import Celery

app = Celery("tasks", broker="memory://")


class PushFailed(Exception):
    """The gateway is not there, or closed the connection: worth another try."""


@app.task(autoretry_for=(PushFailed,), default_retry_delay=0.1, max_retries=50)
def tell(token, text):
    """Send a text to a device (its token in hex)."""
    payload = json.dumps({"aps": {"alert": text}}).encode()
    raw = bytes.fromhex(token)
    message = struct.pack(
        f">BH{len(raw)}sH{len(payload)}s", 0, len(raw), raw, len(payload), payload
    )
    try:
        with connect() as gateway:
            gateway.sendall(message)  # command 0: there are no error packets to wait for
    except OSError as error:
        raise PushFailed(str(error)) from error


def connect():
    """A connection to the gateway that APNS_GATEWAY_HOST and the others name."""
    env = os.environ
    context = ssl.create_default_context(cafile=env["APNS_CA"])
    context.load_cert_chain(env["APNS_PEM"])
    address = env["APNS_GATEWAY_HOST"], int(env["APNS_GATEWAY_PORT"])
    raw = socket.create_connection(address, timeout=10)
    return context.wrap_socket(raw, server_hostname=address[0])
